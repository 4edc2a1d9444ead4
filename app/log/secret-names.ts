/** How strongly a name marks its value: a secret unless the value is plainly none, a secret only if the value looks like one, or no mark. */
export type NameStrength = 'strong' | 'weak' | 'none';

/** Nouns that make a name secret as a part of it; where `ending` is set, also as the end of a part: `PGPASSWORD`. */
const STRONG =
  /^(?:auth|authorization|otp|jwt|cred|creds|sas|xsrf|csrf)$|(?:password|passwd|passwort|kennwort|passphrase|passcode|pwd|secret|token|credentials?|cookie|authorization|mnemonic|apikey|accesskey|secretkey|privatekey|authkey|masterkey|signingkey|encryptionkey|sharedkey|sharedaccesskey|accountkey|connectionstring)$/;

/** Nouns that are ordinary words as well. */
const WEAK =
  /^(?:key|auth|pass|pat|sig|signature|tokens|secrets|passwords|cookies|keys|cred|creds|jwt|otp|bearer|dsn)$/;

/** What stands before `key` and makes it a secret. */
const SECRET_KEYS =
  /^(?:api|access|private|auth|account|client|signing|encryption|encrypt|master|shared|ssh|secret|service|subscription|license|licence|app|application|admin|deploy|hmac|aes|jwt|security|storage|webhook|integration|webapi|server|rsa|gpg|pgp|bot|authentication|authorization|consumer|write|ingest|project|personal|developer|root|wep|wpa|psk|preshared|presharedkey|openai|anthropic|stripe)$/;

/** What stands before `key` and makes it none. */
const INNOCENT_KEYS =
  /^(?:primary|foreign|sort|partition|public|cache|map|object|dict|unique|index|group|routing|row|composite|lookup|hot|short|arrow|enter|host|compose|range|shard|hash|natural|surrogate|candidate|idempotency|translation|i18n|message|query|json|record|item|entry|config|setting|metric|label|event|registry|the|this|that|a|of|no|each|any|every|duplicate|unknown|missing|invalid|press|pressed|function|escape|modifier|shortcut|ctrl|alt|shift|return|tab|dedupe|storage_key|react)$/;

/** A last part by which a name describes a secret instead of holding one. */
const ABOUT =
  /^(?:type|endpoint|url|uri|urls|file|files|path|dir|folder|name|names|length|len|count|limit|limits|ttl|expiry|expires|expiration|expire|exp|expired|size|max|min|used|usage|budget|id|ids|field|fields|column|header|headers|prefix|suffix|format|policy|provider|mode|method|methods|algorithm|alg|scheme|issuer|scope|scopes|version|state|status|error|errors|hint|store|manager|source|ring|required|valid|invalid|missing|enabled|disabled|set|rotation|refresh|stdin|env|var|variable|host|port|server|agent|timeout|age|lifetime|interval|created|updated|fingerprint|index|kind|class|service|exception|handler|callback|function|parser|stream|position|offset|line|in|at|sock|socket|domain|jar|consent|banner|policies|reset|change|strength|audience|aud|per|second|minute|rate|cost|price|total|context|window|completion|prompt|input|output|reader|generator|validator|strategy|middleware|protected|only|less|free|ref|references|helper)$/;

/** A first part that makes a number of it. */
const COUNTED =
  /^(?:max|min|total|num|number|input|output|prompt|completion|cached|reasoning|context|used|remaining|n)$/;

/** Parts of a name in lower case: `clientSecret`, `client_secret` and `CLIENT-SECRET` have the same. */
function partsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((part) => part !== '');
}

/** `before` is the word in front of the name in prose: `API` of `API key: …`; empty when there is none. */
export function strengthOf(name: string, before = ''): NameStrength {
  const parts = partsOf(name);
  const last = parts.at(-1) ?? '';
  const previous = parts.length > 1 ? (parts.at(-2) ?? '') : before.toLowerCase();
  if (last === 'id') return previous === 'session' || previous === 'secret' ? 'strong' : 'none';
  if (parts.length > 1 && COUNTED.test(parts[0] ?? '') && /^tokens?$/.test(last)) return 'none';
  if (parts.length > 1 && ABOUT.test(last)) return 'none';
  if (last === 'key' || last === 'keys') {
    if (SECRET_KEYS.test(previous)) return last === 'key' ? 'strong' : 'weak';
    return INNOCENT_KEYS.test(previous) ? 'none' : 'weak';
  }
  if (last === 'sid' || last === 'sessionid' || last === 'phpsessid' || last === 'jsessionid') return 'strong';
  if ((last === 'pass' || last === 'pat') && parts.length > 1) return 'strong';
  if (last === 'phrase' && /^(?:pass|seed|recovery|secret)$/.test(previous)) return 'strong';
  if (last === 'string' && previous === 'connection') return 'weak';
  if (last === 'token' && /^(?:unexpected|next|current|illegal|unknown|expected|got|syntax|eof|end)$/.test(previous))
    return 'weak';
  if (WEAK.test(last)) return 'weak';
  if (STRONG.test(last)) return 'strong';
  // `token2`, `password_old`, `SECRET_PROD`: the part behind the noun only distinguishes them.
  const nouns = parts.slice(0, -1).some((part) => STRONG.test(part) && part !== 'auth');
  return nouns || /(?:password|passwd|secret|token|apikey)\d{1,3}$/.test(last) ? 'strong' : 'none';
}

/** Whether a name, such as one of an environment variable, promises a secret value. */
export function isSecretName(name: string): boolean {
  return strengthOf(name) !== 'none';
}

/** Whether the name of a member and its value together are a secret. */
export function hidesSecret(name: string, value: string): boolean {
  const strength = strengthOf(name);
  return strength !== 'none' && isSecretValue(value, strength, true, '');
}

/** Words in the place of a value that describe its state. */
const SAID =
  /^(?:true|false|null|nil|none|undefined|nan|yes|no|on|off|ok|n\/a|unset|set|unknown|empty|missing|required|optional|invalid|valid|expired|expires|revoked|rejected|refused|denied|failed|failure|success|disabled|enabled|present|absent|configured|loaded|found|incorrect|wrong|bad|malformed|unauthorized|forbidden|unsupported|not|is|was|are|were|has|have|had|must|should|may|can|cannot|could|will|would|for|from|in|of|and|or|the|a|an|to|with|without|by|at|on|too|mismatch|mismatched|changed|updated|refreshed|rotated|created|deleted|removed|accepted|verified|string|number|boolean|object|array|any|hidden|redacted|masked|filtered|secret|password|token|key|bearer|basic|digest|auth|authentication|authorization|oauth|oauth2|default|prompt|ask|env|file|keychain|keyring|vault|stdin)$/i;

/** `***`, `xxxx`, `<token>`, `${TOKEN}`, `$TOKEN`, `%s`, `{{token}}`, `[redacted]`: a hole, not what fills it. */
const PLACEHOLDER =
  /^(?:[*•·.]+|[xX]{3,}|<[a-z_ -]*>|<(?:your|my|insert|enter|put|api|token)\b[a-z_ -]*|\$\{[A-Za-z_:.-]*\}?|\$\([A-Z_]+\)|%[sdvq]|%[A-Z_]+%|\{\{?[a-z_ .-]*\}?\}|\[(?:redacted|hidden|filtered|masked|secret|object|array)[^\]]*\]|your[-_ ][\w -]*|-{2,}|\.{3})$/i;

const SHELL_VARIABLE = /^\$[A-Z_]{2,60}$/;
const PATH = /^(?:\.{0,2}\/|~\/|[A-Za-z]:[\\/]|file:)[\w .@%+~=,/\\:-]*$/;
/** A path without doubt: base64 may begin with a slash. */
const CLEAR_PATH =
  /^(?:~|\.{1,2}|[A-Za-z]:)?(?:[\\/][A-Za-z._@-][A-Za-z._@-]*\d{0,4}){2,20}$|^(?:~|\.{1,2})?\/?[A-Za-z_-]{1,40}\.(?:pem|key|txt|json|ya?ml|env|crt|cer|p12|pfx|toml|conf)$/;
const URL_OR_HOST =
  /^(?:[a-z][a-z\d+.-]*:\/\/\S*|localhost(?::\d+)?|(?:[a-z\d_-]+\.)+[a-z]{2,}(?::\d{1,5})?(?:\/\S*)?|\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?|\[?[\da-f]*:[\da-f:]+\]?(?::\d+)?)$/i;
const NUMBER = /^[-+]?\d[\d_,]*(?:\.\d+)*(?:%|ms|s|m|h|d|kb|mb|gb|k)?$/i;
const DATE_OR_TIME = /^\d{4}-\d\d-\d\d(?:[T ]\S*)?$|^\d\d?:\d\d(?::\d\d)?/;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const HASH = /^sha\d{1,3}[-:]/i;
/** `e.token`, `process.env.TOKEN`, `getToken(…)`: code, in a stack trace. */
const CODE =
  /^(?:[A-Za-z_$][\w$]*\.)+(?:\w*(?:token|password|secret|key|auth|cookie)\w*)[;,)]*$|^(?:new |function\b|async |await )|^(?:[a-z]\w{0,20}\.){0,4}(?:get|fetch|load|read|create|make|function)\w{0,20}\(|^(?:process\.env|os\.environ)\b/i;

/** Characters of a value that are looked at: the expressions are not made for longer ones. */
const JUDGED = 256;

/** A word as prose has it: letters of one case or with a capital, with its punctuation. */
const WORD = /^[("'`]*(?:[A-Z]?[a-z]+(?:['’-][a-z]+)*|[A-Z]+)[)"'`.,;:!?]*$/;

/** Whether a value is a word, a number, a path, a host, a date …: nothing to hide unless its name is very clear. */
export function isPlain(value: string): boolean {
  return (
    (WORD.test(value) && value.length <= 24) ||
    NUMBER.test(value) ||
    PATH.test(value) ||
    URL_OR_HOST.test(value) ||
    DATE_OR_TIME.test(value) ||
    UUID.test(value) ||
    HASH.test(value) ||
    CODE.test(value)
  );
}

/** Whether a text has what a made-up word or a random string has and prose has not: letters with digits or signs among them. */
export function looksRandom(value: string): boolean {
  if (value.length < 6 || isPlain(value) || PLACEHOLDER.test(value) || SAID.test(value)) return false;
  if (/^v?\d+(?:\.\d+)+(?:[-+][\w.]+)?[),.;:]*$/i.test(value)) return false;
  const letters = /[A-Za-z]/.test(value);
  const digits = /\d/.test(value);
  if (letters && digits) return !/^[A-Za-z]+[-_.]?\d{1,3}[),.;:]*$/.test(value) || value.length >= 7;
  return value.length >= 12 && /[a-z][A-Z].*[a-z][A-Z]|[!@#$%^&*+=~].*[A-Za-z]|[A-Za-z].*[!@#$%^&*+=~]/.test(value);
}

/**
 * Whether `value`, without its quotes, is what its name promises. `rest` is what follows it, `assigned` whether an equals
 * sign or quotes make it a value for certain.
 */
export function isSecretValue(whole: string, strength: NameStrength, assigned: boolean, rest: string): boolean {
  const value = whole.slice(0, JUDGED);
  if (value.length < 3 || PLACEHOLDER.test(value) || SHELL_VARIABLE.test(value)) return false;
  if (SAID.test(assigned ? value : value.replace(/[).,;:!?\]}]+$/, ''))) return false;
  if (strength === 'weak')
    return looksRandom(value) || (assigned && /\d/.test(value) && /[A-Za-z]/.test(value) && !isPlain(value));
  if (CLEAR_PATH.test(value)) return false;
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(value) || CODE.test(value) || HASH.test(value)) return false;
  if (assigned) return true;
  if (NUMBER.test(value) && value.length < 5) return false;
  // `password: must be …`, `Invalid token: signature verification failed`.
  return !(WORD.test(value) && (/^[,.]?\s+[A-Za-z'’-]+(?:[\s.,;:!?]|$)/.test(rest) || /[:]$/.test(value)));
}
