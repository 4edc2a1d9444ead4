import {
  type Alias,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  visit,
  type YAMLMap,
} from 'yaml';
import { lineBreakOf, lineStart, type TextEdit, withEdits } from './text.ts';
import { isTable, type Path, type Step, type Table } from './value.ts';
import { behindColon, flow, keyText, pairLines, parse, Verbatim } from './yaml-text.ts';

type Document = ReturnType<typeof parse>;

/** What stands for a value of another place: an alias, or a merge key (`<<`) in its map. */
type Tie =
  | { readonly kind: 'alias'; readonly alias: Alias; readonly above: readonly unknown[] }
  | { readonly kind: 'merge'; readonly pair: Pair; readonly map: YAMLMap };

/**
 * The text with those values written out that aliases and merge keys bring to the places of the steps, or take from there to other places:
 * a change is of one of them alone. The text says what it said before; all else in it keeps every byte.
 */
export function untied(text: string, steps: readonly Step[]): string {
  if (!text.includes('*') && !text.includes('<<')) return text;
  const document = parse(text);
  const edits = apart(tiesOf(document, steps).map((tie) => writtenOut(text, document, tie)));
  // Below what is written out by now there may be more.
  return edits.length === 0 ? text : untied(withEdits(text, edits), steps);
}

/** Of those that overlap, the outer one. */
function apart(edits: readonly TextEdit[]): readonly TextEdit[] {
  const taken: TextEdit[] = [];
  for (const edit of edits.toSorted((left, right) => left.start - right.start || right.end - left.end)) {
    if (edit.start >= (taken.at(-1)?.end ?? 0)) taken.push(edit);
  }
  return taken;
}

function tiesOf(document: Document, steps: readonly Step[]): readonly Tie[] {
  const ties = allTies(document);
  const changed = new Set<unknown>();
  const met = new Set<unknown>();
  for (const step of steps) {
    const paths = step.kind === 'merge' ? Object.keys(step.entries).map((key) => [...step.path, key]) : [step.path];
    for (const path of paths) met.add(metOn(document, path, step.kind, changed));
  }
  return ties.filter((tie) => {
    if (met.has(tie.kind === 'alias' ? tie.alias : tie.pair)) return true;
    return aliasesIn(tie).some((alias) => changed.has(alias.resolve(document)));
  });
}

function allTies(document: Document): readonly Tie[] {
  const ties: Tie[] = [];
  visit(document, {
    Pair: (_, pair, above) => {
      const map = above.at(-1);
      if (isMerge(pair) && isMap(map)) ties.push({ kind: 'merge', pair, map });
    },
    Alias: (_, alias, above) => {
      const [pair, list] = isSeq(above.at(-1)) ? above.slice(-2) : above.slice(-1);
      const isOfMerge = isPair(pair) && isMerge(pair) && (list === undefined || pair.value === list);
      if (!isOfMerge) ties.push({ kind: 'alias', alias, above });
    },
  });
  return ties;
}

/** Quoted, it is a key like any other. */
function isMerge({ key }: Pair): boolean {
  return isScalar(key) && typeof key.value === 'symbol';
}

function aliasesIn(tie: Tie): readonly Alias[] {
  if (tie.kind === 'alias') return [tie.alias];
  const { value } = tie.pair;
  return (isSeq(value) ? value.items : [value]).filter((item) => isAlias(item));
}

/**
 * The alias or the merge key that the way to a place leads through; null when there is none.
 * @param changed takes what is changed with the place: all that holds it, and what is in it
 */
function metOn(document: Document, path: Path, kind: Step['kind'], changed: Set<unknown>): unknown {
  let node: unknown = document.contents;
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) return node;
    changed.add(node);
    if (isSeq(node)) {
      node = node.items[Number(step)];
      continue;
    }
    if (!isMap(node)) return null;
    const own = node.items.findLast(({ key }) => nameOf(key) === step);
    const merge = node.items.find((pair) => isMerge(pair) && Object.hasOwn(mergedBy(document, pair), step));
    const isSet = kind === 'merge' && depth === path.length - 1;
    // A key of the map itself hides what is merged, for as long as it is there.
    const isNeeded = own === undefined ? !isSet : kind === 'remove' && depth === path.length - 1;
    if (merge !== undefined && isNeeded) return merge;
    if (own === undefined) return null;
    node = own.value;
  }
  if (isAlias(node)) return kind === 'append' ? node : null;
  changed.add(node);
  if (kind !== 'append' && isNode(node)) visit(node, { Node: (_, inner) => void changed.add(inner) });
  return null;
}

/** What a merge key brings; of several maps the first one counts. */
function mergedBy(document: Document, { value }: Pair): Table {
  const maps = (isSeq(value) ? value.items : [value]).map((item) => spelledOut(document, item));
  return Object.fromEntries(maps.filter(isTable).toReversed().flatMap(Object.entries));
}

/** To be written out: no alias and no merge key is left in it, and words keep their spelling. */
function spelledOut(document: Document, node: unknown): unknown {
  if (isAlias(node)) return spelledOut(document, node.resolve(document));
  if (isSeq(node)) return node.items.map((item) => spelledOut(document, item));
  if (isMap(node)) {
    const merged = node.items.filter(isMerge).flatMap((pair) => Object.entries(mergedBy(document, pair)));
    const own = node.items.filter((pair) => !isMerge(pair));
    return Object.fromEntries([
      ...merged,
      ...own.map(({ key, value }) => [nameOf(key), spelledOut(document, value)] as const),
    ]);
  }
  if (!isScalar(node)) return null;
  const isWord = node.type === 'PLAIN' && node.tag === undefined && /^[\w.+:~-]+$/.test(node.source ?? '');
  return isWord ? new Verbatim(node.source ?? '') : node.value;
}

function nameOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : '';
}

function writtenOut(text: string, document: Document, tie: Tie): TextEdit {
  return tie.kind === 'alias' ? aliasWritten(text, document, tie) : mergeWritten(text, document, tie);
}

function aliasWritten(text: string, document: Document, { alias, above }: Tie & { readonly kind: 'alias' }): TextEdit {
  const value = spelledOut(document, alias);
  const { start, end } = rangeOf(text, alias);
  const [map, pair] = above.slice(-2);
  const colon = isPair(pair) && isNode(pair.key) ? text.indexOf(':', rangeOf(text, pair.key).end) + 1 : start;
  const isBehindColon = isMap(map) && map.flow !== true && colon < start && text.slice(colon, start).trim() === '';
  if (!isBehindColon || text.slice(colon, start).includes('\n')) return { start, end, text: flow(value) };
  const lines = behindColon(value, columnOf(text, rangeOf(text, map).start));
  return { start: colon, end, text: lines.join(lineBreakOf(text)) };
}

function mergeWritten(text: string, document: Document, { pair, map }: Tie & { readonly kind: 'merge' }): TextEdit {
  const own = new Set(map.items.map(({ key }) => nameOf(key)));
  const entries = Object.entries(mergedBy(document, pair)).filter(([key]) => !own.has(key));
  const { start } = isNode(pair.key) ? rangeOf(text, pair.key) : { start: 0 };
  const { end } = isNode(pair.value) ? rangeOf(text, pair.value) : { end: start };
  if (entries.length === 0) return { start, end, text: '<<: {}' };
  if (map.flow === true) {
    return { start, end, text: entries.map(([key, value]) => `${keyText(key)}: ${flow(value)}`).join(', ') };
  }
  const lines = pairLines(Object.fromEntries(entries), columnOf(text, start));
  return { start, end, text: lines.join(lineBreakOf(text)).trimStart() };
}

function rangeOf(text: string, { range }: Node): { readonly start: number; readonly end: number } {
  const [start, end] = range ?? [0, 0];
  // A block collection's range goes on to the line after it.
  return { start, end: start + text.slice(start, end).trimEnd().length };
}

/** Spaces up to where something begins, whatever stands before it on its line (a list's dash). */
function columnOf(text: string, offset: number): string {
  return ' '.repeat(offset - lineStart(text, offset));
}
