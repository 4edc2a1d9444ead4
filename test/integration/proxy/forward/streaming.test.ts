import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { expect, it } from 'vitest';
import { ForwardFixture } from '../../../support/forward-fixture.ts';
import { fieldValue, flows, portOf } from '../../../support/raw-http.ts';

const fixture = new ForwardFixture();

it('an event stream passes event by event, each at once', async () => {
  const { client, peer } = await fixture.arrive(fixture.get('Accept: text/event-stream\r\n'));
  peer.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n');
  const head = await client.head();
  expect(fieldValue(head, 'Content-Type')).toBe('text/event-stream');
  for (let event = 0; event < 20; event++) {
    const data = `data: ${event}\n\n`;
    peer.write(`${data.length.toString(16)}\r\n${data}\r\n`);
    expect(await client.until('\n\n\r\n')).toContain(data);
  }
  peer.write('0\r\n\r\n');
  expect(await client.until('0\r\n\r\n')).toBe('0\r\n\r\n');
});

it('an event stream without framing passes event by event to a client of HTTP/1.0', async () => {
  const { client, peer } = await fixture.arrive(fixture.oldGet());
  peer.write('HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n');
  await client.head();
  peer.write('data: 1\n\n');
  expect(await client.until('\n\n')).toBe('data: 1\n\n');
  peer.write('data: 2\n\n');
  expect(await client.until('\n\n')).toBe('data: 2\n\n');
  peer.end();
  expect(await client.ending()).toBe('fin');
});

it('many small chunks of one read leave together', async () => {
  const { client, peer } = await fixture.arrive(fixture.get());
  peer.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(5000)}0\r\n\r\n`);
  const answer = await client.message();
  expect(answer.body).toBe('x'.repeat(5000));
  expect(answer.chunks.length).toBeLessThan(100);
});

it('an origin is held back while the client does not read', async () => {
  const size = 64 * 1024 * 1024;
  const { client, peer } = await fixture.arrive(fixture.get());
  client.socket.pause();
  peer.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
  const block = Buffer.alloc(1024 * 1024, 'x');
  let sent = 0;
  while (sent < size && (await flows(peer.socket, block))) sent += block.length;
  expect(sent).toBeLessThan(size);
  for (sent += block.length; sent < size; sent += block.length) peer.socket.write(block);
  client.socket.resume();
  await client.head();
  await client.swallow(size);
});

it('large content passes unchanged both ways at once', async () => {
  const up = randomBytes(20 * 1024 * 1024);
  const down = randomBytes(20 * 1024 * 1024);
  const origin = createServer((req, res) => {
    const hash = createHash('sha256');
    req.on('data', (chunk: Buffer) => hash.update(chunk));
    req.on('end', () => res.addTrailers([['X-Sum', hash.digest('hex')]]));
    res.writeHead(200, { Trailer: 'X-Sum' });
    res.write(down.subarray(0, 1000));
    req.on('end', () => res.end(down.subarray(1000)));
  }).listen(0, '127.0.0.1');
  await once(origin, 'listening');
  const req = httpRequest({
    host: '127.0.0.1',
    port: fixture.proxy.port,
    method: 'POST',
    path: `http://127.0.0.1:${portOf(origin)}/`,
  });
  const before = { ...fixture.proxy.tunnels.totals };
  const answered = new Promise<{ readonly received: Buffer; readonly sum: unknown }>((resolve, reject) => {
    req.on('error', reject);
    req.on('response', (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () => resolve({ received: Buffer.concat(chunks), sum: res.trailers['x-sum'] }));
    });
  });
  for (let at = 0; at < up.length; at += 100_000) req.write(up.subarray(at, at + 100_000));
  req.end();
  const { received, sum } = await answered;
  expect(received.equals(down)).toBe(true);
  expect(sum).toBe(createHash('sha256').update(up).digest('hex'));
  expect(fixture.proxy.tunnels.totals.up - before.up).toBe(up.length);
  expect(fixture.proxy.tunnels.totals.down - before.down).toBe(down.length);
  expect(fixture.proxy.tunnels.totals.requests - before.requests).toBe(1);
  origin.close();
  origin.closeAllConnections();
});
