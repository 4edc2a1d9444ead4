import { createHash } from 'node:crypto';

/** Elements and bytes of one page: many clients read the first page only, so it holds as much as a message may well have. */
const PAGE_ELEMENTS = 1000;
const PAGE_BYTES = 1024 * 1024;

/** Everything that clients see of one list, in its order: JSON texts. */
export interface MergedList {
  readonly elements: readonly Buffer[];
  /** Of all elements in their order: the same list, the same hash, also after a restart. */
  readonly hash: string;
}

export function mergedList(elements: readonly Buffer[]): MergedList {
  const hash = createHash('sha256');
  for (const element of elements) hash.update(element).update('\n');
  return { elements, hash: hash.digest('base64url').slice(0, 16) };
}

export interface ListPage {
  readonly elements: readonly Buffer[];
  /** Null at the end. */
  readonly next: string | null;
}

/**
 * One page of a list; null for a cursor that is none of this very list. A cursor is the hash of the list and the position in it: when
 * the list has changed, what was read so far cannot be gone on with (2025-11-25, server/utilities/pagination).
 */
export function pageOf({ elements, hash }: MergedList, cursor: string | undefined): ListPage | null {
  const from = cursor === undefined ? 0 : positionIn(cursor, hash);
  if (from === null || (from > 0 && from >= elements.length)) return null;
  let to = from;
  let bytes = 0;
  while (to < elements.length && to - from < PAGE_ELEMENTS && (to === from || bytes < PAGE_BYTES)) {
    bytes += elements[to]?.length ?? 0;
    to++;
  }
  return { elements: elements.slice(from, to), next: to < elements.length ? `${hash}.${to}` : null };
}

function positionIn(cursor: string, hash: string): number | null {
  const [, written, position = ''] = /^([\w-]{16})\.([1-9]\d{0,8})$/.exec(cursor) ?? [];
  return written === hash ? Number(position) : null;
}
