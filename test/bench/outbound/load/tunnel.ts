import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Order } from '../origin/protocol.ts';

/** From here to the origin, straight (`proxy` null) or by a CONNECT through the proxy on this port. */
export interface Path {
  readonly proxy: number | null;
  readonly origin: number;
  /** How the proxy is told of the origin's host; 127.0.0.1 unless given. */
  readonly host?: string;
}

/** `chunk` is a view of a buffer that the next read overwrites. */
export type Receiver = (chunk: Buffer) => void;

const END_OF_HEAD = '\r\n\r\n';

/** One for all connections of this process: a receiver is done with a chunk when it returns. */
const buffer = Buffer.allocUnsafeSlow(1024 * 1024);

/** Opens a connection to the origin and gives it its order. Rejects when the proxy refuses or either end hangs up first. */
export function openTunnel(path: Path, order: Order, receive: Receiver): Promise<Socket> {
  return new Promise((resolve, reject) => {
    let answer = path.proxy === null ? null : '';
    const target = `${path.host ?? '127.0.0.1'}:${path.origin}`;
    const callback = (length: number): boolean => {
      if (answer === null) {
        receive(buffer.subarray(0, length));
        return true;
      }
      answer += buffer.toString('latin1', 0, length);
      if (!answer.includes(END_OF_HEAD)) return true;
      const status = answer.slice(0, answer.indexOf('\r\n'));
      answer = null;
      if (/^HTTP\/1\.[01] 200/.test(status)) established();
      else socket.destroy(new Error(`the proxy answered ${status}`));
      return true;
    };
    const established = (): void => {
      socket.write(`${order}\n`);
      resolve(socket);
    };
    const socket = connect({
      port: path.proxy ?? path.origin,
      host: '127.0.0.1',
      noDelay: true,
      onread: { buffer, callback },
    });
    socket.on('connect', () => {
      if (path.proxy === null) established();
      else socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection was closed before the tunnel stood')));
  });
}

/** Ends a connection at once and waits until it is gone. */
export async function closeTunnel(socket: Socket): Promise<void> {
  if (socket.closed) return;
  const closed = once(socket, 'close');
  socket.destroy();
  await closed;
}
