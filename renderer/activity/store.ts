import { batch, signal } from '@preact/signals';
import type { Activity, ActivityExport, CallContents, CallFacts, RunAgainAnswer } from '../../app/ipc/index.ts';
import { announcement, ask, attempt, bridge, type Words } from '../shared/store.ts';
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
/** A call that waits for the person's word before it is run again. */
export const confirming = signal<{ readonly call: CallFacts; readonly params: string } | null>(null);
/** What is said about a row that was run again, or that is the new one. */
export const note = signal<{ readonly row: number; readonly words: Words } | null>(null);
/** Whether a call is about to be run again: its server may have to be started first. */
export const isStarting = signal(false);
/** The row of a call that was run again, which has not come yet. */
let expected: number | null = null;

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
      if (expected !== null && model.row(expected) !== null) showNew(expected);
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

/** Sends a call once more, in a session of its own, and leads to the new row. Without `isConfirmed` the person may be asked first. */
export async function runAgain(call: CallFacts, isConfirmed: boolean): Promise<void> {
  if (isStarting.value) return;
  note.value = null;
  isStarting.value = true;
  try {
    // The new row is to be seen.
    if (paused.value) await setPaused(false);
    take(call, await ask('runAgain', { call: call.sequence, isConfirmed }));
  } finally {
    isStarting.value = false;
  }
}

function take(call: CallFacts, answer: RunAgainAnswer): void {
  const tell = (row: number, words: Words): void => {
    note.value = { row, words };
  };
  confirming.value = answer.kind === 'confirm' ? { call, params: answer.params } : null;
  switch (answer.kind) {
    case 'begun':
      if (answer.row === null) tell(call.sequence, ({ activityWindow }) => activityWindow.runAgainGone);
      else if (model.row(answer.row) === null) expected = answer.row;
      else showNew(answer.row);
      return;
    case 'confirm':
      return;
    case 'refused':
      return tell(call.sequence, ({ activityWindow }) => activityWindow.notRunAgain[answer.reason]);
    case 'failed':
      return tell(call.sequence, ({ activityWindow, language }) =>
        activityWindow.runAgainFailed(answer.sentence[language]),
      );
    default:
      return answer satisfies never;
  }
}

function showNew(sequence: number): void {
  expected = null;
  show(sequence);
  const isListed = model.positionOf(sequence) !== -1;
  note.value = {
    row: sequence,
    words: ({ activityWindow: words }) => (isListed ? words.runAgainBegan : words.runAgainHidden),
  };
}

export function dropRunAgain(): void {
  confirming.value = null;
  attempt(() => ask('dropRunAgain'));
}

/** Contents that are not recorded any more are wiped here as well. */
export function forgetContents(): void {
  if (confirming.value !== null) dropRunAgain();
  if (contents.value.size > 0) contents.value = new Map();
}

export async function exportShown(format: ActivityExport['format'], withContents: boolean): Promise<void> {
  const file = await ask('exportActivity', {
    format,
    rows: model.shown.map(({ sequence }) => sequence),
    withContents,
  });
  isExporting.value = false;
  if (file !== null) announcement.value = ({ activityWindow }) => activityWindow.exported(file);
}
