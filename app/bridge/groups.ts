import {
  AggregateServer,
  aliasesOf,
  exposedNames,
  KnownMember,
  keptLists,
  loggedUnder,
  type Member,
} from '../aggregate/index.ts';
import type { Log } from '../base/log.ts';
import { isObject } from '../base/schema/index.ts';
import type { Text } from '../i18n/index.ts';
import { type Call, type ClientWire, targetIn } from '../inspect/index.ts';
import { CODE, editMembers, idFrom, type JsonRpcError, memberOf, parsedJson, scanHead } from '../mcp/jsonrpc/index.ts';
import type { KnownLists, Scope, Thing } from '../servers/index.ts';
import { DEFAULT_SETTINGS, type ServerSetting } from '../settings/settings.ts';
import type { BridgeSettings } from './bridge.ts';
import type { SessionFacts } from './context.ts';
import { Ways } from './hops.ts';
import { type HttpFault, unavailable } from './http/index.ts';
import { denied, type Policies } from './policy/index.ts';
import { endUseByOthers, type Served, sessionsOf, stop } from './served.ts';
import type { MemberRoutes } from './streamable/stateless/endpoint.ts';
import type { Reply, ReplyWatcher } from './translate/index.ts';

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
  readonly policies: Policies;
  readonly settings: () => BridgeSettings;
  readonly served: (name: string) => Served | undefined;
  /** Endpoints in front of what is no server of the settings. */
  readonly serve: (server: AggregateServer, routes: MemberRoutes) => Served<AggregateServer>;
}

/** One text for each address, scope and way; no name of a group or set holds a line break. */
function keyOf(group: Group, { set, principal }: Scope, way: string): string {
  return `${group === ALL ? '' : group}\n${set ?? ''}\n${principal}\n${way}`;
}

function isSame(one: Scope, other: Scope): boolean {
  return one.set === other.set && one.principal === other.principal && one.via === other.via;
}

/** An address that servers share, as clients of one scope see it. */
interface Shared {
  readonly group: Group;
  readonly scope: Scope;
  readonly served: Served<AggregateServer>;
}

/**
 * The addresses that several servers share. Each comes into being with its first request, once for each scope: what a set leaves of the
 * servers' lists must not be taken for their lists by a client that the set does not limit.
 */
export class Groups {
  readonly #context: GroupsContext;
  /** What is known of the servers behind all of them, by name and sets, and as they are defined. */
  readonly #known = new Map<string, { readonly definition: string; readonly member: KnownMember }>();
  readonly #shared = new Map<string, Shared>();
  readonly #ways = new Ways();
  /** The one that was asked for last: most requests are for the same. */
  #last: Shared | null = null;

  constructor(context: GroupsContext) {
    this.#context = context;
    this.#warnOfStrangers();
  }

  served(): readonly Served<AggregateServer>[] {
    return [...this.#shared.values()].map(({ served }) => served);
  }

  /** For a client of this scope. The endpoints do not limit it any further: its sessions with each of the servers are limited. */
  servedBy(group: Group, scope: Scope): Served | HttpFault {
    const last = this.#last;
    if (last !== null && last.group === group && isSame(last.scope, scope)) return last.served;
    const key = keyOf(group, scope, this.#ways.of(scope.via));
    const known = this.#shared.get(key);
    this.#last = known?.scope.via === scope.via ? (known ?? null) : null;
    if (known !== undefined) return known.served;
    const members = this.#membersOf(group, scope);
    const { text } = this.#context;
    if (members === null) {
      const names = this.#settings.groups.map(({ name }) => name);
      const message = text().aggregate.unknownGroup(String(group), names);
      return {
        status: 404,
        error: { code: CODE.badRequest, message, data: { reason: 'no-such-group', groups: names } },
      };
    }
    if (members.length === 0) {
      const message = this.#settingsOf(group)?.length === 0 ? text().aggregate.noServers : text().aggregate.noneInSet;
      return { status: 400, error: { code: CODE.badRequest, message, data: { reason: 'no-server' } } };
    }
    const within = scope.set === null ? '' : `/set/${encodeURIComponent(scope.set)}`;
    const server = new AggregateServer(
      {
        name: `${within}${groupPath(group)}`,
        title: () => (group === ALL ? text().aggregate.title.all : text().aggregate.title.group(group)),
        log: this.#context.log,
        text,
        // A client of the shared address reaches each server behind it.
        servesOthers: () => this.#settingsOf(group)?.every(({ name }) => this.#servesOthers(name)) ?? false,
        longestName: () => this.#settings.toolNameLength,
      },
      members,
    );
    const served = this.#context.serve(server, routeToMembers(server, this.#context.served, scope));
    this.#shared.set(key, { group, scope, served });
    return served;
  }

  /** The settings are others. */
  apply(): void {
    this.#warnOfStrangers();
    for (const [key, { group, scope, served }] of this.#shared) {
      const members = this.#membersOf(group, scope);
      if (members !== null && members.length > 0) {
        served.server.replace(members);
        endUseByOthers(served);
      } else {
        this.#shared.delete(key);
        this.#last = null;
        void stop(served).then(() => served.sessions.close());
      }
    }
  }

  /** Something of a server is kept from clients, or is not any more: what was known of its lists is not what they get now. */
  limitsChanged(): void {
    for (const { group, scope, served } of this.#shared.values()) {
      served.server.replace(this.#membersOf(group, scope) ?? []);
    }
  }

  /** Servers were started or stopped, or what is known of them has changed. */
  membersChanged(): void {
    for (const { server } of this.served()) server.membersChanged();
  }

  /** A server may no longer be used by others. */
  endUseByOthers(): void {
    for (const served of this.served()) endUseByOthers(served);
  }

  snapshot(): { readonly groups?: readonly GroupSnapshot[] } {
    const shared = [...this.#shared.values()];
    if (shared.length === 0) return {};
    return {
      groups: [...new Set(shared.map(({ group }) => group))].map((one) => ({
        name: one === ALL ? null : one,
        servers: this.#settingsOf(one)?.map(({ name }) => name) ?? [],
        sessions: shared.filter(({ group }) => group === one).flatMap(({ served }) => sessionsOf(served)),
      })),
    };
  }

  async stop(): Promise<void> {
    await Promise.all(this.served().map(stop));
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

  /** Those that a client of this scope gets; see `#settingsOf`. */
  #membersOf(group: Group, scope: Scope): readonly Member[] | null {
    const settings = this.#settingsOf(group);
    if (settings === null) return null;
    // Over all servers: a server has the same alias in each of its groups.
    const { servers } = this.#settings;
    const aliases = new Map(aliasesOf(servers).map((alias, index) => [servers[index]?.name, alias]));
    return settings.flatMap((setting) => {
      const served = this.#context.served(setting.name);
      if (served === undefined || !this.#context.policies.includes(setting.name, scope)) return [];
      return [this.#member(setting, served, aliases.get(setting.name) ?? setting.name, scope)];
    });
  }

  #member(setting: ServerSetting, served: Served, alias: string, scope: Scope): Member {
    const { server, recorder } = served;
    return {
      name: setting.name,
      alias,
      recorder,
      known: this.#knownOf(setting, scope),
      isStopped: () => server.facts().state === 'stopped',
      denied: (thing, exposed) => this.#denied(setting.name, alias, scope, thing, exposed),
      forbids: (thing, name) => this.#forbids(setting.name, scope, thing, name),
      leadsBack: (via) => server.leadsBack(via),
      open: (via) => {
        const opened = served.openPeer(server, { ...scope, via });
        return 'peer' in opened ? opened : unavailable(setting.name, opened.refusal, this.#context.text());
      },
    };
  }

  /** The names of what is switched off are those that the server has listed: no session of the client has them. */
  #denied(
    server: string,
    alias: string,
    scope: Scope,
    thing: 'tools' | 'prompts',
    exposed: string,
  ): JsonRpcError | null {
    const { policies, lists, text } = this.#context;
    const policy = policies.of(server, scope);
    if (policy === null) return null;
    const off = (lists.of(server)[thing]?.items ?? []).flatMap((item) => {
      const name = parsedJson(memberOf(Buffer.from(item), 'name'));
      const denial = typeof name === 'string' ? policy.denial(thing, name) : null;
      return typeof name === 'string' && denial !== null ? [{ owner: server, alias, name, denial }] : [];
    });
    const meant = off[exposedNames(off, this.#settings.toolNameLength).indexOf(exposed)];
    if (meant === undefined) return null;
    return denied(thing, exposed, meant.denial, { policy, server, text: text(), isModern: false });
  }

  #forbids(server: string, scope: Scope, thing: Thing, name: string): JsonRpcError | null {
    const { policies, text } = this.#context;
    const policy = policies.of(server, scope);
    const denial = policy?.denial(thing, name) ?? null;
    if (policy === null || denial === null) return null;
    // Only a request without a session waits to be made again.
    return denied(thing, name, denial, { policy, server, text: text(), isModern: true });
  }

  #knownOf(setting: ServerSetting, scope: Scope): KnownMember {
    const { policies, lists } = this.#context;
    const sets = policies.setsOf(scope);
    const way = this.#ways.of(scope.via);
    const key = sets === null && way === '' ? setting.name : JSON.stringify([setting.name, way, ...(sets ?? [])]);
    const { title: _title, alias: _alias, ...definition } = setting;
    const limit = policies.of(setting.name, scope)?.revision.tools ?? null;
    const written = JSON.stringify([definition, limit]);
    const known = this.#known.get(key);
    // Another definition is another server, even under the same name.
    if (known?.definition === written) return known.member;
    // Where something of it is kept from the client, its lists come through those rules, and what is kept is not shown. To one that has come
    // through other instances it shows what does not lead back to them.
    const isPlain = known === undefined && limit === null && way === '';
    const member = new KnownMember(isPlain ? keptLists(lists, setting.name) : null, () => this.membersChanged());
    this.#known.set(key, { definition: written, member });
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

/**
 * Gives each request without a session that names something of one server to the endpoint of that server, where it speaks the modern
 * revision: what a server asks back, its `requestState` and its errors then reach the client as the server wrote them. Everything else
 * is for the sessions of the shared address.
 */
function routeToMembers(
  server: AggregateServer,
  served: (name: string) => Served | undefined,
  scope: Scope,
): MemberRoutes {
  const wires = new Map<string, ClientWire>();
  const find: MemberRoutes['find'] = async (request, reply) => {
    const located = server.locate(request.method, request.bytes);
    const member = located === null ? undefined : served(located.member.name);
    if (located === null || member === undefined) return null;
    if (!(await member.stateless.isModern(request))) return null;
    const { name, alias, recorder } = located.member;
    const wire = wires.get(name) ?? recorder.session('aggregate');
    wires.set(name, wire);
    const params = located.params === null ? request.params : parsedJson(located.params);
    const own =
      located.params === null || !isObject(params)
        ? request
        : { ...request, params, bytes: editMembers(request.bytes, new Map([['params', located.params]])) };
    const { method, idText } = own;
    const call = wire.request(
      method,
      idFrom(idText, 0, idText.length),
      own.bytes,
      performance.now(),
      targetIn(method, own.params),
    );
    return {
      endpoint: member.stateless,
      request: own,
      reply: new MemberReply(reply, call, alias, (response) => server.answered(name, response)),
      scope,
    };
  };
  return { find, denied: ({ method, params }) => server.denied(method, params) };
}

/** The answer of one server to a client of a shared address. */
class MemberReply implements Reply {
  readonly #reply: Reply;
  readonly #call: Call;
  readonly #alias: string;
  readonly #answered: (response: Buffer) => void;

  constructor(reply: Reply, call: Call, alias: string, answered: (response: Buffer) => void) {
    this.#answered = answered;
    this.#reply = reply;
    this.#call = call;
    this.#alias = alias;
  }

  notify(json: Buffer): void {
    this.#call.progressed(json.length);
    const head = this.#alias === '' ? null : scanHead(json);
    const isLog = head?.kind === 'notification' && head.method === 'notifications/message';
    this.#reply.notify(isLog ? loggedUnder(this.#alias, json) : json);
  }

  respond(json: Buffer, status: number): void {
    this.#call.answered(json);
    this.#answered(json);
    this.#reply.respond(json, status);
  }

  watch(watcher: ReplyWatcher): void {
    this.#reply.watch({
      closed: () => {
        this.#call.cancelled(null);
        watcher.closed();
      },
      congested: () => watcher.congested(),
      relieved: () => watcher.relieved(),
    });
  }
}
