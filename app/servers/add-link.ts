import { enumeration, list, nullable, object, read, record, text } from '../base/schema/index.ts';
import { hasFalseSpace, hasUnseen } from '../base/unseen.ts';
import { isHeaderValue, isServerAddress, serverSchema } from '../settings/index.ts';
import type { ProgramSetting, RemoteSetting } from '../settings/settings.ts';

/** A setting that has got no name yet. */
export type UnnamedServer = Omit<ProgramSetting, 'name' | 'title'> | Omit<RemoteSetting, 'name' | 'title'>;

/** Why a link is not followed; the catalogue has a sentence for each. */
export type LinkFault =
  | 'too-long'
  /** No `mcp-gangway://add`. */
  | 'not-a-link'
  /** Other parameters than one `name` and one `config`. */
  | 'parameters'
  | 'name'
  /** `config` is no JSON, nor JSON in base64. */
  | 'not-json'
  /** The JSON is no server as the schema has it. */
  | 'entry'
  /** Characters that a person could not see, would take for a space, or that reorder the others. */
  | 'unseen'
  /** No http or https URL, or one with credentials in it. */
  | 'address';

export type LinkReading =
  | { readonly ok: true; readonly title: string; readonly server: UnnamedServer }
  | { readonly ok: false; readonly fault: LinkFault };

/** The scheme of links to the app, as `electron-builder.yml` registers it. */
const LINK_SCHEME = 'mcp-gangway:';

/** Characters of a link: less than what the systems pass on, more than any entry that a person could read through. */
const LONGEST_LINK = 16_384;
const LONGEST_TITLE = 128;

/** Names of environment variables as every shell can set them, and the ones in use on Windows. */
const variable = /^[A-Za-z_][\w.()-]{0,255}$/;

interface ProgramEntry {
  readonly type: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | null;
}

interface RemoteEntry {
  readonly type: 'http' | 'streamable-http' | 'sse';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const words = text({ max: 4096 });

const programEntry = object<ProgramEntry>(
  {
    type: enumeration(['stdio']),
    command: text({ min: 1, max: 4096 }),
    args: list(words, 128),
    env: record(words),
    cwd: nullable(text({ min: 1, max: 4096 })),
  },
  ['type', 'args', 'env', 'cwd'],
);

const remoteEntry = object<RemoteEntry>(
  {
    type: enumeration(['http', 'streamable-http', 'sse']),
    url: text({ min: 1, max: 4096 }),
    headers: record(text({ min: 1, max: 4096 })),
  },
  ['type', 'headers'],
);

/** Whether something that the system hands over is meant as a link to the app. */
export function isAppLink(argument: string): boolean {
  return argument.slice(0, LINK_SCHEME.length).toLowerCase() === LINK_SCHEME;
}

/**
 * Reads `mcp-gangway://add?name=NAME&config=CONFIG`. CONFIG is one entry of an `mcpServers` file in JSON, as it is or in base64: `command`,
 * `args`, `env`, `cwd` and `type`, or `url`, `headers` and `type`, and no other key. What comes from a web page is taken to the letter or not
 * at all: nothing in it is filled in, and one fault refuses the whole.
 */
export function readAddLink(link: string): LinkReading {
  const refused = (fault: LinkFault): LinkReading => ({ ok: false, fault });
  if (link.length > LONGEST_LINK) return refused('too-long');
  const url = URL.parse(link);
  if (url === null || url.protocol !== LINK_SCHEME || url.host !== 'add' || !/^\/?$/.test(url.pathname)) {
    return refused('not-a-link');
  }
  if (url.username !== '' || url.password !== '' || url.hash !== '') return refused('not-a-link');
  const names = [...url.searchParams.keys()].toSorted();
  if (names.join() !== 'config,name') return refused('parameters');
  const title = (url.searchParams.get('name') ?? '').trim();
  if (title === '' || title.length > LONGEST_TITLE || !title.isWellFormed()) return refused('name');
  if (hasUnseen(title)) return refused('unseen');
  const value = jsonIn(url.searchParams.get('config') ?? '');
  if (value === undefined) return refused('not-json');
  const server = serverIn(value);
  return typeof server === 'string' ? refused(server) : { ok: true, title, server };
}

/** Undefined where it is no JSON. A plus sign in a query stands for a blank, which base64 has none of. */
function jsonIn(config: string): unknown {
  const json = config.trimStart().startsWith('{') ? config : decoded(config.replaceAll(' ', '+'));
  if (json === null) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    // Cut off, or something else altogether.
    return undefined;
  }
}

function decoded(base64: string): string | null {
  if (!/^[\w+/-]+={0,2}$/.test(base64)) return null;
  const bytes = Buffer.from(base64, 'base64');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Bytes that are no UTF-8: text that a person could not check.
    return null;
  }
}

function serverIn(value: unknown): UnnamedServer | LinkFault {
  const isUrl = typeof value === 'object' && value !== null && Object.hasOwn(value, 'url');
  const server = isUrl ? remoteIn(value) : programIn(value);
  if (typeof server === 'string') return server;
  if (shownTexts(server).some((one) => hasUnseen(one) || hasFalseSpace(one))) return 'unseen';
  if ('url' in server && !isServerAddress(server.url)) return 'address';
  return read(serverSchema, { ...server, name: 'name' }).ok ? server : 'entry';
}

function programIn(value: unknown): UnnamedServer | LinkFault {
  const reading = read(programEntry, value);
  if (!reading.ok) return 'entry';
  const { command, args = [], env = {}, cwd = null } = reading.value;
  if (Object.keys(env).length > 64 || !Object.keys(env).every((name) => variable.test(name))) return 'entry';
  // No process of it is started before a client asks for one.
  return { command, args, env, cwd, era: 'auto', spare: false };
}

function remoteIn(value: unknown): UnnamedServer | LinkFault {
  const reading = read(remoteEntry, value);
  if (!reading.ok) return 'entry';
  const { type, url, headers = {} } = reading.value;
  if (!Object.values(headers).every(isHeaderValue)) return 'entry';
  const transport = type === undefined ? 'auto' : type === 'sse' ? 'sse' : 'streamable';
  return { url, transport, headers, era: 'auto' };
}

/** Everything of a server that is text and is shown before it is stored. */
function shownTexts(server: UnnamedServer): readonly string[] {
  if ('url' in server) return [server.url, ...Object.values(server.headers)];
  return [server.command, ...server.args, ...Object.values(server.env), server.cwd ?? ''];
}
