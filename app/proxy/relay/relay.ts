import type { Socket } from 'node:net';
import { reset } from '../socket-close.ts';
import { Direction, type DirectionOwner } from './direction.ts';
import { type HalfClosed, unwatchHalfClosed, watchHalfClosed } from './half-closed-sweep.ts';

/** What a relay tells while it runs. */
export interface RelayEvents {
  /** Bytes from the client to the target. */
  up(bytes: number): void;
  /** Bytes from the target to the client. */
  down(bytes: number): void;
  /** Half-closed for two minutes without a byte: it is closed now. */
  expired(): void;
  /** Both sockets are closed; called once. */
  closed(): void;
}

/**
 * client <=> target, byte for byte, until both sides have ended.
 *
 * A FIN is passed on and leaves the other direction alone (RFC 9110 section 9.3.6 lets a tunnel drain); an RST is
 * passed on as an RST. There is no idle timeout: a quiet tunnel is a living tunnel, and TCP keep-alive finds the dead.
 * Both sockets must allow half-open, and have nobody else reading them.
 */
export class Relay implements DirectionOwner, HalfClosed {
  readonly #client: Socket;
  readonly #target: Socket;
  readonly #events: RelayEvents;
  #moved = 0;
  #open = 2;

  constructor(client: Socket, target: Socket, events: RelayEvents) {
    this.#client = client;
    this.#target = target;
    this.#events = events;
    new Direction(client, target, this).start();
    new Direction(target, client, this).start();
  }

  /** Resets both sides. */
  close(): void {
    reset(this.#client);
    reset(this.#target);
  }

  expire(): void {
    this.#events.expired();
    this.close();
  }

  moved(): number {
    return this.#moved;
  }

  passed(source: Socket, bytes: number): void {
    this.#moved += bytes;
    if (source === this.#client) this.#events.up(bytes);
    else this.#events.down(bytes);
  }

  halfClosed(): void {
    watchHalfClosed(this);
  }

  sourceClosed(): void {
    if (--this.#open > 0) return;
    unwatchHalfClosed(this);
    this.#events.closed();
  }
}
