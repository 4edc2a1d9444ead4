import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
  type Pair as YamlPair,
} from 'yaml';
import type { FlowCollection } from './flow-collection.ts';
import { faultAt, type TextEdit, withEdits } from './layout.ts';
import { type Node, type Pair, refuse, spanAt, treeEdit } from './tree.ts';
import type { Format, ParsedDocument, Span, Step } from './value.ts';
import { yamlWriter } from './yaml-writer.ts';

/**
 * YAML 1.2. The library's documents know where every value stands; what they print themselves comes out with their own
 * indentation and line breaks, so the splices are ours.
 */
export const yaml: Format = {
  read: (text) => read(text),
  edit: (text, step) => withEdits(text, splicesFor(text, step)),
  span: (text, path) => spanAt(treeOf(text), path),
};

function read(text: string): ParsedDocument {
  const document = parse(text);
  const error = document.errors[0];
  if (error !== undefined) return { kind: 'broken', fault: faultAt(text, error.pos[0]) };
  try {
    return { kind: 'value', value: document.toJS() ?? undefined };
  } catch (error) {
    // The library's guard against aliases that blow up.
    if (error instanceof ReferenceError) return { kind: 'broken', fault: { line: 1, column: 1 } };
    throw error;
  }
}

function parse(text: string): Document.Parsed {
  return parseDocument(text, { logLevel: 'error', prettyErrors: false });
}

function splicesFor(text: string, step: Step): TextEdit[] {
  return treeEdit(treeOf(text), step, yamlWriter(text));
}

function treeOf(text: string): Node | null {
  const { contents } = parse(text);
  // Behind a bare `---` the library sees a null that is not written anywhere.
  const unwritten = isScalar(contents) && contents.value === null && rangeOf(contents).start === rangeOf(contents).end;
  return contents === null || unwritten ? null : nodeOf(text, contents);
}

function nodeOf(text: string, node: unknown): Node {
  if (isMap(node)) return mapOf(text, node);
  if (isSeq(node)) return listOf(text, node);
  if (isScalar(node) || isAlias(node)) {
    const span = scalarSpan(text, rangeOf(node));
    return { kind: 'leaf', span, isNull: isScalar(node) && node.value === null };
  }
  return refuse([]);
}

function mapOf(text: string, map: YAMLMap): Node {
  const pairs = map.items.map((pair) => pairOf(text, pair));
  const whole = rangeOf(map);
  const span = map.flow ? whole : { start: whole.start, end: pairs.at(-1)?.span.end ?? whole.end };
  return { kind: 'map', span, braced: map.flow ? bracedOf(whole, pairs) : null, pairs };
}

function pairOf(text: string, pair: YamlPair): Pair {
  if (!isPair(pair) || !isScalar(pair.key)) return refuse([]);
  const key = rangeOf(pair.key);
  const colon = text.indexOf(':', key.end) + 1;
  const value = valueNode(text, pair.value, colon);
  return { key: keyName(pair.key), span: { start: key.start, end: value.span.end }, colon, value };
}

/** A value that is not written at all stands right behind its colon, whatever white space and comments follow. */
function valueNode(text: string, value: unknown, colon: number): Node {
  if (value === null || value === undefined) return { kind: 'leaf', span: { start: colon, end: colon }, isNull: true };
  const node = nodeOf(text, value);
  const unwritten = node.kind === 'leaf' && node.isNull && node.span.start >= node.span.end;
  return unwritten ? { ...node, span: { start: colon, end: colon } } : node;
}

function listOf(text: string, list: YAMLSeq): Node {
  const items = list.items.map((item) => nodeOf(text, item));
  const whole = rangeOf(list);
  const span = list.flow ? whole : { start: whole.start, end: items.at(-1)?.span.end ?? whole.end };
  return { kind: 'list', span, braced: list.flow ? bracedOf(whole, items) : null, items };
}

function bracedOf(whole: Span, items: readonly { readonly span: Span }[]): FlowCollection {
  return { open: whole.start + 1, close: whole.end - 1, items: items.map(({ span }) => span) };
}

/** A block scalar's range goes on to the line after it. */
function scalarSpan(text: string, { start, end }: Span): Span {
  return { start, end: start + text.slice(start, end).trimEnd().length };
}

function rangeOf(node: { readonly range?: readonly [number, number, number] | null | undefined }): Span {
  const range = node.range;
  return range ? { start: range[0], end: range[1] } : refuse([]);
}

function keyName(key: Scalar): string {
  return isCollection(key.value) ? refuse([]) : String(key.value);
}
