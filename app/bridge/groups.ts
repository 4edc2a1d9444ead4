import { AggregateServer, aliasesOf, KnownMember, keptLists, type Member } from '../aggregate/index.ts';
import type { Text } from '../i18n/index.ts';
import type { Log } from '../log/log.ts';
import { CODE } from '../mcp/jsonrpc/index.ts';
import { type KnownLists, UNLIMITED } from '../servers/index.ts';
import { DEFAULT_SETTINGS, type ServerSetting } from '../settings/settings.ts';
import type { BridgeSettings } from './bridge.ts';
import type { SessionFacts } from './context.ts';
import { type HttpFault, unavailable } from './http/index.ts';
import { endUseByOthers, type Served, sessionsOf, stop } from './served.ts';

/** All servers; no group can have it for a name. */
export const ALL: unique symbol = Symbol('all servers');

/** Servers that share an address: a group by its name, or all there are. */
export type Group = string | typeof ALL;

/** Where a group is, and what it is called in logs and errors: no server's name holds a slash. */
export function groupPath(group: Group): string {
  return group === ALL ? '/all' : `/groups/${encodeURIComponent(group)}`;
}

/** An address that several servers share, once it is used. It is no server: what runs behind it is counted with the servers. */
export interface GroupSnapshot {
  /** Null where it is that of all servers. */
  readonly name: string | null;
  readonly servers: readonly string[];
  readonly sessions: readonly SessionFacts[];
}

export interface GroupsContext {
  readonly log: Log;
  readonly text: () => Text;
  readonly lists: KnownLists;
  /** Whether rules of a server keep something of it from everyone: then its lists come through them, and what is kept is not shown. */
  readonly isLimited: (name: string) => boolean;
  readonly settings: () => BridgeSettings;
  readonly served: (name: string) => Served | undefined;
  /** Endpoints in front of what is no server of the settings. */
  readonly serve: (server: AggregateServer) => Served<AggregateServer>;
}

/** The addresses that several servers share. Each comes into being with its first request. */
export class Groups {
  readonly #context: GroupsContext;
  /** What is known of the servers behind all of them, by name and as they are defined. */
  readonly #known = new Map<string, { readonly definition: string; readonly member: KnownMember }>();
  readonly #served = new Map<Group, Served<AggregateServer>>();

  constructor(context: GroupsContext) {
    this.#context = context;
    this.#warnOfStrangers();
  }

  served(): Iterable<Served<AggregateServer>> {
    return this.#served.values();
  }

  servedBy(group: Group): Served | HttpFault {
    const known = this.#served.get(group);
    if (known !== undefined) return known;
    const members = this.#membersOf(group);
    const { text } = this.#context;
    if (members === null) {
      const names = this.#settings.groups.map(({ name }) => name);
      const message = text().aggregate.unknownGroup(String(group), names);
      return { status: 404, error: { code: CODE.badRequest, message, data: { groups: names } } };
    }
    if (members.length === 0) {
      return { status: 400, error: { code: CODE.badRequest, message: text().aggregate.noServers } };
    }
    const server = new AggregateServer(
      {
        name: groupPath(group),
        title: () => (group === ALL ? text().aggregate.title.all : text().aggregate.title.group(group)),
        log: this.#context.log,
        text,
        // A client of the shared address reaches each server behind it.
        servesOthers: () => this.#settingsOf(group)?.every(({ name }) => this.#servesOthers(name)) ?? false,
        longestName: () => this.#settings.toolNameLength,
      },
      members,
    );
    const served = this.#context.serve(server);
    this.#served.set(group, served);
    return served;
  }

  /** The settings are others. */
  apply(): void {
    this.#warnOfStrangers();
    for (const [group, served] of this.#served) {
      const members = this.#membersOf(group);
      if (members !== null && members.length > 0) {
        served.server.replace(members);
        endUseByOthers(served);
      } else {
        this.#served.delete(group);
        void stop(served).then(() => served.sessions.close());
      }
    }
  }

  /** Servers were started or stopped, or what is known of them has changed. */
  membersChanged(): void {
    for (const { server } of this.#served.values()) server.membersChanged();
  }

  /** A server may no longer be used by others. */
  endUseByOthers(): void {
    for (const served of this.#served.values()) endUseByOthers(served);
  }

  snapshot(): { readonly groups?: readonly GroupSnapshot[] } {
    if (this.#served.size === 0) return {};
    return {
      groups: [...this.#served].map(([group, served]) => ({
        name: group === ALL ? null : group,
        servers: this.#settingsOf(group)?.map(({ name }) => name) ?? [],
        sessions: sessionsOf(served),
      })),
    };
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#served.values()].map(stop));
  }

  get #settings(): Required<BridgeSettings> {
    const { groups, toolNameLength } = DEFAULT_SETTINGS;
    return { groups, toolNameLength, ...this.#context.settings() };
  }

  /** In the order of the group; null where there is no such group. Servers that are not set up are left out. */
  #settingsOf(group: Group): readonly ServerSetting[] | null {
    const { servers, groups } = this.#settings;
    if (group === ALL) return servers;
    const names = groups.find(({ name }) => name === group)?.servers ?? null;
    return names === null ? null : names.flatMap((wanted) => servers.filter(({ name }) => name === wanted));
  }

  #membersOf(group: Group): readonly Member[] | null {
    const settings = this.#settingsOf(group);
    if (settings === null) return null;
    // Over all servers: a server has the same alias in each of its groups.
    const { servers } = this.#settings;
    const aliases = new Map(aliasesOf(servers).map((alias, index) => [servers[index]?.name, alias]));
    return settings.flatMap((setting) => {
      const served = this.#context.served(setting.name);
      return served === undefined ? [] : [this.#member(setting, served, aliases.get(setting.name) ?? setting.name)];
    });
  }

  #member(setting: ServerSetting, served: Served, alias: string): Member {
    const { server, recorder } = served;
    return {
      name: setting.name,
      alias,
      recorder,
      known: this.#knownOf(setting),
      isStopped: () => server.facts().state === 'stopped',
      open: () => {
        const opened = served.openPeer(server, UNLIMITED);
        return 'peer' in opened ? opened : unavailable(setting.name, opened.refusal, this.#context.text());
      },
    };
  }

  #knownOf(setting: ServerSetting): KnownMember {
    const { title: _title, alias: _alias, ...definition } = setting;
    const written = JSON.stringify(definition);
    const known = this.#known.get(setting.name);
    // Another definition is another server, even under the same name.
    if (known?.definition === written) return known.member;
    const { lists, isLimited } = this.#context;
    const member = new KnownMember(
      known === undefined && !isLimited(setting.name) ? keptLists(lists, setting.name) : null,
      () => this.membersChanged(),
    );
    this.#known.set(setting.name, { definition: written, member });
    return member;
  }

  #servesOthers(name: string): boolean {
    return this.#context.served(name)?.server.servesOthers ?? true;
  }

  #warnOfStrangers(): void {
    const { servers, groups } = this.#settings;
    const known = new Set(servers.map(({ name }) => name));
    for (const group of groups) {
      const strangers = group.servers.filter((name) => !known.has(name));
      if (strangers.length > 0) this.#context.log.warn(this.#context.text().aggregate.strangers(group.name, strangers));
    }
  }
}
