import { isIP, type Socket } from 'node:net';
import { authorityOf, type Target } from '../base/address.ts';
import type { ParentRoute } from '../base/upstream.ts';
import { InterimAllowance } from './http/interim-allowance.ts';
import { ResponseParser } from './http/response-parser.ts';

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
    // An address has no place there, and neither has a dot at the end (RFC 6066 section 3).
    ...(isIP(host) === 0 ? { servername: host.replace(/\.$/, '') } : { host }),
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
  const parser = new ResponseParser();
  const interims = new InterimAllowance();
  let status: number | null = null;
  // A 2xx to CONNECT has no content, whatever its fields say (RFC 9110 section 9.3.6), and that of another answer is not read:
  // as with HEAD, the answer ends with its head.
  parser.expect('HEAD', {
    interim(head) {
      if (!interims.admits(head, performance.now())) status = 0;
    },
    head(head) {
      status ??= head.status;
    },
    content: () => undefined,
  });
  socket.on('data', receive);
  socket.once('end', failed);
  socket.once('error', failed);
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nVia: ${via}\r\n${authorization}\r\n`);

  function receive(chunk: Buffer): void {
    const taken = parser.feed(chunk);
    if (typeof taken === 'string') return finish(0);
    if (status === null) return;
    socket.pause();
    finish(status);
    if (taken < chunk.length && !socket.destroyed) socket.unshift(chunk.subarray(taken));
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
