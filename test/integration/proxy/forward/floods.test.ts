import { describe, expect, it } from 'vitest';
import { ForwardFixture, OK } from '../../../support/forward-fixture.ts';
import { flows, type RawMessage, type RawPeer, statusOf } from '../../../support/raw-http.ts';
import { until } from '../../../support/until.ts';

const fixture = new ForwardFixture();

/** Reads interim answers until another one comes. */
async function finalOf(client: RawPeer): Promise<{ readonly interims: number; readonly final: RawMessage }> {
  for (let interims = 0; ; interims++) {
    const message = await client.message();
    if (statusOf(message) >= 200) return { interims, final: message };
  }
}

/** Writes until the other side takes no more or the connection is gone; how many bytes left. */
async function pour(peer: RawPeer, text: string, most: number): Promise<number> {
  let sent = 0;
  while (sent < most && peer.socket.writable) {
    sent += text.length;
    if (!(await flows(peer.socket, Buffer.from(text)))) break;
  }
  return sent;
}

describe('interim answers without end', () => {
  it.each([
    ['Early Hints', `HTTP/1.1 103 Early Hints\r\nLink: </${'x'.repeat(500)}>\r\n\r\n`],
    ['Continue', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['a mixture', 'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 199 Odd\r\n\r\n'],
    ['heads as large as they may be', `HTTP/1.1 103 X\r\nX-Large: ${'x'.repeat(200_000)}\r\n\r\n`],
  ])('end in a 502 to a client that reads them: %s', async (_, interim) => {
    const { client, peer } = await fixture.arrive(fixture.get());
    void pour(peer, interim, 50_000_000);
    const { interims, final } = await finalOf(client);
    expect(statusOf(final)).toBe(502);
    expect(final.body).toContain('1xx');
    expect(interims).toBeGreaterThan(0);
    await until('the origin is let go', () => peer.socket.destroyed || !peer.socket.writable);
  });

  it('end in a 502 to a client that waits for a 100', async () => {
    const client = await fixture.client();
    client.write(fixture.get('Expect: 100-continue\r\nContent-Length: 5\r\n').replace('GET', 'POST'));
    const peer = await fixture.origin.connection();
    await peer.head();
    void pour(peer, 'HTTP/1.1 100 Continue\r\n\r\n', 10_000_000);
    expect(statusOf((await finalOf(client)).final)).toBe(502);
  });

  it('end in a 502 to a client of HTTP/1.0, which sees none of them', async () => {
    const { client, peer } = await fixture.arrive(fixture.oldGet());
    void pour(peer, 'HTTP/1.1 103 Early Hints\r\n\r\n', 10_000_000);
    const { interims, final } = await finalOf(client);
    expect(interims).toBe(0);
    expect(statusOf(final)).toBe(502);
  });

  it('wait in the origin while the client reads none of them', async () => {
    const { client, peer } = await fixture.arrive(fixture.get());
    client.socket.pause();
    const interim = `HTTP/1.1 103 X\r\nX-Large: ${'x'.repeat(15_000)}\r\n\r\n`;
    await pour(peer, interim, 60 * interim.length);
    client.socket.resume();
    peer.write(OK);
    const { interims, final } = await finalOf(client);
    expect(interims).toBe(60);
    expect(final.body).toBe('ok');
  });

  it('are none when fifty of them come before the answer', async () => {
    const { client, peer } = await fixture.arrive(fixture.get());
    for (let count = 0; count < 50; count++) peer.write('HTTP/1.1 102 Processing\r\n\r\n');
    peer.write(OK);
    const { interims, final } = await finalOf(client);
    expect(interims).toBe(50);
    expect(final.body).toBe('ok');
  });
});

describe('answers without end', () => {
  it.each([
    ['a field', 'HTTP/1.1 200 OK\r\nX-Endless: ', 'x'.repeat(10_000)],
    ['fields', 'HTTP/1.1 200 OK\r\n', `X-A: ${'x'.repeat(1000)}\r\n`],
  ])('%s in the head are a 502', async (_, start, more) => {
    const { client, peer } = await fixture.arrive(fixture.get());
    peer.write(start);
    void pour(peer, more, 50_000_000);
    expect(statusOf(await client.message())).toBe(502);
    await until('the origin is let go', () => peer.socket.destroyed || !peer.socket.writable);
  });

  it.each([
    ['trailers', '0\r\n', `X-T: ${'x'.repeat(1000)}\r\n`],
    ['a chunk extension', '5;a=', 'x'.repeat(1000)],
    ['leading zeros of a chunk size', '', '0'.repeat(1000)],
  ])('%s cut the answer off', async (_, start, more) => {
    const { client, peer } = await fixture.arrive(fixture.get());
    peer.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${start}`);
    expect(statusOf(await client.head())).toBe(200);
    void pour(peer, more, 50_000_000);
    await client.ending();
    await until('the origin is let go', () => peer.socket.destroyed || !peer.socket.writable);
    expect(peer.socket.bytesWritten).toBeLessThan(20_000_000);
  });

  it('a switch of protocols that was not asked for is a 502, and no byte of it passes', async () => {
    const { client, peer } = await fixture.arrive(fixture.get());
    peer.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n${'x'.repeat(100_000)}`);
    const answer = await client.message();
    expect(statusOf(answer)).toBe(502);
    expect(answer.body).not.toContain('xxxx');
  });
});
