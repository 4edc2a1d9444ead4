import { nearest } from '../base/nearest.ts';
import { read } from '../base/schema/index.ts';
import { aliasSchema, fingerprintIn, isFreeField, isHeaderValue, isServerAddress } from '../settings/index.ts';
import type { ProgramSetting, RemoteSetting, ServerSetting } from '../settings/settings.ts';
import { type ConfigProblem, EntryFault } from './config-problem.ts';
import type { JsonNode } from './jsonc.ts';
import { OAUTH_KEYS_BESIDE, OAuthEntryFault, oauthIn } from './oauth-entry.ts';
import { RulesEntryFault, rulesIn } from './rules-entry.ts';
import { member, type Place, type ServerEntry } from './server-entries.ts';

export type Expanded = { readonly text: string } | { readonly missing: string };

const REFERENCE = /\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/**
 * Replaces `${NAME}`, `${env:NAME}` and `${NAME:-default}` by the variable, as the clients do whose files we read.
 * Values are not expanded again. A variable that is not set and has no default makes the whole text unusable. Without an environment
 * the text stays as it is written.
 */
function expand(text: string, env: NodeJS.ProcessEnv | null): Expanded {
  if (env === null) return { text };
  let missing: string | null = null;
  const expanded = text.replace(REFERENCE, (_, name: string, fallback: string | undefined) => {
    const value = env[name] ?? fallback;
    if (value === undefined) missing ??= name;
    return value ?? '';
  });
  return missing === null ? { text: expanded } : { missing };
}

/** The keys of an entry, under every name that clients have for them; the first is ours. */
const KEYS = {
  command: ['command', 'cmd'],
  args: ['args', 'arguments'],
  env: ['env', 'environment', 'envs'],
  cwd: ['cwd', 'working_directory', 'workingDirectory'],
  url: ['url', 'httpUrl', 'serverUrl', 'uri', 'baseUrl'],
  headers: ['headers', 'http_headers'],
} as const;

/** Words that an entry may have misspelled, each with what it stands for when it is missing. */
const MEANT = ['command', 'args', 'env', 'cwd'] as const;
const MEANT_BY_URL = ['url', 'headers', 'type'] as const;

/** What clients write into entries besides, which means nothing here. None of it is a slip of the finger. */
const KNOWN: ReadonlySet<string> = new Set([
  ...Object.values(KEYS).flat(),
  ...[
    'name',
    'title',
    'id',
    'alias',
    'type',
    'transport',
    'source',
    'era',
    'spare',
    'default',
    'disabled',
    'enabled',
    'active',
  ],
  ...[
    'requestInit',
    'requestOptions',
    'bearer_token_env_var',
    'env_http_headers',
    'oauth',
    'auth',
    'tls',
    'lanCredentials',
    'timeout',
    'tools',
    'prompts',
    'resources',
    'changes',
    'settings',
    'envFile',
    'env_keys',
    'note',
    'notes',
    'icon',
    'dev',
    'trust',
  ],
]);

/** By these, clients get what they show a server with a URL from elsewhere: from a program, a keychain, a file or the provider of a cloud. */
const UNUSED_BY_URL: ReadonlySet<string> = new Set([
  'headersHelper',
  'authProviderType',
  'env_keys',
  'socket',
  'clientCert',
  'clientKey',
  'client_cert',
  'client_key',
  'api_key_env',
  'oidc',
]);

/** The same, for how it is reached: through a proxy, or with authorities of its own, in the spellings of all clients. */
const UNUSED_CONNECTION_KEY =
  /^(?:(?:no[-_]?)?proxy(?:[-_]?url)?|ca[-_]?(?:bundle(?:[-_]?path)?|cert|file)|insecure(?:[-_]?skip[-_]?verify)?)$/i;

/** Keys by which clients judge the certificate of a server: `true` is what is done anyway. */
const VERIFY_KEYS = /^(?:(?:ssl|tls)[-_]?verify|verify[-_]?(?:ssl|tls)|reject[-_]?unauthorized)$/i;

/** Maps of an entry with options of its requests: of fetch, and of Continue. */
const REQUEST_MAPS = ['requestInit', 'requestOptions'] as const;
/** What is used of them, and what means nothing here wherever it stands. */
const REQUEST_KEYS: ReadonlySet<string> = new Set(['headers', 'timeout']);

/** A setting that has got no name yet. */
export type Unnamed = Omit<ProgramSetting, 'name' | 'title'> | Omit<RemoteSetting, 'name' | 'title'>;

/** The content of a file; throws when it cannot be read. */
export type ReadFile = (path: string) => string;
/** One entry of a file on its way to a setting. */
export class EntryReader {
  readonly #title: string;
  readonly #node: JsonNode;
  readonly #at: number;
  readonly #env: NodeJS.ProcessEnv | null;
  readonly #placeOf: (at: number) => Place;
  readonly #readFile: ReadFile | null;

  constructor(
    { title, value, at }: ServerEntry,
    env: NodeJS.ProcessEnv | null,
    placeOf: (at: number) => Place,
    readFile: ReadFile | null,
  ) {
    this.#title = title;
    this.#node = value;
    this.#at = at;
    this.#env = env;
    this.#placeOf = placeOf;
    this.#readFile = readFile;
  }

  /** Throws EntryFault for an entry that cannot be used. */
  setting(): Unnamed {
    const title = this.#title;
    if (this.#node.kind !== 'object') throw this.#fault('command', this.#node);
    const [command, ...first] = this.#commandLine();
    const url = this.#find('url');
    const hasUrl = url !== undefined && !isNull(url);
    if (hasUrl && (command === undefined || command === '')) return this.#remote(url);
    if (command === undefined || command === '') throw this.#withoutCommand();
    const envFile = this.#text('envFile');
    if (envFile !== null) throw this.#problem({ kind: 'env-file', server: title }, member(this.#node, 'envFile'));
    const cwd = KEYS.cwd.map((key) => this.#text(key)).find((one) => one !== null) ?? null;
    return {
      command,
      args: [...first, ...this.#list('args')],
      env: this.#variables(),
      cwd,
      era: this.#era(),
      spare: this.#spare(),
      ...this.#alias(),
      ...this.#rules(),
    };
  }

  #rules(): ReturnType<typeof rulesIn> {
    try {
      return rulesIn(this.#node);
    } catch (error) {
      throw error instanceof RulesEntryFault ? this.#fault(error.field, error.node) : error;
    }
  }

  #remote(node: JsonNode): Omit<RemoteSetting, 'name' | 'title'> {
    // What is behind a # is for browsers.
    const url = this.#textOf(node, 'url').trim().replace(/#.*$/s, '');
    if (!isServerAddress(url)) throw this.#problem({ kind: 'bad-url', server: this.#title }, node);
    const signIn = this.#oauth();
    const tls = this.#tls();
    const more = { ...signIn, ...tls, ...this.#lanCredentials(), ...this.#alias(), ...this.#rules() };
    return { url, transport: this.#transport(), headers: this.#headers(), era: this.#era(), ...more };
  }

  #oauth(): Pick<RemoteSetting, 'oauth'> {
    try {
      return oauthIn(this.#node, (written, node) => this.#headerText(written, node));
    } catch (error) {
      throw error instanceof OAuthEntryFault ? this.#fault('oauth', error.node) : error;
    }
  }

  /** Only where the owner of this machine has named the file: what is pasted or imported opens nothing to others. */
  #lanCredentials(): Pick<RemoteSetting, 'lanCredentials'> {
    const node = member(this.#node, 'lanCredentials');
    if (node === undefined || isNull(node) || this.#readFile === null) return {};
    if (node.kind !== 'scalar' || typeof node.value !== 'boolean') throw this.#fault('lanCredentials', node);
    return node.value ? { lanCredentials: true } : {};
  }

  #tls(): Pick<RemoteSetting, 'tls'> {
    const node = member(this.#node, 'tls');
    if (node === undefined || isNull(node)) return {};
    if (node.kind !== 'object') throw this.#fault('tls', node);
    const tls: Partial<Record<'ca' | 'cert' | 'key' | 'fingerprint', string>> = {};
    for (const { key, value } of node.members) {
      const name = key === 'sha256' ? 'fingerprint' : key;
      if (name !== 'ca' && name !== 'cert' && name !== 'key' && name !== 'fingerprint') continue;
      if (value.kind !== 'scalar') throw this.#fault(`tls.${key}`, value);
      if (isNull(value)) continue;
      const written = this.#full(value.written, value);
      const meant = name === 'fingerprint' ? fingerprintIn(written) : written;
      if (meant === null || meant === '') throw this.#fault(`tls.${key}`, value);
      tls[name] = meant;
    }
    // Neither is of any use alone.
    if ((tls.cert === undefined) !== (tls.key === undefined)) throw this.#fault('tls', node);
    return Object.keys(tls).length === 0 ? {} : { tls };
  }

  /** Clients have many words for two transports. `httpUrl` alone says Streamable HTTP; where nothing is said it is found out. */
  #transport(): RemoteSetting['transport'] {
    for (const key of ['type', 'transport', 'transportType']) {
      const node = member(this.#node, key);
      if (node === undefined || node.kind !== 'scalar' || isNull(node)) continue;
      const word = node.written.toLowerCase().replace(/[-_ ]/g, '');
      if (/^(?:http|https|streamable|streamablehttp|httpstream)$/.test(word)) return 'streamable';
      if (/^(?:sse|httpsse)$/.test(word)) return 'sse';
      if (/^(?:remote|auto|url)?$/.test(word)) return 'auto';
      throw this.#fault(key, node);
    }
    const isHttpUrl = member(this.#node, 'httpUrl') !== undefined && member(this.#node, 'url') === undefined;
    return isHttpUrl ? 'streamable' : 'auto';
  }

  #headers(): Readonly<Record<string, string>> {
    const nested = REQUEST_MAPS.map((key) => member(member(this.#node, key), 'headers'));
    const headers: Record<string, string> = {};
    for (const node of [this.#find('headers'), ...nested]) {
      if (node === undefined || isNull(node)) continue;
      if (node.kind !== 'object') throw this.#fault('headers', node);
      for (const { key, value } of node.members) {
        if (value.kind !== 'scalar') throw this.#fault('headers', value);
        if (!isNull(value)) this.#addHeader(headers, key, this.#headerText(value.written, value), value);
      }
    }
    // Codex names variables instead of values.
    const bearer = member(this.#node, 'bearer_token_env_var');
    if (bearer?.kind === 'scalar' && !isNull(bearer)) {
      this.#addHeader(headers, 'Authorization', `Bearer ${this.#variable(bearer.written, bearer)}`, bearer);
    }
    const named = member(this.#node, 'env_http_headers');
    for (const { key, value } of named?.kind === 'object' ? named.members : []) {
      if (value.kind !== 'scalar') throw this.#fault('env_http_headers', value);
      this.#addHeader(headers, key, this.#variable(value.written, value), value);
    }
    return headers;
  }

  #addHeader(headers: Record<string, string>, header: string, value: string, node: JsonNode): void {
    if (!isFreeField(header) || !isHeaderValue(value)) {
      throw this.#problem({ kind: 'bad-header', server: this.#title, header: header.slice(0, 60) }, node);
    }
    headers[header] = value;
  }

  /** Where nothing is filled in, the text that stands for the variable elsewhere. */
  #variable(name: string, node: JsonNode): string {
    const value = this.#env === null ? `\${${name}}` : this.#env[name];
    if (value === undefined)
      throw this.#problem({ kind: 'missing-variable', server: this.#title, variable: name }, node);
    return value;
  }

  /** Files first: what stands in them is taken as it is. */
  #headerText(written: string, node: JsonNode): string {
    const readFile = this.#readFile;
    if (readFile === null || !written.includes('${file:')) return this.#full(written, node);
    return written
      .split(/(\$\{file:[^}]*\})/)
      .map((part, index) => {
        if (index % 2 === 0) return this.#full(part, node);
        const file = part.slice('${file:'.length, -1);
        try {
          return readFile(file).trim();
        } catch (error) {
          const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
          throw this.#problem({ kind: 'header-file', server: this.#title, file, code }, node);
        }
      })
      .join('');
  }

  /** Keys that are most likely misspelled, or that nothing here acts on, of an entry that is served all the same. */
  slips(): readonly ConfigProblem[] {
    if (this.#node.kind !== 'object') return [];
    const command = this.#find('command');
    const isRemote = command === undefined || (command.kind === 'scalar' && !command.value);
    const url = KEYS.url.find((key) => {
      const node = member(this.#node, key);
      return !isRemote && node !== undefined && saysMore(node);
    });
    const two = url === undefined ? undefined : member(this.#node, url);
    const sources: readonly ConfigProblem[] =
      url === undefined || two === undefined
        ? []
        : [{ kind: 'two-sources', server: this.#title, key: url, place: this.#placeOf(two.at) }];
    const others = this.#node.members.flatMap(({ key, value, at }): ConfigProblem[] => {
      const unused = isRemote ? unusedIn(key, value, at) : [];
      if (unused.length > 0) {
        return unused.map((one) => ({
          kind: 'unused-key',
          server: this.#title,
          key: one.key,
          place: this.#placeOf(one.at),
        }));
      }
      const meant = this.#meantBy(key);
      if (meant === null) return [];
      return [{ kind: 'unknown-key', server: this.#title, wrote: key, meant, place: this.#placeOf(at) }];
    });
    return [...sources, ...others];
  }

  #meantBy(key: string): string | null {
    if (KNOWN.has(key) || Object.hasOwn(OAUTH_KEYS_BESIDE, key)) return null;
    const known: readonly (keyof typeof KEYS | 'type')[] = this.#find('url') === undefined ? MEANT : MEANT_BY_URL;
    const missing = known.filter(
      (name) => (name === 'type' ? member(this.#node, name) : this.#find(name)) === undefined,
    );
    return missing.find((name) => name === key.toLowerCase()) ?? nearest(key, missing);
  }

  /** OpenCode has one list, Zed had a map of its own. */
  #commandLine(): readonly string[] {
    const node = this.#find('command');
    if (node === undefined || isNull(node)) return [];
    if (node.kind === 'array') return this.#words(node, 'command');
    if (node.kind === 'scalar') return [this.#textOf(node, 'command')];
    const path = member(node, 'path');
    const args = member(node, 'args');
    if (path?.kind !== 'scalar') throw this.#fault('command', node);
    return [this.#textOf(path, 'command'), ...(args === undefined ? [] : this.#words(args, 'args'))];
  }

  #list(field: 'args'): readonly string[] {
    const node = this.#find(field);
    return node === undefined || isNull(node) ? [] : this.#words(node, field);
  }

  /** Numbers and booleans are handed on as text, a null is left out. */
  #words(node: JsonNode, field: string): readonly string[] {
    if (node.kind !== 'array') throw this.#fault(field, node);
    return node.items.flatMap((item) => {
      if (item.kind !== 'scalar') throw this.#fault(field, item);
      return isNull(item) ? [] : [this.#full(item.written, item)];
    });
  }

  #variables(): Readonly<Record<string, string>> {
    const nodes = [this.#find('env'), member(this.#find('command'), 'env')];
    return Object.fromEntries(nodes.flatMap((node) => (node === undefined ? [] : this.#pairs(node))));
  }

  /** A map, or a list of `NAME=value`, as Docker has it. An empty list is an empty map to PHP, and to who writes by hand. */
  #pairs(node: JsonNode): readonly (readonly [string, string])[] {
    if (isNull(node)) return [];
    if (node.kind === 'array') {
      return this.#words(node, 'env').map((line) => {
        const at = line.indexOf('=');
        if (at < 1) throw this.#fault('env', node);
        return [line.slice(0, at), line.slice(at + 1)] as const;
      });
    }
    if (node.kind !== 'object') throw this.#fault('env', node);
    return node.members.flatMap(({ key, value }) => {
      if (value.kind !== 'scalar') throw this.#fault('env', value);
      return isNull(value) ? [] : [[key, this.#full(value.written, value)] as const];
    });
  }

  #era(): ServerSetting['era'] {
    const node = member(this.#node, 'era');
    if (node === undefined || isNull(node)) return 'auto';
    if (node.kind === 'scalar' && isEra(node.value)) return node.value;
    throw this.#fault('era', node);
  }

  #alias(): Pick<ServerSetting, 'alias'> {
    const node = member(this.#node, 'alias');
    if (node === undefined || isNull(node)) return {};
    if (node.kind !== 'scalar' || !isAlias(node.value)) throw this.#fault('alias', node);
    return { alias: node.value };
  }

  #spare(): boolean {
    const node = member(this.#node, 'spare');
    if (node === undefined || isNull(node)) return true;
    if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
    throw this.#fault('spare', node);
  }

  #find(field: keyof typeof KEYS): JsonNode | undefined {
    return KEYS[field].map((key) => member(this.#node, key)).find((node) => node !== undefined);
  }

  /** A text that may be missing, null or empty: all the same. */
  #text(key: string): string | null {
    const node = member(this.#node, key);
    if (node === undefined || isNull(node) || (node.kind === 'scalar' && node.value === '')) return null;
    return this.#textOf(node, key);
  }

  #textOf(node: JsonNode, field: string): string {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') throw this.#fault(field, node);
    return this.#full(node.value, node);
  }

  #full(text: string, node: JsonNode): string {
    const expanded = expand(text, this.#env);
    if ('text' in expanded) return expanded.text;
    throw this.#problem({ kind: 'missing-variable', server: this.#title, variable: expanded.missing }, node);
  }

  #withoutCommand(): EntryFault {
    const type = member(this.#node, 'type');
    const isRemote = type?.kind === 'scalar' && /^(?:https?|sse|remote|ws|streamable)/i.test(type.written);
    if (isRemote) return this.#fault('url', type);
    const members = this.#node.kind === 'object' ? this.#node.members : [];
    const slip = members.find(({ key }) => this.#meantBy(key) === 'command');
    const server = this.#title;
    if (slip === undefined) return this.#fault('command', this.#find('command'));
    const { key: wrote, at } = slip;
    return this.#problem({ kind: 'bad-entry', server, field: 'command', wrote }, { at });
  }

  #fault(field: string, node: { readonly at: number } | undefined): EntryFault {
    return this.#problem({ kind: 'bad-entry', server: this.#title, field }, node);
  }

  #problem(problem: ConfigProblem, node: { readonly at: number } | undefined): EntryFault {
    return new EntryFault({ ...problem, place: this.#placeOf(node?.at ?? this.#at) });
  }
}

export function isNull(node: JsonNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

/** `dynamic_discovery` (Gemini CLI) is what is done anyway. */
function saysMore(node: JsonNode): boolean {
  if (node.kind === 'scalar') return Boolean(node.value) && node.value !== 'dynamic_discovery';
  return (node.kind === 'array' ? node.items : node.members).length > 0;
}

interface UnusedKey {
  readonly key: string;
  readonly at: number;
}

/** What of a member of an entry with a URL is not acted on, by its way in the entry. */
function unusedIn(key: string, value: JsonNode, at: number): readonly UnusedKey[] {
  if (REQUEST_MAPS.some((map) => map === key) && value.kind === 'object') {
    return value.members
      .filter((inner) => !REQUEST_KEYS.has(inner.key) && changes(inner.key, inner.value))
      .map((inner) => ({ key: `${key}.${inner.key}`, at: inner.at }));
  }
  const isKnown = UNUSED_BY_URL.has(key) || UNUSED_CONNECTION_KEY.test(key) || VERIFY_KEYS.test(key);
  return isKnown && changes(key, value) ? [{ key, at }] : [];
}

/** Whether a key asks for something else than what is done without it. */
function changes(key: string, value: JsonNode): boolean {
  if (!VERIFY_KEYS.test(key)) return saysMore(value);
  return value.kind === 'scalar' && value.value !== true && !isNull(value);
}

function isAlias(value: unknown): value is string {
  return read(aliasSchema, value).ok;
}

function isEra(value: unknown): value is ServerSetting['era'] {
  return value === 'auto' || value === 'legacy' || value === 'dual' || value === 'modern';
}
