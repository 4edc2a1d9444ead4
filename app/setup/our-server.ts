import { type FoundClient, type FoundServer, serverInUrl } from '../clients/index.ts';
import { serverNamed } from '../servers/index.ts';
import type { Settings } from '../settings/index.ts';

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
