import { environmentSecrets, launchSecrets } from './secrets-of.ts';

/** A reference that a client or a shell fills in, such as `${input:token}`, `{env:TOKEN}` or `$TOKEN`: it is no secret itself. */
const REFERENCE = /^(?:\$?\{.*\}|\$\w+|%\w+%)$/s;

/**
 * The secrets that clients' entries hold, for `Redactor`: what looks at lines one by one cannot see that a value belongs to the
 * option, or to the name, in a line above it.
 */
export function entrySecrets(entries: readonly unknown[]): readonly string[] {
  const secrets: string[] = [];
  const left = [...entries];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== 'object' || value === null) continue;
    const inner = Object.entries(value);
    const texts = inner.filter((pair): pair is [string, string] => typeof pair[1] === 'string');
    if (Array.isArray(value)) {
      const args = texts.map(([, text]) => text);
      secrets.push(...launchSecrets({ env: {}, args }), ...args.flatMap((word, at) => placedIn(word, args[at + 1])));
    } else {
      secrets.push(...environmentSecrets(Object.fromEntries(texts)), ...texts.filter(isPlaced).map(([, text]) => text));
    }
    left.push(...inner.map(([, each]) => each));
  }
  return secrets.filter((secret) => !REFERENCE.test(secret) && !ORDINARY.test(secret));
}

/** Last parts of names whose value is a secret whatever it looks like. */
const CERTAIN =
  /(?:^|[-_])(?:pw|psw|pwd|pass|passwd|password|passphrase|pat|bearer|cookies?|token|secret|api[-_]?key)$/i;
/** One that is as often the name of a way to sign in. */
const UNCERTAIN = /(?:^|[-_])(?:auth|authorization|credentials?)$/i;

/** Ways to sign in, states, places of a secret: no secrets themselves. */
const ORDINARY =
  /^(?:true|false|yes|no|on|off|none|null|auto|default|anonymous|basic|bearer|digest|negotiate|ntlm|kerberos|oauth2?|oidc|openid|sso|saml|ldap|jwt|pkce|token|key|password|api[-_]?key|pat|required|optional|enabled|disabled|stdin|prompt|keychain|keyring|env|file|header|headers|cookie|query|session|memory|browser|interactive|device|lax|strict|\d{1,4})$/i;

/** A path, an address without a password, the name of a host. */
const PLACE =
  /^(?:[\\/~]|\.{1,2}[\\/]|[A-Za-z]:[\\/]|[a-z][a-z\d+.-]*:\/\/[^@]*$|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?::\d+)?$)/i;

/** Shortest value, in characters, that is hidden for its name alone: shorter ones are parts of many words. */
const SHORTEST = 4;

/** Whether a value is a secret by its name although it may look like a word. */
function isPlaced([name, value]: readonly [string, string]): boolean {
  if (value.length < SHORTEST || ORDINARY.test(value) || PLACE.test(value)) return false;
  return CERTAIN.test(name) || (UNCERTAIN.test(name) && !/^[a-z]+(?:[-_][a-z]+)*$/i.test(value));
}

/** `--pat blue`, `--pat=blue`, and `PW=blue` behind `-e` of a container engine or by itself. */
function placedIn(word: string, next = ''): readonly string[] {
  const [, name, value] = /^(?:-e|--env=)?(-{0,2}[A-Za-z_][\w-]*)=(.+)$/s.exec(word) ?? [];
  if (name !== undefined && value !== undefined) return isPlaced([name, value]) ? [value] : [];
  const isOption = /^--?[A-Za-z][\w-]*$/.test(word) && !next.startsWith('-');
  return isOption && isPlaced([word, next]) ? [next] : [];
}
