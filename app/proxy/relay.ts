import type { Socket } from 'node:net';
import { authorityOf, type Target } from '../base/address.ts';
import type { Place } from '../base/linked-list.ts';
import { type RawReader, readRaw, sharedReadBuffer } from '../base/raw-reads.ts';
import type { ProxiedRequest } from '../inspect/index.ts';
import type { ProxyContext } from './context.ts';
import {
  type AcquiredBuffer,
  BUSY_READ,
  type HalfClosed,
  type HalfClosedPlace,
  type RelayResources,
  type YoungPlace,
} from './relay-resources.ts';
import { reset } from './socket-close.ts';
import type { Tunnel, TunnelKind, Tunnels } from './tunnels.ts';

/**
 * client <=> target, byte for byte, until both sides have ended: listed, counted and relayed. There may be thousands, for
 * hours, so it holds nothing of how it was opened.
 *
 * A FIN is passed on and leaves the other direction alone (RFC 9110 section 9.3.6 lets a tunnel drain); an RST is
 * passed on as an RST. There is no idle timeout: a quiet tunnel is in use, and TCP keep-alive finds dead peers.
 * Both sockets must allow half-open, and have no other reader.
 */
export class EstablishedTunnel implements HalfClosed {
  readonly #context: ProxyContext;
  readonly #place: Place<Tunnel>;
  readonly #record: Tunnel;
  #halfClosed: HalfClosedPlace | null = null;
  #sockets: readonly Socket[] = [];
  #open = 0;

  /** `request` is what is recorded of it. */
  constructor(context: ProxyContext, kind: TunnelKind, target: Target, label: string, request: ProxiedRequest) {
    this.#context = context;
    this.#place = context.tunnels.add(kind, target, label, request, () => this.#reset());
    this.#record = this.#place.value;
    request.connected(true);
    context.lastRequests.connected(label, target);
    context.log.debug(`${authorityOf(target)} open`, { kind, client: label });
  }

  /** Relays from now on, beginning with the bytes that each side has sent ahead. */
  relay(client: Socket, target: Socket, fromClient: readonly Buffer[], fromTarget: readonly Buffer[] = []): void {
    this.#sockets = [client, target];
    this.#open = 2;
    new Direction(client, target, this, this.#record, this.#context.tunnels, 'up').start(fromClient);
    new Direction(target, client, this, this.#record, this.#context.tunnels, 'down').start(fromTarget);
  }

  passed(): number {
    return this.#record.up + this.#record.down;
  }

  expire(): void {
    this.#context.log.info(
      `${authorityOf(this.#record.target)} closed: half-closed, and nothing moved for two minutes`,
    );
    this.#reset();
  }

  /** One side has sent its FIN and the other has not. */
  halfClosed(): void {
    this.#halfClosed ??= this.#context.tunnels.relay.halfClosed.add(this);
  }

  /** The source of a direction is closed; called once by each. */
  sourceClosed(): void {
    if (--this.#open > 0) return;
    const { tunnels, log } = this.#context;
    const { target, up, down, request } = this.#record;
    request.sent(up);
    request.received(down);
    request.done();
    if (this.#halfClosed !== null) tunnels.relay.halfClosed.delete(this.#halfClosed);
    tunnels.remove(this.#place);
    log.debug(`${authorityOf(target)} closed`, { up, down });
  }

  /** Resets both sides. */
  #reset(): void {
    for (const socket of this.#sockets) reset(socket);
  }
}

/** An acquired buffer is released after this many reads in a row that a small one could have taken. */
const SMALL_READS_TO_RELEASE = 8;
const SMALL_READ = 16 * 1024;

/**
 * One direction of a tunnel: what `source` receives, `sink` sends, nothing is kept.
 * While it is quiet, it shares a buffer with all other quiet directions. When reads come back full it acquires a large one of
 * its own, and reads again only when the write that uses it has left: that is the back-pressure, too. Beside interactive
 * traffic it uses the beginning of its buffer only, so that no other tunnel waits for a long read.
 */
class Direction implements RawReader {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #tunnel: EstablishedTunnel;
  readonly #record: Tunnel;
  readonly #tunnels: Tunnels;
  readonly #resources: RelayResources;
  readonly #way: 'up' | 'down';
  readonly #young: YoungPlace;
  #acquired: AcquiredBuffer | null = null;
  #smallReads = 0;
  #waitsForWrite = false;

  constructor(
    source: Socket,
    sink: Socket,
    tunnel: EstablishedTunnel,
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
      this.#sink.on('drain', () => this.#continue());
    } else if (this.#sink.writableLength > 0 && early !== null) {
      this.#pause();
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
    this.#pass(buffer.subarray(0, bytes));
    this.#smallReads = bytes < SMALL_READ ? this.#smallReads + 1 : 0;
    if (this.#sink.writableLength !== 0) return this.#pause();
    // The next read asks for its memory right after this one: only at this moment no read and no write uses the buffer.
    if (this.#smallReads >= SMALL_READS_TO_RELEASE) this.#release();
    if (bytes < buffer.length) return true;
    this.#resources.fairness.schedule(() => this.#continue());
    return false;
  }

  #readShared(bytes: number): boolean {
    this.#pass(Buffer.from(sharedReadBuffer.subarray(0, bytes)));
    if (bytes >= BUSY_READ) this.#acquired = this.#resources.buffers.acquire();
    else this.#resources.fairness.noteInteractive(this.#tunnel);
    return this.#sink.writableLength === 0 || this.#pause();
  }

  #pass(chunk: Buffer): boolean {
    if (this.#way === 'up') this.#tunnels.countUp(this.#record, chunk.length);
    else this.#tunnels.countDown(this.#record, chunk.length);
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
    this.#smallReads = 0;
  }
}
