import type { Braced } from './braced.ts';
import { type Edit, type Path, type Span, UneditableError } from './edit.ts';
import type { Splice } from './layout.ts';
import { nested } from './value.ts';

/** A value together with its place in the text. */
export type Node = MapNode | ListNode | Leaf;

export interface MapNode {
  readonly kind: 'map';
  readonly span: Span;
  /** Null where lines and indentation make the map (YAML's block style). */
  readonly braced: Braced | null;
  readonly pairs: readonly Pair[];
}

export interface ListNode {
  readonly kind: 'list';
  readonly span: Span;
  readonly braced: Braced | null;
  readonly items: readonly Node[];
}

export interface Leaf {
  readonly kind: 'leaf';
  readonly span: Span;
  readonly isNull: boolean;
}

export interface Pair {
  readonly key: string;
  /** Key and value. */
  readonly span: Span;
  /** Behind the colon. */
  readonly colon: number;
  readonly value: Node;
}

/** The map or list that holds a value, and the value's position in it. */
export interface Slot {
  readonly holder: MapNode | ListNode;
  readonly index: number;
}

/** What the edits of a tree come down to, as one format writes it into one text. */
export interface TreeWriter {
  /** Where the text has no value yet. */
  create(value: unknown): Splice[];
  replace(slot: Slot, value: unknown): Splice[];
  /** `slot` is where the map itself stands; null for the outermost. */
  insert(map: MapNode, slot: Slot | null, key: string, value: unknown): Splice[];
  append(list: ListNode, value: unknown): Splice[];
  /** `above` is where the holder stands; null for the outermost. */
  remove(slot: Slot, above: Slot | null): Splice[];
}

/** The splices an edit takes in a text with this tree. */
export function treeEdit(root: Node | null, edit: Edit, writer: TreeWriter): Splice[] {
  if (root === null) {
    if (edit.kind !== 'set') return edit.kind === 'remove' ? [] : refuse(edit.path);
    return writer.create(nested(keysOf(edit.path), edit.value));
  }
  const { node, slots } = walk(root, edit.path);
  const slot = slots.at(-1) ?? null;
  const rest = edit.path.slice(slots.length);
  switch (edit.kind) {
    case 'set':
      return set(node, slot, rest, edit.value, writer);
    case 'append':
      return rest.length === 0 && node.kind === 'list' ? writer.append(node, edit.value) : refuse(edit.path);
    case 'remove':
      return rest.length > 0 || slot === null ? [] : writer.remove(slot, slots.at(-2) ?? null);
    default:
      return edit satisfies never;
  }
}

function set(node: Node, slot: Slot | null, rest: Path, value: unknown, writer: TreeWriter): Splice[] {
  const [key, ...deeper] = keysOf(rest);
  if (key === undefined) return slot === null ? refuse(rest) : writer.replace(slot, value);
  if (node.kind === 'map') return writer.insert(node, slot, key, nested(deeper, value));
  if (node.kind === 'leaf' && node.isNull && slot !== null) {
    return writer.replace(slot, nested([key, ...deeper], value));
  }
  return refuse(rest);
}

/** As far down the path as the tree goes. Of keys that occur twice the last one counts, as parsers have it. */
export function walk(root: Node, path: Path): { readonly node: Node; readonly slots: readonly Slot[] } {
  const slots: Slot[] = [];
  let node = root;
  for (const step of path) {
    if (node.kind === 'leaf') break;
    const index = node.kind === 'map' ? node.pairs.findLastIndex(({ key }) => key === step) : Number(step);
    const next = node.kind === 'map' ? node.pairs[index]?.value : node.items[index];
    if (next === undefined) break;
    slots.push({ holder: node, index });
    node = next;
  }
  return { node, slots };
}

export function nodeIn({ holder, index }: Slot): Node {
  return (holder.kind === 'map' ? holder.pairs[index]?.value : holder.items[index]) ?? refuse([index]);
}

/** The pair or the item in a slot. */
export function spanOf({ holder, index }: Slot): Span {
  const span = holder.kind === 'map' ? holder.pairs[index]?.span : holder.items[index]?.span;
  return span ?? refuse([index]);
}

export function spanAt(root: Node | null, path: Path): Span | null {
  if (root === null) return null;
  const { slots } = walk(root, path);
  const slot = slots.at(-1);
  return slot === undefined || slots.length < path.length ? null : spanOf(slot);
}

function keysOf(path: Path): string[] {
  return path.map((step) => (typeof step === 'string' ? step : refuse(path)));
}

export function refuse(path: Path): never {
  throw new UneditableError(path.join(' > '));
}
