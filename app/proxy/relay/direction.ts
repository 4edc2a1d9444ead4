import type { Socket } from 'node:net';
import {
  forgetKeepAlive,
  giveBack,
  keepAlive,
  type Lease,
  lease,
  type RawReader,
  readRaw,
  sharedReadBuffer,
} from '../../dial/index.ts';
import { reset } from '../socket-close.ts';
import { hasInteractiveTrafficBeside, noteInteractiveTraffic, scheduleTurn } from './fairness.ts';

/** A lease goes back after this many reads in a row that a small one could have taken. */
const SMALL_READS_TO_REST = 8;
const SMALL_READ = 16 * 1024;

/** Whom a direction tells what happens. */
export interface DirectionOwner {
  /** `bytes` of `source` are on their way to the other side. */
  passed(source: Socket, bytes: number): void;
  /** One side has sent its FIN and the other has not. */
  halfClosed(): void;
  /** The source is closed; called once by each direction. */
  sourceClosed(): void;
}

/**
 * One direction of a tunnel: what `source` receives, `sink` sends, nothing is kept.
 * Quiet, it shares a buffer with all other quiet directions. When reads come back full it leases a large one of its
 * own, and reads again only when the write that uses it has left: that is the back-pressure, too. While others exchange
 * small things it uses the beginning of its buffer only, so that they do not wait for long reads.
 */
export class Direction implements RawReader {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #owner: DirectionOwner;
  #leased: Lease | null = null;
  #smallReads = 0;
  #waitsForWrite = false;

  constructor(source: Socket, sink: Socket, owner: DirectionOwner) {
    this.#source = source;
    this.#sink = sink;
    this.#owner = owner;
  }

  /** Starts relaying; what `source` had received before goes first. */
  start(): void {
    const source = this.#source;
    keepAlive(source);
    source.on('end', this.#ended);
    source.on('error', this.#failed);
    source.on('close', this.#closed);
    if (source.readableEnded) {
      this.#sink.end();
      this.#owner.halfClosed();
    }
    const early: unknown = source.readableLength > 0 ? source.read() : null;
    if (early instanceof Buffer) this.#pass(early);
    if (!readRaw(source, this)) {
      source.on('data', (chunk: Buffer) => {
        if (!this.#pass(chunk)) source.pause();
      });
      this.#sink.on('drain', () => this.#continue());
    } else if (this.#sink.writableLength > 0 && early !== null) {
      this.#pause();
    } else {
      source.resume();
    }
  }

  next(): Buffer {
    if (this.#leased === null) return sharedReadBuffer;
    return hasInteractiveTrafficBeside(this.#owner) ? this.#leased.part : this.#leased.whole;
  }

  read(bytes: number, buffer: Buffer): boolean {
    if (buffer === sharedReadBuffer) return this.#readQuiet(bytes);
    this.#pass(buffer.subarray(0, bytes));
    this.#smallReads = bytes < SMALL_READ ? this.#smallReads + 1 : 0;
    if (this.#sink.writableLength !== 0) return this.#pause();
    // The next read asks for its memory right after this one: the only moment at which the large buffer is nobody's.
    if (this.#smallReads >= SMALL_READS_TO_REST) this.#release();
    if (bytes < buffer.length) return true;
    scheduleTurn(() => this.#continue());
    return false;
  }

  #readQuiet(bytes: number): boolean {
    this.#pass(Buffer.from(sharedReadBuffer.subarray(0, bytes)));
    if (bytes >= sharedReadBuffer.length / 2) this.#leased = lease();
    else noteInteractiveTraffic(this.#owner);
    return this.#sink.writableLength === 0 || this.#pause();
  }

  #pass(chunk: Buffer): boolean {
    this.#owner.passed(this.#source, chunk.length);
    return this.#sink.write(chunk, this.#written);
  }

  #pause(): false {
    this.#waitsForWrite = true;
    return false;
  }

  readonly #written = (): void => {
    if (!this.#waitsForWrite || this.#sink.writableLength !== 0) return;
    this.#waitsForWrite = false;
    this.#continue();
  };

  #continue(): void {
    if (!this.#source.destroyed) this.#source.resume();
  }

  readonly #ended = (): void => {
    const sink = this.#sink;
    if (!sink.readableEnded) {
      sink.end();
      this.#owner.halfClosed();
    } else if (sink.writableLength > 0) {
      sink.end();
    } else {
      // Both have said their last word and all of it has left: closing says FIN, too, and a system call earlier.
      sink.destroy();
      this.#source.destroy();
    }
  };

  readonly #failed = (): void => {
    reset(this.#sink);
  };

  readonly #closed = (): void => {
    forgetKeepAlive(this.#source);
    this.#release();
    if (!this.#source.readableEnded && !this.#sink.destroyed) this.#sink.destroy();
    this.#owner.sourceClosed();
  };

  #release(): void {
    if (this.#leased === null) return;
    // A write that has not left when the socket closes may still be read by the kernel: that buffer is not reused.
    giveBack(this.#leased, this.#sink.writableLength > 0);
    this.#leased = null;
    this.#smallReads = 0;
  }
}
