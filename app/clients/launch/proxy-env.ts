import type { Launch, Program } from '../entry/entry.ts';
import { type Gateway, isRefused, labelIn, leadsTo, proxyUrl, tokenIn } from '../gateway.ts';
import { baseName, launched } from './launcher.ts';

/** What runtimes look for, in both cases: curl ignores the upper-case HTTP_PROXY, others only know that one. */
export const PROXY_VARIABLES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'] as const;
const EXCEPTIONS = ['NO_PROXY', 'no_proxy'] as const;

/** Names in full: a block such as 127.0.0.0/8 is beyond httpx, urllib, aiohttp, Node and bun. */
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/** What a server's environment needs so that its connections go through us. The server's own exceptions are kept. */
export function proxyVariables(gateway: Gateway, label: string, program: Program): Readonly<Record<string, string>> {
  const { env, command, args } = program;
  const url = proxyUrl(gateway, label);
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

/** `off` as the person wrote it, `through` our proxy, `run` by us. */
export type Mode = 'off' | 'through' | 'run';

/** What an entry that leads to us can be told by. */
export interface OurMarks {
  readonly gateway: Pick<Gateway, 'port'> & Partial<Pick<Gateway, 'token' | 'refuses'>>;
  readonly shim: { readonly command: string; readonly args: readonly string[] };
}

/** The mode an entry is in, whoever put it there. */
export function modeOf(launch: Launch, { gateway: { port }, shim }: OurMarks): Mode {
  switch (launch.kind) {
    case 'program':
      // From the sources the command is a Node, which other servers may run on as well.
      if (launch.command === shim.command && shim.args.every((arg) => launch.args.includes(arg))) return 'run';
      // Another copy of ours, or one that has moved.
      if (baseName(launch.command) === 'mcp-gangway' && launch.args.includes('connect')) return 'run';
      return PROXY_VARIABLES.some((name) => leadsTo(launch.env[name] ?? '', port)) ? 'through' : 'off';
    case 'address':
      return leadsTo(launch.url, port) ? 'run' : 'off';
    case 'foreign':
      return 'off';
    default:
      return launch satisfies never;
  }
}
