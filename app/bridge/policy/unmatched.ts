import type { KnownLists, PolicySettings } from '../../servers/index.ts';
import { matchesGlob } from '../../settings/patterns.ts';

/** A rule that means nothing that its server lists. */
export interface Unmatched {
  readonly server: string;
  readonly thing: 'tools' | 'prompts';
  readonly patterns: readonly string[];
}

/**
 * Names and patterns in the rules for a server, its own and those of sets, that fit nothing on its last whole list: a slip of the finger
 * most likely, or a tool that has another name now. Resources are left out: URIs need not be listed.
 */
export function unmatchedIn(settings: PolicySettings, lists: KnownLists, server: string): readonly Unmatched[] {
  const own = settings.servers.find(({ name }) => name === server);
  const rules = [
    ...(own === undefined ? [] : [own]),
    ...settings.sets.flatMap(({ servers }) => (Object.hasOwn(servers, server) ? (servers[server] ?? []) : [])),
  ];
  const known = lists.of(server);
  return (['tools', 'prompts'] as const).flatMap((thing) => {
    const list = known[thing];
    const written = rules.flatMap((each) => [...(each[thing]?.allow ?? []), ...(each[thing]?.deny ?? [])]);
    if (list === undefined || written.length === 0) return [];
    const names = list.items.map((item): unknown => JSON.parse(item).name);
    const patterns = [...new Set(written)].filter(
      (pattern) => !names.some((name) => typeof name === 'string' && matchesGlob(pattern, name)),
    );
    return patterns.length === 0 ? [] : [{ server, thing, patterns }];
  });
}
