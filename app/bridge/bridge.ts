import type { IncomingMessage, ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { LatencyFacts } from '../base/latency-histogram.ts';
import { stdioPath } from '../base/stdio-upgrade.ts';
import type { Dialer } from '../dial/index.ts';
import { type ClientIdentity, isForwarded, type Upgrade } from '../gateway/index.ts';
import type { Text } from '../i18n/index.ts';
import { Recorder, type ServerRecorder } from '../inspect/index.ts';
import { launchSecrets, remoteSecrets } from '../log/index.ts';
import type { Log } from '../log/log.ts';
import { CODE } from '../mcp/jsonrpc/index.ts';
import {
  type AnswerMemory,
  type CertificateFacts,
  INSTANCE_FIELD,
  isSameRemote,
  isUsable,
  KnownLists,
  type PeerEnd,
  type Pins,
  ProcessServer,
  Quota,
  RemoteServer,
  type Scope,
  type Server,
  type ServerContext,
  type ServerFacts,
  type SignInDesk,
  SignInError,
  type SignInFacts,
  type SignInOptions,
  Spares,
  serverNamed,
  ToolApprovals,
  type ToolChangeCount,
  TrustError,
  UNLIMITED,
} from '../servers/index.ts';
import { GRACES, type Graces, type GroupRecord } from '../servers/process/index.ts';
import { isRemote, type RemoteSetting, type ServerSetting, type Settings } from '../settings/settings.ts';
import { type EvictionScope, evict, freeIn } from './admission.ts';
import {
  BRIDGE_TIMES,
  type BridgeContext,
  type BridgeTimes,
  RequestLatency,
  type SessionFacts,
  Ticker,
} from './context.ts';
import { ALL, type Group, type GroupSnapshot, Groups, groupPath } from './groups.ts';
import { budgetFor, type HttpExchange, type HttpFault, MessageBudget, respondWithFault } from './http/index.ts';
import { HttpSse } from './http-sse.ts';
import { Policies, unmatchedIn } from './policy/index.ts';
import { endUseByOthers, restart, type Served, sessionsOf, stop } from './served.ts';
import { openSessionPeer } from './session-peer.ts';
import { offersStdio, Stdio, type StdioRequest, stdioWanted } from './stdio.ts';
import { Streamable } from './streamable/endpoint.ts';
import { type RouteToMember, StatelessEndpoint } from './streamable/stateless/endpoint.ts';
import { NegotiatedRevision } from './translate/index.ts';

export type BridgeSettings = Pick<Settings, 'servers' | 'sets' | 'tokens' | 'defaultServer' | 'limits'> &
  Partial<Pick<Settings, 'groups' | 'toolNameLength'>>;

export interface BridgeOptions {
  readonly settings: BridgeSettings;
  readonly log: Log;
  /** The words of the language in use now. */
  readonly text: () => Text;
  /** Something that a snapshot shows is different now. Called often: it must cost next to nothing. */
  readonly changed: () => void;
  /** Remembers what passes; one of its own if left out. */
  readonly recorder?: Recorder;
  /**
   * The PATH that commands are searched in and children get, null for our own. A promise while a login shell is being asked for
   * it, which programs started by a desktop need; sessions wait for it.
   */
  readonly searchPath?: () => string | null | Promise<string | null>;
  /** Makes the connections to servers that are reached by a URL; a direct one if left out. */
  readonly dialer?: Dialer | undefined;
  /** Where sign-ins to those servers are made and kept; nothing is signed in to if left out. */
  readonly desk?: SignInDesk | undefined;
  /** Where what those servers say of themselves outlives the process; nowhere if left out. */
  readonly answers?: AnswerMemory | undefined;
  /** Where their certificates that a person trusts are kept; they are forgotten with the process if left out. */
  readonly pins?: Pins | undefined;
  /** Where what servers last listed is kept; it is forgotten with the process if left out. */
  readonly lists?: KnownLists | undefined;
  /** Where the tools that are approved are kept; they are forgotten with the process if left out. */
  readonly approvals?: ToolApprovals | undefined;
  /** Waiting times that differ from the usual ones. */
  readonly times?: Partial<BridgeTimes>;
  /** Where the process groups of children are written down; nowhere if left out. */
  readonly groups?: GroupRecord | undefined;
  /** How long children may take to leave, if not the usual time. */
  readonly graces?: Graces;
}

/** A server, its children and its sessions. */
export interface ServerSnapshot extends ServerFacts {
  readonly sessions: readonly SessionFacts[];
  /** Missing while all of its tools are as they were approved. */
  readonly toolChanges?: ToolChangeCount;
}

export interface BridgeSnapshot {
  readonly servers: readonly ServerSnapshot[];
  /** Missing while no address that servers share is used. */
  readonly groups?: readonly GroupSnapshot[];
  readonly sessionsOpened: number;
  /** From the arrival of a request to its server's answer. */
  readonly latency: LatencyFacts;
}

/** Whether a server can be used, for /readyz. */
export interface Readiness {
  readonly name: string;
  /** Whether a new client can be served, as far as is known. */
  readonly ready: boolean;
  /** `failing`: its last start failed, and none has succeeded since. */
  readonly state: ServerFacts['state'];
  readonly condition: ServerFacts['condition'];
  readonly children: number;
  readonly sessions: number;
  /** The last end of a child that we did not ask for. */
  readonly lastEnd: PeerEnd | null;
}

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

/** The endpoint an origin-form request target names, its query aside; null when it is none of ours. */
export function routeOf(target: string): Route | null {
  if (target === '/mcp') return { server: null, set: null, kind: 'mcp' };
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
function principalIn(set: string | null, principal: string): string {
  return set === null ? principal : `${principal} set:${set}`;
}

/** What several servers share limits no client: each of its sessions with one of them is limited. */
function scopeWithin({ group }: Route, scope: Scope): Scope {
  return group === undefined ? scope : UNLIMITED;
}

/** An unknown name is kept: the response to it lists the known ones. */
function decoded(segment: string): string {
  if (!segment.includes('%') && !/[\x80-\xff]/.test(segment)) return segment;
  try {
    // Some clients send UTF-8 without encoding it; Node hands it over byte for byte, as Latin-1.
    return decodeURIComponent(segment.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`));
  } catch {
    // A stray percent sign is part of the name then.
    return segment;
  }
}

/** A server without the rules for what it lets through: another rule makes no other server. */
function sourceOf(setting: ServerSetting): ServerSetting {
  const { tools: _tools, prompts: _prompts, resources: _resources, changes: _changes, ...source } = setting;
  return source;
}

/** The inbound half: MCP servers behind HTTP, for every generation of client. */
export class Bridge {
  readonly #options: BridgeOptions;
  readonly #context: Omit<BridgeContext, 'openPeer' | 'saw' | 'sessions' | 'makeRoom' | 'recorder'>;
  readonly #recorder: Recorder;
  readonly #lists: KnownLists;
  readonly #approvals: ToolApprovals;
  readonly #policies: Policies;
  readonly #unsubscribes: readonly (() => void)[];
  /** Rules that fit nothing and were told of. */
  readonly #unmatched = new Set<string>();
  readonly #sessions = new Quota(() => this.#settings.limits.sessions, true);
  readonly #serverContext: ServerContext;
  readonly #served = new Map<string, Served>();
  readonly #groups: Groups;
  /** Servers that were removed while their children were still leaving. */
  readonly #leaving = new Set<Promise<void>>();
  #settings: BridgeSettings;

  constructor(options: BridgeOptions) {
    const { log, text, changed, searchPath = () => null } = options;
    const times = { ...BRIDGE_TIMES, ...options.times };
    const ticker = new Ticker(times.tick);
    this.#options = options;
    this.#recorder = options.recorder ?? new Recorder();
    this.#lists = options.lists ?? new KnownLists(null, log.from('bridge'));
    this.#settings = options.settings;
    this.#approvals = options.approvals ?? new ToolApprovals(null, log.from('bridge'));
    this.#policies = new Policies(options.settings, this.#approvals);
    this.#unsubscribes = [
      this.#lists.subscribe({ changed: (server) => this.#warnOfUnmatched(server) }),
      this.#approvals.follow(this.#lists),
      this.#approvals.subscribe((server) => this.#toolsChanged(server)),
    ];
    this.#context = {
      policies: this.#policies,
      log: log.from('bridge'),
      text,
      limits: () => this.#settings.limits,
      times,
      ticker,
      messages: new MessageBudget(
        () => budgetFor(this.#settings.limits),
        () => this.#waiting(),
        ticker,
        times.bodyWindow,
      ),
      latency: new RequestLatency(),
      changed,
    };
    this.#serverContext = {
      log,
      text,
      children: new Quota(() => this.#settings.limits.children, false),
      spares: new Spares(),
      settled: times.settled,
      spareQuiet: times.spareQuiet,
      slowStarts: times.slowStarts,
      lineLimit: () => this.#settings.limits.messageBytes,
      graces: options.graces ?? GRACES,
      groups: options.groups,
      searchPath,
      changed,
    };
    this.#groups = new Groups({
      log: this.#context.log,
      text,
      lists: this.#lists,
      policies: this.#policies,
      settings: () => this.#settings,
      served: (name) => this.#served.get(name),
      serve: (server, route) => this.#endpoints(server, this.#recorder.server(server.name, true), route),
    });
    this.#approvals.apply(options.settings.servers);
    for (const setting of options.settings.servers) this.#serve(sourceOf(setting));
  }

  /** Whether an origin-form request target names an endpoint of ours, with whatever server. */
  isEndpoint(target: string): boolean {
    return routeOf(target) !== null;
  }

  /** Answers a request that the guard has let through; false when no endpoint of ours has that path. */
  handle(request: IncomingMessage, response: ServerResponse, caller: ClientIdentity): boolean {
    const route = routeOf(request.url ?? '');
    if (route === null) return false;
    const exchange = this.#exchange(route, request, response, caller);
    const served = this.#isOurs(request) ? this.#leadsBack() : this.#admitted(route, exchange);
    if ('error' in served) respondWithFault(response, served);
    else enter(served, route, { ...exchange, scope: scopeWithin(route, exchange.scope) }, this.#context.text());
    return true;
  }

  /** Whether a request offers to switch to a protocol that the endpoint on its path speaks. */
  switches(request: IncomingMessage): boolean {
    return offersStdio(request) && routeOf(request.url ?? '')?.kind === 'stdio';
  }

  /**
   * Answers such an offer, once the guard has let it through: by switching, after which the connection is ours, or by an
   * ordinary answer on `response`, which holds the socket until then.
   */
  handleOffer(request: IncomingMessage, response: ServerResponse, caller: ClientIdentity, offer: Upgrade): void {
    const route = routeOf(request.url ?? '');
    if (route === null) throw new Error('an offer on a path that was never ours');
    const exchange = this.#exchange(route, request, response, caller);
    const served = this.#admitted(route, exchange);
    if ('error' in served) respondWithFault(response, served);
    else served.stdio.open({ ...exchange, scope: scopeWithin(route, exchange.scope) }, offer);
  }

  #exchange({ set }: Route, request: IncomingMessage, response: ServerResponse, caller: ClientIdentity): HttpExchange {
    const { principal } = caller;
    const own = set === null ? caller : { ...caller, principal: principalIn(set, principal) };
    return { request, response, caller: own, scope: { set, principal }, arrivedAt: performance.now() };
  }

  /**
   * As an offer on a server's stdio endpoint, for a connection that comes another way; null is the default server. A path stands for
   * several servers, or for a set: no server's name holds a slash.
   */
  connectStdio(server: string | null, request: Omit<StdioRequest, 'scope'>): void {
    const written = server?.startsWith('/') === true ? routeOf(stdioPath(server)) : null;
    const route: Route = written ?? { server, set: null, kind: 'stdio' };
    const { set } = route;
    const scope = { set, principal: request.principal };
    const served = this.#servedBy(route, scope);
    if ('error' in served) request.refuse(served);
    else {
      const principal = principalIn(set, request.principal);
      served.stdio.connect({ ...request, principal, scope: scopeWithin(route, scope) });
    }
  }

  /** Takes over other servers or limits. Only what changed is restarted; sessions of servers that did not change go on. */
  apply(settings: BridgeSettings): void {
    this.#settings = settings;
    const wanted = new Map(settings.servers.map((setting) => [setting.name, setting]));
    for (const name of this.#served.keys()) if (!wanted.has(name)) this.#remove(name);
    this.#approvals.apply(settings.servers);
    this.#policies.apply(settings);
    for (const name of this.#served.keys()) this.#warnOfUnmatched(name);
    for (const rules of wanted.values()) {
      const setting = sourceOf(rules);
      const served = this.#served.get(setting.name);
      const isOther = served !== undefined && isRemote(served.server.setting) !== isRemote(setting);
      if (isOther) this.#remove(setting.name);
      if (served === undefined || isOther) this.#serve(setting);
      else if (isDeepStrictEqual(setting, served.server.setting)) continue;
      else if (served.server.apply(setting)) void restart(served);
      else endUseByOthers(served);
    }
    this.#groups.apply();
    this.#options.changed();
  }

  /** What servers last listed. */
  get lists(): KnownLists {
    return this.#lists;
  }

  /** Which tools of servers are approved, and which are not as they were. */
  get approvals(): ToolApprovals {
    return this.#approvals;
  }

  snapshot(): BridgeSnapshot {
    const { latency } = this.#context;
    return {
      servers: [...this.#served.values()].map((served) => ({
        ...served.server.facts(),
        sessions: sessionsOf(served),
        ...this.#changesOf(served.server.name),
      })),
      ...this.#groups.snapshot(),
      sessionsOpened: latency.sessionsOpened,
      latency: latency.facts(),
    };
  }

  readiness(): readonly Readiness[] {
    return this.snapshot().servers.map(({ name, state, condition, children, sessions, lastEnd }) => ({
      name,
      ready: isUsable(condition),
      state,
      condition,
      children: children.length,
      sessions: sessions.length,
      lastEnd,
    }));
  }

  /** Ends the children of a server, and with them its sessions; the next client gets a new one. An unknown name is ignored. */
  async restart(name: string): Promise<void> {
    const served = this.#served.get(name);
    if (served !== undefined) await restart(served);
  }

  /** Ends the children of a server and starts none until `startServer`. */
  async stopServer(name: string): Promise<void> {
    const served = this.#served.get(name);
    if (served === undefined) return;
    const stopped = stop(served);
    this.#groups.membersChanged();
    await stopped;
  }

  startServer(name: string): void {
    this.#served.get(name)?.server.start();
    this.#groups.membersChanged();
  }

  /** Signs in to a server that is reached by a URL. Rejects with SignInError. */
  async signIn(name: string, options: SignInOptions): Promise<SignInFacts> {
    return this.#remote(name).signIn(options);
  }

  /** Revokes and forgets the tokens of a server; false when there were none. Rejects with SignInError. */
  async signOut(name: string): Promise<boolean> {
    return this.#remote(name).signOut();
  }

  /** The server that is served from this very setting, whatever its name; null when there is none. */
  servedRemote(setting: RemoteSetting): RemoteServer | null {
    for (const { server } of this.#served.values()) {
      if (server instanceof RemoteServer && isSameRemote(server.setting, setting)) return server;
    }
    return null;
  }

  /** The certificate that a server shows and that is not trusted. Rejects with TrustError where there is none. */
  async certificate(name: string): Promise<CertificateFacts> {
    return this.#trusting(name).certificate();
  }

  /** Trusts the certificate with this fingerprint, if it is the one that the server shows. Rejects with TrustError. */
  async trust(name: string, fingerprint: string): Promise<void> {
    await this.#trusting(name).trust(fingerprint);
  }

  /** Takes back what `trust` did; false when there was nothing. Rejects with TrustError. */
  async untrust(name: string): Promise<boolean> {
    return this.#trusting(name).untrust();
  }

  #remote(name: string): RemoteServer {
    const { server } = this.#served.get(name) ?? {};
    if (server instanceof RemoteServer) return server;
    throw new SignInError({ kind: 'not-remote' });
  }

  #trusting(name: string): RemoteServer {
    const { server } = this.#served.get(name) ?? {};
    if (server instanceof RemoteServer) return server;
    throw new TrustError({ kind: 'not-remote' });
  }

  /** This machine has slept, or is in another network: what is open to remote servers is opened anew. */
  forgetNetwork(): void {
    for (const { server } of this.#served.values()) server.forgetNetwork();
  }

  /** Ends every session and child; resolves, within five seconds, when none is left. Nothing is answered afterwards. */
  async stop(): Promise<void> {
    await this.#groups.stop();
    for (const name of [...this.#served.keys()]) this.#remove(name);
    await Promise.all(this.#leaving);
    this.#options.answers?.flush();
    this.#lists.flush();
    this.#approvals.flush();
    for (const unsubscribe of this.#unsubscribes) unsubscribe();
  }

  #changesOf(server: string): Pick<ServerSnapshot, 'toolChanges'> {
    const toolChanges = this.#approvals.countOf(server);
    return toolChanges === null ? {} : { toolChanges };
  }

  /** Other tools of the server are approved: where what is not is held back, its clients get other lists. */
  #toolsChanged(server: string): void {
    this.#policies.heldChanged(server);
    this.#groups.limitsChanged();
    this.#options.changed();
  }

  /** Whether a request comes from a remote server of ours, whose URL leads back here through other addresses. */
  #isOurs({ headers }: IncomingMessage): boolean {
    const sender = headers[INSTANCE_FIELD];
    return sender !== undefined && sender === this.#options.dialer?.pseudonym;
  }

  #leadsBack(): HttpFault {
    const message = this.#context.text().servers.remote.causes.ourselves;
    const fields = [INSTANCE_FIELD, this.#options.dialer?.pseudonym ?? ''];
    return { status: 508, error: { code: CODE.badRequest, message }, fields };
  }

  /** Bytes of messages that servers have not taken yet. */
  #waiting(): number {
    let bytes = 0;
    for (const { server } of this.#served.values()) bytes += server.waiting;
    return bytes;
  }

  #serve(setting: ServerSetting): void {
    const server: Server = isRemote(setting)
      ? new RemoteServer(setting, {
          ...this.#serverContext,
          dialer: this.#options.dialer,
          desk: this.#options.desk,
          answers: this.#options.answers,
          pins: this.#options.pins,
          signedIn: () => {
            const served = this.#served.get(setting.name);
            if (served !== undefined) endUseByOthers(served);
            this.#groups.endUseByOthers();
          },
          patience: this.#context.times.remotePatience,
        })
      : new ProcessServer(setting, this.#serverContext);
    this.#served.set(setting.name, this.#endpoints(server, this.#recorder.server(setting.name)));
  }

  /** `route` is that of an address which several servers share. */
  #endpoints<Of extends Server>(server: Of, recorder: ServerRecorder, route?: RouteToMember): Served<Of> {
    const negotiated = new NegotiatedRevision(() => server.setting);
    const sessions = this.#sessions.share();
    const scopes = () => this.#scopes(server);
    const { evictable } = this.#context.times;
    /** What servers share an address has no lists of its own. */
    const saw: BridgeContext['saw'] = (method, params, result) => {
      if (!this.#served.has(server.name)) return;
      this.#lists.saw(server.name, method, params, result, this.#secretsOf(server.name));
    };
    const makeRoom = {
      evict: (principal: string | null) => evict(scopes(), principal, evictable, performance.now()),
      freeIn: (principal: string) => freeIn(scopes(), principal, evictable, performance.now()),
    };
    const guarding = { policies: this.#policies, saw };
    const openPeer = openSessionPeer(negotiated, recorder, this.#context.text, guarding);
    const context: BridgeContext = { ...this.#context, sessions, makeRoom, recorder, saw, openPeer };
    const stateless = new StatelessEndpoint(server, negotiated, context, route);
    return {
      server,
      openPeer,
      recorder,
      stateless,
      httpSse: new HttpSse(server, context),
      streamable: new Streamable(server, stateless, context),
      stdio: new Stdio(server, context),
      sessions,
      usedByOthers: false,
    };
  }

  /** Texts of a server that must not stand in a file of lists. */
  #secretsOf(name: string): readonly string[] {
    const { setting } = this.#served.get(name)?.server ?? {};
    if (setting === undefined) return [];
    return isRemote(setting) ? remoteSecrets(setting) : launchSecrets(setting);
  }

  /** Once for each rule, until the bridge is gone. */
  #warnOfUnmatched(server: string): void {
    for (const { thing, patterns } of unmatchedIn(this.#settings, this.#lists, server)) {
      const untold = patterns.filter((pattern) => !this.#unmatched.has(`${server} ${thing} ${pattern}`));
      for (const pattern of untold) this.#unmatched.add(`${server} ${thing} ${pattern}`);
      const { text, log } = this.#context;
      if (untold.length > 0) log.warn(text().bridge.policy.unmatched[thing](server, untold));
    }
  }

  /** Where a session may be ended in favour of a newcomer of this server. */
  #scopes(server: Server): readonly EvictionScope[] {
    const all = [...this.#served.values(), ...this.#groups.served()];
    const own = all.find((one) => one.server === server);
    const others = all.filter((served) => served !== own);
    return [...(own === undefined ? [] : [own]), ...others].map(({ streamable, sessions }) => ({
      isOver: sessions.isOver,
      sessions: () => streamable.evictable(),
    }));
  }

  #remove(name: string): void {
    const served = this.#served.get(name);
    if (served === undefined) return;
    this.#served.delete(name);
    const left = stop(served).finally(() => {
      served.server.discard();
      if (!this.#served.has(name)) this.#recorder.forget(name);
      served.sessions.close();
      this.#leaving.delete(left);
    });
    this.#leaving.add(left);
  }

  /** The client of a reverse proxy may be on any machine, whatever its connection looks like. */
  #admitted(
    route: Route,
    { request, caller: { isRemote: isOther }, scope }: Pick<HttpExchange, 'request' | 'caller' | 'scope'>,
  ): Served | HttpFault {
    const served = this.#servedBy(route, scope);
    if ('error' in served || !(isOther || isForwarded(request))) return served;
    if (!served.server.servesOthers) return this.#forOwnerOnly(served.server.name);
    served.usedByOthers = true;
    return served;
  }

  #forOwnerOnly(server: string): HttpFault {
    const message = this.#context.text().servers.remote.ownerOnly(server);
    return { status: 403, error: { code: CODE.badRequest, message, data: { reason: 'lan-credentials', server } } };
  }

  #servedBy({ server, group, set }: Route, scope: Scope): Served | HttpFault {
    const { text } = this.#context;
    if (set !== null && !this.#settings.sets.some(({ name }) => name === set)) return this.#unknownSet(set);
    if (group !== undefined) return this.#groups.servedBy(group, scope);
    const wanted = server ?? this.#defaultIn(scope);
    const served =
      this.#served.get(wanted) ?? this.#served.get(serverNamed(wanted, this.#settings.servers)?.name ?? '');
    if (served !== undefined && this.#policies.includes(served.server.name, scope)) return served;
    const names = this.#namesIn(scope);
    if (server !== null) return this.#unknown(server, names);
    if (this.#policies.setsOf(scope) !== null) return this.#notInSet(scope);
    return { status: 400, error: { code: CODE.badRequest, message: text().servers.noServer } };
  }

  #notInSet(scope: Scope): HttpFault {
    const servers = this.#namesIn(scope);
    const message = this.#context.text().servers.noServerInSet(servers);
    return { status: 400, error: { code: CODE.badRequest, message, data: { servers } } };
  }

  /** The default server, or the only one of the sets that limit a client; an empty text where the client has to name one. */
  #defaultIn(scope: Scope): string {
    const { defaultServer } = this.#settings;
    if (this.#policies.setsOf(scope) === null) return defaultServer ?? '';
    const names = this.#namesIn(scope);
    const [only = ''] = names;
    return defaultServer !== null && names.includes(defaultServer) ? defaultServer : names.length === 1 ? only : '';
  }

  #namesIn(scope: Scope): readonly string[] {
    return [...this.#served.keys()].filter((name) => this.#policies.includes(name, scope));
  }

  #unknown(server: string, names: readonly string[]): HttpFault {
    const message = this.#context.text().servers.unknownServer(server, names);
    return { status: 404, error: { code: CODE.badRequest, message, data: { servers: names } } };
  }

  #unknownSet(set: string): HttpFault {
    const sets = this.#settings.sets.map(({ name }) => name);
    const message = this.#context.text().servers.unknownSet(set, sets);
    return { status: 404, error: { code: CODE.badRequest, message, data: { sets } } };
  }
}

function enter(served: Served, route: Route, exchange: HttpExchange, text: Text): void {
  switch (route.kind) {
    case 'mcp':
      served.streamable.handle(exchange);
      break;
    case 'sse':
      served.httpSse.open(exchange, messagesPath(route));
      break;
    case 'messages':
      served.httpSse.post(exchange);
      break;
    case 'stdio':
      respondWithFault(exchange.response, stdioWanted(exchange.request, text));
      break;
    default:
      route.kind satisfies never;
  }
}
