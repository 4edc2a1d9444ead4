import { createServer, type Server } from 'node:net';
import { GET_BODY_BYTES } from './protocol.ts';

const END_OF_HEAD = '\r\n\r\n';
const ANSWER = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${GET_BODY_BYTES}\r\n\r\n${'x'.repeat(GET_BODY_BYTES)}`;

/** Answers every request head with the same 200, as cheaply as can be: the origin must not be what is measured. */
export function httpService(): Server {
  return createServer({ noDelay: true }, (socket) => {
    let unfinished = '';
    socket.on('data', (chunk) => {
      const heads = (unfinished + chunk.toString('latin1')).split(END_OF_HEAD);
      unfinished = heads.pop() ?? '';
      if (heads.length > 0) socket.write(ANSWER.repeat(heads.length));
      if (heads.some((head) => /\r\nconnection: *close/i.test(head))) socket.end();
    });
    socket.on('error', () => socket.destroy());
  });
}
