import type { Socket } from 'node:net';
import { LinkedList, type Place } from '../base/linked-list.ts';
import { type RawReader, readRaw, sharedReadBuffer } from '../base/raw-reads.ts';
import { reset } from './socket-close.ts';
import type { Tunnel, Tunnels } from './traffic.ts';

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
interface AcquiredBuffer {
  readonly whole: Buffer;
  /** Its beginning, for reads beside interactive traffic. */
  readonly part: Buffer;
}

/** Read buffers of busy directions; quiet ones all read into `sharedReadBuffer`. */
class ReadBuffers {
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
const BUSY_READ = sharedReadBuffer.length / 2;

/** For this many ms after a small exchange, other tunnels count as having interactive traffic beside them. */
const INTERACTIVE_MS = 100;

/** Shares the event loop between busy directions, and keeps their reads short while other tunnels exchange little. */
class FairnessScheduler {
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
type YoungPlace = Place<Young>;

/**
 * Turns TCP keep-alive on for sockets that have been open for a while, so that a dead peer is noticed. It costs four system
 * calls a socket, more than a tenth of a short tunnel, and does nothing in the first minute.
 */
class KeepAliveSweep {
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
    // What lies ready is read before it is asked for: see `timeLimit`.
    this.#timer ??= setInterval(() => setImmediate(() => this.#sweep()), HALF_CLOSED_SWEEP_MS).unref();
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

/** What a direction tells of itself to the tunnel it belongs to. */
export interface RelayedTunnel {
  /** One side has sent its FIN and the other has not. */
  halfClosed(): void;
  /** The source of a direction is closed; called once by each. */
  sourceClosed(): void;
}

/** An acquired buffer is released after this many reads in a row that a small one could have taken. */
const SHORT_READS_TO_RELEASE = 8;
/** What a small buffer takes in one read with room to spare, in bytes. */
const SHORT_READ = 16 * 1024;

/**
 * One direction of a tunnel: what `source` receives, `sink` sends, nothing is kept.
 * While it is quiet, it shares a buffer with all other quiet directions. When reads come back full it acquires a large one of
 * its own, and reads again only when the write that uses it has left: that is the back-pressure, too. Beside interactive
 * traffic it uses the beginning of its buffer only, so that no other tunnel waits for a long read.
 */
export class Direction implements RawReader {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #tunnel: RelayedTunnel;
  readonly #record: Tunnel;
  readonly #tunnels: Tunnels;
  readonly #resources: RelayResources;
  readonly #way: 'up' | 'down';
  readonly #young: YoungPlace;
  #acquired: AcquiredBuffer | null = null;
  #shortReads = 0;
  #waitsForWrite = false;

  constructor(
    source: Socket,
    sink: Socket,
    tunnel: RelayedTunnel,
    record: Tunnel,
    tunnels: Tunnels,
    way: 'up' | 'down',
  ) {
    this.#source = source;
    this.#sink = sink;
    this.#tunnel = tunnel;
    this.#record = record;
    this.#tunnels = tunnels;
    this.#resources = tunnels.relay;
    this.#way = way;
    this.#young = tunnels.relay.keepAlive.add(source);
  }

  /** Starts relaying. `sentAhead` goes first, then what `source` has received and nothing has read yet. */
  start(sentAhead: readonly Buffer[]): void {
    const source = this.#source;
    source.on('end', this.#ended);
    source.on('error', this.#failed);
    source.on('close', this.#closed);
    for (const chunk of sentAhead) this.#pass(chunk);
    if (source.readableEnded) {
      this.#sink.end();
      this.#tunnel.halfClosed();
    }
    const early: unknown = source.readableLength > 0 ? source.read() : null;
    if (early instanceof Buffer) this.#pass(early);
    if (!readRaw(source, this)) {
      source.on('data', (chunk: Buffer) => {
        if (!this.#pass(chunk)) source.pause();
      });
      this.#sink.on('drain', this.#continue);
    } else if (this.#sink.writableNeedDrain) {
      this.#awaitDrain();
    } else {
      source.resume();
    }
  }

  next(): Buffer {
    if (this.#acquired === null) return sharedReadBuffer;
    const { whole, part } = this.#acquired;
    return this.#resources.fairness.hasInteractiveBeside(this.#tunnel) ? part : whole;
  }

  read(bytes: number, buffer: Buffer): boolean {
    if (buffer === sharedReadBuffer) return this.#readShared(bytes);
    this.#count(bytes);
    this.#sink.write(buffer.subarray(0, bytes), this.#written);
    this.#shortReads = bytes < SHORT_READ ? this.#shortReads + 1 : 0;
    if (this.#sink.writableLength !== 0) return this.#awaitWrite();
    // The next read asks for its memory right after this one: only at this moment no read and no write uses the buffer.
    if (this.#shortReads >= SHORT_READS_TO_RELEASE) this.#release();
    if (bytes < buffer.length) return true;
    this.#resources.fairness.schedule(this.#continue);
    return false;
  }

  #readShared(bytes: number): boolean {
    const chunk = Buffer.allocUnsafe(bytes);
    sharedReadBuffer.copy(chunk, 0, 0, bytes);
    const hasRoom = this.#pass(chunk);
    if (bytes >= BUSY_READ) this.#acquired = this.#resources.buffers.acquire();
    else this.#resources.fairness.noteInteractive(this.#tunnel);
    return hasRoom || this.#awaitDrain();
  }

  /** Whether the sink takes more. A write without a callback that leaves at once costs Node no turn of its queue. */
  #pass(chunk: Buffer): boolean {
    this.#count(chunk.length);
    return this.#sink.write(chunk);
  }

  #count(bytes: number): void {
    if (this.#way === 'up') this.#tunnels.countUp(this.#record, bytes);
    else this.#tunnels.countDown(this.#record, bytes);
  }

  #awaitDrain(): false {
    this.#sink.once('drain', this.#continue);
    return false;
  }

  #awaitWrite(): false {
    this.#waitsForWrite = true;
    return false;
  }

  readonly #written = (): void => {
    if (!this.#waitsForWrite || this.#sink.writableLength !== 0) return;
    this.#waitsForWrite = false;
    this.#continue();
  };

  readonly #continue = (): void => {
    if (!this.#source.destroyed) this.#source.resume();
  };

  readonly #ended = (): void => {
    const sink = this.#sink;
    if (!sink.readableEnded) {
      sink.end();
      this.#tunnel.halfClosed();
    } else if (sink.writableLength > 0) {
      sink.end();
    } else {
      // Both sides have ended and every byte has left: closing sends the FIN as well, with a system call less.
      sink.destroy();
      this.#source.destroy();
    }
  };

  readonly #failed = (): void => {
    reset(this.#sink);
  };

  readonly #closed = (): void => {
    this.#resources.keepAlive.delete(this.#young);
    this.#release();
    if (!this.#source.readableEnded && !this.#sink.destroyed) this.#sink.destroy();
    this.#tunnel.sourceClosed();
  };

  #release(): void {
    if (this.#acquired === null) return;
    // The kernel may still read a write that has not left when the socket closes.
    this.#resources.buffers.release(this.#acquired, this.#sink.writableLength > 0);
    this.#acquired = null;
    this.#shortReads = 0;
  }
}
