import type { FlowCollection, TextEdit } from './flow-collection.ts';
import { nested, type Path, type Span, type Step, type Table, UneditableError } from './value.ts';

/** A value together with its place in the text. */
export type Node = MapNode | ListNode | Leaf;

export interface MapNode {
  readonly kind: 'map';
  readonly span: Span;
  /** Null where lines and indentation make the map (YAML's block style). */
  readonly collection: FlowCollection | null;
  readonly pairs: readonly Pair[];
}

export interface ListNode {
  readonly kind: 'list';
  readonly span: Span;
  readonly collection: FlowCollection | null;
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
  create(value: unknown): TextEdit[];
  replace(slot: Slot, value: unknown): TextEdit[];
  /** New keys. `slot` is where the map itself stands; null for the outermost. */
  insert(map: MapNode, slot: Slot | null, entries: Table): TextEdit[];
  append(list: ListNode, value: unknown): TextEdit[];
  /** `above` is where the holder stands; null for the outermost. */
  remove(slot: Slot, above: Slot | null): TextEdit[];
}

/** The text edits of one step in a text with this tree. */
export function treeEdit(root: Node | null, step: Step, writer: TreeWriter): TextEdit[] {
  if (root === null) {
    if (step.kind === 'append') return refuse(step.path);
    return step.kind === 'remove' ? [] : writer.create(nested(keysOf(step.path), step.entries));
  }
  const { node, slots } = walk(root, step.path);
  const slot = slots.at(-1) ?? null;
  const rest = step.path.slice(slots.length);
  switch (step.kind) {
    case 'merge':
      return merge(node, slot, keysOf(rest), step.entries, writer);
    case 'append':
      return rest.length === 0 && node.kind === 'list' ? writer.append(node, step.value) : refuse(step.path);
    case 'remove':
      return rest.length > 0 || slot === null ? [] : writer.remove(slot, slots.at(-2) ?? null);
    default:
      return step satisfies never;
  }
}

function merge(node: Node, slot: Slot | null, rest: readonly string[], entries: Table, writer: TreeWriter): TextEdit[] {
  if (node.kind === 'leaf' && node.isNull && slot !== null) return writer.replace(slot, nested(rest, entries));
  if (node.kind !== 'map') return refuse(rest);
  const [key, ...deeper] = rest;
  if (key !== undefined) return writer.insert(node, slot, { [key]: nested(deeper, entries) });
  const edits: TextEdit[] = [];
  const fresh: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(entries)) {
    const index = indexOf(node, name);
    if (index === -1) fresh[name] = value;
    else edits.push(...writer.replace({ holder: node, index }, value));
  }
  return Object.keys(fresh).length === 0 ? edits : [...edits, ...writer.insert(node, slot, fresh)];
}

/** Of keys that occur twice the last one counts, as parsers have it. */
function indexOf({ pairs }: MapNode, key: string | number): number {
  return pairs.findLastIndex((pair) => pair.key === key);
}

/** As far down the path as the tree goes. */
export function walk(root: Node, path: Path): { readonly node: Node; readonly slots: readonly Slot[] } {
  const slots: Slot[] = [];
  let node = root;
  for (const step of path) {
    if (node.kind === 'leaf') break;
    const index = node.kind === 'map' ? indexOf(node, step) : Number(step);
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
