import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { errnoOf } from '../../base/errno.ts';
import type { Evidence } from '../evidence.ts';

/** The discard port (RFC 863): nothing is sent there anyway. */
const DISCARD_PORT = 9;
/** Bytes of an interface identifier (RFC 4291 section 2.5.1). */
const IDENTIFIER_BYTES = 8;

/**
 * Connects a UDP socket to a random address without a machine, on one interface. No packet leaves; but macOS counts it as a use of the
 * local network and asks the person (Apple TN3179, "Triggering the local network alert").
 */
export function touch(interfaceName: string, signal: AbortSignal): Promise<Evidence> {
  return touchAt(`fe80::${identifier()}%${interfaceName}`, signal);
}

/** The same for a given address. Resolves once the socket is closed. */
export function touchAt(address: string, signal: AbortSignal): Promise<Evidence> {
  const { promise, resolve } = Promise.withResolvers<Evidence>();
  const started = performance.now();
  const socket = createSocket('udp6');
  let over = false;
  const end = (errno: string | null): void => {
    if (over) return;
    over = true;
    signal.removeEventListener('abort', stop);
    const elapsed = performance.now() - started;
    socket.close(() => resolve({ kind: 'datagram', errno, elapsed }));
  };
  const stop = (): void => end('ECANCELED');
  socket.on('error', (error) => end(errnoOf(error)));
  if (signal.aborted) stop();
  else {
    signal.addEventListener('abort', stop, { once: true });
    socket.connect(DISCARD_PORT, address, () => end(null));
  }
  return promise;
}

/** Four groups of a random identifier. */
function identifier(): string {
  const hex = randomBytes(IDENTIFIER_BYTES).toString('hex');
  return (hex.match(/.{4}/g) ?? []).join(':');
}
