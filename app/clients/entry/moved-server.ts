import { type Fault, read } from '../../base/schema/index.ts';
import { type ConfigProblem, configServers, freeName, LONGEST_NAME } from '../../servers/index.ts';
import { isFreeField, isHeaderValue, SERVER_LIMITS, serverSchema } from '../../settings/index.ts';
import { isRemote, type ProgramSetting, type RemoteSetting, type ServerSetting } from '../../settings/settings.ts';
import { isTable, type Table, valueAt } from '../document/index.ts';
import { separated } from '../launch/launcher.ts';
import { relativeVariable, relativeWord } from '../launch/relative.ts';
import type { Client } from '../table/client.ts';
import {
  type Bridged,
  type BridgedProgram,
  type BridgeFault,
  type BridgeName,
  readBridge,
} from '../url-bridge/bridge.ts';
import { connectionOf } from './connection.ts';
import { type Address, type Entry, isFullPath, type OutsideValue, type Program } from './entry.ts';
import { type Filled, filledIn, type KnownValues, type ReferenceStyle } from './references.ts';

export type Moved =
  | Started
  /** What is behind a bridge cannot be moved whole: why, and which bridge it is. */
  | {
      readonly kind: 'bridge';
      readonly bridge: BridgeName;
      readonly fault: Exclude<BridgeFault, { kind: 'variable' }>;
    };

/** A server as its client starts it or connects to it, in our words. */
export type Started =
  | { readonly kind: 'server'; readonly server: ServerSetting }
  /** A reference, such as VS Code's `${input:token}`, that only the client can fill in. */
  | { readonly kind: 'variable'; readonly variable: string }
  /** Values that stand outside the entry. */
  | { readonly kind: 'outside'; readonly outside: OutsideValue }
  /** A path that depends on a folder which only the client knows. */
  | { readonly kind: 'relative'; readonly path: string }
  /** It says how its address is reached in a way that we have no counterpart for. */
  | { readonly kind: 'option'; readonly option: string }
  | { readonly kind: 'problem'; readonly problem: ConfigProblem };

/** Characters of a title that the settings take. */
const LONGEST_TITLE = 256;

/**
 * The server of ours that an entry turns into, whole: what it gets from its client is filled in as the client does it, and an
 * entry of which a part stands elsewhere is not moved. What a bridge connects to is moved without the bridge. One that is the
 * same as a server we have already is that server; else it gets a name that is free.
 * @param raw the entry as it is written
 * @param env our environment, which a server that we run inherits
 */
export function movedServer(
  client: Client,
  entry: Entry & { readonly launch: Program | Address },
  raw: Table,
  servers: readonly ServerSetting[],
  env: NodeJS.ProcessEnv,
): Moved {
  const { launch, name, outside } = entry;
  if (outside !== null && !isInherited(outside, env)) return { kind: 'outside', outside };
  if (launch.kind === 'address') {
    const moved = remote(client, name, raw, launch, env);
    return moved.kind === 'setting' ? server(moved.setting, name, servers) : moved;
  }
  const filled = filledProgram(client, launch, env);
  if (filled.kind !== 'program') return filled;
  const read = readBridge(filled);
  if (read === null) {
    const moved = program(filled);
    return moved.kind === 'setting' ? server(moved.setting, name, servers) : moved;
  }
  switch (read.kind) {
    case 'variable':
      return { kind: 'variable', variable: read.variable };
    case 'option':
    case 'environment':
      return { kind: 'bridge', bridge: read.bridge, fault: read };
    case 'url': {
      const moved = bridged(name, read);
      return moved.kind === 'setting' ? server(moved.setting, name, servers) : moved;
    }
    case 'program': {
      const moved = program(inside(filled, read));
      return moved.kind === 'setting' ? server(moved.setting, name, servers) : moved;
    }
    default:
      return read satisfies never;
  }
}

/** The server as its client starts it now: a bridge is then the program that is started. Parameters as of `movedServer`. */
export function startedServer(
  client: Client,
  { launch, name, outside }: Entry & { readonly launch: Program },
  env: NodeJS.ProcessEnv,
): Started {
  if (outside !== null && !isInherited(outside, env)) return { kind: 'outside', outside };
  const filled = filledProgram(client, launch, env);
  if (filled.kind !== 'program') return filled;
  const moved = program(filled);
  return moved.kind === 'setting' ? server(moved.setting, name, []) : moved;
}

function server(setting: Unnamed, name: string, servers: readonly ServerSetting[]): Started {
  const found = known(setting, servers) ?? named(setting, name, servers);
  // One that the settings do not take would be in the way of all others of its file.
  const checked = read(serverSchema, found);
  if (checked.ok) return { kind: 'server', server: found };
  return { kind: 'problem', problem: unfit(found, name, checked.faults[0]) };
}

/** Why the settings do not hold a server. */
function unfit(found: ServerSetting, name: string, fault: Fault | undefined): ConfigProblem {
  const [key = '', ...below] = (fault?.path ?? '').split('.');
  const inner = below.join('.');
  const held: unknown = Object.entries(found).find(([each]) => each === key)?.[1];
  const value =
    inner === '' ? held : Array.isArray(held) ? held[Number(inner)] : isTable(held) ? held[inner] : undefined;
  const field = inner === '' ? key : Array.isArray(held) ? `${key}[${inner}]` : `${key}.${inner}`;
  const most = fault?.kind === 'length' ? mostOf(key, inner === '') : null;
  if (most !== null) {
    const size =
      typeof value === 'string'
        ? value.length
        : Object.keys(isTable(value) || Array.isArray(value) ? value : {}).length;
    if (size > most) {
      return {
        kind: 'too-long',
        server: name,
        field,
        size,
        most,
        of: typeof value === 'string' ? 'characters' : 'items',
      };
    }
  }
  if (fault?.kind === 'pattern') return { kind: 'bad-letters', server: name, field };
  return { kind: 'bad-entry', server: name, field };
}

function mostOf(key: string, isWhole: boolean): number | null {
  if (!Object.hasOwn(SERVER_LIMITS, key)) return null;
  const limit: number | { readonly items?: number; readonly each: number } =
    SERVER_LIMITS[key as keyof typeof SERVER_LIMITS];
  if (typeof limit === 'number') return limit;
  return isWhole ? (limit.items ?? null) : limit.each;
}

/** Variables that a client hands on from its own environment come from ours when we run the server. */
function isInherited({ from, names, key }: OutsideValue, env: NodeJS.ProcessEnv): boolean {
  return from === 'environment' && key === 'env_vars' && names.every((name) => env[name] !== undefined);
}

type Unnamed = Omit<ProgramSetting, 'name' | 'title'> | Omit<RemoteSetting, 'name' | 'title'>;
type MovedSetting = Exclude<Started, { kind: 'server' }> | { readonly kind: 'setting'; readonly setting: Unnamed };

/** A program with everything that its client fills in. */
function filledProgram(
  { references }: Client,
  launch: Program,
  env: NodeJS.ProcessEnv,
): Program | Exclude<Started, { kind: 'server' }> {
  const home = env['HOME'] ?? null;
  const all = new Filling(references, { own: launch.env, home });
  const words = separated(launch.command, launch.args).map((word) => all.fill(word));
  const [command = '', ...args] = words;
  const own = Object.entries(launch.env).map(([name, value]) => [name, all.fill(value)]);
  const cwd = launch.cwd === null ? null : withHome(all.fill(launch.cwd), home);
  if (all.missing !== null) return { kind: 'variable', variable: all.missing };
  return { kind: 'program', command, args, env: Object.fromEntries(own), cwd };
}

function program({ command, args, env, cwd }: Program): MovedSetting {
  if (cwd !== null && !isFullPath(cwd)) return { kind: 'relative', path: cwd };
  const relative = cwd === null ? (relativeWord(command, args) ?? relativeVariable(env)) : null;
  if (relative !== null) return { kind: 'relative', path: relative };
  return { kind: 'setting', setting: { command, args, env, cwd, era: 'auto', spare: true } };
}

/** The program that a bridge starts, with the bridge's environment, in the folder that its line changes to. */
function inside({ env, cwd }: Program, { command, args, folder }: BridgedProgram): Program {
  return { kind: 'program', command, args, env, cwd: folder ?? cwd };
}

/** The rules for addresses, headers and sign-ins are those of the files that servers can also be read from. */
function bridged(name: string, { url, transport, headers, oauth, ca }: Bridged): MovedSetting {
  if (Object.values(headers).some((value) => /\$\{/.test(value)) || /\$\{/.test(url)) {
    const [variable = ''] = /\$\{[^}]*\}?/.exec([url, ...Object.values(headers)].join('\n')) ?? [];
    return { kind: 'variable', variable };
  }
  const type = { auto: {}, sse: { type: 'sse' }, streamable: { type: 'http' } }[transport];
  const signIn = Object.keys(oauth).length === 0 ? {} : { oauth };
  const trusted = ca === null ? {} : { tls: { ca } };
  return readRemote(name, { ...type, ...signIn, ...trusted, url, headers });
}

function readRemote(name: string, entry: Table): MovedSetting {
  const { problems, servers } = configServers(JSON.stringify({ mcpServers: { [name]: entry } }), {});
  const [problem] = problems;
  const [found] = servers;
  if (found === undefined || !isRemote(found)) {
    return { kind: 'problem', problem: problem ?? { kind: 'bad-url', server: name } };
  }
  const { name: _name, title: _title, ...setting } = found;
  return { kind: 'setting', setting };
}

function withHome(path: string, home: string | null): string {
  return home !== null && /^~(?=[\\/]|$)/.test(path) ? home + path.slice(1) : path;
}

function remote(client: Client, name: string, raw: Table, { url }: Address, env: NodeJS.ProcessEnv): MovedSetting {
  const styles = client.addressReferences ?? client.references;
  const ownEnv = raw[client.stdio.env];
  const own = isTable(ownEnv) ? textsOf(ownEnv) : {};
  const home = env['HOME'] ?? null;
  const all = new Filling(styles, { own, home });
  const headers = Object.fromEntries(headersIn(client, raw).map(([header, value]) => [header, all.fill(value)]));
  const full = all.fill(url);
  if (all.missing !== null) return { kind: 'variable', variable: all.missing };
  // An address with a reference that nothing fills in leads nowhere.
  const left = /\$\{[^}]*\}/.exec(full.slice(0, full.lastIndexOf('}') + 1))?.[0];
  if (left !== undefined) return { kind: 'variable', variable: left };
  const most = SERVER_LIMITS.headers.each;
  const long = Object.entries(headers).find(([, value]) => value.length > most);
  if (long !== undefined) {
    const size = { field: `headers.${long[0]}`, size: long[1].length, most, of: 'characters' } as const;
    return { kind: 'problem', problem: { kind: 'too-long', server: name, ...size } };
  }
  const bad = Object.entries(headers).find(([header, value]) => !isFreeField(header) || !isHeaderValue(value));
  if (bad !== undefined) return { kind: 'problem', problem: { kind: 'bad-header', server: name, header: bad[0] } };
  const types = Object.fromEntries(['type', 'transport', 'transportType'].map((key) => [key, raw[key]]));
  const signIn = signInIn(raw, (text) => all.fill(text));
  const connection = connectionOf(raw, full, (path) => withHome(all.fill(path), home));
  if (all.missing !== null) return { kind: 'variable', variable: all.missing };
  if (connection.kind !== 'connection') return connection;
  const { tls } = connection;
  return readRemote(name, { ...transportOf(client, raw, types), ...signIn, tls, url: full, headers });
}

/** What an entry says of its sign-in, in the notations of all clients; Codex and Copilot CLI have keys beside `oauth`. */
function signInIn(raw: Table, fill: (text: string) => string): Table {
  const filled = (value: unknown): unknown => {
    if (typeof value === 'string') return fill(value);
    if (Array.isArray(value)) return value.map(filled);
    if (!isTable(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner)]));
  };
  const { oauth, auth, oauthClientId, oauthGrantType, oauth_resource: resource, scopes } = raw;
  if (oauth === false || (isTable(oauth) && oauth['enabled'] === false)) return { oauth: false };
  const own = isTable(oauth) ? oauth : isTable(auth) ? auth : {};
  const set = Object.entries({ clientId: oauthClientId, grantType: oauthGrantType, resource, scope: scopes, ...own });
  const said = set.filter(([, value]) => value !== undefined && value !== null);
  return said.length === 0 ? {} : { oauth: filled(Object.fromEntries(said)) };
}

/** Where no type is written, two clients mean HTTP+SSE by the key alone; the others find it out, and so do we. */
function transportOf({ id }: Client, raw: Table, types: Table): Table {
  const { type } = types;
  if (typeof type === 'string' && /^(?:remote|streamable_?http)$/i.test(type)) return { type: type.replace(/_/g, '-') };
  if (id === 'gemini-cli' && type === undefined) return { type: raw['httpUrl'] === undefined ? 'sse' : 'http' };
  return types;
}

/** Keys of Codex and Continue for a token that is shown to the server, in place of a header of that name. */
const BEARER_KEYS = ['bearer_token', 'apiKey'] as const;

/** In every notation that the client's versions have. */
function headersIn({ remote: shape }: Client, raw: Table): [string, string][] {
  const ways = [['headers'], ['http_headers'], ['requestOptions', 'headers'], ['requestInit', 'headers']];
  const places = shape === null ? ways : [...ways.filter((way) => way.join() !== shape.headers.join()), shape.headers];
  const headers = places.flatMap((way) => {
    const map = valueAt(raw, way);
    return isTable(map) ? Object.entries(textsOf(map)) : [];
  });
  const key = BEARER_KEYS.map((each) => raw[each]).find((value) => typeof value === 'string' && value !== '');
  if (typeof key !== 'string') return headers;
  return [
    ...headers.filter(([header]) => header.toLowerCase() !== 'authorization'),
    ['Authorization', `Bearer ${key}`],
  ];
}

function textsOf(map: Table): Record<string, string> {
  const set = Object.entries(map).filter(([, value]) => value !== null && typeof value !== 'object');
  return Object.fromEntries(set.map(([key, value]) => [key, String(value)]));
}

/** Fills in one value after the other, and remembers the first reference that is left. */
class Filling {
  missing: string | null = null;
  readonly #styles: readonly ReferenceStyle[];
  readonly #known: KnownValues;

  constructor(styles: readonly ReferenceStyle[], known: KnownValues) {
    this.#styles = styles;
    this.#known = known;
  }

  fill(text: string): string {
    const filled: Filled = filledIn(text, this.#styles, this.#known);
    if (filled.kind === 'text') return filled.text;
    this.missing ??= filled.reference;
    return text;
  }
}

function known(setting: Unnamed, servers: readonly ServerSetting[]): ServerSetting | undefined {
  return servers.find((other) => signature(other) === signature(setting));
}

function signature(server: Unnamed | ServerSetting): string {
  if ('url' in server) {
    const { url, transport, headers, oauth = {}, tls = {} } = server;
    const signIn = oauth === false ? false : Object.entries(oauth).sort();
    return JSON.stringify([url, transport, Object.entries(headers).sort(), signIn, Object.entries(tls).sort()]);
  }
  const { command, args, env, cwd } = server;
  return JSON.stringify([command, args, Object.entries(env).sort(), cwd]);
}

/** Under a name that is free, with what the client calls it beside it. */
function named(setting: Unnamed, title: string, servers: readonly ServerSetting[]): ServerSetting {
  const name = freeName(title, new Set(servers.map((other) => other.name)), LONGEST_NAME);
  return { ...setting, name, ...(title === name || title === '' ? {} : { title: title.slice(0, LONGEST_TITLE) }) };
}
