import { NEWEST_LEGACY_REVISION } from '../mcp/index.ts';
import type { KnownLists } from '../servers/index.ts';
import { elementsIn, LIST_METHODS, LISTS, type ListMethod, type MemberLists, memberLists } from './member-lists.ts';

/** What a server last said of itself and listed, as far as that is kept; null where it has not said what it is. */
export function keptLists(lists: KnownLists, server: string): MemberLists | null {
  const known = lists.of(server);
  if (known.face === undefined) return null;
  const of = (method: ListMethod) =>
    elementsIn(method, Buffer.from(`[${known[LISTS[method].member]?.items.join(',') ?? ''}]`));
  return memberLists(known.face, {
    'tools/list': of('tools/list'),
    'prompts/list': of('prompts/list'),
    'resources/list': of('resources/list'),
    'resources/templates/list': of('resources/templates/list'),
  });
}

/** Keeps it. Lists with one of `secrets` in them do not outlive the process. */
export function keepLists(
  lists: KnownLists,
  server: string,
  { face, elements }: MemberLists,
  secrets: readonly string[],
): void {
  const { instructions, ...rest } = face;
  const said = { protocolVersion: NEWEST_LEGACY_REVISION, ...rest, ...(instructions === null ? {} : { instructions }) };
  lists.saw(server, 'initialize', undefined, Buffer.from(JSON.stringify(said)), secrets);
  for (const method of LIST_METHODS) {
    const items = elements[method].map(({ json }) => json.toString()).join(',');
    lists.saw(server, method, undefined, Buffer.from(`{"${LISTS[method].member}":[${items}]}`), secrets);
  }
}
