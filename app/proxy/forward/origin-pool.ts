import type { Socket } from 'node:net';
import { OriginConnection } from './origin-connection.ts';

/** How long an idle connection is kept; most servers close theirs after five seconds. */
const IDLE_MS = 4_000;
/** An origin that says when it will close is left before that. */
const MARGIN_MS = 500;
const SWEEP_MS = 1_000;
/** Idle connections kept for one origin. */
const IDLE_LIMIT = 64;

/** Idle connections to origins. The one used last is used next, so that the superfluous ones grow old and go. */
export class OriginPool {
  readonly #idle = new Map<string, OriginConnection[]>();
  readonly #now: () => number;
  #timer: NodeJS.Timeout | null = null;

  /** `now` is the monotonic clock, in ms. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** An idle connection, the freshest; null when there is none. */
  take(key: string): OriginConnection | null {
    const stack = this.#idle.get(key);
    const connection = stack?.pop();
    if (connection === undefined) return null;
    if (connection.idleUntil > this.#now()) return connection;
    // The rest of the stack has been idle for longer still.
    connection.destroy();
    return null;
  }

  /** A new connection that comes here when it is idle. */
  adopt(socket: Socket, key: string): OriginConnection {
    return new OriginConnection(socket, key, this.#released);
  }

  /** Connections that wait. */
  get size(): number {
    let size = 0;
    for (const stack of this.#idle.values()) size += stack.length;
    return size;
  }

  /** Closes everything that is idle, and the timer. */
  clear(): void {
    for (const stack of this.#idle.values()) for (const connection of stack) connection.destroy();
    this.#idle.clear();
    this.#stopTimer();
  }

  readonly #released = (connection: OriginConnection, fit: boolean): void => {
    if (fit) this.#keep(connection);
    else this.#forget(connection);
  };

  #keep(connection: OriginConnection): void {
    const announced = connection.idleSeconds === null ? IDLE_MS : connection.idleSeconds * 1000 - MARGIN_MS;
    if (announced <= 0) return connection.destroy();
    connection.idleUntil = this.#now() + Math.min(IDLE_MS, announced);
    const stack = this.#idle.get(connection.key);
    if (stack === undefined) this.#idle.set(connection.key, [connection]);
    else if (stack.push(connection) > IDLE_LIMIT) stack.shift()?.destroy();
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  #forget(connection: OriginConnection): void {
    const stack = this.#idle.get(connection.key);
    const place = stack?.lastIndexOf(connection) ?? -1;
    if (place !== -1) stack?.splice(place, 1);
  }

  #sweep(): void {
    const now = this.#now();
    for (const [key, stack] of this.#idle) {
      const young = stack.findIndex((connection) => connection.idleUntil > now);
      const old = stack.splice(0, young === -1 ? stack.length : young);
      for (const connection of old) connection.destroy();
      if (stack.length === 0) this.#idle.delete(key);
    }
    if (this.#idle.size === 0) this.#stopTimer();
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
