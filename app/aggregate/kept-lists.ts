import type { KnownLists, ListMember } from '../servers/index.ts';
import { elementsIn, LISTS, type ListMethod, type MemberLists, memberLists } from './member-lists.ts';

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
