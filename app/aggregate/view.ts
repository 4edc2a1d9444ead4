import { createHash } from 'node:crypto';
import { shownText } from '../inspect/index.ts';
import { editMembers, memberOf, parsedJson } from '../mcp/jsonrpc/index.ts';
import { ResourceOwners } from './locate.ts';
import { LIST_METHODS, type ListMethod, type MemberLists } from './member-lists.ts';
import { exposedNames, type Owned } from './names.ts';

/** The lists of one server, under its alias. */
export interface ViewPart {
  readonly owner: string;
  readonly alias: string;
  readonly lists: MemberLists;
}

/** What a name towards clients stands for. */
export interface Target {
  readonly owner: string;
  /** As its server calls it. */
  readonly name: string;
  /** The same as JSON text, to put in the place of the name towards clients; null where that is the same. */
  readonly json: Buffer | null;
  /** The same as Activity shows it. */
  readonly shown: string;
  /** The tool or prompt as its server wrote it, JSON text. */
  readonly element: Buffer;
}

/** The lists of several servers as those of one, and the way back from a name to its server. */
export interface View {
  readonly lists: Readonly<Record<ListMethod, MergedList>>;
  readonly tools: ReadonlyMap<string, Target>;
  readonly prompts: ReadonlyMap<string, Target>;
  readonly resources: ResourceOwners;
}

/** Merges the lists in the order of the parts. Nothing of an element is changed but the name of a tool or a prompt. */
export function viewOf(parts: readonly ViewPart[], longestName: number): View {
  const tools = named(parts, 'tools/list', longestName);
  const prompts = named(parts, 'prompts/list', longestName);
  return {
    lists: {
      'tools/list': tools.list,
      'prompts/list': prompts.list,
      'resources/list': mergedList(raw(parts, 'resources/list')),
      'resources/templates/list': mergedList(raw(parts, 'resources/templates/list')),
    },
    tools: tools.targets,
    prompts: prompts.targets,
    resources: new ResourceOwners(
      parts.flatMap(({ owner, lists }) => lists.elements['resources/list'].map(({ key }) => ({ owner, uri: key }))),
      parts.flatMap(({ owner, lists }) =>
        lists.elements['resources/templates/list'].map(({ key }) => ({ owner, template: key })),
      ),
      parts.flatMap(({ owner, lists }) => pagesIn(lists).map((uri) => ({ owner, uri }))),
    ),
  };
}

function named(
  parts: readonly ViewPart[],
  method: ListMethod,
  longestName: number,
): { readonly list: MergedList; readonly targets: ReadonlyMap<string, Target> } {
  const all = parts.flatMap((part) => unique(part, method));
  const names = exposedNames(all, longestName);
  const targets = new Map<string, Target>();
  const elements = all.map(({ owner, name, json: element }, index) => {
    const exposed = names[index] ?? name;
    const json = exposed === name ? null : Buffer.from(JSON.stringify(name));
    targets.set(exposed, { owner, name, json, shown: shownText(name), element });
    return exposed === name ? element : editMembers(element, new Map([['name', JSON.stringify(exposed)]]));
  });
  return { list: mergedList(elements), targets };
}

/** The pages that tools are shown by, in both notations that MCP Apps has had. */
function pagesIn(lists: MemberLists): readonly string[] {
  return lists.elements['tools/list'].flatMap(({ json }) => {
    if (!json.includes('resourceUri')) return [];
    const meta = memberOf(json, '_meta');
    const ui = meta && memberOf(meta, 'ui');
    const uri = parsedJson((ui && memberOf(ui, 'resourceUri')) ?? (meta && memberOf(meta, 'ui/resourceUri')));
    return typeof uri === 'string' ? [uri] : [];
  });
}

/** A server that lists a name twice means one thing by it: the first. */
function unique({ owner, alias, lists }: ViewPart, method: ListMethod): readonly (Owned & { readonly json: Buffer })[] {
  const seen = new Set<string>();
  return lists.elements[method].flatMap(({ key, json }) => {
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ owner, alias, name: key, json }];
  });
}

function raw(parts: readonly ViewPart[], method: ListMethod): readonly Buffer[] {
  return parts.flatMap(({ lists }) => lists.elements[method].map(({ json }) => json));
}

/** Views that are kept for sessions which see the same. */
const KEPT = 4;

/** Merges the same lists once for all sessions that see them. */
export class Views {
  readonly #kept = new Map<string, View>();

  of(parts: readonly ViewPart[], longestName: number): View {
    const key = JSON.stringify([longestName, ...parts.map(({ owner, alias, lists }) => [owner, alias, lists.hash])]);
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const view = viewOf(parts, longestName);
    this.#kept.set(key, view);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return view;
  }
}

/** The lists that differ between two views, by what their change is announced as. */
export function changedLists(before: View, after: View): readonly ('tools' | 'prompts' | 'resources')[] {
  const differ = (method: ListMethod) => before.lists[method].hash !== after.lists[method].hash;
  return [
    ...(differ('tools/list') ? (['tools'] as const) : []),
    ...(differ('prompts/list') ? (['prompts'] as const) : []),
    ...(LIST_METHODS.slice(2).some(differ) ? (['resources'] as const) : []),
  ];
}

/** Elements and bytes of one page: many clients read the first page only, so it holds as much as a message may well have. */
const PAGE_ELEMENTS = 1000;
const PAGE_BYTES = 1024 * 1024;

/** Everything that clients see of one list, in its order: JSON texts. */
interface MergedList {
  readonly elements: readonly Buffer[];
  /** Of all elements in their order: the same list, the same hash, also after a restart. */
  readonly hash: string;
}

export function mergedList(elements: readonly Buffer[]): MergedList {
  const hash = createHash('sha256');
  for (const element of elements) hash.update(element).update('\n');
  return { elements, hash: hash.digest('base64url').slice(0, 16) };
}

interface ListPage {
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
