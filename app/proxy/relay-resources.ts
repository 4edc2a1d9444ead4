import type { Socket } from 'node:net';
import { LinkedList, type Place } from '../base/linked-list.ts';
import { sharedReadBuffer } from '../base/raw-reads.ts';

/** What the tunnels of one instance share while they relay. */
export class RelayResources {
  readonly buffers: ReadBuffers = new ReadBuffers();
  readonly fairness: FairnessScheduler = new FairnessScheduler();
  readonly keepAlive: KeepAliveSweep = new KeepAliveSweep();
  readonly halfClosed: HalfClosedSweep = new HalfClosedSweep();
}

/**
 * Bytes of one read of a busy direction while no interactive traffic waits: about what the kernel holds for a socket, so
 * that one read empties it and the sender goes on with its whole window. Measured, 4 MiB cost half the CPU of 1 MiB.
 */
const LARGE_READ = 4 * 1024 * 1024;
/** Directions that may hold that much at a time, 32 MiB in all; the next ones get the small size. */
const LARGE_MOST = 8;
/** Bytes of one read of a busy direction beside interactive traffic, which then hardly waits. */
const SMALL_READ = 32 * 1024;
/** Free buffers of each size that are kept for the next busy direction. */
const FREE_MOST = 2;

/** The read buffer of one busy direction. */
export interface AcquiredBuffer {
  readonly whole: Buffer;
  /** Its beginning, for reads beside interactive traffic. */
  readonly part: Buffer;
}

/** Read buffers of busy directions; quiet ones all read into `sharedReadBuffer`. */
export class ReadBuffers {
  readonly #free: { readonly large: AcquiredBuffer[]; readonly small: AcquiredBuffer[] } = { large: [], small: [] };
  #largeInUse = 0;

  /** A buffer for one direction alone: of the large size as long as few have one. */
  acquire(): AcquiredBuffer {
    if (this.#largeInUse >= LARGE_MOST) return this.#free.small.pop() ?? allocate(SMALL_READ);
    this.#largeInUse++;
    return this.#free.large.pop() ?? allocate(LARGE_READ);
  }

  /** Takes a buffer back. A `dirty` one, from which the kernel may still be writing, is not reused. */
  release(buffer: AcquiredBuffer, dirty: boolean): void {
    const isLarge = buffer.whole.length === LARGE_READ;
    if (isLarge) this.#largeInUse--;
    const free = isLarge ? this.#free.large : this.#free.small;
    if (!dirty && free.length < FREE_MOST) free.push(buffer);
  }
}

function allocate(bytes: number): AcquiredBuffer {
  const whole = Buffer.allocUnsafeSlow(bytes);
  return { whole, part: whole.subarray(0, SMALL_READ) };
}

/** A read of the shared buffer with at least this many bytes marks a direction as busy, any other as interactive. */
export const BUSY_READ: number = sharedReadBuffer.length / 2;

/** For this many ms after a small exchange, other tunnels count as having interactive traffic beside them. */
const INTERACTIVE_MS = 100;

/** Shares the event loop between busy directions, and keeps their reads short while other tunnels exchange little. */
export class FairnessScheduler {
  /** The tunnel with the newest interactive traffic, when that was, and when the newest of any other tunnel was. */
  #newest: object | null = null;
  #newestAt = Number.NEGATIVE_INFINITY;
  #othersAt = Number.NEGATIVE_INFINITY;
  readonly #waiting: (() => void)[] = [];
  #isScheduled = false;

  /** A small message has just passed through `tunnel`: a keystroke, a call, an answer. */
  noteInteractive(tunnel: object): void {
    if (tunnel !== this.#newest) {
      this.#othersAt = this.#newestAt;
      this.#newest = tunnel;
    }
    this.#newestAt = performance.now();
  }

  /**
   * Whether tunnels other than `tunnel` have interactive traffic, which a long read would delay. What a tunnel sends beside
   * its own download, such as the acknowledgements of HTTP/2, does not slow that download down.
   */
  hasInteractiveBeside(tunnel: object): boolean {
    return performance.now() - (tunnel === this.#newest ? this.#othersAt : this.#newestAt) < INTERACTIVE_MS;
  }

  /**
   * Calls `run` in a turn of the event loop of its own, in order. libuv would otherwise read a flooded socket up to 32 times
   * before it looks at any other, and every small exchange beside it would wait 20 ms.
   */
  schedule(run: () => void): void {
    this.#waiting.push(run);
    if (!this.#isScheduled) this.#scheduleNext();
  }

  #scheduleNext(): void {
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      const run = this.#waiting.shift();
      if (this.#waiting.length > 0) this.#scheduleNext();
      run?.();
    });
  }
}

/** Silence after which TCP probes whether the peer is alive, in ms. */
const KEEP_ALIVE_MS = 60_000;
/** A socket gets its keep-alive between one and two of these, in ms, after it was added. */
const KEEP_ALIVE_SWEEP_MS = 15_000;

/** A socket that has none yet, and since when it is there, in ms of the monotonic clock. */
interface Young {
  readonly socket: Socket;
  readonly since: number;
}

/** The place of a socket in the sweep of keep-alives. */
export type YoungPlace = Place<Young>;

/**
 * Turns TCP keep-alive on for sockets that have been open for a while, so that a dead peer is noticed. It costs four system
 * calls a socket, more than a tenth of a short tunnel, and does nothing in the first minute.
 */
export class KeepAliveSweep {
  readonly #young = new LinkedList<Young>();
  #timer: NodeJS.Timeout | null = null;

  /** The place is what `delete` needs. */
  add(socket: Socket): YoungPlace {
    this.#timer ??= setInterval(() => this.#sweep(), KEEP_ALIVE_SWEEP_MS).unref();
    return this.#young.add({ socket, since: performance.now() });
  }

  /** The socket is closed. */
  delete(place: YoungPlace): void {
    this.#young.delete(place);
  }

  #sweep(): void {
    const since = performance.now() - KEEP_ALIVE_SWEEP_MS;
    for (let { oldest } = this.#young; oldest !== null && oldest.since <= since; { oldest } = this.#young) {
      this.#young.shift();
      oldest.socket.setKeepAlive(true, KEEP_ALIVE_MS);
    }
    if (this.#young.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}

/** A half-closed tunnel through which nothing passes for this long, in ms, is closed: its other side does not answer any more. */
const HALF_CLOSED_MS = 120_000;
const HALF_CLOSED_SWEEP_MS = 10_000;

/** A tunnel one side of which has sent its FIN. */
export interface HalfClosed {
  /** Bytes passed so far, both ways. */
  passed(): number;
  /** Nothing has passed for two minutes: closes the tunnel. */
  expire(): void;
}

/** With the bytes passed when they were counted last, and since when, in ms of the monotonic clock, it is that many. */
interface Watched {
  readonly tunnel: HalfClosed;
  passed: number;
  since: number;
}

/** The place of a tunnel in the sweep of half-closed ones. */
export type HalfClosedPlace = Place<Watched>;

/** Closes half-closed tunnels that have gone silent. One timer serves all, and ends when it finds none. */
export class HalfClosedSweep {
  readonly #watched = new LinkedList<Watched>();
  #timer: NodeJS.Timeout | null = null;

  /** The place is what `delete` needs. */
  add(tunnel: HalfClosed): HalfClosedPlace {
    this.#timer ??= setInterval(() => this.#sweep(), HALF_CLOSED_SWEEP_MS).unref();
    return this.#watched.add({ tunnel, passed: tunnel.passed(), since: performance.now() });
  }

  delete(place: HalfClosedPlace): void {
    this.#watched.delete(place);
  }

  #sweep(): void {
    const now = performance.now();
    for (const watched of this.#watched.values()) {
      const passed = watched.tunnel.passed();
      if (passed !== watched.passed) {
        watched.passed = passed;
        watched.since = now;
      } else if (now - watched.since >= HALF_CLOSED_MS) watched.tunnel.expire();
    }
    if (this.#watched.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}
