import type { DesiredMode, EntryKey, ForwardCandidate, FoundClient, FoundServer, Mode } from '../../clients/index.ts';
import type { ForwardSetting } from '../../settings/index.ts';
import { forwardUsed } from './needs.ts';

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
