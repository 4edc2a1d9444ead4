import { createHash } from 'node:crypto';
import type { ServerFace } from '../mcp/index.ts';
import { elementsOf, memberOf, parsedJson } from '../mcp/jsonrpc/index.ts';
import type { KnownLists, ListMember } from '../servers/index.ts';

/** The lists that a server has, by the method that asks for them. */
export const LISTS = {
  'tools/list': { member: 'tools', key: 'name', capability: 'tools' },
  'prompts/list': { member: 'prompts', key: 'name', capability: 'prompts' },
  'resources/list': { member: 'resources', key: 'uri', capability: 'resources' },
  'resources/templates/list': { member: 'resourceTemplates', key: 'uriTemplate', capability: 'resources' },
} as const;

export type ListMethod = keyof typeof LISTS;

export const LIST_METHODS: readonly ListMethod[] = [
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
];

export function isListMethod(method: string): method is ListMethod {
  return Object.hasOwn(LISTS, method);
}

/** One element of a list: what it is asked for by, and its JSON text as the server wrote it. */
export interface Element {
  readonly key: string;
  readonly json: Buffer;
}

export type Elements = Readonly<Record<ListMethod, readonly Element[]>>;

/** What a server said last: of itself, and in its lists. */
export interface MemberLists {
  readonly face: ServerFace;
  readonly elements: Elements;
  /** Of the elements: two with the same hash show the same. */
  readonly hash: string;
}

export const NO_ELEMENTS: Elements = {
  'tools/list': [],
  'prompts/list': [],
  'resources/list': [],
  'resources/templates/list': [],
};

export function memberLists(face: ServerFace, elements: Elements): MemberLists {
  const hash = createHash('sha256');
  for (const method of LIST_METHODS) {
    hash.update(`${method}\n`);
    for (const { json } of elements[method]) hash.update(json).update('\n');
  }
  return { face, elements, hash: hash.digest('base64url') };
}

/** The elements in the JSON text of an array. One without a name or an address is left out: nothing could ask for it. */
export function elementsIn(method: ListMethod, array: Buffer): readonly Element[] {
  return elementsOf(array).flatMap((json) => {
    const key = parsedJson(memberOf(json, LISTS[method].key));
    // A copy: the page that it is a part of may be many times as long.
    return typeof key === 'string' ? [{ key, json: Buffer.from(json) }] : [];
  });
}

/** Pages of one list that are read; a server with more of them goes round in a circle that is no repeated cursor. */
const MOST_PAGES = 1000;

/** Bytes of one list that are kept. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Asks the server; null when it is gone, or answers with an error. The result is JSON text. */
export type AskList = (method: ListMethod, params: object) => Promise<Buffer | null>;

/**
 * Reads one list to its end. Only a missing cursor ends it: an empty one is a cursor like any other (2026-07-28,
 * server/utilities/pagination). Null when the first page could not be had; a later one that cannot ends the list.
 */
export async function readList(method: ListMethod, ask: AskList): Promise<readonly Element[] | null> {
  const elements: Element[] = [];
  const seen = new Set<string>();
  let bytes = 0;
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const result = await ask(method, cursor === undefined ? {} : { cursor });
    if (result === null) return page === 0 ? null : elements;
    const array = memberOf(result, LISTS[method].member);
    for (const element of array === undefined ? [] : elementsIn(method, array)) {
      bytes += element.json.length;
      if (bytes <= MOST_BYTES) elements.push(element);
    }
    const next = parsedJson(memberOf(result, 'nextCursor'));
    if (typeof next !== 'string' || seen.has(next) || bytes > MOST_BYTES) return elements;
    seen.add(next);
    cursor = next;
  }
  return elements;
}

/**
 * What a server last said of itself and listed, by whichever address it was asked; null where a list that it declares is missing. A
 * client of its own may have asked for its tools alone: what is not known is asked for, and not taken for empty.
 */
export function keptLists(lists: KnownLists, server: string): MemberLists | null {
  const known = lists.of(server);
  if (known.face === undefined) return null;
  const { prompts, resources } = known.face.capabilities;
  const needed: readonly ListMember[] = [
    'tools',
    ...(prompts === undefined ? [] : (['prompts'] as const)),
    ...(resources === undefined ? [] : (['resources', 'resourceTemplates'] as const)),
  ];
  if (needed.some((member) => known[member] === undefined)) return null;
  const of = (method: ListMethod) =>
    elementsIn(method, Buffer.from(`[${known[LISTS[method].member]?.items.join(',') ?? ''}]`));
  return memberLists(known.face, {
    'tools/list': of('tools/list'),
    'prompts/list': of('prompts/list'),
    'resources/list': of('resources/list'),
    'resources/templates/list': of('resources/templates/list'),
  });
}
