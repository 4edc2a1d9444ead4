import { isLoopback } from '../base/host.ts';
import { percentDecoded } from '../base/percent.ts';
import { secretsOf } from '../log/index.ts';

/** The part of the settings that holds secrets, and the servers by their names. */
type SecretSettings = Parameters<typeof secretsOf>[0];
type NamedServer = SecretSettings['servers'][number] & { readonly name: string };

interface RecordedSettings extends SecretSettings {
  readonly servers: readonly NamedServer[];
  /** Names of the servers whose messages are kept. */
  readonly recordContents: readonly string[];
}

/** Variables that runtimes take the address of a proxy from, in either case. */
const PROXY_VARIABLES = /^(?:https?|all)_proxy$/i;

/** Tells which server of ours shows a name to the proxy; null for a name that is none's. */
type ServerOf = (label: string) => string | null;

/**
 * By the variables that a server is started with, which lead to us under that name; else by its own name; else by what stands
 * behind the client in a label that we have written into a client's file: `claude-desktop.nas`.
 */
export function serversByLabel({
  servers,
  port,
}: Pick<RecordedSettings, 'servers'> & { readonly port: number }): ServerOf {
  const byLabel = new Map(servers.map(({ name }) => [name, name]));
  for (const server of servers) for (const label of labelsOf(server, port)) byLabel.set(label, server.name);
  return (label) => {
    if (label === '') return null;
    return byLabel.get(label) ?? byLabel.get(label.slice(label.indexOf('.') + 1)) ?? null;
  };
}

/** The user names in the addresses of proxies that a server is started with, as far as these are ours. */
function labelsOf(server: NamedServer, port: number): readonly string[] {
  if ('url' in server) return [];
  return Object.entries(server.env).flatMap(([name, value]) => {
    const url = PROXY_VARIABLES.test(name) ? URL.parse(value ?? '') : null;
    if (url === null || url.username === '' || Number(url.port) !== port || !isLoopback(url.hostname)) return [];
    // A stray percent sign means itself.
    return [percentDecoded(url.username) ?? url.username];
  });
}

/** The servers whose messages are kept, and what is secret about each: all values that it is given, and all our secrets. */
export function recordedServers(settings: RecordedSettings): ReadonlyMap<string, readonly string[]> {
  const recorded = settings.servers.filter(({ name }) => settings.recordContents.includes(name));
  if (recorded.length === 0) return new Map();
  const known = secretsOf(settings);
  return new Map(recorded.map((server) => [server.name, [...known, ...givenTo(server)]]));
}

/** Shorter values are words and numbers, which would hide half of a message. */
const SHORTEST_GIVEN = 8;

function givenTo(server: NamedServer): readonly string[] {
  const values = Object.values('url' in server ? server.headers : server.env);
  return values.filter((value) => value !== undefined).filter(({ length }) => length >= SHORTEST_GIVEN);
}
