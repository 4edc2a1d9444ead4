import type { Frame, JsonRpcId, RequestFrame } from '../mcp/jsonrpc/index.ts';
import { type ConnectFailure, type Dial, Transport, type TransportListener } from './transport.ts';

/** Milliseconds before the first new attempt; each further one waits twice as long, up to `LONGEST`. */
const FIRST = 25;
const LONGEST = 5000;
/** A connection that held for so many milliseconds was a good one: what comes after it begins anew. */
const GOOD = 5000;

export interface ReconnectorListener extends Omit<TransportListener, 'opened' | 'closed'> {
  opened(link: Transport): void;
  /** An open connection has ended. */
  lost(): void;
  /** An attempt has failed. Another follows if it is wanted. */
  refused(why: ConnectFailure): void;
  /** Whether there is a reason to try again by ourselves. */
  wanted(): boolean;
}

/** Sees to it that there is a connection: tries at once, and after a failure again and again, first quickly, then calmly. */
export class Reconnector {
  readonly #dial: Dial;
  readonly #server: string | null;
  readonly #listener: ReconnectorListener;
  #link: Transport | null = null;
  #failures = 0;
  #timer: NodeJS.Timeout | null = null;
  /** When the next attempt is due, as performance.now() tells it. */
  #due = 0;
  #ended = false;

  /** `dial` finds the gateway anew for each attempt: the app may have moved to another port. */
  constructor(dial: Dial, server: string | null, listener: ReconnectorListener) {
    this.#dial = dial;
    this.#server = server;
    this.#listener = listener;
  }

  /** Tries now if there is neither a connection nor an attempt, however long the next one would have been off. */
  hurry(): void {
    if (this.#link !== null || this.#ended) return;
    if (this.#failures === 0) this.#attempt();
    else if (this.#timer === null || this.#due - performance.now() > FIRST) this.#again(FIRST);
  }

  /** Ends the connection; `lost` follows if it was open, and another attempt if one is wanted. */
  drop(): void {
    this.#link?.end();
  }

  /** Ends the connection for good. */
  end(): void {
    this.#ended = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#link?.end();
  }

  #attempt(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const { frames, drained } = this.#listener;
    let since = 0;
    const link = new Transport(this.#dial(this.#server), {
      frames: (batch) => frames.call(this.#listener, batch),
      drained: () => drained.call(this.#listener),
      opened: () => {
        since = performance.now();
        this.#listener.opened(link);
      },
      closed: (why) => {
        this.#link = null;
        this.#failures = why === null && performance.now() - since >= GOOD ? 0 : this.#failures + 1;
        if (this.#ended) return;
        if (why === null) this.#listener.lost();
        else this.#listener.refused(why);
        if (this.#listener.wanted()) this.#again(Math.min(LONGEST, FIRST * 2 ** Math.max(0, this.#failures - 1)));
      },
    });
    this.#link = link;
  }

  #again(delay: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#due = performance.now() + delay;
    this.#timer = setTimeout(() => this.#attempt(), delay);
  }
}

export interface OutageTimes {
  /** How long requests wait for a connection after it was lost, in milliseconds. */
  readonly patience: number;
  /** How long those wait that come when the first have waited in vain: enough for one more attempt. */
  readonly shortPatience: number;
}

/** What the client says while there is no connection, in order. Its requests do not wait for ever. */
export class OutageQueue {
  readonly #times: OutageTimes;
  readonly #expired: (requests: readonly RequestFrame[]) => void;
  #frames: Frame[] = [];
  #since: number | null = null;
  #timer: NodeJS.Timeout | null = null;

  /** `expired` gets the requests that have waited in vain; they are not held any more then. */
  constructor(times: OutageTimes, expired: (requests: readonly RequestFrame[]) => void) {
    this.#times = times;
    this.#expired = expired;
  }

  get hasRequests(): boolean {
    return this.#frames.some(({ kind }) => kind === 'request');
  }

  /** There is no connection from now on: time begins to run. */
  outage(): void {
    this.#since ??= performance.now();
    this.#arm();
  }

  /** There is a connection: from now on requests wait for the server, not for us. */
  over(): void {
    this.#since = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  add(frame: Frame): void {
    this.#frames.push(frame);
    this.#arm();
  }

  /** What was on its way when the connection was lost goes before what came later. */
  addFirst(frame: Frame): void {
    this.#frames.unshift(frame);
    this.#arm();
  }

  /** False when no such request is held. */
  remove(id: JsonRpcId): boolean {
    const before = this.#frames.length;
    this.#frames = this.#frames.filter((frame) => frame.kind !== 'request' || frame.id !== id);
    return this.#frames.length < before;
  }

  /** Everything, in order; nothing is held afterwards. */
  take(): readonly Frame[] {
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }

  takeRequests(): readonly RequestFrame[] {
    const requests = this.#frames.filter((frame) => frame.kind === 'request');
    this.#frames = this.#frames.filter((frame) => frame.kind !== 'request');
    return requests;
  }

  #arm(): void {
    if (this.#since === null || this.#timer !== null || !this.hasRequests) return;
    const { patience, shortPatience } = this.#times;
    const left = this.#since + patience - performance.now();
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#expired(this.takeRequests());
      },
      Math.max(left, shortPatience),
    );
  }
}
