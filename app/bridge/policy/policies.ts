import type { Log } from '../../base/log.ts';
import type { Text } from '../../i18n/index.ts';
import {
  type Holds,
  isInScope,
  KnownLists,
  type Policy,
  type PolicySettings,
  policyOf,
  type Scope,
  setsOf,
  THINGS,
  type Thing,
} from '../../servers/index.ts';
import { matchesGlob } from '../../settings/patterns.ts';

/** Whether a guard has to see a request although no policy stands behind it: what is listed is remembered, and changes are told of. */
export function isWatched(method: string): boolean {
  return KnownLists.methods.has(method) || method === 'subscriptions/listen';
}

/** What hears of a policy for as long as it lives: a session, or a stream of changes. */
interface Watcher {
  readonly scope: Scope;
  policy: Policy | null;
  readonly changed: (policy: Policy | null, things: readonly Thing[]) => void;
}

/** The policies in force, by server and client. They change with the settings and with what is held back; who watches is told. */
export class Policies {
  readonly #holds: Holds;
  readonly #watchers = new Map<string, Set<Watcher>>();
  readonly #known = new Map<string, Policy | null>();
  #settings: PolicySettings;
  /** Some token carries a set: else one client without an address of its own is like another. */
  #tokensLimit = false;

  constructor(settings: PolicySettings, holds: Holds) {
    this.#settings = settings;
    this.#holds = holds;
    this.#tokensLimit = settings.tokens.some(({ set }) => set !== undefined);
  }

  /** Null lets everything through. */
  of(server: string, scope: Scope): Policy | null {
    const isPlain = scope.set === null && !this.#tokensLimit;
    const key = isPlain ? server : `${server}\n${scope.set ?? ''}\n${this.#tokensLimit ? scope.principal : ''}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const policy = policyOf(this.#settings, server, scope, this.#holds);
    this.#known.set(key, policy);
    return policy;
  }

  /** The sets that limit a client; null for none. */
  setsOf(scope: Scope): readonly string[] | null {
    if (scope.set === null && !this.#tokensLimit) return null;
    const sets = setsOf(this.#settings, scope);
    return sets.length === 0 ? null : sets;
  }

  /** Whether a client gets a server at all. */
  includes(server: string, scope: Scope): boolean {
    return this.setsOf(scope) === null || isInScope(this.#settings, server, scope);
  }

  /** Calls back whenever the policy is another one, with the things that it decides otherwise about. Returns what ends that. */
  watch(server: string, scope: Scope, changed: Watcher['changed']): { readonly policy: Policy | null; stop(): void } {
    const watcher: Watcher = { scope, policy: this.of(server, scope), changed };
    const watchers = this.#watchers.get(server) ?? new Set();
    this.#watchers.set(server, watchers.add(watcher));
    return { policy: watcher.policy, stop: () => void watchers.delete(watcher) };
  }

  apply(settings: PolicySettings): void {
    this.#settings = settings;
    this.#tokensLimit = settings.tokens.some(({ set }) => set !== undefined);
    this.#known.clear();
    for (const server of this.#watchers.keys()) this.#tell(server);
  }

  /** Other tools of the server are held back. */
  heldChanged(server: string): void {
    this.#known.clear();
    this.#tell(server);
  }

  #tell(server: string): void {
    const watchers = this.#watchers.get(server) ?? new Set();
    if (watchers.size === 0) this.#watchers.delete(server);
    for (const watcher of [...watchers]) {
      const before = watcher.policy;
      const policy = this.of(server, watcher.scope);
      watcher.policy = policy;
      const things = THINGS.filter((thing) => (before?.revision[thing] ?? '') !== (policy?.revision[thing] ?? ''));
      if (things.length > 0 || (before === null) !== (policy === null)) watcher.changed(policy, things);
    }
  }
}

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
