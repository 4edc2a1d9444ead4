import {
  allAddressesIn,
  type DesiredMode,
  type EntryKey,
  type ForwardCandidate,
  type FoundClient,
  type FoundServer,
  isHere,
  type Mode,
  serverInUrl,
} from '../../clients/index.ts';
import { serverNamed } from '../../servers/index.ts';
import type { ForwardSetting, Settings } from '../../settings/index.ts';

export function serversOf({ content }: FoundClient): readonly FoundServer[] {
  return content.kind === 'servers' ? content.servers : [];
}

/** The name of the server of ours that an entry leads to, by its name or its title; null when it leads to none. */
export function ourServer(
  { entry: { launch }, mode }: FoundServer,
  { servers, defaultServer }: Pick<Settings, 'servers' | 'defaultServer'>,
): string | null {
  if (mode !== 'run' || launch.kind === 'foreign') return null;
  const wanted = launch.kind === 'program' ? launch.args.at(-1) : (serverInUrl(launch.url) ?? defaultServer);
  if (wanted === undefined || wanted === null) return null;
  return serverNamed(wanted, servers)?.name ?? wanted;
}

/** What of ours the entries of clients lead to. */
export interface References {
  /** Names of servers. */
  readonly servers: ReadonlySet<string>;
  /** Ports of TCP forwards, and any other port of this machine. */
  readonly ports: ReadonlySet<number>;
}

/** What is needed by others than the entries that a plan is about. */
export function needsBesides(
  target: Target,
  found: readonly FoundClient[],
  settings: Pick<Settings, 'servers' | 'defaultServer'>,
): References {
  const others = found.flatMap((each) => serversOf(each).filter((server) => !isAbout(target, each, server)));
  return {
    servers: new Set(others.map((server) => ourServer(server, settings)).filter((name) => name !== null)),
    ports: new Set(others.flatMap(portsHere)),
  };
}

/** The TCP forward of ours that an entry leads to, when it leads to one. */
export function forwardUsed(server: FoundServer, forwards: readonly ForwardSetting[]): ForwardSetting | undefined {
  const ports = portsHere(server);
  return forwards.find(({ port }) => ports.includes(port));
}

function portsHere({ entry: { launch } }: FoundServer): number[] {
  const addresses = launch.kind === 'program' ? allAddressesIn(launch) : [];
  return addresses.filter(({ host }) => isHere(host)).map(({ port }) => port);
}

function isAbout(target: Target, found: FoundClient, { key }: FoundServer): boolean {
  if (found.client.id !== target.found.client.id || found.file !== target.found.file) return false;
  if (target.kind === 'file') return true;
  return target.key.name === key.name && target.key.holder.join('\0') === key.holder.join('\0');
}

/** A path as people write it: `~` for their home. */
export function shortPath(path: string, home: string): string {
  return path.startsWith(`${home}/`) || path.startsWith(`${home}\\`) ? `~${path.slice(home.length)}` : path;
}

/** What a person asked for. */
export type Target =
  /** A mode for one entry. */
  | { readonly kind: 'entry'; readonly found: FoundClient; readonly key: EntryKey; readonly wish: DesiredMode }
  /** A TCP forward of ours in place of an address of one entry. */
  | { readonly kind: 'forward'; readonly found: FoundClient; readonly key: EntryKey; readonly of: ForwardCandidate }
  /** The whole file as it was. */
  | { readonly kind: 'file'; readonly found: FoundClient };

/** An address where the client can connect to one, else a program that connects for it. */
export function wishFor(mode: Mode, { client }: FoundClient): DesiredMode {
  return mode === 'run' ? { kind: 'run', by: client.remote === null ? 'shim' : 'address' } : { kind: mode };
}

/** What leads back to how an entry is now. */
export function wishBefore(server: FoundServer, found: FoundClient, forwards: readonly ForwardSetting[]): DesiredMode {
  switch (server.patch) {
    case 'through':
      return { kind: 'through' };
    case 'run':
      return server.entry.launch.kind === 'program' ? { kind: 'run', by: 'shim' } : wishFor('run', found);
    case 'forward': {
      const forward = forwardUsed(server, forwards);
      return forward === undefined ? { kind: 'off' } : { kind: 'forward', forward };
    }
    case 'added':
    case 'cleared':
    case null:
      return { kind: 'off' };
    default:
      return server.patch satisfies never;
  }
}
