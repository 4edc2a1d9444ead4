import { signal } from '@preact/signals';
import type { ApplyChoices, BulkAnswer, BulkPreview, ClientFileView, Trouble } from '../../app/ipc/index.ts';
import { found, load } from '../shared/found-clients.ts';
import { ask } from '../shared/store.ts';
import { restart } from './store.ts';

export type BulkKind = 'suggestions' | 'undo';

/** The preview of a change of all clients that is open. */
export interface OpenBulk {
  readonly kind: BulkKind;
  readonly preview: BulkPreview;
  /** Why it was not made, and the files that another program has written to in between. */
  readonly refusal: { readonly trouble: Trouble; readonly standing: readonly string[] } | null;
}

/** What has become of a change of all clients. */
export type BulkOutcome =
  | {
      readonly kind: 'done';
      readonly isUndone: boolean;
      readonly servers: number;
      readonly answer: Extract<BulkAnswer, { readonly kind: 'applied' }>;
    }
  | { readonly kind: 'refused'; readonly answer: Extract<BulkAnswer, { readonly kind: 'refused' }> };

export const openBulk = signal<OpenBulk | null>(null);
export const bulkOutcome = signal<BulkOutcome | null>(null);

export async function showBulk(kind: BulkKind): Promise<void> {
  openBulk.value = { kind, preview: await ask('planAllClients', kind), refusal: null };
}

/** Makes the change; then quits and opens these clients. Where it is refused, the preview is made anew. */
export async function applyBulk(
  { kind, preview }: OpenBulk,
  ticked: ApplyChoices,
  restarts: readonly ClientFileView[],
): Promise<void> {
  const answer = await ask('applyAllClients', { plan: preview.plan, ...ticked });
  if (answer.kind === 'refused') {
    openBulk.value = { kind, preview: await ask('planAllClients', kind), refusal: answer };
    return;
  }
  openBulk.value = null;
  bulkOutcome.value = { kind: 'done', isUndone: kind === 'undo', servers: serversIn(preview), answer };
  await load();
  for (const file of restarts) await restart(file);
}

/** Takes a change of all clients back, in one go. */
export async function undoBulk(change: number): Promise<void> {
  const answer = await ask('undoAllClients', change);
  bulkOutcome.value =
    answer.kind === 'refused' ? { kind: 'refused', answer } : { kind: 'done', isUndone: true, servers: 0, answer };
  await load();
}

export function serversIn({ files }: BulkPreview): number {
  return files.reduce((sum, { servers }) => sum + servers.length, 0);
}

/** One file for each client among them that reads it with its next start, and that we can restart. */
export function restartable(files: readonly Pick<ClientFileView, 'file'>[]): readonly ClientFileView[] {
  const wanted = new Set(files.map(({ file }) => file));
  const all = (found.value ?? []).filter(({ file, canRestart }) => canRestart && wanted.has(file));
  return all.filter(({ title }, at) => all.findIndex((other) => other.title === title) === at);
}
