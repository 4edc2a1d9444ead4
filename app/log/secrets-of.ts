import { percentDecoded } from '../base/percent.ts';
import { secretSegments } from '../base/secret-path.ts';
import { isPlain, isSecretName } from './secret-names.ts';
import { hasSecretShape } from './secret-shapes.ts';

/** Shortest value of an environment, in characters, that is protected wherever it appears. */
const SHORTEST_VALUE = 8;

/** A shorter one only if it mixes letters with digits or signs. */
const SHORTEST_MIX = 6;

/** Shortest line, in characters, of a secret of several lines that is protected by itself. */
const SHORTEST_LINE = 16;

/** The part of the settings that holds secrets. */
interface SecretSettings {
  readonly token: string | null;
  readonly upstream: string | null;
  readonly servers: readonly (Launch | Remote)[];
}

/** The secrets that these settings hold, for `Redactor.protect`. */
export function secretsOf<S extends SecretSettings>(settings: S): readonly string[] {
  const secrets: string[] = [];
  if (settings.token !== null) secrets.push(settings.token);
  if (settings.upstream !== null) secrets.push(...passwordOf(settings.upstream));
  for (const server of settings.servers) {
    secrets.push(...('url' in server ? remoteSecrets(server) : launchSecrets(server)));
  }
  return secrets;
}

interface Launch {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly args: readonly string[];
}

interface Remote {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly oauth?: { readonly clientSecret?: string } | false;
}

/** The values of a remote server's headers, whatever they are, the secret of its client, and what is secret in its URL. */
export function remoteSecrets({ url, headers, oauth }: Remote): readonly string[] {
  const values = Object.entries(headers).flatMap(([name, value]) => {
    // The credentials alone: `Bearer` in front of them is a word.
    const bare = value.replace(/^[A-Za-z]{3,12}\s+/, '');
    return value.length >= SHORTEST_VALUE || isSecret(name, bare) ? [value, bare] : [];
  });
  const query = URL.parse(url)?.searchParams ?? new URLSearchParams();
  const parameters = [...query].flatMap(([name, value]) => (isSecret(name, value) ? [value] : []));
  const client = oauth === undefined || oauth === false ? undefined : oauth.clientSecret;
  const secrets = client === undefined ? parameters : [...parameters, client];
  const inUrl = [...passwordOf(url), ...secretSegments(url)];
  return [...values.filter((value) => value.length >= SHORTEST_MIX), ...secrets, ...inUrl];
}

/** The secrets that a server is started with, in its own variables and arguments. */
export function launchSecrets({ env, args }: Launch): readonly string[] {
  return [...environmentSecrets(env), ...argumentSecrets(args)];
}

/** Values of an environment that are secret by their name or by their shape: never a host, a path, a number or a word. */
export function environmentSecrets(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const secrets: string[] = [];
  for (const [name, value = ''] of Object.entries(env)) {
    const password = passwordOf(value);
    if (password.length > 0) secrets.push(...password);
    else if (isSecret(name, value)) secrets.push(value, ...linesOf(value));
  }
  return secrets;
}

function isSecret(name: string, value: string): boolean {
  const text = value.trim().slice(0, 256);
  if (text.length >= SHORTEST_VALUE && hasSecretShape(text)) return true;
  if (!isSecretName(name)) return text.length >= 20 && isMix(text);
  if (/^[a-z]{1,11}$|^[A-Z]{1,11}$|^[A-Z][a-z]{1,10}$|^\d{1,15}$/.test(text)) return false;
  if (isPlain(text) && !/^[\da-f-]{36}$|^[A-Za-z]+(?:[-'][A-Za-z]+)*$/i.test(text)) return false;
  return text.length >= SHORTEST_VALUE || (text.length >= SHORTEST_MIX && !/^[A-Za-z]+$/.test(text));
}

/** Both cases and digits in one run: names are not written like that. */
function isMix(text: string): boolean {
  if (!/^[\w+/=~.-]+$/.test(text) || isPlain(text)) return false;
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  return count(/[a-z]/g) > 2 && count(/[A-Z]/g) > 2 && count(/\d/g) > 2 && !/^sha\d/.test(text) && count(/[/.]/g) < 3;
}

/** `--token xyz`, `--token=xyz`, `--header "Authorization: Bearer xyz"`, `-e TOKEN=xyz`, a URL with a password. */
function argumentSecrets(args: readonly string[]): readonly string[] {
  const secrets: string[] = [];
  args.forEach((word, index) => {
    secrets.push(...passwordOf(word));
    const next = args[index + 1] ?? '';
    if (/^--?[A-Za-z][\w-]*$/.test(word) && !next.startsWith('-') && isSecret(word, next)) secrets.push(next);
    const [, name = '', value = ''] = /^-{0,2}([A-Za-z][\w.-]*)\s?[=:]\s?(.+)$/s.exec(word) ?? [];
    // The credentials alone: `Bearer` in front of them is a word.
    const bare = value.replace(/^(?:Bearer|Basic|Token)\s+/i, '');
    if (bare !== '' && isSecret(name, bare)) secrets.push(bare);
  });
  return secrets;
}

/** The password in a URL, as it is written and as it is meant; empty when there is none. */
function passwordOf(text: string): readonly string[] {
  if (!/^[a-z][a-z\d+.-]*:\/\/[^\s]*@/i.test(text) || !URL.canParse(text)) return [];
  const { password } = new URL(text);
  if (password === '') return [];
  // A stray percent sign means itself.
  return [password, percentDecoded(password) ?? password];
}

function linesOf(value: string): readonly string[] {
  if (!value.includes('\n') && !value.includes('\\n')) return [];
  return value
    .split(/\r?\n|\\n/)
    .map((line) => line.trim())
    .filter((line) => line.length >= SHORTEST_LINE && !line.startsWith('-----'));
}

/** The ways in which programs write a secret as a text: as it is, quoted in several languages, percent-encoded. */
export function spellingsOf(secret: string): readonly string[] {
  const percent = encodeURIComponent(secret);
  const strict = percent.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    json,
    json.replace(/\//g, '\\/'),
    JSON.stringify(json).slice(1, -1),
    secret.replace(/[\\']/g, '\\$&'),
    secret.replace(/'/g, `'\\''`),
    percent,
    strict,
    strict.replace(/%2F/g, '/'),
    strict.replace(/%20/g, '+'),
    ...[percent, strict].map((text) => text.replace(/%[\dA-F]{2}/g, (code) => code.toLowerCase())),
  ];
}

/**
 * What base64 makes of a secret wherever it stands in a longer text: its characters that depend on nothing around it. Of its UTF-8, of the
 * UTF-16 of PowerShell, of Latin-1, and of its base64 once more, as Kubernetes keeps the credentials of Docker.
 */
export function base64Of(secret: string): readonly string[] {
  if (secret.length < SHORTEST_VALUE) return [];
  const once = base64Within(Buffer.from(secret));
  return [
    ...once,
    ...base64Within(Buffer.from(secret, 'utf16le')),
    ...(/[\x80-\xff]/.test(secret) ? base64Within(Buffer.from(secret, 'latin1')) : []),
    ...once.flatMap((encoded) => base64Within(Buffer.from(encoded))),
  ];
}

function base64Within(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const inner = encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
    return [inner, inner.replace(/\+/g, '-').replace(/\//g, '_')];
  });
}

/** The bytes of a secret in hex, in lower case and without separators: of UTF-8, UTF-16 and, with accents, of Latin-1. */
export function hexOf(secret: string): readonly string[] {
  if (secret.length < SHORTEST_VALUE) return [];
  const encodings: readonly BufferEncoding[] = ['utf8', 'utf16le', 'latin1'];
  return encodings.map((encoding) => Buffer.from(secret, encoding).toString('hex'));
}
