import type { Socket } from 'node:net';
import type { Target } from '../../base/address.ts';
import { DialError, type Dialer, type Dialling, type DialSource } from '../dialer.ts';
import { OriginConnection } from './origin-connection.ts';
import { PinnedConnections } from './pinned-connections.ts';

/** How long the last idle connection of an origin is kept; most servers close theirs after five seconds. */
const IDLE_MS = 4_000;
/** How long an idle connection is kept that is not the only one: a device has few sockets, and other programs too. */
const SURPLUS_MS = 250;
/** How long before the close that an origin announces its connection is dropped. */
const MARGIN_MS = 500;
const SWEEP_MS = 125;
/** Idle connections kept for one origin. */
const IDLE_LIMIT = 64;
/** A first request that waits this long without a byte may wait for a connection of ours to be closed. */
const CROWDED_MS = 500;
/** A device that has just closed a connection may refuse the next one for this many ms. */
const RETRY_REFUSED_MS = 150;

/** Equal for all ways of writing the same origin. */
export function originKey({ host, port }: Target): string {
  return `${host.toLowerCase()}:${port}`;
}

/** Name of the connections that end at `end`. Those dialled for clients of this machine may go where others may not. */
export function poolKey(end: string, isRemote: boolean): string {
  return isRemote ? `remote ${end}` : end;
}

/**
 * Connections to origins. The idle one used last is used next, so that the superfluous ones grow old and go.
 *
 * Small devices set the rules: some have four sockets for all their clients, some serve one connection until it closes
 * and let the others wait. So an idle connection beside others goes soon, and whatever needs a new connection to an
 * origin has the idle ones closed before.
 */
export class OriginPool {
  readonly pins: PinnedConnections;
  readonly #idle = new Map<string, OriginConnection[]>();
  /** All that are open, idle or not, but for those that are being closed. */
  readonly #open = new Map<string, Set<OriginConnection>>();
  readonly #leaving = new Map<string, Set<OriginConnection>>();
  /** Origins at which a new connection waits while others are served. */
  readonly #crowded = new Set<string>();
  readonly #now: () => number;
  #timer: NodeJS.Timeout | null = null;

  /** `now` is the monotonic clock, in ms. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.pins = new PinnedConnections(now, (connection) => this.#retire(connection));
  }

  /** An idle connection, the freshest; null when there is none. */
  take(key: string): OriginConnection | null {
    const stack = this.#idle.get(key);
    const connection = stack?.pop();
    if (connection === undefined) return null;
    if (connection.idleUntil > this.#now()) return connection;
    // The rest of the stack has been idle for longer still.
    this.#retire(connection);
    return null;
  }

  /** Whether nothing is idle at `end`, nor being closed there. */
  isVacant(end: Target): boolean {
    if (this.#idle.size === 0 && this.#leaving.size === 0) return true;
    return keysOf(originKey(end)).every((key) => (this.#idle.get(key)?.length ?? 0) === 0 && !this.#leaving.has(key));
  }

  /** Closes what is idle at `end`, of whichever clients, and calls `run` when the origin has seen that; at once when there was nothing. */
  vacate(end: string, run: () => void): void {
    const leaving: OriginConnection[] = [];
    for (const key of keysOf(end)) {
      for (const connection of this.#idle.get(key)?.splice(0) ?? []) this.#retire(connection);
      leaving.push(...(this.#leaving.get(key) ?? []));
    }
    if (leaving.length === 0) return run();
    let left = leaving.length;
    for (const connection of leaving) {
      connection.retire(() => {
        if (--left === 0) run();
      });
    }
  }

  /** A new connection that comes here when it is idle. */
  adopt(socket: Socket, key: string): OriginConnection {
    const connection = new OriginConnection(socket, key, this.#released);
    const open = this.#open.get(key);
    if (open === undefined) this.#open.set(key, new Set([connection]));
    else open.add(connection);
    socket.once('close', () => remove(this.#open, connection));
    return connection;
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
    this.pins.clear();
    for (const leaving of this.#leaving.values()) for (const connection of leaving) connection.destroy();
    this.#stopTimer();
  }

  readonly #released = (connection: OriginConnection, fit: boolean): void => {
    if (fit) this.#keep(connection);
    else this.#forget(connection);
  };

  #keep(connection: OriginConnection): void {
    const { key, idleSeconds, maxRequests, pin, served } = connection;
    const announced = idleSeconds === null ? Number.POSITIVE_INFINITY : idleSeconds * 1000 - MARGIN_MS;
    const isLast = announced <= 0 || (maxRequests !== null && served >= maxRequests);
    if (isLast || (pin === null && this.#crowded.has(key))) return this.#retire(connection);
    connection.idleSince = this.#now();
    connection.idleUntil = connection.idleSince + (pin === null ? Math.min(IDLE_MS, announced) : announced);
    if (pin !== null) return this.pins.keep(connection, pin);
    const stack = this.#idle.get(key);
    if (stack === undefined) {
      this.#idle.set(key, [connection]);
    } else if (stack.push(connection) > IDLE_LIMIT) {
      const oldest = stack.shift();
      if (oldest !== undefined) this.#retire(oldest);
    }
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  #forget(connection: OriginConnection): void {
    if (connection.pin !== null) this.pins.forget(connection, connection.pin);
    const stack = this.#idle.get(connection.key);
    const place = stack?.lastIndexOf(connection) ?? -1;
    if (place !== -1) stack?.splice(place, 1);
  }

  /** Closes it politely; whatever needs a connection to its origin meanwhile waits for that. */
  #retire(connection: OriginConnection): void {
    const { key } = connection;
    remove(this.#open, connection);
    const leaving = this.#leaving.get(key);
    if (leaving === undefined) this.#leaving.set(key, new Set([connection]));
    else leaving.add(connection);
    connection.retire(() => remove(this.#leaving, connection));
  }

  #sweep(): void {
    const now = this.#now();
    this.#crowded.clear();
    for (const [key, stack] of this.#idle) {
      const open = this.#open.get(key) ?? new Set();
      if (open.size > 1) {
        for (const connection of open) if (connection.waits(now, CROWDED_MS)) this.#crowded.add(key);
      }
      while (this.#isSurplus(stack[0], open.size, now)) {
        const oldest = stack.shift();
        if (oldest !== undefined) this.#retire(oldest);
      }
      if (stack.length === 0) this.#idle.delete(key);
    }
    if (this.#idle.size === 0) this.#stopTimer();
  }

  #isSurplus(connection: OriginConnection | undefined, open: number, now: number): boolean {
    if (connection === undefined) return false;
    if (connection.idleUntil <= now || this.#crowded.has(connection.key)) return true;
    return open > 1 && connection.idleSince + SURPLUS_MS <= now;
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#crowded.clear();
  }
}

function keysOf(end: string): readonly string[] {
  return [poolKey(end, false), poolKey(end, true)];
}

function remove(sets: Map<string, Set<OriginConnection>>, connection: OriginConnection): void {
  const set = sets.get(connection.key);
  if (set?.delete(connection) && set.size === 0) sets.delete(connection.key);
}

/** Where a connection comes from, and the pool that may hold others to the same target. */
interface DialledOrigins {
  readonly dialer: Dialer;
  readonly origins: OriginPool;
}

/**
 * Dials a target for itself alone, after the idle connections to it have been closed: a small device may have no socket
 * left for another one, or serve it only when they are gone.
 */
export function dialAfresh({ dialer, origins }: DialledOrigins, target: Target, source: DialSource): Dialling {
  if (origins.isVacant(target)) return dialer.dial(target, source);
  const end = originKey(target);
  let dialling: Dialling | null = null;
  let cancelled = false;
  return {
    socket: new Promise<void>((resolve) => origins.vacate(end, resolve)).then(() => dial().catch(again)),
    cancel() {
      cancelled = true;
      dialling?.cancel();
    },
  };

  async function dial(): Promise<Socket> {
    if (cancelled) throw new DialError({ kind: 'cancelled' }, target, { elapsed: 0, onLink: false });
    dialling = dialer.dial(target, source);
    return dialling.socket;
  }

  async function again(error: unknown): Promise<Socket> {
    if (!isRefusal(error)) throw error;
    await new Promise((resolve) => setTimeout(resolve, RETRY_REFUSED_MS));
    return dial();
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof DialError && error.fault.kind === 'system' && error.fault.errno === 'ECONNREFUSED';
}
