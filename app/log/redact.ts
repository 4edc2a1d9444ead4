import type { LogFields } from './log.ts';

/** What stands where a secret stood. */
export const REDACTED = '[redacted]';

/** Characters of one message that reach the log. A child may write megabytes into one line; nobody reads them there. */
export const MESSAGE_LIMIT = 8192;

/** Searched before the message is clipped, so that a secret is known for one although its end is cut off. */
const LOOK_AHEAD = 32_768;

/** At the edge of the look-ahead half a secret may stand; that many characters before the edge are never shown. */
const LONGEST_SECRET = 2048;

/** Shorter ones would tear holes into ordinary words, and protect nobody. */
const SHORTEST_SECRET = 4;

/** Words in a name that make its value a secret: in headers, queries, JSON, environments, options. */
const WORD =
  '(?:token|secret|passw(?:or)?d|passphrase|pwd|credential|cookie|authorization|signature|session[-_]?id|' +
  '(?:api|access|private|auth|account|client|signing|encryption|master|shared|ssh)[-_]?key)' +
  // `TokenExpiredError: jwt expired` is a stack trace, not a setting.
  String.raw`(?!\w{0,40}(?:Error|Exception)\b)`;

/** Names that are secret only as a whole, or as the last part of a compound. */
const SHORT_WORD = '(?:key|auth|pass|pat|sig)';

/** A quoted value with its escapes. */
const QUOTED = String.raw`"(?:[^"\\]|\\[\s\S])*"?|'(?:[^'\\]|\\[\s\S])*'?`;

/** A quoted value, one quoted inside a JSON string, or everything up to white space. */
const VALUE = String.raw`(?:${QUOTED}|\\+["'][^"']*\S*|[^\s"']\S*)`;

/** From the end of a name to the start of its value, in `a=1`, `a: 1`, `"a":"1"`, `\"a\": 1`, `a => 1`. */
const ASSIGNS = String.raw`\\*["']?\s{0,8}(?:=>|[=:])\s{0,8}`;

/** Every pattern anchors on a literal word and repeats nothing it could match in two ways, so that each is linear. */
const RULES: readonly (readonly [RegExp, string])[] = [
  // Header fields whose values hold spaces: the quoted string, else the rest of the line.
  [
    new RegExp(
      String.raw`\b((?:proxy-)?authorization|(?:set-)?cookie)(\\*["']?\s{0,8}[:=,]\s{0,8})(?:${QUOTED}|[^\r\n"'][^\r\n]*)`,
      'gi',
    ),
    `$1$2${REDACTED}`,
  ],
  [/\b(bearer|basic|digest|negotiate)(\s+|%20|\+)[^\s"',;]+/gi, `$1$2${REDACTED}`],
  // Userinfo of a URL (RFC 3986 section 3.2.1), the user name included: it may be the token itself.
  [/(?<=:\/\/)[^\s/?#"<>\\]*@/g, `${REDACTED}@`],
  [new RegExp(String.raw`(${WORD}[\w.-]{0,40}${ASSIGNS})${VALUE}`, 'gi'), `$1${REDACTED}`],
  [new RegExp(`([-_.]${SHORT_WORD}${ASSIGNS})${VALUE}`, 'gi'), `$1${REDACTED}`],
  [new RegExp(String.raw`(\b${SHORT_WORD}=)${VALUE}`, 'gi'), `$1${REDACTED}`],
  // Options with their value as the next word: `--api-token abc`, `["--password","abc"]`.
  [
    new RegExp(String.raw`(${WORD}[\w-]{0,40}(?<=(?:^|[\s"',[])--?[\w-]{1,80})\\*["']?[\s,]{1,8})${VALUE}`, 'gi'),
    `$1${REDACTED}`,
  ],
  // Shapes that well-known issuers give their secrets, and JSON Web Tokens.
  [
    /\b(?:(?:sk|pk|rk)[-_][\w-]{16,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[a-z]-[\w-]{10,}|AKIA[0-9A-Z]{16}\b|AIza[\w-]{30,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)/g,
    REDACTED,
  ],
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g, REDACTED],
];

const SECRET_NAME = new RegExp(`${WORD}|(?:^|[-_.])${SHORT_WORD}$`, 'i');

/**
 * Keeps secrets out of the log: the last line of defence behind the rule that nobody logs them in the first place.
 * It knows our own secrets literally and everybody else's by the company they keep.
 */
export class Redactor {
  #literals: RegExp | null = null;

  constructor(secrets: readonly string[] = []) {
    this.protect(secrets);
  }

  /** Replaces the secrets known literally: the token, the password of the upstream proxy, secrets in servers' `env`. */
  protect(secrets: readonly string[]): void {
    const spellings = new Set<string>();
    for (const secret of secrets) {
      if (secret.length < SHORTEST_SECRET) continue;
      spellings.add(secret).add(encodeURIComponent(secret)).add(JSON.stringify(secret).slice(1, -1));
    }
    const longestFirst = [...spellings].sort((a, b) => b.length - a.length);
    const pattern = longestFirst.map((spelling) => spelling.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|');
    this.#literals = pattern === '' ? null : new RegExp(pattern, 'g');
  }

  /** The text without secrets, clipped to `MESSAGE_LIMIT` characters. */
  text(whole: string): string {
    let text = whole.length > LOOK_AHEAD ? whole.slice(0, LOOK_AHEAD) : whole;
    if (this.#literals !== null) text = text.replace(this.#literals, REDACTED);
    for (const [pattern, replacement] of RULES) text = text.replace(pattern, replacement);
    if (whole.length > LOOK_AHEAD) text = text.slice(0, -LONGEST_SECRET);
    if (text.length <= MESSAGE_LIMIT && whole.length <= LOOK_AHEAD) return text;
    return `${text.slice(0, MESSAGE_LIMIT)}… (${whole.length} characters)`;
  }

  /** The fields without secrets: by the name of the field, else by what its text looks like. */
  fields(fields: LogFields): LogFields {
    const clean: Record<string, LogFields[string]> = {};
    for (const [name, value] of Object.entries(fields)) {
      if (typeof value === 'string') clean[name] = isSecretName(name) ? REDACTED : this.text(value);
      else if (typeof value === 'number') clean[name] = isSecretName(name) ? REDACTED : value;
      else clean[name] = value;
    }
    return clean;
  }
}

/** Whether a name, such as one of an environment variable, promises a secret value. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}
