import { nearest } from '../base/nearest.ts';
import { read } from '../base/schema/index.ts';
import type { Text } from '../i18n/index.ts';
import { aliasSchema, fingerprintIn, isFreeField, isHeaderValue, isServerAddress } from '../settings/index.ts';
import type { ProgramSetting, RemoteSetting, ServerSetting, SetSetting } from '../settings/settings.ts';
import type { JsonFault, JsonNode } from './jsonc.ts';
import { OAuthEntryFault, oauthIn } from './oauth-entry.ts';
import { RulesEntryFault, rulesIn, setsIn } from './rules-entry.ts';
import {
  type EntriesReading,
  member,
  type OtherFormat,
  type Place,
  readServerEntries,
  type ServerEntry,
} from './server-entries.ts';
import { type Names, namesFor } from './server-name.ts';

export type Expanded = { readonly text: string } | { readonly missing: string };

const REFERENCE = /\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/**
 * Replaces `${NAME}`, `${env:NAME}` and `${NAME:-default}` by the variable, as the clients do whose files we read.
 * Values are not expanded again. A variable that is not set and has no default makes the whole text unusable. Without an environment
 * the text stays as it is written.
 */
export function expand(text: string, env: NodeJS.ProcessEnv | null): Expanded {
  if (env === null) return { text };
  let missing: string | null = null;
  const expanded = text.replace(REFERENCE, (_, name: string, fallback: string | undefined) => {
    const value = env[name] ?? fallback;
    if (value === undefined) missing ??= name;
    return value ?? '';
  });
  return missing === null ? { text: expanded } : { missing };
}

/** Why a file, or one entry of it, cannot be used. Facts; `problemSentence` says it to a person. */
export type ConfigProblem = { readonly place?: Place } & (
  | { readonly kind: 'unreadable' /** errno of reading it */; readonly code: string; readonly file: string }
  | { readonly kind: 'other-format'; readonly format: OtherFormat }
  /** It breaks the rules of JSON. */
  | { readonly kind: 'mistake'; readonly fault: JsonFault }
  /** There is no map of servers in it; `meant` is what `wrote` most likely should be. */
  | { readonly kind: 'no-servers'; readonly wrote?: string; readonly meant?: string }
  /** `wrote` is the key that most likely should be the field. */
  | { readonly kind: 'bad-entry'; readonly server: string; readonly field: string; readonly wrote?: string }
  /** Served all the same: a key that means nothing, and most likely should be another. */
  | { readonly kind: 'unknown-key'; readonly server: string; readonly wrote: string; readonly meant: string }
  /** No http or https URL, or one with credentials in it. */
  | { readonly kind: 'bad-url'; readonly server: string }
  /** A header that no server may be given, or a value that no header can hold. */
  | { readonly kind: 'bad-header'; readonly server: string; readonly header: string }
  /** A file that a header takes its value from; `code` is the errno of reading it. */
  | { readonly kind: 'header-file'; readonly server: string; readonly file: string; readonly code: string }
  /** Its variables stand in a file of their own. */
  | { readonly kind: 'env-file'; readonly server: string }
  /** The list of sets beside the servers; none of them is there. */
  | { readonly kind: 'bad-sets' }
  /** A server of the command line has that name. */
  | { readonly kind: 'same-name'; readonly server: string }
  /** The title stands there once more. */
  | { readonly kind: 'repeated'; readonly server: string }
  | { readonly kind: 'missing-variable'; readonly server: string; readonly variable: string }
);

/** Thrown while one entry is read, and caught where the entries are. */
export class EntryFault extends Error {
  readonly problem: ConfigProblem;

  constructor(problem: ConfigProblem) {
    super(problem.kind);
    this.problem = problem;
  }
}

/** Whether a file tells no servers at all because of it. */
export function isOfWholeFile({ kind }: ConfigProblem): boolean {
  return kind === 'unreadable' || kind === 'other-format' || kind === 'mistake' || kind === 'no-servers';
}

/** @param file when given, the sentence begins with the place: `servers.json:3:22: …` */
export function problemSentence(problem: ConfigProblem, text: Text, file?: string): string {
  const sentence = sentenceOf(problem, text);
  const { place } = problem;
  if (file === undefined || problem.kind === 'unreadable') return sentence;
  return place === undefined ? `${file}: ${sentence}` : `${file}:${place.line}:${place.column}: ${sentence}`;
}

function sentenceOf(problem: ConfigProblem, text: Text): string {
  const { config } = text.servers;
  switch (problem.kind) {
    case 'unreadable':
      return config.unreadable(problem.file, problem.code);
    case 'other-format':
      return config.otherFormat[problem.format];
    case 'mistake':
      return config.mistake[problem.fault.mistake](problem.fault.found);
    case 'no-servers': {
      const { wrote, meant } = problem;
      return wrote === undefined || meant === undefined ? config.noServers : config.noServersSlip(wrote, meant);
    }
    case 'bad-entry':
      return problem.wrote === undefined
        ? config.badEntry(problem.server, problem.field)
        : config.badEntrySlip(problem.server, problem.wrote, problem.field);
    case 'unknown-key':
      return config.unknownKey(problem.server, problem.wrote, problem.meant);
    case 'bad-url':
      return config.badUrl(problem.server);
    case 'bad-header':
      return config.badHeader(problem.server, problem.header);
    case 'header-file':
      return config.headerFile(problem.server, problem.file, problem.code);
    case 'env-file':
      return config.envFile(problem.server);
    case 'bad-sets':
      return config.badSets;
    case 'same-name':
      return config.sameName(problem.server);
    case 'repeated':
      return config.repeated(problem.server);
    case 'missing-variable':
      return config.missingVariable(problem.server, problem.variable);
    default:
      return problem satisfies never;
  }
}

/** The servers of a file, and what is wrong with those that are left out. */
export interface ConfigServers {
  readonly servers: readonly ServerSetting[];
  /** The one marked `"default": true`, or the only one; null when none stands out. */
  readonly defaultServer: string | null;
  readonly problems: readonly ConfigProblem[];
  /** Of a file that its owner has named on the command line: what is pasted or imported brings none. */
  readonly sets: readonly SetSetting[];
  /** The name that each title was given, to be held when the file is read again. */
  readonly names: Names;
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
    'oauthClientId',
    'tls',
    'lanCredentials',
    'timeout',
    'tools',
    'prompts',
    'resources',
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

/**
 * Reads the JSON in which desktop clients keep their servers: `command`, `args`, `env` and `cwd`, with variables of ours in them. An
 * entry that is wrong is left out and named; the others count. Beyond what the clients know, an entry may say `default`,
 * `era` and `spare`; `disabled` ones are skipped. With `readFile`, `${file:PATH}` in a header is the content of that file; it
 * throws what reading throws. Only a file that its owner has named on the command line is read so, and only there `lanCredentials`
 * counts. Without `env` nothing is filled in: so it is read where what is stored must be what was shown.
 */
export function configServers(
  text: string,
  env: NodeJS.ProcessEnv | null,
  held?: Names,
  readFile: ReadFile | null = null,
): ConfigServers {
  const reading = readServerEntries(text);
  if (reading.kind !== 'entries') {
    return { servers: [], defaultServer: null, sets: [], problems: [problemOf(reading)], names: held ?? new Map() };
  }
  const { entries, placeOf } = reading;
  const usable = new Map<string, Unnamed>();
  const problems: ConfigProblem[] = reading.repeated.map(({ title, at }) => ({
    kind: 'repeated',
    server: title,
    place: placeOf(at),
  }));
  let marked: string | null = null;
  for (const entry of entries) {
    try {
      if (isOff(entry.value)) continue;
      const one = new EntryReader(entry, env, placeOf, readFile);
      usable.set(entry.title, one.setting());
      problems.push(...one.slips());
      if (isTrue(entry.value, 'default')) marked ??= entry.title;
    } catch (error) {
      if (!(error instanceof EntryFault)) throw error;
      problems.push(error.problem);
    }
  }
  // An entry that is off or wrong takes no name from another.
  const names = namesFor([...usable.keys()], held);
  const servers = [...usable].map(([title, setting]): ServerSetting => {
    const name = names.get(title) ?? '';
    return { name, ...(title === name ? {} : { title }), ...setting };
  });
  const only = servers.length === 1 ? (servers[0]?.name ?? null) : null;
  const defaultServer = marked === null ? only : (names.get(marked) ?? null);
  let sets: readonly SetSetting[] = [];
  try {
    if (readFile !== null) sets = setsIn(reading.root);
  } catch (error) {
    if (!(error instanceof RulesEntryFault)) throw error;
    problems.push({ kind: 'bad-sets', place: placeOf(error.node.at) });
  }
  return { servers, defaultServer, sets, problems, names };
}

/** A setting that has got no name yet. */
type Unnamed = Omit<ProgramSetting, 'name' | 'title'> | Omit<RemoteSetting, 'name' | 'title'>;

/** The content of a file; throws when it cannot be read. */
export type ReadFile = (path: string) => string;

function problemOf(reading: Exclude<EntriesReading, { kind: 'entries' }>): ConfigProblem {
  switch (reading.kind) {
    case 'other-format':
      return reading;
    case 'mistake':
      return { kind: 'mistake', fault: reading.fault, place: reading.place };
    case 'no-servers': {
      const { slip } = reading;
      return slip === null ? { kind: 'no-servers' } : { kind: 'no-servers', ...slip };
    }
    default:
      return reading satisfies never;
  }
}

function isTrue(entry: JsonNode, key: string): boolean {
  const node = member(entry, key);
  return node?.kind === 'scalar' && node.value === true;
}

/** Switched off in the client it was written for. */
function isOff(entry: JsonNode): boolean {
  if (isTrue(entry, 'disabled')) return true;
  return ['enabled', 'active'].some((key) => {
    const node = member(entry, key);
    return node?.kind === 'scalar' && node.value === false;
  });
}

/** One entry of a file on its way to a setting. */
class EntryReader {
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
    const nested = ['requestInit', 'requestOptions'].map((key) => member(member(this.#node, key), 'headers'));
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

  #variable(name: string, node: JsonNode): string {
    const value = this.#env?.[name];
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

  /** Keys that are most likely misspelled, of an entry that works without them. */
  slips(): readonly ConfigProblem[] {
    if (this.#node.kind !== 'object') return [];
    return this.#node.members.flatMap(({ key, at }): ConfigProblem[] => {
      const meant = this.#meantBy(key);
      if (meant === null) return [];
      return [{ kind: 'unknown-key', server: this.#title, wrote: key, meant, place: this.#placeOf(at) }];
    });
  }

  #meantBy(key: string): string | null {
    if (KNOWN.has(key)) return null;
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

function isNull(node: JsonNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

function isAlias(value: unknown): value is string {
  return read(aliasSchema, value).ok;
}

function isEra(value: unknown): value is ServerSetting['era'] {
  return value === 'auto' || value === 'legacy' || value === 'dual' || value === 'modern';
}
