import type { EntryKey, FoundClient, Plan, Wish } from '../clients/index.ts';
import type { ClientPreview } from '../ipc/index.ts';
import { parseParent } from '../proxy/index.ts';
import type { Settings } from '../settings/index.ts';
import { shortPath } from './short-path.ts';

/** What a person asked for: a mode for one entry, or the whole file as it was. */
export type Target =
  | { readonly kind: 'entry'; readonly found: FoundClient; readonly key: EntryKey; readonly wish: Wish }
  | { readonly kind: 'file'; readonly found: FoundClient };

export interface PreviewContext {
  readonly plan: number;
  readonly settings: Settings;
  /** Servers of ours that other entries lead to. */
  readonly needed: ReadonlySet<string>;
  readonly home: string;
  readonly backups: string;
}

/** What a window may know of a plan: words and the diff, but neither bytes nor records. */
export function previewOf(
  target: Target,
  plan: Plan & { readonly kind: 'change' | 'unchanged' },
  { plan: id, settings, needed, home, backups }: PreviewContext,
): ClientPreview {
  const { client } = target.found;
  const isChange = plan.kind === 'change';
  const ours = new Set(settings.servers.map(({ name }) => name));
  return {
    plan: id,
    client: client.title,
    server: target.kind === 'entry' ? target.key.name : null,
    mode: target.kind === 'entry' && target.wish.kind !== 'add' ? target.wish.kind : null,
    file: shortPath(plan.file, home),
    diff: isChange ? plan.diff : '',
    backups: shortPath(backups, home),
    adopted: isChange ? (plan.server?.name ?? null) : null,
    released: isChange ? plan.released.filter((name) => ours.has(name) && !needed.has(name)) : [],
    upstream: isChange ? upstreamOf(plan.upstream, settings) : null,
    exceptions: isChange ? plan.exceptions : [],
  };
}

function upstreamOf(proxy: string | null, { upstream }: Settings): ClientPreview['upstream'] {
  if (proxy === null || proxy === upstream) return null;
  return {
    proxy: withoutPassword(proxy),
    isUsable: parseParent(proxy) !== null,
    instead: upstream === null ? null : withoutPassword(upstream),
  };
}

function withoutPassword(proxy: string): string {
  const url = URL.parse(proxy);
  return url === null || url.host === '' ? proxy.replace(/^.*@/, '') : `${url.protocol}//${url.host}`;
}
