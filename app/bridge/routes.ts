import { percentDecoded } from '../base/percent.ts';
import { isForwarded } from '../gateway/index.ts';
import type { Text } from '../i18n/index.ts';
import { CODE } from '../mcp/jsonrpc/index.ts';
import { type Scope, serverNamed, UNLIMITED } from '../servers/index.ts';
import type { Settings } from '../settings/settings.ts';
import { ALL, type Group, groupPath } from './groups.ts';
import type { HttpExchange, HttpFault } from './http/index.ts';
import type { Policies } from './policy/index.ts';
import type { Served } from './served.ts';

/** One of our endpoints. */
export interface Route {
  /** Null is the default server, or all servers of the group. */
  readonly server: string | null;
  /** The servers that share the address. Missing where it is one server's own. */
  readonly group?: Group;
  /** The set that the address limits its clients to; null for none. */
  readonly set: string | null;
  readonly kind: EndpointKind;
}

/** `sse` and `messages` are HTTP+SSE (2024-11-05), `mcp` is Streamable HTTP, `stdio` carries bare lines. */
export type EndpointKind = 'sse' | 'messages' | 'mcp' | 'stdio';

const PATH = /^(?:\/set\/([^/]+))?(?:\/(?:servers\/([^/]+)|groups\/([^/]+)|(all)))?\/(sse|messages|mcp|stdio)\/?$/;

/** Where most requests go. */
const FREQUENT: ReadonlyMap<string, Route> = new Map([
  ['/mcp', { server: null, set: null, kind: 'mcp' }],
  ['/all/mcp', { server: null, group: ALL, set: null, kind: 'mcp' }],
]);

/** The endpoint an origin-form request target names, its query aside; null when it is none of ours. */
export function routeOf(target: string): Route | null {
  const frequent = FREQUENT.get(target);
  if (frequent !== undefined) return frequent;
  const query = target.indexOf('?');
  const [, inSet, named, group, all, kind] = PATH.exec(query === -1 ? target : target.slice(0, query)) ?? [];
  if (kind !== 'sse' && kind !== 'messages' && kind !== 'mcp' && kind !== 'stdio') return null;
  const set = inSet === undefined ? null : decoded(inSet);
  if (all !== undefined) return { server: null, group: ALL, set, kind };
  if (group !== undefined) return { server: null, group: decoded(group), set, kind };
  return { server: named === undefined ? null : decoded(named), set, kind };
}

/** Where the messages of a server's HTTP+SSE sessions are posted. */
export function messagesPath({ server, group, set }: Omit<Route, 'kind'>): string {
  const within = set === null ? '' : `/set/${encodeURIComponent(set)}`;
  if (group !== undefined) return `${within}${groupPath(group)}/messages`;
  return server === null ? `${within}/messages` : `${within}/servers/${encodeURIComponent(server)}/messages`;
}

/**
 * What sessions and shared children of a client are bound to. Those under the address of a set are apart from all others: no request
 * reaches through one address what was opened under another.
 */
export function principalIn(set: string | null, principal: string): string {
  return set === null ? principal : `${principal} set:${set}`;
}

/** What several servers share limits no client: each of its sessions with one of them is limited. */
export function scopeWithin({ group }: Route, scope: Scope): Scope {
  return group === undefined ? scope : { ...UNLIMITED, via: scope.via };
}

/** An unknown name is kept: the response to it lists the known ones. */
function decoded(segment: string): string {
  if (!segment.includes('%') && !/[\x80-\xff]/.test(segment)) return segment;
  // Some clients send UTF-8 without encoding it; Node hands it over byte for byte, as Latin-1.
  const encoded = segment.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
  // A stray percent sign is part of the name.
  return percentDecoded(encoded) ?? segment;
}

export interface ServerLookupContext {
  readonly text: () => Text;
  readonly settings: () => Pick<Settings, 'servers' | 'sets' | 'defaultServer'>;
  readonly policies: Policies;
  /** The servers by their names. */
  readonly served: ReadonlyMap<string, Served>;
  readonly servedByGroup: (group: Group, scope: Scope) => Served | HttpFault;
}

/** Which server an address leads to for one client, or why there is none. */
export class ServerLookup {
  readonly #context: ServerLookupContext;

  constructor(context: ServerLookupContext) {
    this.#context = context;
  }

  /** For a request over HTTP. The client of a reverse proxy may be on any machine, whatever its connection looks like. */
  admitted(
    route: Route,
    { request, caller: { isRemote: isOther }, scope }: Pick<HttpExchange, 'request' | 'caller' | 'scope'>,
  ): Served | HttpFault {
    const served = this.servedBy(route, scope);
    if ('error' in served || !(isOther || isForwarded(request))) return served;
    if (!served.server.servesOthers) return this.#forOwnerOnly(served.server.name);
    served.usedByOthers = true;
    return served;
  }

  servedBy({ server, group, set }: Route, scope: Scope): Served | HttpFault {
    const { text, policies, served: all, servedByGroup } = this.#context;
    const { servers, sets } = this.#context.settings();
    if (set !== null && !sets.some(({ name }) => name === set)) return this.#unknownSet(set);
    if (group !== undefined) return servedByGroup(group, scope);
    const wanted = server ?? this.#defaultIn(scope);
    const served = all.get(wanted) ?? all.get(serverNamed(wanted, servers)?.name ?? '');
    if (served !== undefined && policies.includes(served.server.name, scope)) return served;
    const names = this.#namesIn(scope);
    if (server !== null) return this.#unknown(server, names);
    if (policies.setsOf(scope) !== null) return this.#notInSet(names);
    const data = names.length === 0 ? { reason: 'no-server' } : { reason: 'server-not-named', servers: names };
    return { status: 400, error: { code: CODE.badRequest, message: text().servers.noServer(names), data } };
  }

  /** The default server, or the only one of the sets that limit a client; an empty text where the client has to name one. */
  #defaultIn(scope: Scope): string {
    const { defaultServer } = this.#context.settings();
    if (this.#context.policies.setsOf(scope) === null) return defaultServer ?? '';
    const names = this.#namesIn(scope);
    const [only = ''] = names;
    return defaultServer !== null && names.includes(defaultServer) ? defaultServer : names.length === 1 ? only : '';
  }

  #namesIn(scope: Scope): readonly string[] {
    return [...this.#context.served.keys()].filter((name) => this.#context.policies.includes(name, scope));
  }

  #forOwnerOnly(server: string): HttpFault {
    const message = this.#context.text().servers.remote.ownerOnly(server);
    return { status: 403, error: { code: CODE.badRequest, message, data: { reason: 'lan-credentials', server } } };
  }

  #notInSet(servers: readonly string[]): HttpFault {
    const message = this.#context.text().servers.noServerInSet(servers);
    return { status: 400, error: { code: CODE.badRequest, message, data: { reason: 'server-not-named', servers } } };
  }

  #unknown(server: string, names: readonly string[]): HttpFault {
    const message = this.#context.text().servers.unknownServer(server, names);
    return {
      status: 404,
      error: { code: CODE.badRequest, message, data: { reason: 'no-such-server', servers: names } },
    };
  }

  #unknownSet(set: string): HttpFault {
    const sets = this.#context.settings().sets.map(({ name }) => name);
    const message = this.#context.text().servers.unknownSet(set, sets);
    return { status: 404, error: { code: CODE.badRequest, message, data: { reason: 'no-such-set', sets } } };
  }
}
