import type { LookupAddress } from 'node:dns';
import { connect, type Socket } from 'node:net';

/** The next address is tried beside the running ones after this many ms (RFC 8305 section 5 says 250 ms). */
const STAGGER_MS = 250;

/** Why no address answered. */
export type ConnectFault = { readonly errno: string; readonly address: string } | 'timeout';

/** The most specific errors come first: a refusal proves the path, a missing IPv6 network proves nothing. */
const BY_RANK = ['ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', 'EHOSTDOWN', 'EACCES', 'EPERM'];

/**
 * Connects to whichever of `addresses` answers first: each next one starts a quarter of a second after the one before
 * or as soon as that failed, and a slow one is never cut off while it may still answer (RFC 8305).
 * Calls `done` once. The returned function gives up, and then `done` is not called any more.
 */
export function connectFirst(
  addresses: readonly LookupAddress[],
  port: number,
  timeoutMs: number,
  done: (fault: ConnectFault | null, socket: Socket | null) => void,
): () => void {
  const attempts = new Set<Socket>();
  let next = 0;
  let reported: { readonly errno: string; readonly address: string } = { errno: 'ENOTFOUND', address: '' };
  let stagger: NodeJS.Timeout | null = null;
  const deadline = setTimeout(() => finish('timeout', null), timeoutMs);
  tryNext();
  return stop;

  function tryNext(): void {
    if (stagger !== null) clearTimeout(stagger);
    stagger = null;
    const candidate = addresses[next++];
    if (candidate === undefined) {
      if (attempts.size === 0) finish(reported, null);
      return;
    }
    if (next < addresses.length) stagger = setTimeout(tryNext, STAGGER_MS);
    const { address, family } = candidate;
    const socket = connect({
      host: address,
      port,
      family,
      autoSelectFamily: false,
      allowHalfOpen: true,
      noDelay: true,
    });
    attempts.add(socket);
    socket.once('connect', () => {
      attempts.delete(socket);
      socket.removeAllListeners('error');
      finish(null, socket);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      attempts.delete(socket);
      const errno = error.code ?? 'EIO';
      if (next === 1 || rank(errno) <= rank(reported.errno)) reported = { errno, address };
      tryNext();
    });
  }

  function finish(fault: ConnectFault | null, socket: Socket | null): void {
    stop();
    done(fault, socket);
  }

  function stop(): void {
    clearTimeout(deadline);
    if (stagger !== null) clearTimeout(stagger);
    for (const socket of attempts) {
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.destroy();
    }
    attempts.clear();
  }
}

function rank(errno: string): number {
  const position = BY_RANK.indexOf(errno);
  return position === -1 ? BY_RANK.length : position;
}
