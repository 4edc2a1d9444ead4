import { lookup } from 'node:dns';
import { connect, type Socket } from 'node:net';
import type { Target } from '../../base/address.ts';
import { isNeighbour } from '../../base/address.ts';
import { errnoOf } from '../../base/errno.ts';

/** How one try at a target ended. */
export interface Attempt {
  /** Errno name; null when the connection was made. `ETIMEDOUT` also when it took longer than it may. */
  readonly errno: string | null;
  /** Milliseconds from the beginning of the connection, names looked up already. */
  readonly elapsed: number;
  readonly onLink: boolean;
}

/** name -> address -> TCP; a connection that is made is closed at once, without a byte. */
export async function attempt({ host, port }: Target, timeoutMs: number, signal: AbortSignal): Promise<Attempt> {
  const late = AbortSignal.timeout(timeoutMs);
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const stop = (): void => resolve('ECANCELED');
  const expire = (): void => resolve('ETIMEDOUT');
  signal.addEventListener('abort', stop, { once: true });
  late.addEventListener('abort', expire, { once: true });
  if (signal.aborted) stop();
  let started = performance.now();
  let address = '';
  let socket: Socket | null = null;
  let over = false;
  // The system's resolver cannot be cancelled; a late answer is ignored.
  lookup(host, (error, found, family) => {
    if (over) return;
    if (error !== null) return resolve(errnoOf(error));
    address = found;
    started = performance.now();
    socket = connect({ host: found, port, family });
    socket.once('connect', () => resolve(null));
    socket.on('error', (failure) => resolve(errnoOf(failure)));
  });
  const errno = await promise;
  const elapsed = performance.now() - started;
  over = true;
  signal.removeEventListener('abort', stop);
  late.removeEventListener('abort', expire);
  await closed(socket);
  return { errno, elapsed, onLink: isNeighbour(address) };
}

function closed(socket: Socket | null): Promise<void> {
  return new Promise((resolve) => {
    if (socket === null || socket.closed) return resolve();
    socket.once('close', () => resolve());
    socket.destroy();
  });
}
