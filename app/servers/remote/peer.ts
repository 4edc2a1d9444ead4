import type { Text } from '../../i18n/index.ts';
import { BoundedWarnings, type Log } from '../../log/index.ts';
import {
  CODE,
  editMembers,
  errorFor,
  type Frame,
  frameFrom,
  idIn,
  idText,
  type JsonRpcId,
  meantId,
  memberOf,
  type NotificationFrame,
  type RequestFrame,
  type ResponseFrame,
  scanEnds,
  writtenIdIn,
} from '../../mcp/jsonrpc/index.ts';
import type { Peer, PeerListener } from '../peer.ts';
import type { Traffic } from '../process/index.ts';
import { type Channel, isModernError, type RemoteTransport, waitBefore } from './channel.ts';
import { endBy, faultSentence, kindOf, type RemoteEnd, type RemoteFault } from './end.ts';
import { type Agreed, agreedIn, Handshake, isTalkative, listsChanged } from './handshake.ts';
import type { RemoteHttp } from './http.ts';
import { HttpSseChannel } from './http-sse.ts';
import { isRead, StreamableChannel } from './streamable.ts';

/** Bytes that wait for the remote from which on it counts as slow. */
const CONGESTED_BYTES = 64 * 1024;

/** Milliseconds an `initialize` may go without an answer: a server that sleeps needs some. */
const GREETING = 30_000;

/** Milliseconds before what only reads is asked for once more, and how often. */
const READ_AGAIN = [250, 1000, 3000] as const;

export interface RemotePeerOptions {
  /** The server's. */
  readonly name: string;
  readonly log: Log;
  readonly text: () => Text;
  readonly url: URL;
  readonly http: RemoteHttp;
  /** Bytes of the longest message taken. */
  readonly limit: () => number;
  readonly traffic: Traffic;
  /** The transports that the server may speak, the likeliest first. */
  readonly transports: () => readonly RemoteTransport[];
  /** Milliseconds for which a remote that cannot be reached is tried again; 0 for one attempt. */
  readonly patience: number;
  /** The server speaks this one. */
  readonly learned: (transport: RemoteTransport) => void;
  /** The server has answered. */
  readonly answered: () => void;
  /** A request met with a fault that says something of the server. */
  readonly failed: (fault: RemoteFault) => void;
  /** Called once, just before the listener hears of it. */
  readonly ended: (end: RemoteEnd) => void;
}

interface Call {
  readonly request: RequestFrame;
  /** Where it was sent; null while it waits. */
  channel: Channel | null;
  /** How often it was sent again. */
  again: number;
}

type Phase =
  /** Nothing was said, or `initialize` was refused. */
  | 'fresh'
  /** `initialize` is under way: everything else waits. */
  | 'opening'
  /** It was answered; `notifications/initialized` is to come. */
  | 'greeted'
  /** That is under way: servers refuse what overtakes it. */
  | 'confirming'
  | 'open'
  /** The remote had forgotten the session, and is initialized again. */
  | 'reopening'
  /** It has answered, and is set up as the old session was. */
  | 'restoring'
  /** That failed: the next message tries again. */
  | 'lost'
  | 'ended';

/**
 * One session with a server that is reached by a URL. Outlives the remote's own sessions: when the remote is restarted, the kept
 * handshake makes a new one, and whoever is in front hears of nothing but changed lists. Every request gets one answer, the
 * remote's or an error that says what happened. It ends by itself only where no session has come about.
 */
export class RemotePeer implements Peer {
  /** Milliseconds since the epoch. */
  readonly startedAt = Date.now();
  readonly #options: RemotePeerOptions;
  readonly #started = performance.now();
  readonly #calls = new Map<JsonRpcId, Call>();
  readonly #warnings: BoundedWarnings;
  /** Ids of requests of our own. */
  readonly #own = new Set<JsonRpcId>();
  /** Sessions that the remote has forgotten, while something of them is under way. */
  readonly #retired = new Set<Channel>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #phase: Phase = 'fresh';
  #channel: Channel | null = null;
  #transport: RemoteTransport | null = null;
  #handshake: Handshake | null = null;
  /** Messages that wait until there is a session. */
  #queue: Frame[] = [];
  #queuedBytes = 0;
  #reopenings = 0;
  #lastOwn = 0;
  #greeting: NodeJS.Timeout | undefined;
  #reopening: NodeJS.Timeout | undefined;
  #listener: PeerListener | null = null;
  #paused = false;
  /** Frames that could not be delivered yet. */
  #held: Frame[] = [];
  #answered = false;
  #awaited = false;
  #end: RemoteEnd | null = null;
  #isTold = false;

  constructor(options: RemotePeerOptions) {
    this.#options = options;
    this.#warnings = new BoundedWarnings(options.log);
  }

  get end(): RemoteEnd | null {
    return this.#end;
  }

  /** Milliseconds since the start. */
  get age(): number {
    return performance.now() - this.#started;
  }

  /** Whether the server has said anything. */
  get answered(): boolean {
    return this.#answered;
  }

  /** Whether it was told something, and has said nothing so far. */
  get awaited(): boolean {
    return this.#awaited && !this.#answered && this.#end === null;
  }

  get congested(): boolean {
    return this.waiting >= CONGESTED_BYTES;
  }

  /** Bytes of messages that the server has not taken yet. */
  get waiting(): number {
    return this.#queuedBytes + (this.#channel?.waiting ?? 0);
  }

  write(json: Buffer): void {
    const message = this.#end === null ? frameFrom(json) : null;
    if (message === null) return;
    this.#awaited = true;
    this.#options.traffic.toChildren += json.length;
    if (message.kind === 'request') {
      this.#calls.set(message.id, { request: message, channel: null, again: 0 });
    }
    if (message.kind === 'notification' && this.#cancels(message)) return;
    this.#handshake?.note(message);
    this.#route(message);
  }

  listen(listener: PeerListener): void {
    this.#listener = listener;
    if (this.#end !== null || this.#held.length > 0) setImmediate(() => this.#flush());
  }

  pause(): void {
    if (this.#end !== null) return;
    this.#paused = true;
    for (const channel of this.#channels()) channel.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#flush();
    if (!this.#paused) for (const channel of this.#channels()) channel.resume();
  }

  async close(): Promise<void> {
    const channels = this.#channels();
    this.#paused = false;
    this.#held = [];
    const { at, lived } = endBy({ kind: 'cut' }, this.#started);
    this.#finish({ kind: 'closed', at, lived, asked: true, stderr: [] });
    await Promise.all(channels.map((channel) => channel.close()));
  }

  #channels(): readonly Channel[] {
    return [...this.#retired, ...(this.#channel === null ? [] : [this.#channel])];
  }

  /** A request that is cancelled gets no answer any more; one that was never sent is none. True when nothing is left to be told. */
  #cancels(message: NotificationFrame): boolean {
    if (message.method !== 'notifications/cancelled') return false;
    const id = idIn(memberOf(message.bytes, 'params'), 'requestId');
    if (id === undefined || !this.#calls.delete(id)) return false;
    const place = this.#queue.findIndex((one) => one.kind === 'request' && one.id === id);
    const [unsent] = place === -1 ? [] : this.#queue.splice(place, 1);
    this.#queuedBytes -= unsent?.bytes.length ?? 0;
    return unsent !== undefined;
  }

  #route(message: Frame): void {
    switch (this.#phase) {
      case 'fresh':
        if (message.kind === 'request' && message.method === 'initialize') return this.#begin(message);
        this.#channel ??= this.#streamable();
        this.#post(this.#channel, message);
        break;
      case 'greeted':
        if (message.kind === 'notification' && message.method === 'notifications/initialized') {
          this.#phase = 'confirming';
          if (this.#handshake !== null) this.#handshake.initialized = message;
        }
        if (this.#channel !== null) this.#post(this.#channel, message);
        break;
      case 'open':
        if (this.#channel !== null) this.#post(this.#channel, message);
        break;
      case 'lost':
        this.#wait(message);
        this.#reopen();
        break;
      case 'opening':
      case 'confirming':
      case 'reopening':
      case 'restoring':
        this.#wait(message);
        break;
      case 'ended':
        break;
      default:
        this.#phase satisfies never;
    }
  }

  #post(channel: Channel, message: Frame): void {
    const call = message.kind === 'request' ? this.#calls.get(message.id) : undefined;
    if (call !== undefined) call.channel = channel;
    channel.send(message);
  }

  #wait(message: Frame): void {
    this.#queue.push(message);
    this.#queuedBytes += message.bytes.length;
  }

  /** Sends what has waited. */
  #release(): void {
    const messages = this.#queue;
    this.#queue = [];
    this.#queuedBytes = 0;
    for (const message of messages) this.#route(message);
    this.#drained();
  }

  #drained(): void {
    if (!this.congested) this.#listener?.drained();
  }

  #begin(initialize: RequestFrame): void {
    this.#phase = 'opening';
    this.#handshake = new Handshake(initialize);
    if (this.#channel !== null) this.#retired.add(this.#channel);
    this.#channel = null;
    this.#open(initialize, performance.now() + this.#options.patience);
  }

  /** `until` is the moment from which on a remote that cannot be reached is not tried again. */
  #open(initialize: RequestFrame, until: number): void {
    this.#greet(initialize, this.#options.transports(), (fault, answer) => {
      const retry = waitBefore(this.#reopenings++, 0) / 4;
      if (answer !== null && kindOf(fault) !== 'signed-out') return this.#refused(initialize, answer);
      this.#options.failed(fault);
      if (kindOf(fault) !== 'unreachable' || performance.now() + retry > until) {
        return this.#finish(endBy(fault, this.#started));
      }
      this.#later(retry, () => this.#open(initialize, until));
    });
  }

  /** The server does not want to be initialized like that. What comes next may be of another revision. */
  #refused(initialize: RequestFrame, answer: ResponseFrame): void {
    clearTimeout(this.#greeting);
    this.#phase = 'fresh';
    this.#handshake = null;
    this.#calls.delete(initialize.id);
    void this.#channel?.close();
    this.#channel = null;
    this.#said();
    this.#send(underId(answer, initialize));
    queueMicrotask(() => this.#release());
  }

  /**
   * Sends `initialize` by the first of these transports, and by the next where the server does not know the first (2025-11-25
   * transports, Backwards Compatibility). 401, 403, 5xx and faults of the network say nothing of transports.
   */
  #greet(
    initialize: RequestFrame,
    [transport, ...others]: readonly RemoteTransport[],
    failed: (fault: RemoteFault, answer: ResponseFrame | null) => void,
  ): void {
    if (transport === undefined) return;
    const next = (fault: RemoteFault, answer: ResponseFrame | null, isOther: boolean): void => {
      clearTimeout(this.#greeting);
      void this.#channel?.close();
      this.#channel = null;
      if (!isOther || others.length === 0) return failed(fault, answer);
      // Where the other one is unknown as well, what the likeliest said tells more.
      this.#greet(initialize, others, (last, word) =>
        last.kind === 'status' || last.kind === 'not-mcp' ? failed(fault, answer) : failed(last, word),
      );
    };
    this.#transport = transport;
    this.#greetingFailed = (fault, answer) => {
      const isOther = fault.kind === 'status' && isUnknown(fault.status) && !isModernError(answer);
      next(fault, answer, isOther);
    };
    clearTimeout(this.#greeting);
    this.#greeting = setTimeout(() => next({ kind: 'silent', seconds: GREETING / 1000 }, null, false), GREETING);
    if (transport === 'streamable') {
      this.#channel = this.#streamable();
      this.#channel.send(initialize);
      return;
    }
    const channel: Channel = this.#connect((owner) => {
      const { http, url, limit } = this.#options;
      return new HttpSseChannel({ http, url, limit, owner }, (none) => {
        if (this.#channel !== channel) return;
        if (none === null) channel.send(initialize);
        else next(none.fault, null, none.canBeOther);
      });
    });
    this.#channel = channel;
  }

  #greetingFailed: (fault: RemoteFault, answer: ResponseFrame | null) => void = () => undefined;

  #streamable(): Channel {
    const { http, url, limit } = this.#options;
    return this.#connect((owner) => new StreamableChannel({ http, url, limit, owner }));
  }

  /** A channel whose word counts as long as it is ours. */
  #connect(make: (owner: ConstructorParameters<typeof StreamableChannel>[0]['owner']) => Channel): Channel {
    const isOurs = () => this.#end === null && (this.#channel === channel || this.#retired.has(channel));
    const channel: Channel = make({
      frames: (frames, request) => {
        if (isOurs()) this.#frames(frames, request);
      },
      accepted: (message) => {
        if (isOurs()) this.#accepted(message);
      },
      failed: (message, fault, answer) => {
        if (isOurs()) this.#failed(message, fault, answer);
      },
      lost: (message) => {
        if (isOurs()) this.#lost(channel, message);
      },
      awaits: ({ id }) => this.#end === null && (this.#calls.has(id) || this.#own.has(id) || this.#isGreeting(id)),
      drained: () => {
        if (isOurs()) this.#drained();
      },
      oversized: (start, end) => {
        if (isOurs()) this.#oversized(start, end);
      },
      garbage: (data) =>
        this.#warnings.warn('The remote server sent an event that is no JSON-RPC message; it was dropped', () => ({
          bytes: data.length,
        })),
    });
    if (this.#paused) channel.pause();
    return channel;
  }

  /** Whether this is the `initialize` of ours in a new session. */
  #isGreeting(id: JsonRpcId): boolean {
    return this.#phase === 'reopening' && this.#handshake?.initialize.id === id;
  }

  #frames(frames: readonly Frame[], request: RequestFrame | null): void {
    this.#said();
    const delivered: Frame[] = [];
    for (const frame of frames) {
      if (frame.kind !== 'response') delivered.push(frame);
      else {
        const answer = this.#settle(frame, request);
        if (answer !== null) delivered.push(answer);
      }
    }
    this.#deliver(delivered);
  }

  #said(): void {
    this.#answered = true;
    this.#options.answered();
  }

  /** What is delivered of an answer; null for one that is ours, or that came too late. */
  #settle(frame: ResponseFrame, request: RequestFrame | null): ResponseFrame | null {
    const { initialize } = this.#handshake ?? {};
    const isOpening = this.#phase === 'opening' || this.#phase === 'reopening';
    if (isOpening && initialize !== undefined && (request === initialize || isSameId(frame.id, initialize.id))) {
      return this.#greeted(frame);
    }
    const own = meantId(frame.id, (id) => this.#own.has(id));
    if (own !== undefined) {
      this.#own.delete(own);
      return null;
    }
    const id = meantId(frame.id, (one) => this.#calls.has(one));
    if (id !== undefined) {
      this.#calls.delete(id);
      return frame;
    }
    // An error without an id, on the connection that one request was made by (JSON-RPC 2.0 section 5).
    if (frame.id !== null || request === null || !this.#calls.delete(request.id)) return frame;
    return underId(frame, request);
  }

  /** `initialize` has been answered: the client's own, or ours in its name. */
  #greeted(answer: ResponseFrame): ResponseFrame | null {
    clearTimeout(this.#greeting);
    const handshake = this.#handshake;
    const agreed = agreedIn(answer);
    if (handshake === null) return null;
    if (this.#phase === 'reopening') {
      if (agreed === null) this.#reopenFailed({ kind: 'session-lost' });
      else this.#reopened(handshake, agreed);
      return null;
    }
    if (agreed === null) {
      this.#refused(handshake.initialize, answer);
      return null;
    }
    this.#calls.delete(handshake.initialize.id);
    handshake.agreed = agreed;
    this.#channel?.agreed(agreed.revision);
    this.#phase = 'greeted';
    this.#reopenings = 0;
    if (this.#transport !== null) this.#options.learned(this.#transport);
    // Behind the answer, which its client is to see first.
    queueMicrotask(() => this.#release());
    return underId(answer, handshake.initialize);
  }

  #accepted(message: Frame): void {
    if (this.#phase === 'confirming' && message === this.#handshake?.initialized) this.#confirmed();
    else if (this.#phase === 'restoring' && message === this.#handshake?.initialized) this.#restored();
  }

  #confirmed(): void {
    const agreed = this.#handshake?.agreed;
    if (agreed) this.#channel?.watch(isTalkative(agreed));
    this.#phase = 'open';
    this.#release();
  }

  #failed(message: Frame, fault: RemoteFault, answer: ResponseFrame | null): void {
    const handshake = this.#handshake;
    if (handshake !== null && message === handshake.initialize) return this.#greetingFailed(fault, answer);
    if (handshake !== null && message === handshake.initialized) {
      // A server that knows no notifications may serve requests all the same.
      if (this.#phase === 'confirming') return this.#confirmed();
      if (this.#phase === 'restoring') return this.#restored();
    }
    if (saysOfServer(fault)) this.#options.failed(fault);
    if (message.kind !== 'request') {
      this.#warnings.warn('The remote server did not take a message', () => ({ why: fault.kind }));
      return;
    }
    if (this.#own.delete(message.id)) return;
    const call = this.#calls.get(message.id);
    if (call === undefined) return;
    if (answer !== null && kindOf(fault) !== 'signed-out') {
      this.#said();
      this.#calls.delete(message.id);
      return this.#send(underId(answer, message));
    }
    const wait = READ_AGAIN[call.again];
    if (wait !== undefined && this.#options.patience > 0 && isRead(message) && isPassingFault(fault)) {
      call.again++;
      return this.#later(wait, () => {
        if (this.#calls.get(message.id) === call) this.#route(message);
      });
    }
    this.#giveUp(message, fault);
  }

  /** Answers a request with what has become of it. */
  #giveUp(request: RequestFrame, fault: RemoteFault): void {
    if (!this.#calls.delete(request.id)) return;
    const { name, text } = this.#options;
    const error = { code: CODE.internalError, message: faultSentence(name, fault, text()), data: { server: name } };
    this.#send(errorFor({ id: request.id, writtenId: writtenIdIn(request.bytes, request.id) }, error));
  }

  #lost(channel: Channel, message: Frame | null): void {
    const isCurrent = channel === this.#channel;
    if (isCurrent && this.#phase === 'opening') return this.#greetingFailed({ kind: 'cut' }, null);
    if (isCurrent && (this.#phase === 'reopening' || this.#phase === 'restoring')) {
      return this.#reopenFailed({ kind: 'session-lost' });
    }
    if (isCurrent) this.#retire(channel);
    if (message !== null && message !== this.#handshake?.initialized) this.#sendAgain(message);
    if (this.#phase === 'lost') this.#reopen();
  }

  /** The remote has forgotten this session; another one is to be made. */
  #retire(channel: Channel): void {
    this.#channel = null;
    this.#phase = 'lost';
    // Of sessions before that one nothing can come any more.
    for (const older of this.#retired) this.#drop(older);
    this.#retired.add(channel);
    channel.retire();
    // What was under way on the stream of 2024-11-05 can be answered by nothing else.
    if (this.#transport === 'http-sse') this.#drop(channel);
  }

  #drop(channel: Channel): void {
    this.#retired.delete(channel);
    void channel.close();
    for (const call of this.#calls.values()) if (call.channel === channel) this.#giveUp(call.request, { kind: 'cut' });
  }

  /** A message that the remote has not looked at goes to the next session; once. */
  #sendAgain(message: Frame): void {
    if (message.kind !== 'request') return this.#route(message);
    const call = this.#calls.get(message.id);
    if (call === undefined) return;
    if (call.again > READ_AGAIN.length) return this.#giveUp(message, { kind: 'session-lost' });
    call.again = READ_AGAIN.length + 1;
    call.channel = null;
    this.#route(message);
  }

  #reopen(): void {
    const handshake = this.#handshake;
    if (handshake === null) return;
    clearTimeout(this.#reopening);
    this.#phase = 'reopening';
    this.#greet(handshake.initialize, [this.#transport ?? 'streamable'], (fault) => this.#reopenFailed(fault));
  }

  /** There is no session for now. Whoever waits is told; it is tried again, for there may be something to hear. */
  #reopenFailed(fault: RemoteFault): void {
    clearTimeout(this.#greeting);
    void this.#channel?.close();
    this.#channel = null;
    if (saysOfServer(fault)) this.#options.failed(fault);
    this.#phase = 'lost';
    const messages = this.#queue;
    this.#queue = [];
    this.#queuedBytes = 0;
    for (const message of messages) if (message.kind === 'request') this.#giveUp(message, fault);
    this.#drained();
    if (kindOf(fault) === 'signed-out') return;
    this.#reopening = setTimeout(
      () => {
        if (this.#phase === 'lost') this.#reopen();
      },
      waitBefore(this.#reopenings++, 0),
    );
  }

  #reopened(handshake: Handshake, agreed: Agreed): void {
    this.#reopenings = 0;
    this.#options.log.info('The remote server had forgotten the session; it was initialized again');
    handshake.agreed ??= agreed;
    this.#channel?.agreed(agreed.revision);
    if (handshake.initialized === null) {
      this.#phase = 'greeted';
      this.#release();
    } else {
      this.#phase = 'restoring';
      this.#channel?.send(handshake.initialized);
    }
  }

  /** The new session is as the old one was. */
  #restored(): void {
    const handshake = this.#handshake;
    const channel = this.#channel;
    if (handshake?.agreed && channel !== null) {
      channel.watch(isTalkative(handshake.agreed));
      const newId = (): string => `mcp-gangway-${++this.#lastOwn}`;
      for (const request of handshake.repeated(newId)) {
        this.#own.add(request.id);
        channel.send(request);
      }
      for (const frame of listsChanged(handshake.agreed)) this.#send(frame);
    }
    this.#phase = 'open';
    this.#release();
  }

  /** A message over the limit was dropped: an error stands in for an answer, a notification is told of in the log. */
  #oversized(start: Buffer, end: Buffer): void {
    const limit = this.#options.limit();
    this.#options.log.warn('A message of the remote server is over the limit and was dropped', { limit });
    const head = scanEnds(start, end);
    if (head?.kind !== 'response') return;
    const id = meantId(head.id, (one) => this.#calls.has(one));
    const call = id === undefined ? undefined : this.#calls.get(id);
    if (call !== undefined) this.#giveUp(call.request, { kind: 'too-long', limit });
  }

  /** In a later turn: whoever writes to us is not to be called back while it does. */
  #send(frame: Frame): void {
    this.#held.push(frame);
    if (this.#held.length === 1) queueMicrotask(() => this.#flush());
  }

  #deliver(frames: readonly Frame[]): void {
    if (frames.length === 0) return;
    for (const { bytes } of frames) this.#options.traffic.fromChildren += bytes.length;
    if (this.#held.length === 0 && !this.#paused && this.#listener !== null) return this.#listener.frames(frames);
    this.#held.push(...frames);
    this.#flush();
  }

  #flush(): void {
    const listener = this.#listener;
    if (listener === null || this.#paused) return;
    const frames = this.#held;
    this.#held = [];
    if (frames.length > 0) listener.frames(frames);
    if (this.#end === null || this.#paused || this.#isTold) return;
    this.#isTold = true;
    listener.ended(this.#end);
  }

  #later(milliseconds: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (this.#end === null) then();
    }, milliseconds);
    this.#timers.add(timer);
  }

  #finish(end: RemoteEnd): void {
    if (this.#end !== null) return;
    this.#end = end;
    this.#phase = 'ended';
    for (const timer of this.#timers) clearTimeout(timer);
    clearTimeout(this.#greeting);
    clearTimeout(this.#reopening);
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#calls.clear();
    if (!end.asked) for (const channel of this.#channels()) void channel.close();
    this.#options.ended(end);
    setImmediate(() => this.#flush());
  }
}

/** What a server says that does not know a transport at that URL. */
function isUnknown(status: number): boolean {
  return status === 400 || status === 404 || status === 405;
}

/** Whether a fault is about the server, and not about one request. */
function saysOfServer(fault: RemoteFault): boolean {
  switch (fault.kind) {
    case 'dial':
    case 'tls':
    case 'broken-off':
    case 'silent':
      return true;
    case 'status':
      return kindOf(fault) !== 'refused' && fault.status !== 429;
    default:
      return false;
  }
}

/** Faults after which the same request may well succeed, and has not been done. */
function isPassingFault(fault: RemoteFault): boolean {
  return kindOf(fault) === 'unreachable' && fault.kind !== 'session-lost';
}

function isSameId(left: JsonRpcId, right: JsonRpcId): boolean {
  return meantId(left, (one) => one === right) !== undefined;
}

/** The answer under the id that the request has. */
function underId(answer: ResponseFrame, { id, bytes }: RequestFrame): ResponseFrame {
  if (answer.id === id) return answer;
  const written = writtenIdIn(bytes, id) ?? idText(id);
  return { kind: 'response', id, bytes: editMembers(answer.bytes, new Map([['id', written]])) };
}
