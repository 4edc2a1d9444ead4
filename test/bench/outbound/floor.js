// Usage: node floor.js PORT
// The least that an HTTP proxy in Node does. CONNECT: accept, read the head, dial, answer, pipe. A request in absolute form: Node's parser towards the
// client, which is the security boundary, and a pool of raw connections to origins that answer with a Content-Length. It checks nothing, counts nothing,
// lists nothing, and an error on either side just closes both.
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';

const ESTABLISHED = 'HTTP/1.1 200 OK\r\n\r\n';

const requests = createHttpServer((request, response) => {
  const { host, pathname, search } = new URL(request.url);
  const origin = spares.get(host)?.pop() ?? dialOrigin(host);
  origin.answer(response);
  origin.socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 'latin1');
});

createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
  client.once('data', (head) => {
    client.once('error', () => client.destroy());
    if (head[0] !== CONNECTS) {
      client.pause();
      client.unshift(head);
      requests.emit('connection', client);
      return client.resume();
    }
    const [, host, port] = /^CONNECT ([^ ]+):(\d+) /.exec(head.toString('latin1')) ?? [];
    if (host === undefined) return client.destroy();
    const target = connect({ host, port: Number(port), allowHalfOpen: true, noDelay: true });
    target.once('connect', () => {
      client.write(ESTABLISHED, 'latin1');
      client.pipe(target).pipe(client);
    });
    target.once('error', () => client.destroy());
    client.once('error', () => target.destroy());
  });
}).listen(Number(process.argv[2]), '127.0.0.1');

const CONNECTS = 'C'.charCodeAt(0);

/** Connections that wait for the next request, by the origin's host and port. */
const spares = new Map();

function dialOrigin(host) {
  const [hostname, port = '80'] = host.split(':');
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let client = null;
  let left = -1;
  socket.on('data', (bytes) => {
    let body = bytes;
    if (left < 0) {
      const end = bytes.indexOf('\r\n\r\n');
      left = Number(/content-length: (\d+)/i.exec(bytes.toString('latin1', 0, end))?.[1]);
      client.writeHead(200, ['Content-Length', String(left)]);
      body = bytes.subarray(end + 4);
    }
    left -= body.length;
    if (left > 0) return client.write(body);
    client.end(body);
    left = -1;
    const list = spares.get(host) ?? [];
    spares.set(host, list);
    list.push(origin);
  });
  socket.on('error', () => client?.destroy());
  const origin = {
    socket,
    answer: (response) => {
      client = response;
    },
  };
  return origin;
}
