import type { Socket } from 'node:net';
import { leaseBuffer, quietBuffer, returnBuffer } from './buffers.ts';
import { type RawReader, readRaw } from './raw-reads.ts';
import { takeTurn } from './turns.ts';

/** A leased buffer goes back after this many reads in a row that a small one could have taken. */
const SMALL_READS_TO_REST = 8;
const SMALL_READ = 16 * 1024;

/**
 * One direction of a tunnel: what `source` receives, `sink` sends, nothing is kept.
 * Quiet, it shares a buffer with all other quiet directions. When reads come back full it leases a large one of its
 * own, and reads again only when the write that uses it has left: that is the back-pressure, too.
 */
export class Direction implements RawReader {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #count: (bytes: number) => void;
  readonly #continue: () => void;
  readonly #written: () => void;
  #leased: Buffer | null = null;
  #smallReads = 0;
  #waitsForWrite = false;

  constructor(source: Socket, sink: Socket, count: (bytes: number) => void) {
    this.#source = source;
    this.#sink = sink;
    this.#count = count;
    this.#continue = () => {
      if (!source.destroyed) source.resume();
    };
    this.#written = () => {
      if (!this.#waitsForWrite || sink.writableLength !== 0) return;
      this.#waitsForWrite = false;
      this.#continue();
    };
  }

  /** Starts relaying; what `source` had received before goes first. */
  start(): void {
    const source = this.#source;
    const early = source.readableLength > 0 ? source.read() : null;
    if (early instanceof Buffer) this.#pass(early);
    if (readRaw(source, this)) {
      source.once('close', () => this.#release());
      if (this.#sink.writableLength > 0 && early !== null) this.#pause();
      else source.resume();
      return;
    }
    source.on('data', (chunk: Buffer) => {
      if (!this.#pass(chunk)) source.pause();
    });
    this.#sink.on('drain', this.#continue);
  }

  next(): Buffer {
    return this.#leased ?? quietBuffer;
  }

  read(bytes: number, buffer: Buffer): boolean {
    if (buffer === quietBuffer) return this.#readQuiet(bytes);
    this.#pass(buffer.subarray(0, bytes));
    this.#smallReads = bytes < SMALL_READ ? this.#smallReads + 1 : 0;
    if (this.#sink.writableLength !== 0) return this.#pause();
    // The next read asks for its memory right after this one: the only moment at which the large buffer is nobody's.
    if (this.#smallReads >= SMALL_READS_TO_REST) this.#release();
    if (bytes < buffer.length) return true;
    takeTurn(this.#continue);
    return false;
  }

  #readQuiet(bytes: number): boolean {
    this.#pass(Buffer.from(quietBuffer.subarray(0, bytes)));
    if (bytes >= quietBuffer.length / 2) this.#leased = leaseBuffer();
    return this.#sink.writableLength === 0 || this.#pause();
  }

  #pass(chunk: Buffer): boolean {
    this.#count(chunk.length);
    return this.#sink.write(chunk, this.#written);
  }

  #pause(): false {
    this.#waitsForWrite = true;
    return false;
  }

  #release(): void {
    if (this.#leased === null) return;
    // A write that has not left when the socket closes may still be read by the kernel: that buffer is not reused.
    if (this.#sink.writableLength === 0) returnBuffer(this.#leased);
    this.#leased = null;
    this.#smallReads = 0;
  }
}
