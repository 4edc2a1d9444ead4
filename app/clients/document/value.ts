import { isDeepStrictEqual } from 'node:util';
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

/** Equal as parsers see it; an empty document counts as an empty map. */
export function sameValue(left: unknown, right: unknown): boolean {
  return isDeepStrictEqual(plain(left ?? {}), plain(right ?? {}));
}

/** Maps may come with any prototype; only what is in them counts. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isTable(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
