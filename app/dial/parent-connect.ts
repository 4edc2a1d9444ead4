import type { Socket } from 'node:net';
import { authorityOf, type Target } from '../base/address.ts';
import type { ParentRoute } from '../settings/index.ts';

/** The head of a parent's answer to CONNECT may have this many bytes. */
const HEAD_LIMIT = 64 * 1024;

/** TLS over a socket to the parent. Calls `done` once, with OpenSSL's reason when it failed. */
export function secureParent(
  socket: Socket,
  route: ParentRoute,
  done: (reason: string | null, secured: Socket) => void,
): void {
  const { host } = route.parent;
  // Loaded when it is first needed: TLS takes 3 MB of memory, and few parents use it.
  const secured = process.getBuiltinModule('node:tls').connect({
    socket,
    ...(/[:\d]$/.test(host) ? { host } : { servername: host }),
    ALPNProtocols: ['http/1.1'],
  });
  secured.once('secureConnect', () => {
    secured.removeAllListeners('error');
    done(null, secured);
  });
  secured.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? 'TLS', secured));
}

/**
 * us -> parent (CONNECT target) -> target. `via` is the value of Via, our own name last. Calls `done` once, with the parent's status, or 0 when it closed the
 * connection or spoke no HTTP. What the target sent behind the head is put back into the socket.
 */
export function connectThroughParent(
  socket: Socket,
  route: ParentRoute,
  target: Target,
  via: string,
  done: (status: number) => void,
): void {
  const authority = authorityOf(target);
  const authorization = route.authorization === null ? '' : `Proxy-Authorization: ${route.authorization}\r\n`;
  let head = Buffer.alloc(0);
  socket.on('data', receive);
  socket.once('end', failed);
  socket.once('error', failed);
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nVia: ${via}\r\n${authorization}\r\n`);

  function receive(chunk: Buffer): void {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) {
      if (head.length > HEAD_LIMIT) finish(0);
      return;
    }
    const status = /^HTTP\/1\.[01] (\d{3})(?: |\r)/.exec(head.toString('latin1', 0, end + 2))?.[1];
    const rest = head.subarray(end + 4);
    socket.pause();
    finish(status === undefined ? 0 : Number(status));
    if (rest.length > 0 && !socket.destroyed) socket.unshift(rest);
  }

  function failed(): void {
    finish(0);
  }

  function finish(status: number): void {
    socket.off('data', receive);
    socket.off('end', failed);
    socket.off('error', failed);
    done(status);
  }
}
