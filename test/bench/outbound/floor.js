// Usage: node floor.js PORT
// The least that a CONNECT proxy in Node does: accept, read the head, dial, answer, pipe. It checks nothing, counts nothing, lists nothing, and an
// error on either side just closes both.
import { connect, createServer } from 'node:net';

const ESTABLISHED = 'HTTP/1.1 200 OK\r\n\r\n';

createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
  client.once('data', (head) => {
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
