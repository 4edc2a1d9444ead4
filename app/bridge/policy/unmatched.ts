import type { Text } from '../../i18n/index.ts';
import type { Log } from '../../log/log.ts';
import type { KnownLists, PolicySettings } from '../../servers/index.ts';
import { matchesGlob } from '../../settings/patterns.ts';

/** A rule that means nothing that its server lists. */
interface Unmatched {
  readonly server: string;
  readonly thing: 'tools' | 'prompts';
  readonly patterns: readonly string[];
}

/**
 * Names and patterns in the rules for a server, its own and those of sets, that fit nothing on its last whole list: a slip of the finger
 * most likely, or a tool that has another name now. Resources are left out: URIs need not be listed.
 */
function unmatchedIn(settings: PolicySettings, lists: KnownLists, server: string): readonly Unmatched[] {
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

export interface UnmatchedRulesContext {
  readonly settings: () => PolicySettings;
  readonly lists: KnownLists;
  readonly log: Log;
  readonly text: () => Text;
}

/** Tells the log of rules that fit nothing, each once. */
export class UnmatchedRules {
  readonly #context: UnmatchedRulesContext;
  readonly #told = new Set<string>();

  constructor(context: UnmatchedRulesContext) {
    this.#context = context;
  }

  /** The rules or the lists of a server have changed. */
  look(server: string): void {
    const { settings, lists, log, text } = this.#context;
    for (const { thing, patterns } of unmatchedIn(settings(), lists, server)) {
      const untold = patterns.filter((pattern) => !this.#told.has(`${server} ${thing} ${pattern}`));
      for (const pattern of untold) this.#told.add(`${server} ${thing} ${pattern}`);
      if (untold.length > 0) log.warn(text().bridge.policy.unmatched[thing](server, untold));
    }
  }
}
