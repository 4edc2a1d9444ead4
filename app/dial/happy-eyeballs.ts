import type { LookupAddress } from 'node:dns';
import { connect, type Socket } from 'node:net';
import type { Deadlines } from '../base/deadlines.ts';

/** The next address is tried beside the running ones after this many ms (RFC 8305 section 5 says 250 ms). */
const STAGGER_MS = 250;

/** Why no address answered. */
export type ConnectFault = { readonly errno: string; readonly address: string } | 'timeout';

/** A connection, and the address it leads to. */
export type Connected = Pick<Attempt, 'socket' | 'address'>;

/** The most specific errors come first: a refusal proves the path, a missing IPv6 network proves nothing. */
const BY_RANK = ['ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', 'EHOSTDOWN', 'EACCES', 'EPERM'];

/** How long a dial may take: what is to be done when that has passed. */
export type DialDeadlines = Deadlines<() => void>;

/**
 * Connects to whichever of `addresses` answers first: each next one starts a quarter of a second after the one before
 * or as soon as that failed, and a slow one is never cut off while it may still answer (RFC 8305).
 * Calls `done` once. The returned function gives up, and then `done` is not called any more.
 */
export function connectFirst(
  addresses: readonly LookupAddress[],
  port: number,
  deadlines: DialDeadlines,
  done: (fault: ConnectFault | null, connected: Connected | null) => void,
): () => void {
  let attempts: Attempt[] = [];
  let next = 0;
  let reported: { readonly errno: string; readonly address: string } = { errno: 'ENOTFOUND', address: '' };
  let stagger: NodeJS.Timeout | null = null;
  const deadline = deadlines.add(() => finish('timeout', null));
  tryNext();
  return stop;

  function tryNext(): void {
    if (stagger !== null) clearTimeout(stagger);
    stagger = null;
    const candidate = addresses[next++];
    if (candidate === undefined) {
      if (attempts.length === 0) finish(reported, null);
      return;
    }
    if (next < addresses.length) stagger = setTimeout(tryNext, STAGGER_MS);
    attempts.push(new Attempt(candidate, port, ended));
  }

  function ended(attempt: Attempt, errno: string | null): void {
    attempts = attempts.filter((other) => other !== attempt);
    if (errno === null) return finish(null, attempt);
    if (next === 1 || rank(errno) <= rank(reported.errno)) reported = { errno, address: attempt.address };
    tryNext();
  }

  function finish(fault: ConnectFault | null, connected: Connected | null): void {
    stop();
    done(fault, connected);
  }

  function stop(): void {
    deadlines.cancel(deadline);
    if (stagger !== null) clearTimeout(stagger);
    for (const attempt of attempts) attempt.giveUp();
    attempts = [];
  }
}

/** One address that is tried. */
class Attempt {
  readonly address: string;
  readonly socket: Socket;
  readonly #ended: (attempt: Attempt, errno: string | null) => void;

  /** `ended` is called once, with the errno where it has failed. */
  constructor(
    { address, family }: LookupAddress,
    port: number,
    ended: (attempt: Attempt, errno: string | null) => void,
  ) {
    this.address = address;
    this.#ended = ended;
    this.socket = connect({
      host: address,
      port,
      family,
      autoSelectFamily: false,
      allowHalfOpen: true,
      noDelay: true,
    });
    this.socket.on('connect', this.#connected);
    this.socket.on('error', this.#failed);
  }

  giveUp(): void {
    this.#stopListening();
    this.socket.on('error', () => undefined);
    this.socket.destroy();
  }

  readonly #connected = (): void => {
    this.#stopListening();
    this.#ended(this, null);
  };

  readonly #failed = (error: NodeJS.ErrnoException): void => {
    this.#ended(this, error.code ?? 'EIO');
  };

  #stopListening(): void {
    this.socket.off('connect', this.#connected);
    this.socket.off('error', this.#failed);
  }
}

function rank(errno: string): number {
  const position = BY_RANK.indexOf(errno);
  return position === -1 ? BY_RANK.length : position;
}
