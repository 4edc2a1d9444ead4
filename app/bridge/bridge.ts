import type { IncomingMessage, ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { Ticker } from '../base/clock.ts';
import { INSTANCE_FIELD } from '../base/instances.ts';
import type { Log } from '../base/log.ts';
import { stdioPath } from '../base/stdio-upgrade.ts';
import type { ClientIdentity, Upgrade } from '../gateway/index.ts';
import type { Text } from '../i18n/index.ts';
import { Recorder, type ServerRecorder } from '../inspect/index.ts';
import { CODE } from '../mcp/jsonrpc/index.ts';
import {
  type AnswerMemory,
  KnownLists,
  type Pins,
  ProcessServer,
  Quota,
  RemoteServer,
  type RemoteServerContext,
  type Server,
  type ServerContext,
  type SignInDesk,
  Spares,
  serverSecrets,
  ToolApprovals,
  tellOfInstructions,
} from '../servers/index.ts';
import { GRACES, type Graces, type GroupRecord } from '../servers/process/index.ts';
import { isRemote, type ServerSetting, type Settings } from '../settings/settings.ts';
import { type EvictionScope, evict, freeIn } from './admission.ts';
import { BRIDGE_TIMES, type BridgeContext, type BridgeTimes, RequestLatency } from './context.ts';
import { Groups } from './groups.ts';
import { hopsIn, passedOn, startedOn } from './hops.ts';
import {
  budgetFor,
  type HttpExchange,
  type HttpFault,
  MessageBudget,
  respondWithFault,
  SlabPool,
} from './http/index.ts';
import { HttpSse } from './http-sse.ts';
import { Policies, UnmatchedRules } from './policy/index.ts';
import { RemoteServers } from './remote-servers.ts';
import { messagesPath, principalIn, type Route, routeOf, ServerLookup, scopeWithin } from './routes.ts';
import {
  type BridgeSnapshot,
  endUseByOthers,
  type Readiness,
  readinessOf,
  restart,
  type Served,
  type ServerSnapshot,
  sessionsOf,
  stop,
} from './served.ts';
import { openSessionPeer } from './session-peer.ts';
import { asksForStdio, Stdio, type StdioRequest, stdioWanted } from './stdio.ts';
import { Streamable } from './streamable/endpoint.ts';
import { type MemberRoutes, StatelessEndpoint } from './streamable/stateless/endpoint.ts';
import { NegotiatedRevision } from './translate/index.ts';

const NEEDED = ['servers', 'sets', 'tokens', 'defaultServer', 'limits'] as const;
const OPTIONAL = ['groups', 'toolNameLength'] as const;

/** The settings that concern the bridge. */
export type BridgeSettings = Pick<Settings, (typeof NEEDED)[number]> &
  Partial<Pick<Settings, (typeof OPTIONAL)[number]>>;

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
  readonly dialer?: RemoteServerContext['dialer'];
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

/** A server without the rules for what it lets through: another rule makes no other server. */
function sourceOf(setting: ServerSetting): ServerSetting {
  const { tools: _tools, prompts: _prompts, resources: _resources, changes: _changes, ...source } = setting;
  return source;
}

/** The inbound half: MCP servers behind HTTP, for every generation of client. */
export class Bridge {
  /** Sign-ins to the servers that are reached by a URL, and their certificates. */
  readonly remotes: RemoteServers;
  readonly #options: BridgeOptions;
  readonly #context: Omit<BridgeContext, 'openPeer' | 'saw' | 'sessions' | 'makeRoom' | 'recorder'>;
  readonly #recorder: Recorder;
  readonly #lists: KnownLists;
  readonly #approvals: ToolApprovals;
  readonly #policies: Policies;
  readonly #unsubscribes: readonly (() => void)[];
  readonly #unmatched: UnmatchedRules;
  readonly #sessions = new Quota(() => this.#settings.limits.sessions, true);
  readonly #serverContext: ServerContext;
  readonly #served = new Map<string, Served>();
  readonly #groups: Groups;
  readonly #lookup: ServerLookup;
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
    this.#unmatched = new UnmatchedRules({
      settings: () => this.#settings,
      lists: this.#lists,
      log: log.from('bridge'),
      text,
    });
    this.#unsubscribes = [
      this.#lists.subscribe({ changed: (server) => this.#unmatched.look(server) }),
      this.#approvals.follow(this.#lists),
      tellOfInstructions(this.#lists, log.from('bridge')),
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
      slabs: new SlabPool(),
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
      instance: options.dialer?.pseudonym,
      changed,
    };
    this.#groups = new Groups({
      log: this.#context.log,
      text,
      lists: this.#lists,
      policies: this.#policies,
      settings: () => this.#settings,
      served: (name) => this.#served.get(name),
      serve: (server, routes) => this.#endpoints(server, this.#recorder.server(server.name, true), routes),
    });
    this.remotes = new RemoteServers(this.#served);
    this.#lookup = new ServerLookup({
      text,
      settings: () => this.#settings,
      policies: this.#policies,
      served: this.#served,
      servedByGroup: (group, scope) => this.#groups.servedBy(group, scope),
    });
    this.#approvals.apply(options.settings.servers);
    for (const setting of options.settings.servers) this.#serve(sourceOf(setting));
  }

  /** Whether an origin-form request target names an endpoint of ours, with whatever server. */
  readonly isEndpoint = (target: string): boolean => routeOf(target) !== null;

  /** Answers a request that the guard has let through; false when no endpoint of ours has that path. */
  handle(request: IncomingMessage, response: ServerResponse, caller: ClientIdentity): boolean {
    const route = routeOf(request.url ?? '');
    if (route === null) return false;
    const exchange = this.#exchange(route, request, response, caller);
    const served = exchange === null ? this.#leadsBack(request) : this.#lookup.admitted(route, exchange);
    if ('error' in served) respondWithFault(response, served);
    else if (exchange !== null)
      enter(served, route, { ...exchange, scope: scopeWithin(route, exchange.scope) }, this.#context.text());
    return true;
  }

  /** Whether a request asks to switch to a protocol that the endpoint on its path speaks. */
  switches(request: IncomingMessage): boolean {
    return asksForStdio(request) && routeOf(request.url ?? '')?.kind === 'stdio';
  }

  /**
   * Answers such a request, once the guard has let it through: by switching, after which the connection is ours, or by an
   * ordinary answer on `response`, which holds the socket until then.
   */
  handleUpgrade(request: IncomingMessage, response: ServerResponse, caller: ClientIdentity, upgrade: Upgrade): void {
    const route = routeOf(request.url ?? '');
    if (route === null) throw new Error('an upgrade on a path that was never ours');
    const exchange = this.#exchange(route, request, response, caller);
    const served = exchange === null ? this.#startsItself() : this.#lookup.admitted(route, exchange);
    if ('error' in served) respondWithFault(response, served);
    else if (exchange !== null) served.stdio.open({ ...exchange, scope: scopeWithin(route, exchange.scope) }, upgrade);
  }

  /** Null where the request has been here already, on its way through servers with a URL, or has come too far. */
  #exchange(
    { set, kind }: Route,
    request: IncomingMessage,
    response: ServerResponse,
    caller: ClientIdentity,
  ): HttpExchange | null {
    const passed = fieldOf(request);
    const own = this.#options.dialer?.pseudonym;
    const via =
      passed === undefined || own === undefined ? own : (kind === 'stdio' ? startedOn : passedOn)(passed, own);
    // So that the other one knows to whom its URL leads.
    if (passed !== undefined && own !== undefined) response.setHeader(INSTANCE_FIELD, own);
    if (via === null) return null;
    const { principal } = caller;
    const inSet = set === null ? caller : { ...caller, principal: principalIn(set, principal) };
    return { request, response, caller: inSet, scope: { set, principal, via }, arrivedAt: performance.now() };
  }

  /**
   * As an upgrade on a server's stdio endpoint, for a connection that comes another way; null is the default server. A path stands for
   * several servers, or for a set: no server's name holds a slash. `passed` names the instances that have started the client.
   */
  connectStdio(server: string | null, request: Omit<StdioRequest, 'scope'>, passed?: string): void {
    const own = this.#options.dialer?.pseudonym;
    const via = passed === undefined || own === undefined ? own : startedOn(passed, own);
    if (via === null) return request.refuse(this.#startsItself());
    const written = server?.startsWith('/') === true ? routeOf(stdioPath(server)) : null;
    const route: Route = written ?? { server, set: null, kind: 'stdio' };
    const { set } = route;
    const scope = { set, principal: request.principal, via };
    const served = this.#lookup.servedBy(route, scope);
    if ('error' in served) request.refuse(served);
    else {
      const principal = principalIn(set, request.principal);
      served.stdio.connect({ ...request, principal, scope: scopeWithin(route, scope) });
    }
  }

  /** Takes over other servers or limits. Only what changed is restarted; sessions of servers that did not change go on. */
  apply(settings: BridgeSettings): void {
    const before = this.#settings;
    this.#settings = settings;
    if ([...NEEDED, ...OPTIONAL].every((key) => isDeepStrictEqual(settings[key], before[key]))) return;
    const wanted = new Map(settings.servers.map((setting) => [setting.name, setting]));
    for (const name of this.#served.keys()) if (!wanted.has(name)) this.#remove(name);
    this.#approvals.apply(settings.servers);
    this.#policies.apply(settings);
    for (const name of this.#served.keys()) this.#unmatched.look(name);
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
    return readinessOf(this.snapshot());
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

  /** A server is `mcp-gangway connect`, here or where that leads to. */
  #startsItself(): HttpFault {
    const { startsItself: message } = this.#context.text().servers;
    return { status: 508, error: { code: CODE.badRequest, message, data: { reason: 'circle' } } };
  }

  /** It has come straight from here, or through others. */
  #leadsBack(request: IncomingMessage): HttpFault {
    const { ourselves, circle } = this.#context.text().servers.remote.causes;
    const isOurs = hopsIn(fieldOf(request) ?? '').at(-1) === this.#options.dialer?.pseudonym;
    const message = isOurs ? ourselves : circle;
    return { status: 508, error: { code: CODE.badRequest, message, data: { reason: 'circle' } } };
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
          speaks: (era) => this.#served.get(setting.name)?.stateless.speaks(era),
          patience: this.#context.times.remotePatience,
          met: () => this.#groups.membersChanged(),
        })
      : new ProcessServer(setting, this.#serverContext);
    this.#served.set(setting.name, this.#endpoints(server, this.#recorder.server(setting.name)));
  }

  /** `routes` are those of an address which several servers share. */
  #endpoints<Of extends Server>(server: Of, recorder: ServerRecorder, routes?: MemberRoutes): Served<Of> {
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
    const stateless = new StatelessEndpoint(server, negotiated, context, routes);
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
    return setting === undefined ? [] : serverSecrets(setting);
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
}

function fieldOf({ headers }: IncomingMessage): string | undefined {
  const field = headers[INSTANCE_FIELD];
  return typeof field === 'string' ? field : field?.join(', ');
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
