import type { Edit, Path } from './edit.ts';

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
