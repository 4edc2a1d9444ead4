import { batch, signal } from '@preact/signals';
import type { LogLevel } from '../../app/base/log.ts';
import type { LogLine } from '../../app/ipc/index.ts';
import { ask, bridge } from '../shared/store.ts';
import { LogModel, lineAsText } from './log-model.ts';

const model = new LogModel();
/** Counts the changes of the model, which is too large to be a value. */
export const version = signal(0);

export const level = signal<LogLevel>('debug');
export const source = signal<string | null>(null);
export const query = signal('');
export const follow = signal(true);
export const paused = signal(false);
/** The ends of the selection, as positions among the shown lines; `to` is where the keyboard is. */
export const selection = signal<{ readonly from: number; readonly to: number } | null>(null);
/** Which of the hits is the current one. */
export const hit = signal(0);
export const reveal = signal<{ readonly index: number } | null>(null);

/** Readers of these are drawn again whenever the model changes. */
export const lines = (): readonly LogLine[] => current().shown;
export const total = (): number => current().all.length;
export const hits = (): readonly number[] => current().hits;
export const sources = (): readonly string[] => current().sources;

function current(): LogModel {
  // Reading the value is what subscribes.
  version.value satisfies number;
  return model;
}

let unsubscribe: () => void = () => undefined;

/** From now on: what was logged already, and what comes. */
export async function open(): Promise<void> {
  unsubscribe();
  unsubscribe = bridge.onLog((page) => {
    take(page.lines);
  });
  const page = await ask('followLog', model.lastSequence);
  take(page.lines);
}

/** While the first page is on its way, lines may come twice. */
function take(lines: readonly LogLine[]): void {
  batch(() => {
    const isShifted = model.add(lines.filter(({ sequence }) => sequence > model.lastSequence));
    if (isShifted) selection.value = null;
    version.value++;
  });
}

export async function setPaused(wanted: boolean): Promise<void> {
  paused.value = wanted;
  if (wanted) await ask('pauseLog');
  else await open();
}

export function setFilter(wanted: { readonly level?: LogLevel; readonly source?: string | null }): void {
  batch(() => {
    level.value = wanted.level ?? level.value;
    if (wanted.source !== undefined) source.value = wanted.source;
    model.filter({ level: level.value, source: source.value });
    selection.value = null;
    hit.value = 0;
    version.value++;
  });
}

export function setQuery(wanted: string): void {
  batch(() => {
    query.value = wanted;
    model.search(wanted);
    version.value++;
    hit.value = Math.max(0, model.hits.length - 1);
    goToHit(0);
  });
}

/** Steps through the hits, round and round. */
export function goToHit(step: number): void {
  const { length } = model.hits;
  if (length === 0) return;
  hit.value = (hit.value + step + length) % length;
  const index = model.hits[hit.value];
  if (index === undefined) return;
  batch(() => {
    follow.value = false;
    selection.value = { from: index, to: index };
    reveal.value = { index };
  });
}

export function select(index: number, extend: boolean): void {
  const to = Math.min(Math.max(index, 0), model.shown.length - 1);
  if (to < 0) return;
  batch(() => {
    follow.value = false;
    selection.value = { from: extend ? (selection.value?.from ?? to) : to, to };
    reveal.value = { index: to };
  });
}

export function selectAll(): void {
  if (model.shown.length > 0) selection.value = { from: 0, to: model.shown.length - 1 };
}

export function clear(): void {
  batch(() => {
    model.clear();
    selection.value = null;
    version.value++;
  });
}

/** The selected lines, else all that are shown. */
export function textToCopy(): string {
  const chosen = selection.value;
  const from = chosen === null ? 0 : Math.min(chosen.from, chosen.to);
  const to = chosen === null ? model.shown.length : Math.max(chosen.from, chosen.to) + 1;
  return model.shown.slice(from, to).map(lineAsText).join('\n');
}
