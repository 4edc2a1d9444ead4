import { describe, expect, it } from 'vitest';
import { ForwardFixture, OK } from '../../../support/forward-fixture.ts';
import { fieldValue, type RawMessage, type RawPeer, ScriptedOrigin, statusOf } from '../../../support/raw-http.ts';

const fixture = new ForwardFixture();

/** An answer that tells which path was asked for. */
function itsPath({ start }: RawMessage): string {
  const path = start.split(' ')[1] ?? '';
  return `HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`;
}

/** What the client has asked arrives on a new connection, and is answered there. */
async function answeredAnew(client: RawPeer): Promise<RawMessage> {
  const peer = await fixture.origin.connection();
  const request = await peer.message();
  peer.write(OK);
  expect((await client.message()).body).toBe('ok');
  return request;
}

describe('a connection to an origin', () => {
  it('serves request after request, of one client and of several', async () => {
    const { client, peer } = await fixture.exchange(fixture.get(), OK);
    expect((await fixture.again({ client, peer })).body).toBe('ok');
    expect((await fixture.again({ client: await fixture.client(), peer })).body).toBe('ok');
    expect(fixture.origin.connections).toBe(1);
  });

  it('is opened for each request that finds none idle, and the one used last is used next', async () => {
    const first = await fixture.arrive(fixture.get());
    const second = await fixture.arrive(fixture.get());
    first.peer.write(OK);
    await first.client.message();
    second.peer.write(OK);
    await second.client.message();
    expect((await fixture.again({ client: first.client, peer: second.peer })).body).toBe('ok');
    expect(fixture.origin.connections).toBe(2);
  });

  it.each([
    ['the origin says so', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'],
    ['the origin speaks HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    [
      'HTTP/1.0 came in chunks',
      'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    ],
    ['more came than the answer', `${OK}surplus`],
    ['a second answer came that nobody asked for', `${OK}${OK}`],
    ['the origin keeps it for no time', 'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=0\r\nContent-Length: 2\r\n\r\nok'],
  ])('is not used again when %s', async (_why, answer) => {
    const { client, peer } = await fixture.exchange(fixture.get(), answer);
    await fixture.renewed(client, peer);
  });

  it('of HTTP/1.0 is used again when both sides want that', async () => {
    const { client, peer } = await fixture.exchange(
      fixture.get(),
      'HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok',
    );
    expect((await fixture.again({ client, peer })).body).toBe('ok');
  });

  it('on which something arrives unasked is closed, and does not answer the next request', async () => {
    const { client, peer } = await fixture.exchange(fixture.get(), OK);
    const began = performance.now();
    peer.write('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned');
    await peer.ending();
    // Every idle connection ends after four seconds.
    expect(performance.now() - began).toBeLessThan(3_500);
    client.write(fixture.get());
    await answeredAnew(client);
  });

  it('is closed after a few seconds without use', async () => {
    const { peer } = await fixture.exchange(fixture.get(), OK);
    const idleSince = Date.now();
    expect(await peer.ending()).toBe('fin');
    expect(Date.now() - idleSince).toBeGreaterThan(3_500);
  });
});

describe('a reused connection that turns out dead', () => {
  const idleConnection = () => fixture.exchange(fixture.get(), OK);

  it.each(['fin', 'reset'] as const)('by %s when the request arrives costs nothing', async (how) => {
    const { client, peer } = await idleConnection();
    client.write(fixture.get('X-Try: 1\r\n', '/again'));
    expect((await peer.message()).start).toContain('/again');
    if (how === 'fin') peer.end();
    else peer.reset();
    const retried = await answeredAnew(client);
    expect(retried.start).toBe('GET /again HTTP/1.1');
    expect(fieldValue(retried, 'X-Try')).toBe('1');
  });

  it('while it was idle costs nothing', async () => {
    const { client, peer } = await idleConnection();
    peer.end();
    await peer.ending();
    client.write(fixture.get());
    await answeredAnew(client);
  });

  it('costs one retry, not a second one', async () => {
    const { client, peer } = await idleConnection();
    client.write(fixture.get());
    await peer.message();
    peer.end();
    const next = await fixture.origin.connection();
    await next.message();
    next.end();
    expect(statusOf(await client.message())).toBe(502);
    expect(fixture.origin.connections).toBe(2);
  });

  it('costs the request when a part of the answer had come', async () => {
    const { client, peer } = await idleConnection();
    client.write(fixture.get());
    await peer.message();
    peer.write('HTTP/1.1 200');
    peer.end();
    expect(statusOf(await client.message())).toBe(502);
    expect(fixture.origin.connections).toBe(1);
  });

  it.each([
    ['POST', 'Content-Length: 2\r\n', 'hi'],
    ['POST', '', ''],
    ['PUT', 'Content-Length: 2\r\n', 'hi'],
    ['PATCH', 'Transfer-Encoding: chunked\r\n', '2\r\nhi\r\n0\r\n\r\n'],
    ['DELETE', '', ''],
    ['GET', 'Content-Length: 2\r\n', 'hi'],
  ])(
    'is never met by a %s with "%s": the idle one is closed, and then a new one opened',
    async (method, fields, content) => {
      const { client, peer } = await idleConnection();
      client.write(`${method} ${fixture.url}/ HTTP/1.1\r\nHost: x\r\n${fields}\r\n${content}`);
      expect(await peer.ending()).toBe('fin');
      expect(peer.pending).toBe('');
      expect(fixture.origin.connections).toBe(1);
      peer.end();
      const next = await fixture.origin.connection();
      expect((await next.message()).body).toBe(content === '' ? '' : 'hi');
      next.end();
      expect(statusOf(await client.message())).toBe(502);
      expect(fixture.origin.connections).toBe(2);
    },
  );
});

describe('a client connection', () => {
  it('serves several origins in turn', async () => {
    const other = await ScriptedOrigin.start();
    other.answerAll(() => 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother');
    fixture.origin.answerAll(() => OK);
    const client = await fixture.client();
    for (const [url, body] of [
      [fixture.url, 'ok'],
      [`http://${other.authority}`, 'other'],
      [fixture.url, 'ok'],
    ]) {
      client.write(`GET ${url}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
      expect((await client.message()).body).toBe(body);
    }
    await other.stop();
  });

  it('gets answers to pipelined requests in their order', async () => {
    const slow = await ScriptedOrigin.start();
    fixture.origin.answerAll(itsPath);
    const client = await fixture.client();
    client.write(
      `GET http://${slow.authority}/ HTTP/1.1\r\nHost: x\r\n\r\n${fixture.get('', '/2')}` +
        `POST ${fixture.url}/3 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody${fixture.get('', '/4')}`,
    );
    const peer = await slow.connection();
    await peer.message();
    expect(fixture.origin.connections).toBe(0);
    peer.write(OK);
    expect((await client.message()).body).toBe('ok');
    for (const path of ['/2', '/3', '/4']) expect((await client.message()).body).toBe(path);
    await slow.stop();
  });

  it('may pipeline hundreds of requests in one write', async () => {
    fixture.origin.answerAll(itsPath);
    const client = await fixture.client();
    client.write(Array.from({ length: 300 }, (_, index) => fixture.get('', `/${index}`)).join(''));
    for (let index = 0; index < 300; index++) expect((await client.message()).body).toBe(`/${index}`);
  });

  it('closes after the answer when the client asks for that', async () => {
    const { client, answer } = await fixture.exchange(fixture.get('Connection: close\r\n'), OK);
    expect(fieldValue(answer, 'Connection')).toBe('close');
    expect(await client.ending()).toBe('fin');
  });

  it('half-closed after the request gets its answer', async () => {
    const client = await fixture.client();
    client.write(fixture.get());
    client.end();
    const peer = await fixture.origin.connection();
    await peer.message();
    peer.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n');
    await client.until('ok\r\n');
    peer.write('0\r\n\r\n');
    expect(await client.rest()).toBe('0\r\n\r\n');
  });

  it('half-closed gets its answer after a long wait as well', async () => {
    const client = await fixture.client();
    client.write(fixture.get());
    client.end();
    const peer = await fixture.origin.connection();
    await peer.message();
    // We ask twice whether the client is still there, in a way that every HTTP/1.1 client ignores.
    expect(statusOf(await client.message())).toBe(100);
    expect(statusOf(await client.message())).toBe(100);
    peer.write(OK);
    expect((await client.message()).body).toBe('ok');
  });
});

describe('a client that leaves', () => {
  it.each(['fin', 'reset'] as const)('by %s before the answer ends the connection to the origin', async (how) => {
    const { client, peer } = await fixture.arrive(fixture.get());
    if (how === 'fin') client.destroy();
    else client.reset();
    expect(await peer.ending()).toMatch(/^(?:fin|reset)$/);
  });

  it.each(['fin', 'reset'] as const)('by %s in a silent stream ends the connection to the origin', async (how) => {
    const { client, peer } = await fixture.arrive(fixture.get());
    peer.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n');
    await client.until('data: 1');
    if (how === 'fin') client.destroy();
    else client.reset();
    expect(await peer.ending()).toMatch(/^(?:fin|reset)$/);
  });

  it('in the middle of an upload ends the connection to the origin', async () => {
    const client = await fixture.client();
    client.write(`PUT ${fixture.url}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf`);
    const peer = await fixture.origin.connection();
    await peer.until('half');
    client.destroy();
    expect(await peer.ending()).toMatch(/^(?:fin|reset)$/);
  });

  it('in the middle of a download ends the connection to the origin', async () => {
    const { client, peer } = await fixture.arrive(fixture.get());
    peer.write(`HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n${'x'.repeat(1_000_000)}`);
    await client.until('xxx');
    client.destroy();
    expect(await peer.ending()).toMatch(/^(?:fin|reset)$/);
  });
});
