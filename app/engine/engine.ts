import packageJson from '../../package.json' with { type: 'json' };
import { Current } from '../base/current.ts';
import type { Log } from '../base/log.ts';
import { directTargets } from '../base/upstream.ts';
import { Bridge, type GroupRecord, type StdioRequest } from '../bridge/index.ts';
import { OriginPool } from '../dial/http/index.ts';
import { createDialer, type Dialer } from '../dial/index.ts';
import { CALLBACK_PATH, createGateway, Descriptors, type Gateway } from '../gateway/index.ts';
import { type Text, textIn } from '../i18n/index.ts';
import { Recorder, recordedServers, serversByLabel } from '../inspect/index.ts';
import { askGangway } from '../platform/port/index.ts';
import { loginPath, wantsLoginPath } from '../platform/shell/index.ts';
import {
  type ConnectRequest,
  connect,
  createForward,
  FailureLog,
  type Forward,
  type IsAllowed,
  LastRequests,
  type ProxyContext,
  TcpForwards,
  Tunnels,
} from '../proxy/index.ts';
import {
  type AnswerMemory,
  type ApprovedTool,
  type CertificateFacts,
  type KnownLists,
  type ListedTool,
  listedTools,
  memorySignIns,
  type Pins,
  type RemoteServer,
  type RemoteTrial,
  SignInDesk,
  type SignInFacts,
  type SignInOptions,
  type SignInStore,
  type ToolApprovals,
  type ToolChange,
  tryRemote,
} from '../servers/index.ts';
import { unknownNames } from '../settings/check.ts';
import { isRemote, type RemoteSetting, type Settings } from '../settings/settings.ts';
import { statusPages } from './pages.ts';
import {
  type Delta,
  DeltaFeed,
  type EngineSnapshot,
  type EngineState,
  type Listening,
  type TunnelView,
  viewOf,
} from './snapshot.ts';

/** Milliseconds in which our own port answers; after them it is as good as gone. */
const PROBE_MS = 2000;

export interface EngineOptions {
  readonly settings: Settings;
  readonly log: Log;
  /** A token for this process's requests to its own port; none if left out. */
  readonly own?: string | null;
  /** Remembers what passes, for longer than this engine lives; one of its own if left out. */
  readonly recorder?: Recorder;
  /** Where the process groups of servers are written down, for the next start after a crash; nowhere if left out. */
  readonly groups?: GroupRecord | undefined;
  /** The PATH that commands are searched in, null for our own; if left out, a login shell is asked when a desktop has started us. */
  readonly searchPath?: () => string | null | Promise<string | null>;
  /** Where the sign-ins to servers are kept; they are gone with this process if left out. */
  readonly signIns?: SignInStore | undefined;
  /** Where what servers with a URL last said of themselves is kept; it is gone with this process if left out. */
  readonly answers?: AnswerMemory | undefined;
  /** Where their certificates that a person trusts are kept; they are forgotten with this process if left out. */
  readonly pins?: Pins | undefined;
  /** Where what servers last listed is kept; it is gone with this process if left out. */
  readonly lists?: KnownLists | undefined;
  /** Where the tools that are approved are kept; they are gone with this process if left out. */
  readonly approvals?: ToolApprovals | undefined;
  /** How many names may be looked up at a time; the result of `widenThreadPool`. */
  readonly lookupSlots?: number;
}

/** The settings that name servers. */
const NAMING = ['servers', 'sets', 'recordContents'] as const;

/** The product without a user interface: the one object that the command line and the app hold. */
export class Engine {
  readonly #log: Log;
  /** For what is said of the settings. */
  readonly #config: Log;
  readonly #tunnels: Tunnels;
  readonly #failures: FailureLog;
  readonly #lastRequests: LastRequests;
  readonly #dialer: Dialer;
  readonly #forwards: TcpForwards;
  readonly #forward: Forward;
  readonly #gateway: Gateway;
  readonly #descriptors: Descriptors;
  readonly #bridge: Bridge;
  readonly #feed: DeltaFeed<EngineState>;
  readonly #proxy: ProxyContext;
  readonly #desk: SignInDesk;
  readonly #groups: GroupRecord | undefined;
  readonly #recorder: Recorder;
  readonly #settings: Current<Settings>;
  readonly #text: Current<Text>;
  readonly #ownPorts = new Set<number>();
  #startedAt: number | null = null;
  #isDraining = false;
  #toldOfNames: readonly string[] = [];

  constructor(options: EngineOptions) {
    const { settings, log, own = null, groups, searchPath = ownSearchPath(log), lookupSlots } = options;
    this.#desk = new SignInDesk(
      options.signIns ?? memorySignIns(),
      (host) => `http://${host}:${this.listening[0]?.port ?? this.#settings.value.port}${CALLBACK_PATH}`,
    );
    this.#groups = groups;
    this.#settings = new Current(settings);
    this.#text = new Current(textIn(settings.language));
    this.#feed = new DeltaFeed(
      () => this.#tunnels.list().map(viewOf),
      () => this.state(),
    );
    this.#tunnels = new Tunnels(this.#feed.changed);
    this.#descriptors = new Descriptors({
      short: (limit) => {
        log.warn(
          'File descriptors are running out: new connections are answered 503 until some are closed (ulimit -n)',
          {
            limit,
          },
        );
        this.#gateway.closeIdle();
        this.#forward.dropIdle();
      },
      recovered: (refused) => log.info('There are file descriptors again', { refused }),
    });
    this.#recorder = options.recorder ?? new Recorder();
    this.#applyToRecorder(settings);
    this.#lastRequests = new LastRequests(this.#feed.changed);
    this.#failures = new FailureLog(this.#tunnels, this.#lastRequests, log.from('proxy'));
    this.#dialer = createDialer({
      ...settings,
      ownPorts: this.#ownPorts,
      mayOpen: this.#descriptors.mayOpen,
      lends: (port) => this.#lends(port),
      ...(lookupSlots === undefined ? {} : { lookupSlots }),
    });
    const proxy: ProxyContext = {
      dialer: this.#dialer,
      origins: new OriginPool(),
      tunnels: this.#tunnels,
      failures: this.#failures,
      lastRequests: this.#lastRequests,
      recorder: this.#recorder,
      log: log.from('proxy'),
      settings: this.#settings.get,
      text: this.#text.get,
    };
    this.#log = log.from('proxy');
    this.#config = log.from('config');
    this.#warnOfNoProxy();
    this.#warnOfUnknownNames();
    this.#proxy = proxy;
    this.#forwards = new TcpForwards(proxy);
    this.#forward = createForward(proxy);
    this.#bridge = new Bridge({
      settings,
      log,
      text: this.#text.get,
      changed: this.#feed.changed,
      recorder: this.#recorder,
      searchPath,
      groups,
      dialer: this.#dialer,
      desk: this.#desk,
      answers: options.answers,
      pins: options.pins,
      lists: options.lists,
      approvals: options.approvals,
    });
    this.#recorder.protect((server) => this.#bridge.remotes.tokensOf(server));
    this.#gateway = createGateway({
      guard: settings,
      own,
      used: this.#feed.changed,
      proxy,
      forward: this.#forward,
      routes: {
        pages: statusPages({
          isDraining: () => this.#isDraining,
          readiness: () => this.#bridge.readiness(),
          settings: this.#settings.get,
          snapshot: () => this.snapshot(),
          text: this.#text.get,
          tools: () => this.#recorder.tools(),
        }),
        endpoints: this.#bridge,
        callback: (parameters) => this.#desk.answer(parameters, null),
      },
      ownPorts: this.#ownPorts,
      descriptors: this.#descriptors,
      log: log.from('gateway'),
      text: this.#text.get,
    });
  }

  /** Opens the port and the TCP forwards. Rejects, with nothing left open, when one of them cannot be had. */
  async start(): Promise<readonly Listening[]> {
    // Not awaited: processes left over from a crash may take seconds to end.
    void this.#groups?.open();
    await this.#gateway.listen(this.#settings.value);
    try {
      await this.#forwards.apply(this.#settings.value.forwards);
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#startedAt = Date.now();
    this.#feed.changed();
    return this.listening;
  }

  /**
   * New settings, live: what did not change is not disturbed. Rejects when a port cannot be had; the port that was open
   * stays open then, unless not even that can be had any more; so do the TCP forwards that could be bound.
   */
  async apply(settings: Settings): Promise<void> {
    const before = this.#settings.value;
    const moved = settings.host !== before.host || settings.port !== before.port;
    const lost = this.listening.length === 0;
    const noProxyChanged = settings.noProxy !== before.noProxy;
    if ((moved || lost) && this.#startedAt !== null) await this.#gateway.rebind(settings);
    this.#settings.value = settings;
    this.#text.value = textIn(settings.language);
    this.#gateway.apply(settings);
    this.#dialer.apply(settings);
    this.#applyToRecorder(settings);
    if (noProxyChanged) this.#warnOfNoProxy();
    if (NAMING.some((key) => settings[key] !== before[key])) this.#warnOfUnknownNames();
    this.#bridge.apply(settings);
    if (rulesOf(settings) !== rulesOf(before)) this.#endWhatIsNotAllowed();
    if (this.#startedAt !== null) await this.#forwards.apply(settings.forwards);
    this.#feed.changed();
  }

  /** Whether clients on other machines may reach this port of this machine. */
  #lends(port: number): boolean {
    const { forwards, lanForwards, lanLoopback } = this.#settings.value;
    return forwards.some((forward) => forward.port === port) ? lanForwards : lanLoopback;
  }

  /** New connections are checked when they are dialled; what is open by now was checked by other rules. */
  #endWhatIsNotAllowed(): void {
    const { deniedPorts } = this.#settings.value;
    const isAllowed: IsAllowed = ({ port }, isLent) => !deniedPorts.includes(port) && (!isLent || this.#lends(port));
    this.#tunnels.closeUnless(isAllowed);
    this.#forward.endUnless(isAllowed);
  }

  /** From now on /readyz is 503, so that a load balancer sends no new client. Everything is served as before, until `stop`. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Closes everything that is open; requests and tunnels under way get a second to finish. */
  async stop(): Promise<void> {
    await this.#forwards.stop();
    await Promise.all([this.#gateway.close(), this.#bridge.stop()]);
    this.#tunnels.closeAll();
    this.#forward.stop();
    this.#descriptors.stop();
    this.#recorder.wipe();
    this.#startedAt = null;
    this.#isDraining = false;
    this.#feed.changed();
  }

  /** This machine has slept, or is in another network: cached names and idle connections go; established ones stay. */
  forgetNetwork(): void {
    this.#dialer.forgetNames();
    this.#forward.dropIdle();
    this.#bridge.forgetNetwork();
  }

  /** Whether the port still answers; null while there is none. No token is shown: another program may have the port by now. */
  async answers(): Promise<boolean | null> {
    const [first] = this.listening;
    if (first === undefined) return null;
    const { kind } = await askGangway({ ...first, path: '/healthz', timeout: PROBE_MS });
    return kind === 'page' || kind === 'token-required';
  }

  /** Opens the port again where it is, after a sleep has closed its listeners. Rejects when it cannot be bound. */
  async reopen(): Promise<void> {
    const { host, port } = this.#settings.value;
    await this.#gateway.rebind({ host, port: this.listening[0]?.port ?? port });
    this.#feed.changed();
  }

  /** Milliseconds since the epoch; null while off. */
  get startedAt(): number | null {
    return this.#startedAt;
  }

  snapshot(): EngineSnapshot {
    return {
      product: 'mcp-gangway',
      version: packageJson.version,
      pid: process.pid,
      startedAt: this.#startedAt,
      ...this.state(),
      tunnels: this.#tunnels.list().map(viewOf),
    };
  }

  /** Everything but the tunnels. */
  state(): EngineState {
    return {
      listening: this.listening,
      forwards: this.#forwards.list(),
      totals: { ...this.#tunnels.totals },
      failures: this.#failures.list(this.#text.value),
      lastRequests: this.#lastRequests.list(),
      tokens: this.#gateway.tokens(),
      bridge: this.#bridge.snapshot(),
      defaultServer: this.#settings.value.defaultServer,
      activity: this.#recorder.servers().filter(({ minutes, median }) => median !== null || minutes.length > 0),
      recordContents: [...recordedServers(this.#settings.value).keys()],
    };
  }

  /** The tunnels as the deltas have sent them so far: a state made of them fits the next delta. */
  get sentTunnels(): readonly TunnelView[] {
    return this.#feed.sent;
  }

  /** What has changed, at most four times a second. Returns the unsubscribe. */
  subscribe(listener: (delta: Delta<EngineState>) => void): () => void {
    return this.#feed.subscribe(listener);
  }

  /** False when the tunnel is gone already. */
  closeTunnel(id: TunnelView['id']): boolean {
    return this.#tunnels.close(id);
  }

  closeAllTunnels(): void {
    this.#tunnels.closeAll();
  }

  /** Ends the children of a server; the next client gets a new one. */
  restartServer(name: string): Promise<void> {
    const gone = this.#bridge.restart(name);
    this.#feed.changed();
    return gone;
  }

  /** Ends the children of a server and starts none until `startServer`. */
  stopServer(name: string): Promise<void> {
    const gone = this.#bridge.stopServer(name);
    // One that runs no process has no end to tell of.
    this.#feed.changed();
    return gone;
  }

  startServer(name: string): void {
    this.#bridge.startServer(name);
    this.#feed.changed();
  }

  /** The tools that a server last listed; null where none are known. */
  toolsOf(server: string): readonly ListedTool[] | null {
    return listedTools(this.#bridge.lists.of(server));
  }

  /** The tools of a server that are not as they were approved. */
  toolChanges(server: string): readonly ToolChange[] {
    return this.#bridge.approvals.changesOf(server);
  }

  /** Approves tools as they were seen. Answers the names of those that are not so any more. */
  approveTools(server: string, tools: readonly ApprovedTool[]): readonly string[] {
    return this.#bridge.approvals.approve(server, tools);
  }

  /** Signs in to a server that is reached by a URL. Rejects with SignInError. */
  signIn(name: string, options: SignInOptions): Promise<SignInFacts> {
    return this.#bridge.remotes.signIn(name, options);
  }

  /** The server that is served from this very setting; null when there is none. */
  servedRemote(setting: RemoteSetting): RemoteServer | null {
    return this.#bridge.remotes.servedRemote(setting);
  }

  /** Revokes and forgets the tokens of a server; false when there were none. Rejects with SignInError. */
  signOut(name: string): Promise<boolean> {
    return this.#bridge.remotes.signOut(name);
  }

  /** The certificate that a server with a URL shows now and that is not trusted. Rejects with TrustError where there is none. */
  certificate(name: string): Promise<CertificateFacts> {
    return this.#bridge.remotes.certificate(name);
  }

  /** Trusts that certificate, from now on and no other; `fingerprint` is the SHA-256 that a person has seen. Rejects with TrustError. */
  async trust(name: string, fingerprint: string): Promise<void> {
    await this.#bridge.remotes.trust(name, fingerprint);
    this.#feed.changed();
  }

  /** Takes back what `trust` did; false when there was nothing. Rejects with TrustError. */
  async untrust(name: string): Promise<boolean> {
    const wasTrusted = await this.#bridge.remotes.untrust(name);
    this.#feed.changed();
    return wasTrusted;
  }

  /**
   * How a server with a URL answers just now, asked as a client would be: by its name here, or one of a client's file, with what stands
   * there and no sign-in of ours. Null where none has that name.
   */
  async tryRemote(
    server: string | RemoteSetting,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<RemoteTrial | null> {
    const isOurs = typeof server === 'string';
    const setting = isOurs ? this.#settings.value.servers.find(({ name }) => name === server) : server;
    if (setting === undefined || !isRemote(setting)) return null;
    return tryRemote(setting, isOurs ? this.servedRemote(setting) : null, {
      log: this.#log,
      text: this.#text.get,
      dialer: this.#dialer,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** The address that a browser has come back to, pasted for a server. False when no sign-in to it waits for that. */
  async pasteCallback(name: string, address: string): Promise<boolean> {
    const parameters = URL.parse(address.trim())?.searchParams;
    return parameters !== undefined && (await this.#desk.answer(parameters, name)) !== null;
  }

  #applyToRecorder(settings: Settings): void {
    this.#recorder.attribute(serversByLabel(settings));
    this.#recorder.keepContents(recordedServers(settings));
  }

  #warnOfNoProxy(): void {
    // Node's BlockList takes 10 ms to load.
    if (this.#settings.value.noProxy === '') return;
    for (const entry of directTargets(this.#settings.value.noProxy).unknown) {
      this.#log.warn(this.#text.value.failures.noProxyUnknown(entry));
    }
  }

  /** Each thing once, until it is another one. */
  #warnOfUnknownNames(): void {
    const sentences = unknownNames(this.#settings.value, this.#text.value);
    for (const sentence of sentences) if (!this.#toldOfNames.includes(sentence)) this.#config.warn(sentence);
    this.#toldOfNames = sentences;
  }

  /** Makes a connection the stdin and stdout of a server's process; null is the default server. */
  connectStdio(server: string | null, request: Omit<StdioRequest, 'scope'>, passed?: string): void {
    this.#bridge.connectStdio(server, request, passed);
  }

  /** Serves a connection as if it had sent a CONNECT that the guard has let through, answer and all. */
  openTunnel(request: ConnectRequest): void {
    connect(this.#proxy, request);
  }

  /** What passed, and what passes. */
  get recorder(): Recorder {
    return this.#recorder;
  }

  /** Settings in force. */
  get settings(): Settings {
    return this.#settings.value;
  }

  /** The addresses that are open, that of the port's setting first. */
  get listening(): readonly Listening[] {
    return this.#gateway.addresses().map(({ address, port }) => ({ host: address, port }));
  }

  /** How often each tool of a server has answered since the port was opened, by its name; those in use most are told apart. */
  callsOf(server: string): ReadonlyMap<string, number> {
    const own = this.#recorder.tools().filter((tool) => tool.server === server);
    return new Map(own.map(({ tool, latency }) => [tool, latency.count]));
  }
}

function ownSearchPath(log: Log): () => string | null | Promise<string | null> {
  return wantsLoginPath(process.env, process.platform) ? loginPath({ log, env: process.env }) : () => null;
}

/** The settings that say which targets may be reached, and from where. */
function rulesOf({ deniedPorts, forwards, lanForwards, lanLoopback }: Settings): string {
  return JSON.stringify([deniedPorts, forwards, lanForwards, lanLoopback]);
}
