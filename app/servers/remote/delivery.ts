import type { Frame } from '../../mcp/jsonrpc/index.ts';
import type { ModernTurn, PeerListener } from '../peer.ts';
import type { Traffic } from '../process/index.ts';
import type { RemoteEnd } from './end.ts';

/**
 * The way of a session's messages to its listener: in order, none while it is paused, none before it listens, and the end behind
 * the last of them.
 */
export class Delivery {
  readonly #traffic: Traffic;
  #listener: PeerListener | null = null;
  #isPaused = false;
  /** Frames that could not be delivered yet. */
  #held: Frame[] = [];
  #end: RemoteEnd | null = null;
  #isTold = false;

  constructor(traffic: Traffic) {
    this.#traffic = traffic;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  listen(listener: PeerListener): void {
    this.#listener = listener;
    if (this.#end !== null || this.#held.length > 0) setImmediate(() => this.#flush());
  }

  pause(): void {
    this.#isPaused = true;
  }

  /** What was held is delivered; that may pause again. */
  resume(): void {
    this.#isPaused = false;
    this.#flush();
  }

  /** The listener hears of nothing but the end from now on. */
  drop(): void {
    this.#isPaused = false;
    this.#held = [];
  }

  /** A message of our own, in a later turn: a caller of `write` is not called back while it writes. */
  send(frame: Frame): void {
    this.#held.push(frame);
    if (this.#held.length === 1) queueMicrotask(() => this.#flush());
  }

  /** Messages of the server, of one read. */
  deliver(frames: readonly Frame[]): void {
    if (frames.length === 0) return;
    for (const { bytes } of frames) this.#traffic.fromChildren += bytes.length;
    if (this.#held.length === 0 && !this.#isPaused && this.#listener !== null) return this.#listener.frames(frames);
    this.#held.push(...frames);
    this.#flush();
  }

  drained(): void {
    this.#listener?.drained();
  }

  /** Whether the listener can go on in the modern revision. */
  get translates(): boolean {
    return this.#listener?.modern !== undefined;
  }

  /** Hands what is held over with the rest. */
  modern(turn: ModernTurn): void {
    const held = this.#held;
    this.#held = [];
    this.#listener?.modern?.({ ...turn, news: [...held, ...turn.news] });
  }

  end(end: RemoteEnd): void {
    this.#end = end;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    const listener = this.#listener;
    if (listener === null || this.#isPaused) return;
    const frames = this.#held;
    this.#held = [];
    if (frames.length > 0) listener.frames(frames);
    if (this.#end === null || this.#isPaused || this.#isTold) return;
    this.#isTold = true;
    listener.ended(this.#end);
  }
}
