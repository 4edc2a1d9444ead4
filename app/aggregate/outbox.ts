import type { Frame } from '../mcp/jsonrpc/index.ts';
import type { PeerEnd, PeerListener } from '../servers/index.ts';

/**
 * Frames on their way to the listener of a peer, in their order, and none while it is paused. What is said while the listener itself
 * writes reaches it in a later microtask: it must not be called back from there.
 */
export class Outbox {
  #listener: PeerListener | null = null;
  #pending: Frame[] = [];
  #end: PeerEnd | null = null;
  #isPaused = false;
  #isScheduled = false;
  #isOver = false;

  get isPaused(): boolean {
    return this.#isPaused;
  }

  listen(listener: PeerListener): void {
    this.#listener = listener;
    this.#schedule();
  }

  /** Frames that a server has sent: at once where nothing waits. */
  send(frames: readonly Frame[]): void {
    if (this.#isOver) return;
    if (this.#pending.length > 0 || this.#isPaused || this.#listener === null) {
      this.#pending.push(...frames);
      this.#schedule();
    } else {
      this.#listener.frames(frames);
    }
  }

  /** A frame of our own making. */
  later(frame: Frame): void {
    if (this.#isOver) return;
    this.#pending.push(frame);
    this.#schedule();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#flush();
  }

  drained(): void {
    this.#listener?.drained();
  }

  /** Nothing that waits is sent any more: the listener hears of the end. */
  end(end: PeerEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#isPaused = false;
    this.#pending = [];
    this.#end = end;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#isPaused || this.#listener === null) return;
    const frames = this.#pending;
    this.#pending = [];
    if (frames.length > 0) this.#listener.frames(frames);
    const end = this.#end;
    if (end === null || this.#isPaused) return;
    this.#end = null;
    this.#listener.ended(end);
  }
}
