import {
  edited,
  editSeveral,
  type Format,
  type Parsed,
  type Path,
  type Span,
  sameValue,
  UneditableError,
  valueAt,
  withEdits,
} from '../document/index.ts';
import type { Client } from '../table/client.ts';
import {
  applied,
  below,
  changedText,
  type Draft,
  EntriesByClient,
  type Patch,
  patchFrom,
  type TextChange,
  undone,
  wayBack,
} from './record.ts';

/** A draft or a patch, and the rule of the client that it is for. */
export interface ByClient<Of> {
  readonly by: Client;
  readonly of: Of;
}

/** What became of several drafts: a patch for each, null where the text could not be edited. */
export interface PatchedTogether {
  readonly parsed: Parsed;
  readonly patches: readonly (Patch | null)[];
}

/**
 * Makes the edits of several drafts, with the text that they would give one after the other, in a handful of readings of the text
 * for all of them. Where that cannot be proved, they are parted into halves, down to one by one.
 */
export function appliedAll(format: Format, parsed: Parsed, drafts: readonly ByClient<Draft>[]): PatchedTogether {
  const runs: ByClient<Draft>[][] = [];
  for (const draft of drafts) {
    const run = runs.at(-1);
    // New entries go behind the last one, so that each has to see the one before it.
    const isAlone = draft.of.kind === 'added' || run?.[0]?.of.kind === 'added';
    if (run === undefined || isAlone) runs.push([draft]);
    else run.push(draft);
  }
  return runs.reduce<PatchedTogether>((before, run) => joined(before, appliedRun(format, before.parsed, run)), {
    parsed,
    patches: [],
  });
}

function appliedRun(format: Format, parsed: Parsed, drafts: readonly ByClient<Draft>[]): PatchedTogether {
  const [only, another] = drafts;
  if (only === undefined) return { parsed, patches: [] };
  if (another === undefined) return appliedAlone(format, parsed, only);
  const together = orNull(() => appliedTogether(format, parsed, drafts));
  if (together !== null) return together;
  const half = Math.ceil(drafts.length / 2);
  const first = appliedRun(format, parsed, drafts.slice(0, half));
  return joined(first, appliedRun(format, first.parsed, drafts.slice(half)));
}

function joined(first: PatchedTogether, second: PatchedTogether): PatchedTogether {
  return { parsed: second.parsed, patches: [...first.patches, ...second.patches] };
}

function appliedAlone(format: Format, parsed: Parsed, { by, of }: ByClient<Draft>): PatchedTogether {
  const made = orNull(() => applied(by, format, parsed, of));
  return made === null ? { parsed, patches: [null] } : { parsed: made.parsed, patches: [made.patch] };
}

/** Null where the text cannot be edited, or is nested deeper than it can be. */
function orNull<Made>(make: () => Made): Made | null {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof UneditableError) && !(error instanceof RangeError)) throw error;
    return null;
  }
}

function appliedTogether(format: Format, parsed: Parsed, drafts: readonly ByClient<Draft>[]): PatchedTogether {
  const before = new EntriesByClient(parsed.value);
  const paths = drafts.map(({ by, of }) => before.of(by).at(of.entry)?.path ?? apart());
  if (new Set(paths.map(textOf)).size < paths.length) return apart();
  const edits = drafts.map(({ of }, at) => of.edits.map((edit) => below(paths[at] ?? [], edit)));
  const done = editSeveral(format, parsed, edits);
  // Nothing comes or goes, so each entry is where it was.
  const texts = stretches(format, parsed.text, done.text, paths);
  const patches = drafts.map(({ of }, at) => {
    const path = paths[at] ?? [];
    return patchFrom(of, valueAt(parsed.value, path), valueAt(done.value, path), texts[at] ?? apart());
  });
  return { parsed: done, patches };
}

/** What changed in each entry: between where it begins and where the next one begins that changes, too. */
function stretches(format: Format, before: string, after: string, paths: readonly Path[]): readonly TextChange[] {
  const old = format.spans(before, paths).map((span) => span ?? apart());
  const now = format.spans(after, paths).map((span) => span ?? apart());
  const order = [...paths.keys()].toSorted((left, right) => startOf(old, left) - startOf(old, right));
  const found = new Map<number, TextChange>();
  const [first = 0] = order;
  if (before.slice(0, startOf(old, first)) !== after.slice(0, startOf(now, first))) return apart();
  for (const [position, at] of order.entries()) {
    const next = order[position + 1];
    const [oldEnd, nowEnd] =
      next === undefined ? [before.length, after.length] : [startOf(old, next), startOf(now, next)];
    // A table of TOML may be spread over the file.
    if ((old[at]?.end ?? 0) > oldEnd || (now[at]?.end ?? 0) > nowEnd) return apart();
    found.set(at, changedText(before.slice(startOf(old, at), oldEnd), after.slice(startOf(now, at), nowEnd)));
  }
  return paths.map((_, at) => found.get(at) ?? apart());
}

function startOf(spans: readonly Span[], at: number): number {
  return spans[at]?.start ?? 0;
}

/** They have to be seen to apart from each other. */
function apart(): never {
  throw new UneditableError('not together');
}

function textOf(path: Path): string {
  return path.join('\0');
}

/**
 * Undoes several patches, the last one first, and nothing else: as `undone` does it one by one, in a handful of readings of the text.
 * Throws UneditableError when one of them cannot be undone.
 */
export function undoneAll(format: Format, parsed: Parsed, patches: readonly ByClient<Patch>[]): Parsed {
  if (patches.length < 2) return undoneInTurn(format, parsed, patches);
  const together = orNull(() => undoneTogether(format, parsed, patches));
  if (together !== null) return together;
  const half = Math.floor(patches.length / 2);
  return undoneAll(format, undoneAll(format, parsed, patches.slice(half)), patches.slice(0, half));
}

function undoneInTurn(format: Format, parsed: Parsed, patches: readonly ByClient<Patch>[]): Parsed {
  return patches.reduceRight((done, { by, of }) => undone(by, format, done, of), parsed);
}

function undoneTogether(format: Format, parsed: Parsed, patches: readonly ByClient<Patch>[]): Parsed {
  const entries = new EntriesByClient(parsed.value);
  // What was added goes with its place, and moves what stands behind it in a list.
  const found = patches.flatMap((one) => {
    const path = one.of.kind === 'added' ? null : (entries.of(one.by).patched(one.of)?.path ?? null);
    return path === null ? [] : [{ one, path }];
  });
  if (new Set(found.map(({ path }) => textOf(path))).size < found.length) return apart();
  const spans = format.spans(
    parsed.text,
    found.map(({ path }) => path),
  );
  const ways = found.map(({ one, path }, at) => wayBack(one.of, path, parsed, spans[at] ?? null));
  const exact = ways.flatMap((way) => (way.exact === null ? [] : [{ ...way, exact: way.exact }]));
  const restored = withEdits(
    parsed.text,
    exact.map((way) => way.exact),
  );
  const reading = format.read(restored);
  const wanted = exact.reduce((before, { edits }) => edits.reduce(edited, before), parsed.value);
  if (reading.kind === 'broken' || !sameValue(reading.value, wanted)) return apart();
  const others = ways.flatMap((way) => (way.exact === null ? [way.edits] : []));
  const done = editSeveral(format, { text: restored, value: reading.value }, others);
  const seenTo = new Set(found.map(({ one }) => one));
  return undoneInTurn(
    format,
    done,
    patches.filter((one) => !seenTo.has(one)),
  );
}
