import { Socket } from 'node:net';

/**
 * Reads an accepted connection into one buffer that is used again and again, which Node offers (`onread`) only for
 * connections one dials: without it the origin, not the proxy, is the slowest link of an upload. The accepted socket's
 * handle is an internal; where it is missing, ordinary `data` events serve.
 *
 * The server must have been created with `pauseOnConnect`, so that nothing was read yet.
 */
export function readIntoReusedBuffer(accepted: Socket, take: (chunk: Buffer) => void): Socket {
  const handle: unknown = Reflect.get(accepted, '_handle');
  if (typeof handle !== 'object' || handle === null) return accepted.on('data', take).resume();
  const options = {
    handle,
    allowHalfOpen: true,
    onread: {
      buffer,
      callback: (length: number): boolean => {
        take(buffer.subarray(0, length));
        return true;
      },
    },
  };
  Reflect.set(accepted, '_handle', null);
  // Through Reflect, because the types know no handle of this kind.
  const socket: Socket = Reflect.construct(Socket, [options]);
  return socket.resume();
}

/** One for all connections: each chunk is dealt with before the next read. */
const buffer = Buffer.allocUnsafeSlow(1024 * 1024);
