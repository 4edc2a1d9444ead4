import { type ConfigProblem, configServers, freeName, LONGEST_NAME } from '../../servers/index.ts';
import { isFreeField, isHeaderValue } from '../../settings/index.ts';
import { isRemote, type ProgramSetting, type RemoteSetting, type ServerSetting } from '../../settings/settings.ts';
import { isTable, type Table, valueAt } from '../document/index.ts';
import { relativeWord, separated } from '../launch/launcher.ts';
import type { Client } from '../table/client.ts';
import { type Address, type Entry, isFullPath, type OutsideValue, type Program } from './entry.ts';
import { type Filled, filledIn, type KnownValues, type ReferenceStyle } from './references.ts';

export type Moved =
  | { readonly kind: 'server'; readonly server: ServerSetting }
  /** A reference, such as VS Code's `${input:token}`, that only the client can fill in. */
  | { readonly kind: 'variable'; readonly variable: string }
  /** Values that stand outside the entry. */
  | { readonly kind: 'outside'; readonly outside: OutsideValue }
  /** A path that depends on a folder which only the client knows. */
  | { readonly kind: 'relative'; readonly path: string }
  | { readonly kind: 'problem'; readonly problem: ConfigProblem };

/** Characters of a title that the settings take. */
const LONGEST_TITLE = 256;

/**
 * The server of ours that an entry turns into, whole: what it gets from its client is filled in as the client does it, and an
 * entry of which a part stands elsewhere is not moved. One that is the same as a server we have already is that server; else
 * it gets a name that is free.
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
  const moved = launch.kind === 'program' ? program(client, launch, env) : remote(client, name, raw, launch, env);
  if (moved.kind !== 'setting') return moved;
  return { kind: 'server', server: known(moved.setting, servers) ?? named(moved.setting, name, servers) };
}

/** Variables that a client hands on from its own environment come from ours when we run the server. */
function isInherited({ from, names, key }: OutsideValue, env: NodeJS.ProcessEnv): boolean {
  return from === 'environment' && key === 'env_vars' && names.every((name) => env[name] !== undefined);
}

type Unnamed = Omit<ProgramSetting, 'name' | 'title'> | Omit<RemoteSetting, 'name' | 'title'>;
type MovedSetting = Exclude<Moved, { kind: 'server' }> | { readonly kind: 'setting'; readonly setting: Unnamed };

function program({ references }: Client, launch: Program, env: NodeJS.ProcessEnv): MovedSetting {
  const home = env['HOME'] ?? null;
  const all = new Filling(references, { own: launch.env, home });
  const words = separated(launch.command, launch.args).map((word) => all.fill(word));
  const [command = '', ...args] = words;
  const own = Object.entries(launch.env).map(([name, value]) => [name, all.fill(value)]);
  const cwd = launch.cwd === null ? null : withHome(all.fill(launch.cwd), home);
  if (all.missing !== null) return { kind: 'variable', variable: all.missing };
  if (cwd !== null && !isFullPath(cwd)) return { kind: 'relative', path: cwd };
  const relative = cwd === null ? relativeWord(command, args) : null;
  if (relative !== null) return { kind: 'relative', path: relative };
  return { kind: 'setting', setting: { command, args, env: Object.fromEntries(own), cwd, era: 'auto', spare: true } };
}

function withHome(path: string, home: string | null): string {
  return home !== null && /^~(?=[\\/]|$)/.test(path) ? home + path.slice(1) : path;
}

function remote(client: Client, name: string, raw: Table, { url }: Address, env: NodeJS.ProcessEnv): MovedSetting {
  const styles = client.addressReferences ?? client.references;
  const ownEnv = raw[client.stdio.env];
  const own = isTable(ownEnv) ? textsOf(ownEnv) : {};
  const all = new Filling(styles, { own, home: env['HOME'] ?? null });
  const headers = Object.fromEntries(headersIn(client, raw).map(([header, value]) => [header, all.fill(value)]));
  const full = all.fill(url);
  if (all.missing !== null) return { kind: 'variable', variable: all.missing };
  // An address with a reference that nothing fills in leads nowhere.
  const left = /\$\{[^}]*\}/.exec(full)?.[0];
  if (left !== undefined) return { kind: 'variable', variable: left };
  const bad = Object.entries(headers).find(([header, value]) => !isFreeField(header) || !isHeaderValue(value));
  if (bad !== undefined) return { kind: 'problem', problem: { kind: 'bad-header', server: name, header: bad[0] } };
  const types = Object.fromEntries(['type', 'transport', 'transportType'].map((key) => [key, raw[key]]));
  const wire = transportOf(client, raw, types);
  // The rules for addresses and the words for transports are those of the files that servers can also be read from.
  const read = configServers(JSON.stringify({ mcpServers: { [name]: { ...wire, url: full } } }), {});
  const [problem] = read.problems;
  const [server] = read.servers;
  if (server === undefined || !isRemote(server)) {
    return { kind: 'problem', problem: problem ?? { kind: 'bad-url', server: name } };
  }
  const { transport, era } = server;
  return { kind: 'setting', setting: { url: server.url, transport, headers, era } };
}

/** Where no type is written, two clients mean HTTP+SSE by the key alone; the others find it out, and so do we. */
function transportOf({ id }: Client, raw: Table, types: Table): Table {
  const { type } = types;
  if (typeof type === 'string' && /^(?:remote|streamable_?http)$/i.test(type)) return { type: type.replace(/_/g, '-') };
  if (id === 'gemini-cli' && type === undefined) return { type: raw['httpUrl'] === undefined ? 'sse' : 'http' };
  return types;
}

/** In every notation that the client's versions have. */
function headersIn({ remote: shape }: Client, raw: Table): [string, string][] {
  const ways = [['headers'], ['http_headers'], ['requestOptions', 'headers'], ['requestInit', 'headers']];
  const places = shape === null ? ways : [...ways.filter((way) => way.join() !== shape.headers.join()), shape.headers];
  return places.flatMap((way) => {
    const map = valueAt(raw, way);
    return isTable(map) ? Object.entries(textsOf(map)) : [];
  });
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
    return JSON.stringify([server.url, server.transport, Object.entries(server.headers).sort()]);
  }
  const { command, args, env, cwd } = server;
  return JSON.stringify([command, args, Object.entries(env).sort(), cwd]);
}

/** Under a name that is free, with what the client calls it beside it. */
function named(setting: Unnamed, title: string, servers: readonly ServerSetting[]): ServerSetting {
  const name = freeName(title, new Set(servers.map((other) => other.name)), LONGEST_NAME);
  return { ...setting, name, ...(title === name ? {} : { title: title.slice(0, LONGEST_TITLE) }) };
}
