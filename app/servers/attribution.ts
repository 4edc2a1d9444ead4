import { isLoopback } from '../base/host.ts';
import { launchSecrets, remoteSecrets, secretsOf } from '../log/index.ts';
import { isRemote, type ServerSetting, type Settings } from '../settings/settings.ts';

/** Variables that runtimes take the address of a proxy from, in either case. */
const PROXY_VARIABLES = /^(?:https?|all)_proxy$/i;

/** Tells which server of ours shows a name to the proxy; null for a name that is none's. */
type ServerOf = (label: string) => string | null;

/**
 * By the variables that a server is started with, which lead to us under that name; else by its own name; else by what stands
 * behind the client in a label that we have written into a client's file: `claude-desktop.nas`.
 */
export function serversByLabel({ servers, port }: Pick<Settings, 'servers' | 'port'>): ServerOf {
  const byLabel = new Map(servers.map(({ name }) => [name, name]));
  for (const server of servers) for (const label of labelsOf(server, port)) byLabel.set(label, server.name);
  return (label) => {
    if (label === '') return null;
    return byLabel.get(label) ?? byLabel.get(label.slice(label.indexOf('.') + 1)) ?? null;
  };
}

/** The user names in the addresses of proxies that a server is started with, as far as these are ours. */
function labelsOf(server: ServerSetting, port: number): readonly string[] {
  if (isRemote(server)) return [];
  return Object.entries(server.env).flatMap(([name, value]) => {
    const url = PROXY_VARIABLES.test(name) ? URL.parse(value) : null;
    if (url === null || url.username === '' || Number(url.port) !== port || !isLoopback(url.hostname)) return [];
    try {
      return [decodeURIComponent(url.username)];
    } catch {
      // A stray percent sign: it means itself.
      return [url.username];
    }
  });
}

/** The servers whose messages are kept, and what is secret about each: all values that it is given, and all our secrets. */
export function recordedServers(settings: Settings): ReadonlyMap<string, readonly string[]> {
  const recorded = settings.servers.filter(({ name }) => settings.recordContents.includes(name));
  if (recorded.length === 0) return new Map();
  const known = secretsOf(settings);
  return new Map(recorded.map((server) => [server.name, [...known, ...givenTo(server)]]));
}

/** Shorter values are words and numbers, which would hide half of a message. */
const SHORTEST_GIVEN = 8;

function givenTo(server: ServerSetting): readonly string[] {
  const values = Object.values(isRemote(server) ? server.headers : server.env);
  return values.filter((value) => value.length >= SHORTEST_GIVEN);
}

/** What is secret of one server, for `Redactor.protect`. */
export function serverSecrets(server: ServerSetting): readonly string[] {
  return isRemote(server) ? remoteSecrets(server) : launchSecrets(server);
}
