import { DEEPEST, folded, hasEscapes, unfolded } from './folded-text.ts';
import { KnownSecrets } from './known-secrets.ts';
import type { Excerpt, LogFields } from './log.ts';
import { isSecretName, isSecretValue, looksRandom, strengthOf } from './secret-names.ts';
import { withoutShapes } from './secret-shapes.ts';

/** What stands where a secret stood. */
export const REDACTED = '[redacted]';

/** Characters of one message that reach the log. A child may write megabytes into one line, which a log does not need. */
export const MESSAGE_LIMIT = 8192;

/** Characters searched before the message is clipped, so that a secret is found although its end is cut off. */
const LOOK_AHEAD = 32_768;

/** At the edge of the look-ahead half a secret may stand; that many characters before the edge are never shown. */
const LONGEST_SECRET = 2048;

/** Characters of a known secret at the end of a line that make it one, its rest being on the next line. */
const SHORTEST_HALF = 8;

/** A quoted value with its escapes, up to 4096 characters. */
const QUOTED = String.raw`"(?:[^"\\]|\\[\s\S]){0,4096}"?|'(?:[^'\\]|\\[\s\S]){0,4096}'?`;

/** Header fields whose values hold spaces: the quoted string, else the rest of the line. */
const HEADERS = new RegExp(
  String.raw`\b((?:proxy-|x-)?authorization|(?:set-)?cookie)(\\*["']?\s{0,8}[:=,]\s{0,8})(${QUOTED}|[^\r\n"'][^\r\n]*)`,
  'gi',
);

/** Credentials by their scheme (RFC 9110 section 11.1), wherever they stand. */
const SCHEMES = /\b(bearer|basic|digest|negotiate|ntlm|apikey|token)(\s{1,4}|%20|\+)(["']?)([^\s"',;]{1,4000})/gi;

/** Userinfo of a URL (RFC 3986 section 3.2.1), with characters that should have been escaped in its password. */
const USERINFO = /(?<=:\/\/)([^\s/?#"<>\\@:]{0,200})(:?)([^\s"<>\\]{0,500}@)/g;

/** The same without a scheme: `user:password@tcp(db.lan:3306)/x`, `thin:user/password@//db.lan`, `user:password@db.lan`. */
const BARE_USERINFO = /(?<![\w.+:/@-])([A-Za-z][\w.-]{0,60}):([^\s"'<>@/:]{3,200})@(?!sha\d)(?=[A-Za-z[(])/g;
const NOT_USERS = /^(?:mailto|npm|pkg|sip|sips|xmpp|acct|ssh|git|workspace|file|github|docker|image|jsr|purl)$/i;
const ORACLE_USERINFO = /(:(?:thin|oci8?):)[^\s/"'@]{1,100}\/[^\s"'@]{1,200}@/gi;

/** A parameter of a query or fragment whose name is enough. */
const PARAMETERS =
  /([?&;#](?:amp;)?((?:x-(?:amz|goog|ms|oss|cos)-)?[\w.[\]-]{1,60})(?:=|%3d))([^\s&#"<>;\\]{1,4000})/gi;
const PARAMETER_NAMES =
  /^(?:key|k|sig|sign|signature|code|ticket|assertion|otp|hash|nonce|samlresponse|x-(?:amz|goog|oss)-(?:signature|credential|security-token)|q-signature|sas|auth|token|pw|pass|pwd|pat|jwt|sid|session|sessionid|session_id|user_?token|subscription-key|appkey|app_key|apitoken|xoxc?)$/i;

/** The user and password of curl and its like: `-u user:password`, `["--user","user:password"]`. */
const USER_OPTION =
  /((?:^|[\s"'[,])(?:-u|--user|--proxy-user|--basic-auth|--auth|--credentials)\\*["']?[\s,=]{1,8}\\*["']?)([^\s"':]{1,100}):([^\s"']{1,400})/g;

/** A name and what may follow it up to a value: `a=1`, `a: 1`, `"a":"1"`, `\"a\": 1`, `a => 1`, `a := 1`, `a%3D1`. */
const ASSIGNED =
  /(?:(?<![A-Za-z0-9_$])|(?<=%[\dA-Fa-f]{2}))([A-Za-z_$][\w.$-]{0,120}|[密口金權令憑][碼码令鑰钥匙杖牌證]{1,2})(\\{0,4}["'`]?\]?\s{0,8}(?:=>|:=|==|[=:：]|%3[Dd])\s{0,8}|(?<=-\w{1,40})["'],\s{0,4}(?=["']))/g;

/** Options with their value as the next word: `--api-token abc`, `["--password","abc"]`. */
const OPTIONS = /(?<=^|[\s"'`,[(])(--?[A-Za-z][\w.-]{0,80})(\\{0,4}["']?[\s,]{1,8})/g;

/** Prose: `password hunter2`, `API key is …`, `with token "…"`. */
const TOLD =
  /(?<![A-Za-z0-9_-])((?:(?:api|access|secret|private|auth|license|bot|refresh|bearer)[ _-]?)?(?:passwords?|passwd|passphrase|passcode|pwd|secret|key|token|credentials?))(\s{1,4}(?:(?:is|was|value|set to|equals|of)\s{1,4}:?\s{0,2})?)(["'`]?)([^\s"'`]{4,400})/gi;

const XML = /<([A-Za-z][\w.:-]{0,60})>([^<>]{3,2000})<\//g;

/** A value at the place where the expression is set: quoted, quoted inside a string, or everything up to white space. */
const VALUE = new RegExp(
  String.raw`(?:(?:[bruf]|Secret(?:Str)?\()?(${QUOTED})|(\\+["'][^"']{0,1024}(?:["'](?![\s,}\])]|$)\S{0,4096})?)|([^\s"']\S{0,4096}))`,
  'y',
);

/** Ends an unquoted value before its white space: the next member, parameter or field. */
const NEXT_MEMBER =
  /,(?=\\*["']?[A-Za-z_$][\w$-]{0,60}\\*["']?\s?[:=])|&(?=[A-Za-z][\w.-]{1,60}=)|;(?=[A-Za-z][\w ]{1,40}=|\s|$)|","|','/;
const CLOSERS = /[)\]}>"',;]+$/;
/** Their values are several words. */
const PHRASES = /(?:passphrase|mnemonic|phrase)$/i;

/**
 * Keeps secrets out of the log and of every text of a child that is shown: the last line of defence behind the rule that
 * secrets are not logged in the first place. It finds our own secrets literally, and all others by the names beside them.
 * Linear in the length of the text.
 */
export class Redactor {
  #known = new KnownSecrets([]);
  /** Long enough to be known by a half. */
  #long: readonly string[] = [];

  constructor(secrets: readonly string[] = []) {
    this.protect(secrets);
  }

  /** Replaces the secrets known literally: the token, the password of the upstream proxy, secrets in servers' `env`. */
  protect(secrets: readonly string[]): void {
    this.#known = new KnownSecrets(secrets);
    this.#long = [...new Set(secrets)].filter((secret) => secret.length >= 2 * SHORTEST_HALF);
  }

  /** The text without secrets, clipped to `MESSAGE_LIMIT` characters. */
  text(whole: string): string {
    let text = this.whole(whole.length > LOOK_AHEAD ? whole.slice(0, LOOK_AHEAD) : whole);
    if (whole.length > LOOK_AHEAD) text = text.slice(0, -LONGEST_SECRET);
    if (text.length <= MESSAGE_LIMIT && whole.length <= LOOK_AHEAD) return text;
    return `${text.slice(0, MESSAGE_LIMIT)}… (${whole.length} characters)`;
  }

  /**
   * The text without secrets, however long it is. One that is found only behind escapes, such as `%22token%22%3A%22abc%22`, is taken out of
   * the text with its escapes resolved; control characters among them become spaces.
   */
  whole(text: string): string {
    let shown = this.#withoutSecrets(text);
    let form = shown;
    for (let round = 0; round < DEEPEST && hasEscapes(form); round++) {
      const resolved = folded(unfolded(form), ' ').text;
      if (resolved === form) break;
      form = this.#withoutSecrets(resolved);
      if (form.split(REDACTED).length > resolved.split(REDACTED).length) shown = form;
    }
    return shown;
  }

  #withoutSecrets(text: string): string {
    let clean = withoutShapes(this.#known.without(text, REDACTED), REDACTED);
    // Each needs a sign that few lines have: looking for it first saves most lines most of the work.
    if (clean.includes('://')) clean = clean.replace(USERINFO, userinfo);
    if (clean.includes('@'))
      clean = clean.replace(ORACLE_USERINFO, `$1${REDACTED}@`).replace(BARE_USERINFO, bareUserinfo);
    if (/[?&;#]/.test(clean)) clean = clean.replace(PARAMETERS, parameter);
    if (clean.includes('</')) clean = clean.replace(XML, element);
    if (/(?:^|[^\w])-(?:u|-)/.test(clean)) clean = clean.replace(USER_OPTION, userOption);
    clean = clean
      .replace(HEADERS, (found: string, name: string, sign: string, value: string) =>
        saysNothing(value) ? found : `${name}${sign}${REDACTED}`,
      )
      .replace(SCHEMES, scheme);
    if (/[=:：]|%3|["'],/.test(clean)) clean = withValuesOut(clean, ASSIGNED, assignmentStrength);
    if (clean.includes('-')) clean = withValuesOut(clean, OPTIONS, optionStrength);
    return clean.replace(TOLD, told);
  }

  /** The line without the second half of a known secret that began in the line before, and the first half of one that begins. */
  halves(before: string, line: string): string {
    let clean = line;
    for (const secret of this.#long) {
      const begun = halfAtEnd(before, secret);
      const rest = secret.slice(begun);
      if (begun > 0 && clean.startsWith(rest)) clean = REDACTED + clean.slice(rest.length);
      const half = halfAtEnd(clean, secret);
      if (half > 0) clean = clean.slice(0, -half) + REDACTED;
    }
    return clean;
  }

  /** The fields without secrets: by the name of the field, else by what its text looks like. */
  fields(fields: LogFields): LogFields {
    const clean: Record<string, LogFields[string]> = {};
    for (const [name, value] of Object.entries(fields)) {
      if (typeof value === 'string') clean[name] = isSecretName(name) ? REDACTED : this.text(value);
      else if (typeof value === 'number') clean[name] = strengthOf(name) === 'strong' ? REDACTED : value;
      else if (typeof value === 'object' && value !== null) clean[name] = this.#beginning(value);
      else clean[name] = value;
    }
    return clean;
  }

  #beginning({ excerpt, characters }: Excerpt): string {
    const clean = this.text(excerpt);
    return clean.length <= characters ? clean : `${clean.slice(0, characters)}…`;
  }
}

/** Characters of the longest proper beginning of `secret` that `text` ends with; 0 when it is too short to recognize. */
function halfAtEnd(text: string, secret: string): number {
  const first = text.lastIndexOf(secret.slice(0, SHORTEST_HALF));
  const half = first === -1 ? 0 : text.length - first;
  return half < secret.length && half >= SHORTEST_HALF && secret.startsWith(text.slice(-half)) ? half : 0;
}

/** `Authorization: failed for jason`: words only. Credentials begin with a scheme or hold something else. */
function saysNothing(value: string): boolean {
  if (value.startsWith(REDACTED)) return false;
  const bare = value.replace(/^["']|["']$/g, '');
  return (
    !/^(?:bearer|basic|digest|negotiate|token|apikey|aws4)\s+\S/i.test(bare) &&
    /^[A-Za-z]{1,14}[.,;:!?)]?(?:\s{1,4}[A-Za-z]{1,14}[.,;:!?)]?){0,40}\s{0,4}$/.test(bare)
  );
}

function scheme(found: string, name: string, space: string, quote: string, value: string): string {
  if (/^(?:realm|scope|error|error_description|resource_metadata|charset|title)=/i.test(value)) return found;
  const isWord = /^(?:[A-Z]?[a-z]{1,14}|[A-Z]{1,14})[.:)!?]*$/.test(value);
  if (
    isWord ||
    value.length < 4 ||
    /^(?:sha\d|v?\d+(?:\.\d+)*[).:]*$|https?:|[-=:([{<]|[a-z]+[-_/][a-z-_/]+[.:,)]*$)/i.test(value)
  )
    return found;
  // `token` is a word of parsers, too.
  if (/^token$/i.test(name) && !looksRandom(value)) return found;
  return `${name}${space}${quote}${REDACTED}`;
}

function userinfo(found: string, user: string, colon: string, rest: string): string {
  if (colon === '') {
    if (rest === '@') return user === '' || user === 'git' ? found : `${REDACTED}@`;
    // A path with an at sign in it: `https://registry/@scope/package`.
    return /^[/?#]/.test(rest) ? found : `${REDACTED}@`;
  }
  // A port and a path: `http://127.0.0.1:4873/@scope/package`.
  if (/^\d{1,5}[/?#]/.test(rest) && (/^[\d.]+$|\.|localhost$/.test(user) || /\/@/.test(rest))) return found;
  return `${REDACTED}@`;
}

function bareUserinfo(found: string, user: string, password: string): string {
  return NOT_USERS.test(user) || !/[\d!$%^&*+=~?#]/.test(password) ? found : `${user}:${REDACTED}@`;
}

function userOption(found: string, before: string, user: string, password: string): string {
  const isNone = /^\d{1,6}["']?$/.test(password) || password.startsWith('//') || password.startsWith(REDACTED);
  return isNone ? found : `${before}${user}:${REDACTED}`;
}

function element(found: string, name: string, value: string): string {
  const isSecret = strengthOf(name) === 'strong' && isSecretValue(value, 'strong', true, '');
  return isSecret ? `<${name}>${REDACTED}</` : found;
}

function parameter(found: string, before: string, name: string, value: string): string {
  if (value.startsWith(REDACTED)) return found;
  const named = PARAMETER_NAMES.test(name);
  if (!named && strengthOf(name) === 'none') return found;
  // `?code=404`, `?code=ENOENT`, `?key=name`.
  const isWord =
    /^(?:[A-Z_]{1,24}|\d{1,4}|true|false)$/.test(value) ||
    (/^(?:code|k|hash|nonce|session|sign)$/i.test(name) && !looksRandom(value));
  if (isWord) return found;
  const quote = /['),.\]]$/.exec(value)?.[0] ?? '';
  return strengthOf(name) === 'strong' || named ? before + REDACTED + quote : found;
}

function told(
  found: string,
  noun: string,
  between: string,
  quote: string,
  value: string,
  at: number,
  text: string,
): string {
  if (value.startsWith(REDACTED)) return found;
  const before = /(\w+)\s+$/.exec(text.slice(Math.max(0, at - 24), at))?.[1] ?? '';
  const isPassword = /^pass|^pwd/i.test(noun);
  const strength = strengthOf(noun.replace(/ /g, '_'), before);
  if (strength === 'none' || /^(?:unexpected|next|illegal|primary)$/i.test(before)) return found;
  const bare = value.replace(/[).,;:!?\]}]+$/, '');
  const isTold = isPassword && quote !== '' && !/s$/i.test(noun);
  const mixed = isPassword && /[a-z]\W*[A-Z]|[!@#$%^&*]/.test(bare) && !/^[<([{$%@]|\(|^\W/.test(bare);
  const digits =
    /^[\da-f]{16,}$/i.test(bare) || (isPassword && /\b(?:is|was)\b/.test(between) && /^\d{4,}$/.test(bare));
  const words = /^[a-z]+(?:[-_][a-z]+)*[-_:#]?\d{0,3}$/i.test(bare) && !isPassword && !/^[a-z]+\d{2,}$/i.test(bare);
  if (!(digits || isTold || mixed || (looksRandom(bare) && !words))) return found;
  if (/^(?:required|invalid|missing|is|for|must|authentication|field)$/i.test(bare)) return found;
  return `${noun}${between}${quote}${REDACTED}${isTold ? '' : value.slice(bare.length)}`;
}

type Strength = ReturnType<typeof strengthOf>;
interface Named {
  readonly strength: Strength;
  /** The value is one for certain: an equals sign, quotes, an option. */
  readonly assigned: boolean;
  /** Two equals signs with nothing around them: a comparison in code, or a value that begins with one. */
  readonly doubled?: boolean;
}

function assignmentStrength(name: string, sign: string, text: string, at: number): Named {
  const before = /([A-Za-z]+) $/.exec(text.slice(Math.max(0, at - 24), at))?.[1] ?? '';
  const strength = /^[^\w$]/.test(name) ? 'strong' : strengthOf(name, before);
  return { strength, assigned: /=|["'`]|%3/.test(sign) && !sign.includes('=='), doubled: sign === '==' };
}

function optionStrength(name: string): Named {
  return { strength: strengthOf(name), assigned: true };
}

/** Takes out the values behind names that promise a secret. What is none is looked through for further names. */
function withValuesOut(
  text: string,
  names: RegExp,
  strengthOfName: (name: string, sign: string, text: string, at: number) => Named,
): string {
  let clean = '';
  let done = 0;
  names.lastIndex = 0;
  for (let found = names.exec(text); found !== null; found = names.exec(text)) {
    const [whole, name = '', sign = ''] = found;
    const { strength, assigned, doubled = false } = strengthOfName(name, sign, text, found.index);
    if (strength === 'none') continue;
    const start = found.index + whole.length;
    if (names === OPTIONS && /^-/.test(text.slice(start, start + 1))) continue;
    const end = valueEnd(text, start, { name, strength, assigned, doubled, before: text[found.index - 1] ?? '' });
    if (end === null) continue;
    clean += text.slice(done, end.from) + REDACTED;
    done = end.to;
    names.lastIndex = end.to;
  }
  return done === 0 ? text : clean + text.slice(done);
}

interface Promised {
  readonly name: string;
  readonly strength: Strength;
  readonly assigned: boolean;
  readonly doubled: boolean;
  /** The character in front of the name. */
  readonly before: string;
}

/** What goes on behind quotes that enclose nothing; where two signs stood before, no operator of code. */
const RUN = /^[^\s,;&)}\]]\S{2,400}/;
const RUN_OF_NO_CODE = /^(?!!=)[^\s,;&)}\]|?:+.<>=]\S{2,400}/;

/** Where the secret at `start` stands; null when there is none. */
function valueEnd(text: string, start: number, { name, strength, assigned, doubled, before }: Promised) {
  VALUE.lastIndex = start;
  const found = VALUE.exec(text);
  if (found === null) return null;
  const [whole, quoted, escaped] = found;
  const end = start + whole.length;
  if (quoted !== undefined) {
    const isClosed = quoted.length > 1 && quoted.endsWith(quoted[0] ?? '');
    const inner = isClosed ? quoted.slice(1, -1) : quoted.slice(1);
    const isSecret = inner.length > 2 && isSecretValue(inner, strength, true, '');
    // Quotes that are a part of an unquoted value: `token=''x`.
    const isVariable = assigned || (doubled && /^[A-Z][A-Z\d_]*$/.test(name));
    const runs = isVariable ? RUN : doubled ? RUN_OF_NO_CODE : null;
    const run = inner.length < 3 && runs !== null ? runs.exec(text.slice(end, end + 404)) : null;
    if (run !== null) return { from: start, to: end + run[0].length };
    if (!isSecret) return null;
    const from = end - quoted.length + 1;
    return { from, to: isClosed ? end - 1 : end };
  }
  if (escaped !== undefined) {
    const inner = escaped.replace(/^\\+["']/, '').replace(/\\*["']?$/, '');
    return isSecretValue(inner, strength, true, '') ? { from: start, to: end } : null;
  }
  if (whole.startsWith(REDACTED)) return null;
  let value = whole;
  if (before === '"' || before === "'") {
    const close = value.search(before === '"' ? /\\*"/ : /\\*'/);
    if (close > 0) value = value.slice(0, close);
  }
  const next = value.search(NEXT_MEMBER);
  if (next === 0) return null;
  // What is too short to be a value is a part of the secret itself.
  if (next > 2) value = value.slice(0, next);
  const closers = CLOSERS.exec(value);
  if (closers !== null && closers.index > 0) value = value.slice(0, closers.index);
  if (PHRASES.test(name)) value = text.slice(start).split(/[\r\n"']/, 1)[0] ?? value;
  return isSecretValue(value, strength, assigned, text.slice(start + value.length, start + value.length + 40))
    ? { from: start, to: start + value.length }
    : null;
}
