import { percentDecoded } from '../base/percent.ts';
import type { Launch, Program } from './entry/entry.ts';
import { baseName, containerVariables, launched } from './launch/launcher.ts';
import { bridgedUrl } from './url-bridge/bridge.ts';

/** Where programs of this machine reach us. */
export interface Gateway {
  /** The port that is really bound. */
  readonly port: number;
  /** What is written into a file as our token; null when there is none to write. */
  readonly token: string | null;
  /** Whether a client that shows this as its token, or nothing, is refused. If left out, all that is not `token` is. */
  readonly refuses?: (shown: string) => boolean;
}

/** Whether a client that shows this to the port is refused. */
export function isRefused({ token = null, refuses }: Partial<Gateway>, shown: string): boolean {
  return refuses === undefined ? token !== null && shown !== token : refuses(shown);
}

/** A server of ours, as far as its addresses go. */
export interface Endpoint {
  /** As in `/servers/<name>/mcp`. */
  readonly name: string;
  /** Whether `/mcp` leads to it as well. */
  readonly isDefault: boolean;
}

/** Any password will do where no token is asked for; some programs send a user name only together with one. */
const NO_TOKEN = 'x';

/** The proxy's address, with a name in it that tells one server from another. */
export function proxyUrl({ port, token }: Gateway, label: string, host = '127.0.0.1'): string {
  return `http://${encodeURIComponent(label)}:${encodeURIComponent(token ?? NO_TOKEN)}@${host}:${port}`;
}

/** A server's Streamable HTTP address. Containers know this machine by another host. */
export function endpointUrl(port: number, { name, isDefault }: Endpoint, host = '127.0.0.1'): string {
  return `http://${host}:${port}${isDefault ? '' : `/servers/${encodeURIComponent(name)}`}/mcp`;
}

/** The name or title in a server's address; null where it is that of the default server. */
export function serverInUrl(url: string): string | null {
  const segment = /\/servers\/([^/]+)\//.exec(URL.parse(url)?.pathname ?? '')?.[1];
  return segment === undefined ? null : decoded(segment);
}

/** The name in our proxy's address; null when it is not our address, or has no name in it. */
export function labelIn(url: string, port: number): string | null {
  const parsed = leadsTo(url, port) ? URL.parse(url) : null;
  if (parsed === null || parsed.username === '') return null;
  return decoded(parsed.username);
}

/** A stray percent sign, written by hand, stays: clients send it unchanged. */
function decoded(text: string): string {
  return percentDecoded(text) ?? text;
}

/** The password in our proxy's address; null when it is not our address, or has none. */
export function tokenIn(url: string, port: number): string | null {
  const parsed = leadsTo(url, port) ? URL.parse(url) : null;
  if (parsed === null || parsed.password === '') return null;
  return decoded(parsed.password);
}

/** Whether an address is our port on this machine. */
export function leadsTo(url: string, port: number): boolean {
  const parsed = URL.parse(url);
  if (parsed === null) return false;
  const isHere = /^(?:localhost|127(?:\.\d+){3}|\[::1\]|host\.(?:docker|containers)\.internal)$/.test(parsed.hostname);
  return isHere && parsed.port === String(port);
}

/** What runtimes look for, in both cases: curl ignores the upper-case HTTP_PROXY, others only know that one. */
export const PROXY_VARIABLES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'] as const;
const EXCEPTIONS = ['NO_PROXY', 'no_proxy'] as const;

/** Names in full: a block such as 127.0.0.0/8 is beyond httpx, urllib, aiohttp, Node and bun. */
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/** What a server's environment needs so that its connections go through us. The server's own exceptions are kept. */
export function proxyVariables(
  gateway: Gateway,
  label: string,
  program: Program,
  host?: string,
): Readonly<Record<string, string>> {
  const { command, args } = program;
  const env = serverVariables(program);
  const url = proxyUrl(gateway, label, host);
  const exceptions = withLoopback(env['NO_PROXY'] ?? env['no_proxy'] ?? '');
  const variables: Record<string, string> = {};
  for (const name of PROXY_VARIABLES) variables[name] = url;
  for (const name of EXCEPTIONS) variables[name] = exceptions;
  // A variable and no flag: NODE_OPTIONS=--use-env-proxy ends older versions of Node at once.
  variables['NODE_USE_ENV_PROXY'] = '1';
  if (launched(command, args).runtime === 'java') {
    variables['JAVA_TOOL_OPTIONS'] = javaOptions(gateway.port, env['JAVA_TOOL_OPTIONS'] ?? '');
  }
  return variables;
}

/** The variables that the server itself sees: those of its entry, and in a container those it is given with `-e`. */
export function serverVariables(program: Program): Readonly<Record<string, string>> {
  return { ...program.env, ...containerVariables(program) };
}

/** The names of everything `proxyVariables` can set. */
export const OUR_VARIABLES = [...PROXY_VARIABLES, ...EXCEPTIONS, 'NODE_USE_ENV_PROXY', 'JAVA_TOOL_OPTIONS'] as const;

/** The name under which a server's requests come to us; null when they do not, or without a name. */
export function ownLabel(env: Readonly<Record<string, string>>, { port }: Pick<Gateway, 'port'>): string | null {
  const labels = PROXY_VARIABLES.map((name) => labelIn(env[name] ?? '', port));
  return labels.find((label) => label !== null) ?? null;
}

/** Whether a server shows us what we do not take for a token any more, so that all its requests are refused. */
export function hasOldToken(env: Readonly<Record<string, string>>, gateway: OurMarks['gateway']): boolean {
  return PROXY_VARIABLES.some((name) => {
    const url = env[name] ?? '';
    return leadsTo(url, gateway.port) && isRefused(gateway, tokenIn(url, gateway.port) ?? '');
  });
}

/** The token that a server shows to us as its proxy; null when it shows none. */
export function ownToken(env: Readonly<Record<string, string>>, port: number): string | null {
  const tokens = PROXY_VARIABLES.map((name) => tokenIn(env[name] ?? '', port));
  return tokens.find((token) => token !== null) ?? null;
}

/** The proxy that the person had set for this server, which we can take for our upstream; null when there is none. */
export function ownProxy(env: Readonly<Record<string, string>>, { port }: Gateway): string | null {
  const set = [...PROXY_VARIABLES, 'ALL_PROXY', 'all_proxy'].map((name) => env[name]);
  return set.find((url) => url !== undefined && url !== '' && !leadsTo(url, port)) ?? null;
}

/** Targets that the person keeps from any proxy, loopback aside: they would go past us. */
export function ownExceptions(env: Readonly<Record<string, string>>): string[] {
  return entriesOf(env['NO_PROXY'] ?? env['no_proxy'] ?? '').filter((entry) => !LOOPBACK.includes(entry));
}

function withLoopback(own: string): string {
  const entries = entriesOf(own);
  return [...entries, ...LOOPBACK.filter((name) => !entries.includes(name))].join(',');
}

function entriesOf(list: string): string[] {
  return list.split(/[\s,]+/).filter((entry) => entry !== '');
}

/** The JVM reads no proxy variables, but everything from here. */
function javaOptions(port: number, own: string): string {
  const set = ['http', 'https'].flatMap((scheme) => [
    `-D${scheme}.proxyHost=127.0.0.1`,
    `-D${scheme}.proxyPort=${port}`,
  ]);
  return [own, ...set].filter((part) => part !== '').join(' ');
}

function isThrough(program: Program, port: number): boolean {
  const env = serverVariables(program);
  return PROXY_VARIABLES.some((name) => leadsTo(env[name] ?? '', port));
}

/** `off` as the person wrote it, `through` our proxy, `run` by us. */
export type Mode = 'off' | 'through' | 'run';

/** What identifies an entry that leads to us. */
export interface OurMarks {
  readonly gateway: Pick<Gateway, 'port'> & Partial<Pick<Gateway, 'token' | 'refuses'>>;
  readonly shim: { readonly command: string; readonly args: readonly string[] };
}

/** The mode an entry is in, set by us or by hand. */
export function modeOf(launch: Launch, { gateway: { port }, shim }: OurMarks): Mode {
  switch (launch.kind) {
    case 'program':
      // From the sources the command is a Node, which other servers may run on as well.
      if (launch.command === shim.command && shim.args.every((arg) => launch.args.includes(arg))) return 'run';
      // Another copy of ours, or one that has moved.
      if (baseName(launch.command) === 'mcp-gangway' && launch.args.includes('connect')) return 'run';
      if (leadsTo(bridgedUrl(launch) ?? '', port)) return 'run';
      return isThrough(launch, port) ? 'through' : 'off';
    case 'address':
      return leadsTo(launch.url, port) ? 'run' : 'off';
    case 'foreign':
      return 'off';
    default:
      return launch satisfies never;
  }
}
