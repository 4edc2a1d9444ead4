import { type Node as JsonNode, type ParseError, parseTree, parse as parseValue, visit } from 'jsonc-parser';
import {
  beginsLine,
  type FlowCollection,
  faultAt,
  indentAt,
  insertItems,
  lineBreakOf,
  type Node,
  nodeIn,
  type Pair,
  refuse,
  removeItem,
  spanOf,
  spansAt,
  type TextEdit,
  type TreeWriter,
  treeEdit,
  withEdits,
} from './text.ts';
import { type Format, type ParsedDocument, remembered, type Span, type Step, type SyntaxFault } from './value.ts';

const DEFAULT_UNIT = '  ';

/**
 * JSON, and JSON with comments and trailing commas: some clients' files allow both, and people write them into the
 * others too. jsonc-parser gives the spans; the edits are ours, because its own edits re-indent the lines they touch
 * and hand a comment behind the last property over to the new one.
 */
export const json: Format = {
  read: (text) => read(text),
  edit: (text, steps) => withEdits(text, editsFor(text, steps)),
  spans: (text, paths) => spansAt(treeOf(text), paths),
};

const parse = remembered((text): { readonly root: JsonNode | undefined; readonly error: ParseError | undefined } => {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  return { root, error: errors[0] };
});

function read(text: string): ParsedDocument {
  try {
    // Most files are plain JSON, and some are megabytes long.
    const value: unknown = JSON.parse(text);
    return { kind: 'value', value };
  } catch {
    // Comments, trailing commas or a syntax error: the tolerant parser decides.
  }
  const { root, error } = parse(text);
  if (error !== undefined) return { kind: 'broken', fault: faultAt(text, error.offset) };
  return { kind: 'value', value: root === undefined ? undefined : plainValue(root) };
}

/** What comments and trailing commas are to a parser of RFC 8259. */
export type StrictMistake = 'comment' | 'comma' | 'mark';

/** Where a text that this format can read first breaks the rules of RFC 8259; null when it does not. */
export function strictMistake(text: string): (SyntaxFault & { readonly mistake: StrictMistake }) | null {
  try {
    JSON.parse(text);
    return null;
  } catch {
    // Which of the two it is, is found out below.
  }
  let comment: number | null = null;
  visit(text, {
    onComment: (offset) => {
      comment ??= offset;
    },
  });
  const errors: ParseError[] = [];
  parseValue(text, errors, { allowTrailingComma: false, allowEmptyContent: true });
  // The parser tells of the bracket; the comma is the last one before it.
  const bracket = errors[0]?.offset ?? null;
  const comma = bracket === null ? null : text.lastIndexOf(',', bracket);
  if (comment === null && comma === null) return null;
  const isComment = comment !== null && (comma === null || comment < comma);
  return { ...faultAt(text, (isComment ? comment : comma) ?? 0), mistake: isComment ? 'comment' : 'comma' };
}

function plainValue({ type, children = [], value }: JsonNode): unknown {
  if (type === 'array') return children.map(plainValue);
  if (type !== 'object') return value;
  return Object.fromEntries(children.map(({ children: pair }) => [pair?.[0]?.value, pair?.[1] && plainValue(pair[1])]));
}

function treeOf(text: string): Node | null {
  const { root } = parse(text);
  return root === undefined ? null : nodeOf(root);
}

/** Children are converted when they are first asked for: most nodes of a large file are never visited. */
function nodeOf(node: JsonNode): Node {
  const span = spanFrom(node);
  const children = node.children ?? [];
  const collection = (): FlowCollection => ({
    open: span.start + 1,
    close: span.end - 1,
    items: children.map(spanFrom),
  });
  switch (node.type) {
    case 'array': {
      let items: readonly Node[] | null = null;
      return {
        kind: 'list',
        span,
        get collection() {
          return collection();
        },
        get items() {
          items ??= children.map(nodeOf);
          return items;
        },
      };
    }
    case 'object': {
      let pairs: readonly Pair[] | null = null;
      return {
        kind: 'map',
        span,
        get collection() {
          return collection();
        },
        get pairs() {
          pairs ??= children.map(pairOf);
          return pairs;
        },
      };
    }
    default:
      return { kind: 'leaf', span, isNull: node.type === 'null' };
  }
}

function pairOf(property: JsonNode): Pair {
  const [key, value] = property.children ?? [];
  if (key === undefined || value === undefined) return refuse([]);
  const colon = (property.colonOffset ?? 0) + 1;
  return { key: String(key.value), span: spanFrom(property), colon, value: nodeOf(value) };
}

function spanFrom({ offset, length }: JsonNode): Span {
  return { start: offset, end: offset + length };
}

function editsFor(text: string, steps: readonly Step[]): TextEdit[] {
  const root = treeOf(text);
  const unit = unitOf(text, root);
  const eol = lineBreakOf(text);
  const spread = text.includes('\n') || (root?.kind === 'map' && root.pairs.length === 0);
  const writer: TreeWriter = {
    create: (value) => {
      const gap = text === '' || text.endsWith('\n') ? '' : eol;
      return [{ start: text.length, end: text.length, text: `${gap}${rendered(value, '', unit, eol)}${eol}` }];
    },
    replace: (slot, value) => {
      const { span, kind } = nodeIn(slot);
      const onOneLine = kind === 'list' && !text.slice(span.start, span.end).includes('\n');
      const indent = !onOneLine && beginsLine(text, spanOf(slot).start) ? indentAt(text, span.start) : null;
      return [{ ...span, text: rendered(value, indent, unit, eol) }];
    },
    insert: (map, _, entries) =>
      insertItems(text, collectionOf(map), {
        items: Object.entries(entries).map(
          ([key, value]) =>
            (indent) =>
              `${JSON.stringify(key)}: ${rendered(value, indent, unit, eol)}`,
        ),
        unit,
        spread,
      }),
    append: (list, value) =>
      insertItems(text, collectionOf(list), { items: [(indent) => rendered(value, indent, unit, eol)], unit, spread }),
    remove: ({ holder, index }) => removeItem(text, collectionOf(holder), index),
  };
  return steps.flatMap((step) => treeEdit(root, step, writer));
}

function collectionOf({ collection }: { readonly collection: FlowCollection | null }): FlowCollection {
  return collection ?? refuse([]);
}

/** How much further in the first property stands than the bracket around it, if it has a line of its own. */
function unitOf(text: string, root: Node | null): string {
  const first = root?.kind === 'map' ? root.pairs[0]?.span.start : undefined;
  if (root === null || first === undefined || !beginsLine(text, first)) return DEFAULT_UNIT;
  return indentAt(text, first).slice(indentAt(text, root.span.start).length) || DEFAULT_UNIT;
}

/** `indent` is that of the line the value begins on; null keeps it all on that line. */
function rendered(value: unknown, indent: string | null, unit: string, eol: string): string {
  if (indent !== null) return JSON.stringify(value, null, unit).replaceAll('\n', `${eol}${indent}`);
  if (Array.isArray(value)) return `[${value.map((item) => rendered(item, null, unit, eol)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}: ${rendered(item, null, unit, eol)}`,
  );
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}
