import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { ForwardFixture, OK } from '../../../support/forward-fixture.ts';
import { fieldValue, fieldValues, type RawPeer, statusOf } from '../../../support/raw-http.ts';

const fixture = new ForwardFixture({ deniedPorts: [9] });

const OFFER = 'Connection: keep-alive, Upgrade\r\nUpgrade: echo, other\r\nX-Key: k\r\n';
const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\nX-Accept: a\r\n\r\n';

async function tunnel(): Promise<{ readonly client: RawPeer; readonly peer: RawPeer }> {
  const { client, peer } = await fixture.arrive(fixture.get(OFFER));
  peer.write(SWITCHED);
  await client.head();
  return { client, peer };
}

describe('an Upgrade', () => {
  it('reaches the origin, and its 101 comes back', async () => {
    const { client, peer, request } = await fixture.arrive(fixture.get(OFFER));
    expect(fieldValue(request, 'Connection')).toBe('Upgrade');
    expect(fieldValue(request, 'Upgrade')).toBe('echo, other');
    expect(fieldValue(request, 'X-Key')).toBe('k');
    expect(fieldValue(request, 'Via')).toMatch(/^1\.1 mcp-gangway/);
    peer.write(SWITCHED);
    const answer = await client.head();
    expect(answer.start).toBe('HTTP/1.1 101 Switching Protocols');
    expect(fieldValues(answer, 'Connection')).toEqual(['Upgrade']);
    expect(fieldValues(answer, 'Upgrade')).toEqual(['echo']);
    expect(fieldValue(answer, 'X-Accept')).toBe('a');
    expect(fieldValue(answer, 'Content-Length')).toBeUndefined();
    expect(fieldValue(answer, 'Transfer-Encoding')).toBeUndefined();
  });

  it('opens a tunnel, also for bytes that came behind the heads', async () => {
    const client = await fixture.client();
    client.write(`${fixture.get(OFFER)}early up`);
    const peer = await fixture.origin.connection();
    await peer.head();
    peer.write(`${SWITCHED}early down`);
    await client.head();
    expect(await client.bytes(10)).toBe('early down');
    expect(await peer.bytes(8)).toBe('early up');
    client.write('up');
    expect(await peer.bytes(2)).toBe('up');
    peer.write('\x00\xff');
    expect(await client.bytes(2)).toBe('\x00\xff');
    const [open] = fixture.proxy.tunnels.list();
    expect(open).toMatchObject({ kind: 'upgrade', target: { port: fixture.origin.port }, up: 10, down: 12 });
  });

  it('with content carries that first, however it is cut, and then the new protocol', async () => {
    const client = await fixture.client();
    client.write(`POST ${fixture.url}/exec HTTP/1.1\r\nHost: x\r\n${OFFER}Content-Length: 6\r\n\r\n{"a"`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    client.write(':}early');
    const peer = await fixture.origin.connection();
    const request = await peer.message();
    expect(fieldValue(request, 'Upgrade')).toBe('echo, other');
    expect(fieldValue(request, 'Content-Length')).toBe('6');
    expect(request.body).toBe('{"a":}');
    peer.write(`${SWITCHED}out`);
    expect(statusOf(await client.head())).toBe(101);
    expect(await client.bytes(3)).toBe('out');
    expect(await peer.bytes(5)).toBe('early');
    client.write('in');
    expect(await peer.bytes(2)).toBe('in');
  });

  it('with content is declined like any other', async () => {
    const client = await fixture.client();
    client.write(`POST ${fixture.url}/ HTTP/1.1\r\nHost: x\r\n${OFFER}Content-Length: 3\r\n\r\nabc`);
    const peer = await fixture.origin.connection();
    expect((await peer.message()).body).toBe('abc');
    peer.write(OK);
    expect((await client.message()).body).toBe('ok');
    expect(await client.ending()).toBe('fin');
  });

  it('lets each side end by itself', async () => {
    const { client, peer } = await tunnel();
    client.end();
    expect(await peer.rest()).toBe('');
    peer.write('still talking');
    expect(await client.bytes(13)).toBe('still talking');
    peer.end();
    expect(await client.ending()).toBe('fin');
  });

  it('carries a reset both ways', async () => {
    const first = await tunnel();
    first.client.reset();
    expect(await first.peer.ending()).toBe('reset');
    const second = await tunnel();
    second.peer.reset();
    expect(await second.client.ending()).toBe('reset');
  });

  it('makes a tunnel that can be closed from here', async () => {
    const { client, peer } = await tunnel();
    for (const { id, target } of fixture.proxy.tunnels.list()) {
      if (target.port === fixture.origin.port) expect(fixture.proxy.tunnels.close(id)).toBe(true);
    }
    await client.ending();
    await peer.ending();
  });

  it('lets interim answers before the 101 pass', async () => {
    const { client, peer } = await fixture.arrive(fixture.get(OFFER));
    peer.write(`HTTP/1.1 103 Early Hints\r\n\r\n${SWITCHED}`);
    expect(statusOf(await client.head())).toBe(103);
    expect(statusOf(await client.head())).toBe(101);
  });

  it('declined, gets the answer like any other, and the connection closes', async () => {
    const { client, peer } = await fixture.arrive(fixture.get(OFFER));
    peer.write('HTTP/1.1 426 Upgrade Required\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nnope\r\n0\r\n\r\n');
    const answer = await client.message();
    expect(statusOf(answer)).toBe(426);
    expect(fieldValue(answer, 'Connection')).toBe('close');
    expect(answer.body).toBe('nope');
    expect(await client.ending()).toBe('fin');
  });

  it('declined with large content gets all of it', async () => {
    const { client, peer } = await fixture.arrive(fixture.get(OFFER));
    const size = 16 * 1024 * 1024;
    peer.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
    peer.write(Buffer.alloc(size));
    expect(statusOf(await client.head())).toBe(200);
    await expect(client.swallow(size)).resolves.toBeUndefined();
  });

  it('gets a 502 when the origin is not there, speaks no HTTP, or closes', async () => {
    for (const text of ['nonsense', '']) {
      const { client, peer } = await fixture.arrive(fixture.get(OFFER));
      peer.write(text);
      peer.end();
      expect(statusOf(await client.message())).toBe(502);
    }
    const url = fixture.url;
    await fixture.origin.stop();
    const client = await fixture.client();
    client.write(`GET ${url}/ HTTP/1.1\r\nHost: x\r\n${OFFER}\r\n`);
    expect(statusOf(await client.message())).toBe(502);
    expect(await client.ending()).toBe('fin');
  });

  it.each([
    ['http://127.0.0.1:9/', 403],
    ['wss://127.0.0.1/', 400],
    ['http://:1/', 400],
  ])('to %s is refused with %i', async (url, status) => {
    const { answer } = await fixture.refused(`GET ${url} HTTP/1.1\r\nHost: x\r\n${OFFER}\r\n`);
    expect(statusOf(answer)).toBe(status);
  });

  it('whose client disconnects ends the connection to the origin', async () => {
    const { client, peer } = await fixture.arrive(fixture.get(OFFER));
    client.destroy();
    expect(await peer.ending()).toMatch(/^(?:fin|reset)$/);
  });
});

describe('an Upgrade that cannot be passed on is ignored', () => {
  it.each([
    ['h2c', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n', 'GET', ''],
    [
      'with content that waits',
      'Connection: Upgrade\r\nUpgrade: echo\r\nExpect: 100-continue\r\nContent-Length: 3\r\n',
      'POST',
      'abc',
    ],
    [
      'with chunked content',
      'Connection: Upgrade\r\nUpgrade: echo\r\nTransfer-Encoding: chunked\r\n',
      'POST',
      '3\r\nabc\r\n0\r\n\r\n',
    ],
  ])('%s', async (_what, fields, method, content) => {
    const text = `${method} ${fixture.url}/ HTTP/1.1\r\nHost: x\r\n${fields}\r\n${content}`;
    const { request, answer } = await fixture.exchange(text, OK);
    expect(fieldValue(request, 'Upgrade')).toBeUndefined();
    expect(fieldValue(request, 'Connection')).toBeUndefined();
    expect(request.body).toBe(content === '' ? '' : 'abc');
    expect(answer.body).toBe('ok');
  });

  it('by a client of HTTP/1.0', async () => {
    const text = `GET ${fixture.url}/ HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n`;
    const { request, answer } = await fixture.exchange(text, OK);
    expect(fieldValue(request, 'Upgrade')).toBeUndefined();
    expect(answer.body).toBe('ok');
  });
});

it('a WebSocket of the ws package works through absolute-form', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  server.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const socket = new WebSocket(`ws://127.0.0.1:${address.port}/`, {
    createConnection: () => connect(fixture.proxy.port, '127.0.0.1'),
    finishRequest: (request) => {
      // The way Node 26 does it: the whole URL as the request target, sent to the proxy.
      request.path = `http://127.0.0.1:${address.port}/`;
      request.end();
    },
  });
  await once(socket, 'open');
  socket.send('hello');
  expect(String((await once(socket, 'message'))[0])).toBe('hello');
  socket.send(Buffer.alloc(3_000_000, 7));
  expect((await once(socket, 'message'))[0]).toHaveLength(3_000_000);
  socket.close();
  await once(socket, 'close');
  server.close();
});
