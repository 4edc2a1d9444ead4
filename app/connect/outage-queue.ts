import type { Frame, JsonRpcId, RequestFrame } from '../mcp/jsonrpc/index.ts';

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
