import { batch, signal } from '@preact/signals';
import type { Activity, ActivityExport, CallContents, CallFacts } from '../../app/ipc/index.ts';
import { announcement, ask, attempt, bridge, text } from '../shared/store.ts';
import { type ActivityFilter, ActivityModel, type ActivityRow, NO_FILTER } from './model.ts';

const model = new ActivityModel();
/** Counts the changes of the model, which is too large to be a value. */
export const version = signal(0);

export const filter = signal<ActivityFilter>(NO_FILTER);
export const follow = signal(true);
export const paused = signal(false);
/** The number of the row whose details are shown. */
export const selected = signal<number | null>(null);
export const reveal = signal<{ readonly index: number } | null>(null);
/** Rows that the main process does not keep any more. */
export const dropped = signal(0);
/** Rows that this window was not told of, since the last time that it got all. */
export const missed = signal(0);
/** What calls said that were opened here, by their numbers. */
export const contents = signal<ReadonlyMap<number, CallContents | null>>(new Map());
export const isExporting = signal(false);
export const isRaw = signal(false);

/** Readers of this are drawn again whenever the model changes. */
export function rows(): ActivityModel {
  // Reading the value is what subscribes.
  version.value satisfies number;
  return model;
}

let unsubscribe: () => void = () => undefined;

/** From now on: what is kept, and what comes. */
export async function open(): Promise<void> {
  unsubscribe();
  unsubscribe = bridge.onActivity((told) => {
    batch(() => {
      model.add(told);
      missed.value += told.missed;
      version.value++;
    });
  });
  const kept = await ask('followActivity');
  batch(() => {
    model.add(kept);
    missed.value = 0;
    dropped.value = sumOf(kept.dropped);
    version.value++;
  });
}

function sumOf({ calls, notifications, requests }: Activity['dropped']): number {
  return calls + notifications + requests;
}

export async function setPaused(wanted: boolean): Promise<void> {
  paused.value = wanted;
  if (wanted) await ask('pauseActivity');
  else await open();
}

export function setFilter(wanted: Partial<ActivityFilter>): void {
  batch(() => {
    filter.value = { ...filter.value, ...wanted };
    model.filter(filter.value);
    version.value++;
  });
}

export function clear(): void {
  batch(() => {
    model.clear();
    contents.value = new Map();
    if (selected.value !== null && model.row(selected.value) === null) selected.value = null;
    version.value++;
  });
}

export function pin(sequence: number, pinned: boolean): void {
  batch(() => {
    model.pin(sequence, pinned);
    version.value++;
  });
}

/** Selects a row by its place among the shown ones. */
export function select(index: number): void {
  const row = model.shown[Math.min(Math.max(index, 0), model.shown.length - 1)];
  if (row !== undefined) show(row.sequence);
}

/** Selects a row by its number, and brings it into view where the filter lets it through. */
export function show(sequence: number): void {
  batch(() => {
    follow.value = false;
    selected.value = sequence;
    const index = model.positionOf(sequence);
    if (index !== -1) reveal.value = { index };
  });
}

export function chosenRow(): ActivityRow | null {
  const sequence = selected.value;
  return sequence === null ? null : rows().row(sequence);
}

/** Fetches what a call said. Called again when its answer is there. */
export function fetchContents({ sequence }: CallFacts): void {
  attempt(async () => {
    const said = await ask('callContents', sequence);
    // Those of the open row alone: the main process wipes the others when their time is over.
    if (selected.value === sequence) contents.value = new Map([[sequence, said]]);
  });
}

/** Contents that are not recorded any more are wiped here as well. */
export function forgetContents(): void {
  if (contents.value.size > 0) contents.value = new Map();
}

export async function exportShown(format: ActivityExport['format'], withContents: boolean): Promise<void> {
  const file = await ask('exportActivity', {
    format,
    rows: model.shown.map(({ sequence }) => sequence),
    withContents,
  });
  isExporting.value = false;
  if (file !== null) announcement.value = text.value.activityWindow.exported(file);
}
