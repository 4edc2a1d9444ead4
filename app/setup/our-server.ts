import { type FoundClient, type FoundServer, serverInUrl } from '../clients/index.ts';

export function serversOf({ content }: FoundClient): readonly FoundServer[] {
  return content.kind === 'servers' ? content.servers : [];
}

/** The server of ours that an entry leads to; null when it leads to none. */
export function ourServer({ entry: { launch }, mode }: FoundServer, defaultServer: string | null): string | null {
  if (mode !== 'run') return null;
  if (launch.kind === 'program') return launch.args.at(-1) ?? null;
  if (launch.kind !== 'address') return null;
  return serverInUrl(launch.url) ?? defaultServer;
}
