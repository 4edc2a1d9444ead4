/** The way to a value: keys of maps and positions in lists, from the top. */
export type Path = readonly (string | number)[];

/** One change of a document's value. Missing maps on the way to it are made. */
export type Edit =
  | { readonly kind: 'set'; readonly path: Path; readonly value: unknown }
  /** At the end of the list at `path`. */
  | { readonly kind: 'append'; readonly path: Path; readonly value: unknown }
  | { readonly kind: 'remove'; readonly path: Path };

/** A part of a text, in UTF-16 units from its start; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where a document breaks its format's rules. Both count from 1. */
export interface SyntaxFault {
  readonly line: number;
  readonly column: number;
}

export type ParsedDocument =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'broken'; readonly fault: SyntaxFault };

/** Edits that are made in one go: all values that are set in one map belong together. */
export type Step =
  | { readonly kind: 'merge'; readonly path: Path; readonly entries: Table }
  | Exclude<Edit, { kind: 'set' }>;

/** One text format. What an edit does not name keeps every byte: order, comments, indentation, line breaks. */
export interface Format {
  /** The value a parser of the format sees; undefined when there is only white space and comments. */
  read(text: string): ParsedDocument;
  /** The text with steps made, none of which is about what another one is about. Throws UneditableError where it offers no safe place for one. */
  edit(text: string, steps: readonly Step[]): string;
  /** For each path from the first to the last character that belongs to the value, its key included. Null when it is not there. */
  spans(text: string, paths: readonly Path[]): readonly (Span | null)[];
}

/** The document is valid, but written in a way that this edit cannot be made in without touching something else. */
export class UneditableError extends Error {}

export type Table = Readonly<Record<string, unknown>>;

export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** The value at a path, undefined when there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) {
    if (typeof step === 'number') at = Array.isArray(at) ? at[step] : undefined;
    else at = isTable(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  }
  return at;
}

/** What an edit means, whatever the document is written in. The value given is not changed. */
export function edited(value: unknown, edit: Edit): unknown {
  if (edit.kind === 'remove' && valueAt(value, edit.path) === undefined) return value;
  const [step, ...rest] = edit.path;
  if (step === undefined) {
    if (edit.kind === 'set') return edit.value;
    return edit.kind === 'append' && Array.isArray(value) ? [...value, edit.value] : undefined;
  }
  const deeper: Edit = { ...edit, path: rest };
  const last = rest.length === 0 && edit.kind === 'remove';
  if (Array.isArray(value)) {
    return last
      ? value.filter((_, index) => index !== step)
      : value.map((item: unknown, index) => (index === step ? edited(item, deeper) : item));
  }
  const { [step]: inner, ...others } = isTable(value) ? value : {};
  if (last) return others;
  return { ...others, [step]: edited(inner, deeper) };
}

/** A value inside the maps that `keys` name. */
export function nested(keys: readonly string[], value: unknown): unknown {
  return keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}

/** Equal as parsers see it, whatever the order of keys; an empty document counts as an empty map. */
export function sameValue(left: unknown, right: unknown): boolean {
  return equal(left ?? {}, right ?? {});
}

function equal(left: unknown, right: unknown): boolean {
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) && left.length === right.length && left.every((item, index) => equal(item, right[index]))
    );
  }
  if (left instanceof Date) return right instanceof Date && left.getTime() === right.getTime();
  if (!isTable(left)) return Object.is(left, right);
  if (!isTable(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && equal(left[key], right[key]))
  );
}

/** A text together with its value. */
export interface Parsed {
  readonly text: string;
  readonly value: unknown;
}

/**
 * Makes edits in a valid text, and proves them: the result is parsed again and has to hold exactly what the edits say and
 * nothing else. Throws UneditableError when it does not, for instance where YAML aliases tie two places together.
 */
export function editText(format: Format, parsed: Parsed, edits: readonly Edit[]): Parsed {
  return editSeveral(format, parsed, [edits]);
}

/**
 * As `editText`, for several groups of edits in places of their own. The text is parsed as often as for one group: the first steps of all
 * groups are made at once, then the second ones.
 */
export function editSeveral(format: Format, { text, value }: Parsed, groups: readonly (readonly Edit[])[]): Parsed {
  const all = groups.map(stepsOf);
  const rounds = all.reduce((most, steps) => Math.max(most, steps.length), 0);
  let done = text;
  for (let round = 0; round < rounds; round += 1) {
    done = format.edit(
      done,
      all.flatMap((steps) => steps.slice(round, round + 1)),
    );
  }
  const wanted = groups.reduce((before, edits) => edits.reduce(edited, before), value);
  const after = readText(format, done);
  if (!sameValue(after.value, wanted)) throw new UneditableError('not as meant');
  return after;
}

/** Throws UneditableError when the text is broken. */
export function readText(format: Format, text: string): Parsed {
  const reading = format.read(text);
  if (reading.kind === 'broken') throw new UneditableError('broken');
  return { text, value: reading.value };
}

/** Large files are parsed once for every step: what is set in one map is set at once. */
function stepsOf(edits: readonly Edit[]): Step[] {
  const steps: Step[] = [];
  for (const edit of edits) {
    const key = edit.path.at(-1);
    if (edit.kind !== 'set') steps.push(edit);
    else if (typeof key !== 'string') throw new UneditableError(edit.path.join(' > '));
    else addTo(steps, edit.path.slice(0, -1), key, edit.value);
  }
  return steps;
}

function addTo(steps: Step[], path: Path, key: string, value: unknown): void {
  const last = steps.at(-1);
  const isSameMap = last?.kind === 'merge' && last.path.join('\0') === path.join('\0');
  if (isSameMap) steps[steps.length - 1] = { ...last, entries: { ...last.entries, [key]: value } };
  else steps.push({ kind: 'merge', path, entries: { [key]: value } });
}

/** Texts whose parsed form is kept: an edit is placed in the text before it, and proved and found again in the one after it. */
const REMEMBERED = 4;

/**
 * As `parse`, with what came of the last few texts kept until the end of this turn of the event loop: a plan is made in one turn, and its
 * steps ask for the same texts again and again. No caller may change a result. What `parse` throws is not kept.
 */
export function remembered<Result>(parse: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const there = known.get(text);
    if (there !== undefined) return there;
    const made = parse(text);
    // A text may hold secrets: it stays in memory no longer than a plan takes.
    if (known.size === 0) queueMicrotask(() => known.clear());
    for (const oldest of known.keys()) {
      if (known.size < REMEMBERED) break;
      known.delete(oldest);
    }
    known.set(text, made);
    return made;
  };
}
