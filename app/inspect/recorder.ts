import { idText } from '../mcp/jsonrpc/index.ts';
import { Call, type CallFacts, type CallOwner, type CallSession, type CallStart, type Transport } from './call.ts';
import { type CallContents, ContentStore, type KeptRequest } from './contents.ts';
import { type ActivityBatch, ActivityFeed } from './feed.ts';
import { ProxiedRequest, type RequestFacts, type RequestStart } from './proxied-request.ts';
import { Ring, type RingLimits } from './ring.ts';
import { type ServerActivity, ServerStatistics, type ToolLatency } from './statistics.ts';
import { ClientWire, ServerWire, type WireOwner } from './wire.ts';

/** What is kept of each kind of row. */
export interface RecorderLimits {
  readonly calls: RingLimits;
  readonly notifications: RingLimits;
  readonly requests: RingLimits;
}

const MEBIBYTE = 1024 * 1024;

const RECORDER_LIMITS: RecorderLimits = {
  calls: { rows: 20_000, bytes: 12 * MEBIBYTE },
  // Apart from the calls: one call may report a thousand times how far it is.
  notifications: { rows: 2000, bytes: MEBIBYTE },
  requests: { rows: 5000, bytes: 4 * MEBIBYTE },
};

/**
 * Notifications of one sender that are kept in so many milliseconds. A server may send 200,000 a second: a row for each would take
 * a tenth of the time that it takes to pass them on, and would push out all others.
 */
const WINDOW_NOTIFICATIONS = 200;
const WINDOW_MS = 100;

/** Takes so many within a window of time. */
class Window {
  #since = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** `now` as performance.now() tells it. */
  takes(now: number): boolean {
    if (now - this.#since >= WINDOW_MS) {
      this.#since = now;
      this.#count = 0;
    }
    return ++this.#count <= WINDOW_NOTIFICATIONS;
  }
}

const NO_CALLS: readonly Call[] = [];

/** What is kept, and how much of each kind had to go for it. Rows are in the order in which they began. */
export interface Activity {
  readonly calls: readonly CallFacts[];
  readonly requests: readonly RequestFacts[];
  readonly dropped: { readonly calls: number; readonly notifications: number; readonly requests: number };
}

/**
 * Remembers what passed, without contents: the calls of each server on both sides of a translation, and requests through the proxy.
 * Bounded by number and by bytes; what passes never waits for it.
 */
export class Recorder {
  readonly #calls: Ring<Call>;
  readonly #notifications: Ring<Call>;
  readonly #requests: Ring<ProxiedRequest>;
  readonly #feed = new ActivityFeed((row): row is Call => row instanceof Call);
  readonly #servers = new Map<string, ServerRecorder>();
  /** The server that shows this name to the proxy. */
  #serverOf: (label: string) => string | null;
  readonly #contents = new ContentStore();
  readonly #requestChanged = (row: ProxiedRequest): void => this.#feed.changed(row);
  #sequence = 0;
  #sessions = 0;

  /** `serverOf` tells which server shows a name to the proxy; null for a name that is none's. */
  constructor(serverOf: (label: string) => string | null = () => null, limits: RecorderLimits = RECORDER_LIMITS) {
    this.#serverOf = serverOf;
    this.#calls = new Ring(limits.calls);
    this.#notifications = new Ring(limits.notifications);
    this.#requests = new Ring(limits.requests);
  }

  /** As the argument of the constructor, from now on. */
  attribute(serverOf: (label: string) => string | null): void {
    this.#serverOf = serverOf;
  }

  /**
   * The part of it that belongs to one server. One that was removed and comes back goes on where it was. `isAggregate` is an address that
   * servers share: its calls are shown, and counted where they are made of those servers.
   */
  server(name: string, isAggregate = false): ServerRecorder {
    const known = this.#servers.get(name);
    if (known !== undefined) return known;
    const server = new ServerRecorder(name, isAggregate, {
      add: (start, owner) => this.#add(start, owner),
      skip: () => {
        this.#notifications.skip();
        this.#feed.skip();
      },
      changed: (call) => this.#feed.changed(call),
      session: () => ++this.#sessions,
      keep: (call, which, json) => this.#contents.add(name, call.sequence, which, json),
    });
    server.keepsContents = this.#contents.keeps(name);
    this.#servers.set(name, server);
    return server;
  }

  /** The server is not there any more: its numbers go, what passed stays as long as it is kept. */
  forget(name: string): void {
    this.#servers.delete(name);
  }

  /**
   * Keeps what messages of these servers say, whose secrets are given, and of no other; what was kept of others is wiped. Nothing of any is kept
   * unless this is called.
   */
  keepContents(servers: ReadonlyMap<string, readonly string[]>): void {
    this.#contents.keepOf(servers);
    for (const [name, server] of this.#servers) server.keepsContents = servers.has(name);
  }

  /** Hides these tokens of a server as well, as they are when its contents are shown. */
  protect(tokensOf: (server: string) => readonly string[]): void {
    this.#contents.tokensOf = tokensOf;
  }

  keepsContents(server: string): boolean {
    return this.#contents.keeps(server);
  }

  /** What a call said, without secrets; null where nothing of it is kept. */
  contents(sequence: number): CallContents | null {
    return this.#contents.of(sequence);
  }

  /** The request of a call as it was, for sending it again. */
  callRequest(sequence: number): KeptRequest {
    return this.#contents.request(sequence);
  }

  /** A call by its number; null where it is not kept any more. */
  call(sequence: number): CallFacts | null {
    return this.#calls.find(sequence)?.facts() ?? null;
  }

  /** The newest call of a client with this id, which is JSON text; null where there is none. Looks at all that are kept. */
  callWithId(id: string): CallFacts | null {
    const isIt = (call: Call): boolean => call.side === 'client' && call.from === 'client' && idText(call.id) === id;
    return this.#calls.newest().findLast(isIt)?.facts() ?? null;
  }

  /** Wipes all contents. */
  wipe(): void {
    this.#contents.clear();
  }

  /** A request to the proxy has come in. */
  request(start: RequestStart): ProxiedRequest {
    const server = this.#serverOf(start.label);
    const during = server === null ? NO_CALLS : (this.#servers.get(server)?.underWay() ?? NO_CALLS);
    const request = new ProxiedRequest(++this.#sequence, server, start, during, this.#requestChanged);
    this.#requests.add(request);
    for (const call of during) call.sawRequest(request.sequence);
    this.#feed.changed(request);
    return request;
  }

  /** The newest rows of each kind, at most `most` of each. */
  activity(most?: number): Activity {
    const rows = [...this.#calls.newest(most), ...this.#notifications.newest(most)];
    return {
      calls: rows.sort((one, other) => one.sequence - other.sequence).map((call) => call.facts()),
      requests: this.#requests.newest(most).map((request) => request.facts()),
      dropped: {
        calls: this.#calls.dropped,
        notifications: this.#notifications.dropped,
        requests: this.#requests.dropped,
      },
    };
  }

  /** Calls back with rows that are new or have changed, in batches. Returns the unsubscribe. */
  subscribe(listener: (batch: ActivityBatch) => void): () => void {
    return this.#feed.subscribe(listener);
  }

  /** As `subscribe`, of one server; null for all of them and for requests that belong to none. */
  follow(server: string | null, listener: (batch: ActivityBatch) => void): () => void {
    if (server === null) return this.subscribe(listener);
    return this.subscribe(({ calls, requests, missed }) => {
      const own = {
        calls: calls.filter((call) => call.server === server),
        requests: requests.filter((request) => request.server === server),
        missed,
      };
      if (own.calls.length > 0 || own.requests.length > 0 || missed > 0) listener(own);
    });
  }

  servers(now: number = performance.now()): readonly ServerActivity[] {
    return this.#counted().map((server) => server.statistics.facts(now));
  }

  tools(): readonly ToolLatency[] {
    return this.#counted().flatMap((server) => server.statistics.tools());
  }

  #counted(): readonly ServerRecorder[] {
    return [...this.#servers.values()].filter(({ isAggregate }) => !isAggregate);
  }

  clear(): void {
    this.#calls.clear();
    this.#notifications.clear();
    this.#requests.clear();
    this.#contents.clear();
  }

  #add(start: CallStart, owner: CallOwner): Call {
    const call = new Call(start, ++this.#sequence, owner);
    (start.kind === 'request' ? this.#calls : this.#notifications).add(call);
    this.#feed.changed(call);
    return call;
  }
}

interface Shared {
  add(start: CallStart, owner: CallOwner): Call;
  /** A notification is not kept. */
  skip(): void;
  changed(call: Call): void;
  /** Copies one message of a call. */
  keep(call: Call, which: 'sent' | 'received', json: Buffer): void;
  /** A number for another session. */
  session(): number;
}

/** Calls under way that requests of the proxy are told of: those of clients, which a server may act on. */
const NOT_ACTED_ON: ReadonlySet<string> = new Set(['initialize', 'ping', 'subscriptions/listen', 'server/discover']);

/** Clients without sessions that are told apart, by their names. */
const MOST_CLIENTS = 64;

/** Records what passes between the clients of one server and the server. */
export class ServerRecorder implements WireOwner, CallOwner {
  readonly #name: string;
  /** Its calls are counted where they are made of the servers behind it. */
  readonly isAggregate: boolean;
  readonly #shared: Shared;
  readonly #open = new Set<Call>();
  readonly #clients = new Map<string, ClientWire>();
  /** Notifications of the server, and of its clients. */
  readonly #said = new Window();
  readonly #heard = new Window();
  readonly statistics: ServerStatistics;
  /** Whether what messages say is kept. */
  keepsContents = false;

  constructor(name: string, isAggregate: boolean, shared: Shared) {
    this.#name = name;
    this.isAggregate = isAggregate;
    this.#shared = shared;
    this.statistics = new ServerStatistics(name);
  }

  /** A session of a client has begun. */
  session(transport: Transport): ClientWire {
    return new ClientWire({ server: this.#name, number: this.#shared.session(), transport, client: '' }, this);
  }

  /** The requests of a client of a revision without sessions, by the name that it gives. */
  stateless(client: string): ClientWire {
    const known = this.#clients.get(client);
    if (known !== undefined) return known;
    const [oldest] = this.#clients.keys();
    if (this.#clients.size >= MOST_CLIENTS && oldest !== undefined) this.#clients.delete(oldest);
    const wire = new ClientWire({ server: this.#name, number: 0, transport: 'stateless', client }, this);
    this.#clients.set(client, wire);
    return wire;
  }

  /** A translation to the server begins. */
  translation(): ServerWire {
    const session: CallSession = { server: this.#name, number: 0, transport: 'stateless', client: '' };
    return new ServerWire(session, this);
  }

  call(start: CallStart): Call {
    const call = this.#add(start);
    if (start.side === 'client' && start.from === 'client') {
      this.#open.add(call);
      if (!this.isAggregate) this.statistics.began(start.since);
    }
    return call;
  }

  notification(
    session: CallSession,
    side: 'client' | 'server',
    from: 'client' | 'server',
    method: string,
    json: Buffer,
    since: number,
  ): void {
    if (!(from === 'server' ? this.#said : this.#heard).takes(since)) return this.#shared.skip();
    this.#add({ session, side, from, kind: 'notification', method, target: '', id: null, json, since });
  }

  unserved(method: string, target: string): Call | null {
    for (const call of this.#open) {
      if (call.other === null && call.method === method && call.target === target) return call;
    }
    return null;
  }

  #add(start: CallStart): Call {
    const call = this.#shared.add(start, this);
    if (this.keepsContents) this.#shared.keep(call, 'sent', start.json);
    return call;
  }

  /** Calls of clients that the server may be acting on, oldest first. */
  underWay(): readonly Call[] {
    return [...this.#open].filter(({ method }) => !NOT_ACTED_ON.has(method));
  }

  changed(call: Call): void {
    this.#shared.changed(call);
  }

  answered(call: Call, json: Buffer): void {
    if (this.keepsContents) this.#shared.keep(call, 'received', json);
  }

  ended(call: Call): void {
    if (this.#open.delete(call) && !this.isAggregate) this.statistics.ended(call);
    this.#shared.changed(call);
  }
}
