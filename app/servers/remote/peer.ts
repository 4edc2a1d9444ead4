import { BoundedWarnings } from '../../base/line-budget.ts';
import {
  type Frame,
  frameFrom,
  idIn,
  memberOf,
  type NotificationFrame,
  type RequestFrame,
  type ResponseFrame,
} from '../../mcp/jsonrpc/index.ts';
import type { Peer, PeerListener } from '../peer.ts';
import type { Traffic } from '../process/index.ts';
import { Backlog, Calls, type CallsOptions, isSameId, underId } from './calls.ts';
import { type Channel, isModernError, type Refusal, type RemoteTransport, waitBefore } from './channel.ts';
import { Channels } from './channels.ts';
import { Delivery } from './delivery.ts';
import {
  endBy,
  faultSentence,
  isPassingFault,
  kindOf,
  pauseIn,
  type RemoteEnd,
  type RemoteFault,
  saysOfServer,
} from './end.ts';
import { type Greeting, isUnknown, type ModernAnswer, ModernQuestion } from './greeting.ts';
import { type Agreed, agreedIn, Handshake, isTalkative, listsChanged } from './handshake.ts';
import type { PeerHttp } from './http.ts';
import { standInFor, standInForInitialize } from './kept-answers.ts';
import type { AnnotatedTools } from './mirrored-headers.ts';

/** Bytes that wait for the remote from which on it counts as slow. */
const CONGESTED_BYTES = 64 * 1024;

/** Milliseconds that a client waits for the answer to its `initialize` where the remote's last one is known. */
const KEPT_PATIENCE = 3000;

/** Milliseconds from which on a session counts as one that lasted, and how many shorter ones in a row have the next at once. */
const STEADY = 2000;
const MOST_SHORT = 3;

export interface RemotePeerOptions extends CallsOptions {
  readonly url: URL;
  readonly http: PeerHttp;
  readonly traffic: Traffic;
  readonly tools: AnnotatedTools;
  /** The transports that the server may speak, the likeliest first. */
  readonly transports: () => readonly RemoteTransport[];
  /** The server speaks this one. */
  readonly learned: (transport: RemoteTransport) => void;
  /** The server has answered. */
  readonly answered: () => void;
  /** A request met with a fault that says something of the server. */
  readonly failed: (fault: RemoteFault) => void;
  /** The server, which may have been started anew, was met speaking so, whatever it spoke before. */
  readonly speaks: (era: 'legacy' | 'modern') => void;
  /** Called once, just before the listener hears of it. */
  readonly ended: (end: RemoteEnd) => void;
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
  /** The remote had forgotten the session, or was not there yet, and is initialized in the client's name. */
  | 'reopening'
  /** It has answered, and is set up as the old session was. */
  | 'restoring'
  /** That failed: the next message tries again, and so do we. */
  | 'lost'
  | 'ended';

/**
 * One session with a server that is reached by a URL. Outlives the remote's own sessions: when the remote is restarted, the kept
 * handshake makes a new one, and the client in front is told of nothing but changed lists. Every request gets one answer, the
 * remote's or an error that says what happened; `initialize` gets one of ours where the remote is not there, or the session ends.
 */
export class RemotePeer implements Peer {
  /** Milliseconds since the epoch. */
  readonly startedAt = Date.now();
  readonly #options: RemotePeerOptions;
  readonly #started = performance.now();
  readonly #calls: Calls;
  readonly #delivery: Delivery;
  readonly #warnings: BoundedWarnings;
  readonly #channels: Channels;
  readonly #backlog = new Backlog();
  readonly #timers = new Set<NodeJS.Timeout>();
  #phase: Phase = 'fresh';
  #handshake: Handshake | null = null;
  #reopenings = 0;
  /** When the last session of the remote began, on the monotonic clock, and how many in a row did not last. */
  #openedAt = 0;
  #short = 0;
  #greeting: Greeting | null = null;
  #question: ModernQuestion | null = null;
  #reopening: NodeJS.Timeout | undefined;
  #patience: NodeJS.Timeout | undefined;
  /** Why `initialize` or `server/discover` was not answered the last time; null once the server has said something. */
  #lastFault: RemoteFault | null = null;
  /** The client was answered in the place of the remote, which has not been there since. */
  #isStandIn = false;
  /** The server knows the modern revision only, and the client another. */
  #isModern = false;
  /** The session that begins is not the one that the client has seen. */
  #isNew = false;
  /** What the remote itself has agreed to. */
  #agreed: Agreed | null = null;
  #answered = false;
  #awaited = false;
  #end: RemoteEnd | null = null;
  #closed = Promise.resolve();

  constructor(options: RemotePeerOptions) {
    this.#options = options;
    this.#delivery = new Delivery(options.traffic);
    this.#warnings = new BoundedWarnings(options.log);
    this.#calls = new Calls(options, {
      deliver: (answer) => this.#delivery.send(answer),
      route: (request) => this.#route(request),
      later: (milliseconds, then) => this.#later(milliseconds, then),
      said: () => this.#said(),
      gaveUp: ({ method }, fault) => {
        if (method === 'server/discover') this.#lastFault = fault;
      },
      isTranslated: () => this.#isModern,
    });
    const { http, url, limit, tools } = options;
    this.#channels = new Channels(
      { http, url, limit, tools },
      {
        frames: (frames, request) => this.#frames(frames, request),
        accepted: (message) => this.#accepted(message),
        failed: (message, fault, answer) => this.#failed(message, fault, answer),
        lost: (isCurrent, request, refusal) => this.#lost(isCurrent, request, refusal),
        dropped: (channel) => {
          for (const { request } of this.#calls.on(channel)) this.#calls.giveUp(request, { kind: 'cut' });
        },
        awaits: (request) => this.#calls.awaits(request) || this.#isGreeting(request),
        drained: () => this.#drained(),
        oversized: (start, end) => this.#calls.oversized(start, end),
        garbage: (data) =>
          this.#warnings.warn('The remote server sent an event that is no JSON-RPC message; it was dropped', () => ({
            bytes: data.length,
          })),
      },
    );
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

  /** Why the last request that got an error of ours instead of an answer was given up; null while none was. */
  get failure(): RemoteFault | null {
    return this.#calls.failure;
  }

  get isUnheard(): boolean {
    const fault = this.failure;
    return fault !== null && (isPassingFault(fault) || kindOf(fault) === 'signed-out');
  }

  get congested(): boolean {
    return this.waiting >= CONGESTED_BYTES;
  }

  /** Bytes of messages that the server has not taken yet. */
  get waiting(): number {
    return this.#backlog.bytes + (this.#channels.current?.waiting ?? 0);
  }

  write(json: Buffer): void {
    const message = this.#end === null ? frameFrom(json) : null;
    if (message === null) return;
    this.#awaited = true;
    this.#options.traffic.toChildren += json.length;
    if (message.kind === 'request') this.#calls.begin(message);
    if (message.kind === 'notification' && this.#cancels(message)) return;
    this.#handshake?.note(message);
    this.#route(message);
  }

  listen(listener: PeerListener): void {
    this.#delivery.listen(listener);
  }

  pause(): void {
    if (this.#end !== null) return;
    this.#delivery.pause();
    this.#channels.pause();
  }

  resume(): void {
    this.#delivery.resume();
    if (!this.#delivery.isPaused) this.#channels.resume();
  }

  /** The remote answers others: a session that waits for it is opened now. */
  nudge(): void {
    this.#reopenNow();
  }

  translated(): void {
    this.#isModern = true;
  }

  standIn(initialize: RequestFrame): boolean {
    const fault = this.#lastFault;
    if (this.#phase !== 'fresh' || fault === null || !this.#options.standsIn) return false;
    this.#phase = 'opening';
    this.#handshake = new Handshake(initialize);
    this.#channels.abandon();
    this.#standIn(fault);
    return true;
  }

  /** This machine is in another network: streams are opened anew. */
  forgetNetwork(): void {
    this.#reopenNow();
    if (this.#phase === 'open') this.#channels.current?.reconnect(this.#calls.isEmpty);
  }

  close(): Promise<void> {
    this.#delivery.drop();
    const { at, lived } = endBy({ kind: 'cut' }, this.#started);
    return this.#finish({ kind: 'closed', at, lived, asked: true, stderr: [] });
  }

  /** A request that is cancelled gets no answer any more; one that was never sent is none. True when nothing is left to be told. */
  #cancels(message: NotificationFrame): boolean {
    if (message.method !== 'notifications/cancelled') return false;
    const id = idIn(memberOf(message.bytes, 'params'), 'requestId');
    return id !== undefined && this.#calls.end(id) && this.#backlog.remove(id);
  }

  #route(message: Frame): void {
    switch (this.#phase) {
      case 'fresh':
        if (message.kind === 'request' && message.method === 'initialize') return this.#begin(message);
        this.#post(this.#channels.stateless(), message);
        if (this.#isModern && message.kind === 'request' && message.method === 'server/discover') this.#await(message);
        break;
      case 'greeted':
        if (message.kind === 'notification' && message.method === 'notifications/initialized') {
          this.#phase = 'confirming';
          if (this.#handshake !== null) this.#handshake.initialized = message;
        }
        this.#post(this.#channels.current, message);
        break;
      case 'open':
        this.#post(this.#channels.current, message);
        break;
      case 'lost':
        if (this.#standsIn(message)) break;
        this.#backlog.add(message);
        this.#reopen();
        break;
      case 'reopening':
        if (!this.#standsIn(message)) this.#backlog.add(message);
        break;
      case 'opening':
      case 'confirming':
      case 'restoring':
        this.#backlog.add(message);
        break;
      case 'ended':
        break;
      default:
        this.#phase satisfies never;
    }
  }

  /** Whether a message needs no remote, of a session whose remote has not been there yet. */
  #standsIn(message: Frame): boolean {
    if (message.kind === 'notification' && message.method === 'notifications/initialized') {
      if (this.#handshake !== null) this.#handshake.initialized = message;
      return true;
    }
    const answer = this.#isStandIn && message.kind === 'request' ? standInFor(message) : null;
    if (answer === null) return false;
    this.#calls.end(answer.id);
    this.#delivery.send(answer);
    return true;
  }

  #post(channel: Channel | null, message: Frame): void {
    if (channel === null) return;
    const call = message.kind === 'request' ? this.#calls.of(message) : undefined;
    if (call !== undefined) call.channel = channel;
    channel.send(message);
  }

  /** Sends what has waited. */
  #release(): void {
    for (const message of this.#backlog.take()) this.#route(message);
    this.#drained();
  }

  #drained(): void {
    if (!this.congested) this.#delivery.drained();
  }

  #begin(initialize: RequestFrame): void {
    const { patience, standsIn } = this.#options;
    this.#phase = 'opening';
    this.#isModern = false;
    this.#handshake = new Handshake(initialize);
    this.#open(initialize, performance.now() + patience);
    if (!standsIn) return;
    const wait = this.#longestWait;
    this.#patience = setTimeout(() => this.#standIn(this.#lastFault ?? { kind: 'silent', seconds: wait / 1000 }), wait);
  }

  /** Milliseconds that a client waits to be told who its server is. */
  get #longestWait(): number {
    const { patience, kept } = this.#options;
    return kept.initialize === null ? patience : Math.min(patience, KEPT_PATIENCE);
  }

  /** The question that stands for the `initialize` of a client that is translated for is given up as soon as that would be. */
  #await(discover: RequestFrame): void {
    const wait = this.#longestWait;
    const call = this.#calls.of(discover);
    this.#later(wait, () => {
      if (this.#calls.of(discover) === call) this.#calls.giveUp(discover, { kind: 'silent', seconds: wait / 1000 });
    });
  }

  /** `until` is the moment from which on a remote that cannot be reached is not tried again. */
  #open(initialize: RequestFrame, until: number): void {
    this.#greeting = this.#channels.greet(initialize, this.#options.transports(), (fault, answer) => {
      if (this.#phase !== 'opening') return this.#notReopened(fault);
      const retry = Math.max(waitBefore(this.#reopenings++, 0) / 4, pauseIn(fault));
      if (answer !== null && kindOf(fault) !== 'signed-out') return this.#refused(initialize, answer);
      this.#options.failed(fault);
      this.#lastFault = fault;
      const { standsIn, kept } = this.#options;
      const isOver = kindOf(fault) !== 'unreachable' || performance.now() + retry > until;
      if (standsIn && (isOver || kept.initialize !== null)) return this.#standIn(fault);
      if (isOver) return void this.#finish(endBy(fault, this.#started));
      this.#later(retry, () => {
        if (this.#phase === 'opening') this.#open(initialize, until);
      });
    });
  }

  /** Answers `initialize` in the place of the remote, and goes on looking for that. */
  #standIn(fault: RemoteFault): void {
    clearTimeout(this.#patience);
    const handshake = this.#handshake;
    if (handshake === null || this.#phase !== 'opening') return;
    const { name, text, kept } = this.#options;
    const { initialize } = handshake;
    const answer = standInForInitialize(initialize, kept, name, faultSentence(name, fault, text()));
    handshake.agreed = agreedIn(answer);
    this.#isStandIn = true;
    this.#calls.end(initialize.id);
    this.#delivery.send(answer);
    const waiting = this.#backlog.take();
    if (this.#greeting?.isUnderWay === true) this.#phase = 'reopening';
    else this.#awaitRemote(fault);
    for (const message of waiting) this.#route(message);
  }

  /** The server does not want to be initialized like that. What comes next may be of another revision. */
  #refused(initialize: RequestFrame, answer: ResponseFrame): void {
    this.#greeting?.over();
    clearTimeout(this.#patience);
    this.#phase = 'fresh';
    this.#handshake = null;
    this.#calls.end(initialize.id);
    this.#channels.abandon();
    this.#said();
    this.#delivery.send(underId(answer, initialize));
    queueMicrotask(() => this.#release());
  }

  /** Whether this is the `initialize` of ours in a new session. */
  #isGreeting({ id }: RequestFrame): boolean {
    return this.#phase === 'reopening' && this.#handshake?.initialize.id === id;
  }

  #frames(frames: readonly Frame[], request: RequestFrame | null): void {
    this.#said();
    const delivered: Frame[] = [];
    for (const frame of frames) {
      if (frame.kind !== 'response') delivered.push(frame);
      else {
        if (request?.method === 'server/discover') this.#options.kept.keep('server/discover', frame);
        const answer = this.#settle(frame, request);
        if (answer !== null) delivered.push(answer);
      }
    }
    this.#delivery.deliver(delivered);
  }

  #said(): void {
    this.#answered = true;
    this.#lastFault = null;
    this.#options.answered();
  }

  /** What is delivered of an answer; null for one that is ours, or that came too late. */
  #settle(frame: ResponseFrame, request: RequestFrame | null): ResponseFrame | null {
    const question = this.#question;
    if (question !== null && (request === question.request || isSameId(frame.id, question.request.id))) {
      question.answered(frame);
      return null;
    }
    const { initialize } = this.#handshake ?? {};
    const isOpening = this.#phase === 'opening' || this.#phase === 'reopening';
    if (isOpening && initialize !== undefined && (request === initialize || isSameId(frame.id, initialize.id))) {
      return this.#greeted(frame);
    }
    return this.#calls.settle(frame, request);
  }

  /** `initialize` has been answered: the client's own, or ours in its name. */
  #greeted(answer: ResponseFrame): ResponseFrame | null {
    this.#greeting?.over();
    clearTimeout(this.#patience);
    const handshake = this.#handshake;
    const agreed = agreedIn(answer);
    if (handshake === null) return null;
    if (agreed !== null) {
      this.#agreed = agreed;
      this.#options.kept.keep('initialize', answer);
      if (this.#channels.transport !== null) this.#options.learned(this.#channels.transport);
    }
    if (this.#phase === 'reopening') {
      if (agreed === null) this.#notReopened({ kind: 'session-lost' });
      else this.#reopened(handshake, agreed);
      return null;
    }
    if (agreed === null) {
      this.#refused(handshake.initialize, answer);
      return null;
    }
    this.#calls.end(handshake.initialize.id);
    handshake.agreed = agreed;
    this.#channels.current?.agreed(agreed.revision);
    this.#phase = 'greeted';
    this.#reopenings = 0;
    this.#openedAt = performance.now();
    // Behind the answer, which its client is to see first.
    queueMicrotask(() => this.#release());
    return underId(answer, handshake.initialize);
  }

  #accepted(message: Frame): void {
    if (this.#phase === 'confirming' && message === this.#handshake?.initialized) this.#confirmed();
    else if (this.#phase === 'restoring' && message === this.#handshake?.initialized) this.#confirmed();
  }

  #confirmed(): void {
    if (this.#agreed !== null) this.#channels.current?.watch(isTalkative(this.#agreed));
    if (this.#isNew) this.#setUp();
    this.#phase = 'open';
    this.#release();
  }

  /** Another session than the client has seen is as that was. */
  #setUp(): void {
    this.#isNew = false;
    const handshake = this.#handshake;
    const channel = this.#channels.current;
    if (!handshake?.agreed || channel === null) return;
    for (const request of handshake.repeated(() => this.#calls.newId())) channel.send(request);
    for (const frame of listsChanged(handshake.agreed)) this.#delivery.send(frame);
  }

  #failed(message: Frame, fault: RemoteFault, answer: ResponseFrame | null): void {
    const handshake = this.#handshake;
    if (handshake !== null && message === handshake.initialize) return this.#greeting?.failed(fault, answer);
    if (handshake !== null && message === handshake.initialized) {
      // A server that knows no notifications may serve requests all the same.
      if (this.#phase === 'confirming') return this.#confirmed();
      if (this.#phase === 'restoring') return this.#confirmed();
    }
    if (message === this.#question?.request) return this.#question.failed(fault, kindOf(fault) === 'refused');
    if (this.#phase === 'fresh' && message.kind === 'request') this.#doubt(message, fault, answer);
    if (saysOfServer(fault)) this.#options.failed(fault);
    if (message.kind !== 'request') {
      this.#warnings.warn('The remote server did not take a message', () => ({ why: fault.kind }));
      return;
    }
    this.#calls.failed(message, fault, answer);
  }

  /**
   * A stateless request was refused, and not as a server of 2026-07-28 does: that one may have been replaced by an older one since, which
   * refuses the question as well then.
   */
  #doubt({ method }: RequestFrame, fault: RemoteFault, answer: ResponseFrame | null): void {
    const isUnlikely = fault.kind === 'status' && isUnknown(fault.status) && !isModernError(answer);
    if (!isUnlikely || method === 'server/discover' || this.#question !== null) return;
    const refusal: RemoteFault = { ...fault };
    this.#question = new ModernQuestion(this.#calls.newId(), this.#channels.stateless(), refusal, (told) => {
      this.#question = null;
      if (!('fault' in told) || told.fault !== refusal || this.#phase !== 'fresh') return;
      this.#options.speaks('legacy');
      // What was set up by a translator cannot be set up in a session: a client makes another one of its own.
      if (this.#isModern) void this.#finish(endBy({ kind: 'session-lost' }, this.#started));
    });
  }

  #lost(isCurrent: boolean, request: RequestFrame | null, refusal?: Refusal): void {
    if (request !== null && refusal !== undefined && this.#isRefusedAgain(request)) {
      return this.#failed(request, refusal.fault, refusal.answer);
    }
    if (isCurrent && this.#phase === 'opening') return this.#greeting?.failed({ kind: 'cut' }, null);
    if (isCurrent && (this.#phase === 'reopening' || this.#phase === 'restoring')) {
      return this.#reopenFailed({ kind: 'session-lost' });
    }
    // It waits for the next session, and is none of those that went with this one.
    const call = request === null ? undefined : this.#calls.of(request);
    if (call !== undefined) call.channel = null;
    if (isCurrent) {
      this.#phase = 'lost';
      this.#channels.retire();
    }
    if (isCurrent) this.#short = performance.now() - this.#openedAt < STEADY ? this.#short + 1 : 0;
    if (request !== null) this.#calls.move(request);
    if (this.#phase !== 'lost') return;
    if (this.#short <= MOST_SHORT) this.#reopen();
    else this.#reopenAfter(waitBefore(this.#short - MOST_SHORT - 1, 0));
  }

  /**
   * Whether what says that the session is gone was said in a new one as well, and so is about the request. One of ours comes at the
   * start of a session: it is no reason for another.
   */
  #isRefusedAgain(request: RequestFrame): boolean {
    const call = this.#calls.of(request);
    return call === undefined ? request !== this.#handshake?.initialize : call.isMoved;
  }

  #reopen(): void {
    const handshake = this.#handshake;
    if (handshake === null) return;
    clearTimeout(this.#reopening);
    this.#phase = 'reopening';
    if (this.#isModern) return this.#askModern({ kind: 'session-lost' });
    const { transport } = this.#channels;
    const transports = this.#agreed === null || transport === null ? this.#options.transports() : [transport];
    this.#greeting = this.#channels.greet(handshake.initialize, transports, (fault) => this.#notReopened(fault));
  }

  /** A server that refuses the handshake may know the modern revision only: it was never there, or is another one since its restart. */
  #notReopened(fault: RemoteFault): void {
    // One that has begun to speak as 2024-11-05 has it does not.
    const isOld = fault.kind === 'foreign-endpoint' || fault.kind === 'no-endpoint';
    if (isOld || kindOf(fault) === 'signed-out' || isPassingFault(fault)) return this.#reopenFailed(fault);
    this.#greeting?.over();
    this.#channels.abandon();
    this.#askModern(fault);
  }

  #askModern(refusal: RemoteFault): void {
    this.#question = new ModernQuestion(this.#calls.newId(), this.#channels.stateless(), refusal, (answer) =>
      this.#modernAnswered(answer),
    );
  }

  #modernAnswered(answer: ModernAnswer): void {
    const handshake = this.#handshake;
    this.#question = null;
    if ('fault' in answer) return this.#reopenFailed(answer.fault);
    this.#options.speaks('modern');
    if (handshake === null || !this.#delivery.translates) return this.#reopenFailed({ kind: 'session-lost' });
    const { initialize, initialized, agreed } = handshake;
    const setUp = handshake.repeated(() => this.#calls.newId());
    const waiting = this.#backlog.take();
    for (const message of waiting) if (message.kind === 'request') this.#calls.end(message.id);
    // Nothing of the time before is answered any more, and a translator knows nothing of it.
    for (const { request } of this.#calls.all) this.#calls.giveUp(request, { kind: 'cut' });
    this.#channels.dropRetired();
    this.#options.log.info('The remote server is there, and is translated for: it knows the modern revision only');
    this.#phase = 'fresh';
    this.#handshake = null;
    this.#isStandIn = false;
    this.#isModern = true;
    this.#reopenings = 0;
    this.#delivery.modern({
      face: answer.face,
      handshake: [initialize, ...(initialized === null ? [] : [initialized]), ...setUp].map(({ bytes }) => bytes),
      news: agreed === null ? [] : listsChanged(agreed),
      waiting: waiting.map(({ bytes }) => bytes),
    });
    this.#drained();
  }

  /** There is no session for now: what waits for one is told. */
  #reopenFailed(fault: RemoteFault): void {
    this.#greeting?.over();
    this.#question?.over();
    this.#question = null;
    this.#channels.abandon();
    if (this.#isStandIn || saysOfServer(fault)) this.#options.failed(fault);
    this.#awaitRemote(fault);
  }

  /** It is tried again, for there may be something to hear; not where a sign-in is wanted, for some lock out who fails at that. */
  #awaitRemote(fault: RemoteFault): void {
    this.#phase = 'lost';
    for (const message of this.#backlog.take()) if (message.kind === 'request') this.#calls.giveUp(message, fault);
    this.#drained();
    if (kindOf(fault) === 'signed-out') return;
    this.#reopenAfter(waitBefore(this.#reopenings++, pauseIn(fault)));
  }

  #reopenAfter(milliseconds: number): void {
    clearTimeout(this.#reopening);
    this.#reopening = setTimeout(() => this.#reopenNow(), milliseconds);
  }

  #reopenNow(): void {
    if (this.#phase === 'lost') this.#reopen();
  }

  #reopened(handshake: Handshake, agreed: Agreed): void {
    this.#reopenings = 0;
    this.#openedAt = performance.now();
    this.#options.log.info(
      this.#isStandIn
        ? 'The remote server is there, and was initialized'
        : 'The remote server had forgotten the session; it was initialized again',
    );
    this.#isStandIn = false;
    this.#isNew = true;
    handshake.agreed ??= agreed;
    this.#channels.current?.agreed(agreed.revision);
    if (handshake.initialized === null) {
      this.#phase = 'greeted';
      this.#release();
    } else {
      this.#phase = 'restoring';
      this.#channels.current?.send(handshake.initialized);
    }
  }

  #later(milliseconds: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (this.#end === null) then();
    }, milliseconds);
    this.#timers.add(timer);
  }

  /** Resolves when the remote knows, where it is told. */
  #finish(end: RemoteEnd): Promise<void> {
    if (this.#end !== null) return this.#closed;
    this.#end = end;
    this.#phase = 'ended';
    for (const timer of this.#timers) clearTimeout(timer);
    this.#greeting?.over();
    this.#question?.over();
    clearTimeout(this.#reopening);
    clearTimeout(this.#patience);
    this.#backlog.take();
    this.#calls.clear();
    this.#closed = this.#channels.close();
    this.#options.ended(end);
    this.#delivery.end(end);
    return this.#closed;
  }
}
