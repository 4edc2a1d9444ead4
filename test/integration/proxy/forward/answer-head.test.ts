import { describe, expect, it } from 'vitest';
import { ForwardFixture, OK } from '../../../support/forward-fixture.ts';
import { fieldValue, fieldValues, statusOf } from '../../../support/raw-http.ts';

const fixture = new ForwardFixture();

describe('status line and fields of an answer', () => {
  it('pass in order and case, repeated ones apart', async () => {
    const { answer } = await fixture.exchange(
      fixture.get(),
      'HTTP/1.1 299 Quite Fine\r\nSet-Cookie: a=1; Path=/\r\nx-LOWER: 1\r\nset-cookie: b=2\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n' +
        'Server: antique\r\nWWW-Authenticate: Basic realm="a, b"\r\nWWW-Authenticate: Digest x\r\nContent-Length: 0\r\n\r\n',
    );
    expect(answer.start).toBe('HTTP/1.1 299 Quite Fine');
    expect(answer.fields.slice(0, 7)).toEqual([
      ['Set-Cookie', 'a=1; Path=/'],
      ['x-LOWER', '1'],
      ['set-cookie', 'b=2'],
      ['Date', 'Thu, 01 Jan 1970 00:00:00 GMT'],
      ['Server', 'antique'],
      ['WWW-Authenticate', 'Basic realm="a, b"'],
      ['WWW-Authenticate', 'Digest x'],
    ]);
    expect(fieldValues(answer, 'Date')).toHaveLength(1);
    expect(fieldValue(answer, 'Content-Length')).toBe('0');
  });

  it('get a Date when the origin has no clock (RFC 9110 section 6.6.1)', async () => {
    const { answer } = await fixture.exchange(fixture.get(), OK);
    expect(Date.parse(fieldValue(answer, 'Date') ?? '')).toBeGreaterThan(Date.now() - 60_000);
  });

  it('may lack a reason, with or without the space before it', async () => {
    const first = await fixture.exchange(fixture.get(), 'HTTP/1.1 204 \r\n\r\n');
    expect(first.answer.start.trimEnd()).toBe('HTTP/1.1 204');
    expect(statusOf(await fixture.again(first, 'HTTP/1.1 204\r\n\r\n'))).toBe(204);
  });

  it.each([199 + 1, 302, 404, 500, 599, 799])('pass with status %i', async (status) => {
    const { answer } = await fixture.exchange(fixture.get(), `HTTP/1.1 ${status} X\r\nContent-Length: 1\r\n\r\n!`);
    expect(statusOf(answer)).toBe(status);
    expect(answer.body).toBe('!');
  });

  it('end here when they are hop-by-hop or meant for a proxy, but for Proxy-Status', async () => {
    const { answer } = await fixture.exchange(
      fixture.get(),
      'HTTP/1.1 200 OK\r\nConnection: X-Hop, close\r\nKeep-Alive: timeout=99\r\nX-Hop: 1\r\nProxy-Authenticate: Basic\r\n' +
        'Proxy-Connection: close\r\nProxy-Status: inner; received-status=200\r\nUpgrade: h2c\r\nTE: x\r\nX-Stays: 1\r\nContent-Length: 0\r\n\r\n',
    );
    expect(answer.fields.map(([name]) => name)).toEqual(['Proxy-Status', 'X-Stays', 'Via', 'Content-Length', 'Date']);
  });

  it('carry our Via with the version of the origin, behind those of others', async () => {
    const { answer } = await fixture.exchange(
      fixture.get(),
      `HTTP/1.0 200 OK\r\nVia: 1.1 inner\r\nContent-Length: 0\r\n\r\n`,
    );
    expect(answer.start).toBe('HTTP/1.1 200 OK');
    expect(fieldValue(answer, 'Via')).toMatch(/^1\.1 inner, 1\.0 mcp-gangway\S*$/);
  });

  it('lose the space before a colon (RFC 9112 section 5.1)', async () => {
    const { answer } = await fixture.exchange(
      fixture.get(),
      'HTTP/1.1 200 OK\r\nX-Sp \t: v \t\r\nContent-Length: 0\r\n\r\n',
    );
    expect(answer.fields).toContainEqual(['X-Sp', 'v']);
  });

  it('keep bytes beyond ASCII, in file names too', async () => {
    const disposition = 'attachment; filename="caf\xc3\xa9.txt"';
    const { answer } = await fixture.exchange(
      fixture.get(),
      `HTTP/1.1 200 caf\xe9\r\nContent-Length: 0\r\nContent-Disposition: ${disposition}\r\nX-B: \xff\r\n\r\n`,
    );
    expect(answer.start).toBe('HTTP/1.1 200 caf\xe9');
    expect(fieldValue(answer, 'Content-Disposition')).toBe(disposition);
    expect(fieldValue(answer, 'X-B')).toBe('\xff');
  });

  it('may be many and large', async () => {
    const fields = Array.from({ length: 1500 }, (_, index) => `X-${index}: ${'v'.repeat(100)}\r\n`).join('');
    const { answer } = await fixture.exchange(fixture.get(), `HTTP/1.1 200 OK\r\n${fields}Content-Length: 0\r\n\r\n`);
    expect(answer.fields.filter(([name]) => /^X-\d+$/.test(name))).toHaveLength(1500);
  });
});

describe('interim answers', () => {
  it('are passed on as they come, fields included', async () => {
    const { client, peer } = await fixture.arrive(fixture.get());
    peer.write(
      'HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\nLink: </b>\r\nConnection: X-H\r\nX-H: 1\r\n\r\n',
    );
    const hints = await client.message();
    expect(hints.start).toBe('HTTP/1.1 103 Early Hints');
    expect(fieldValues(hints, 'Link')).toEqual(['</a>; rel=preload', '</b>']);
    expect(fieldValue(hints, 'X-H')).toBeUndefined();
    expect(fieldValue(hints, 'Via')).toMatch(/^1\.1 mcp-gangway/);
    peer.write('HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n');
    expect(statusOf(await client.message())).toBe(102);
    expect(statusOf(await client.message())).toBe(100);
    peer.write(OK);
    const last = await client.message();
    expect(last.body).toBe('ok');
    expect(fieldValue(last, 'Connection')).toBeUndefined();
  });

  it('never reach a client of HTTP/1.0', async () => {
    const { client, peer } = await fixture.arrive(fixture.oldGet());
    peer.write(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n${OK}`);
    expect(statusOf(await client.message())).toBe(200);
  });

  it('do not count as the answer when nothing follows', async () => {
    const { client, peer } = await fixture.arrive(fixture.get());
    peer.write('HTTP/1.1 103 Early Hints\r\n\r\n');
    expect(statusOf(await client.message())).toBe(103);
    peer.end();
    expect(statusOf(await client.message())).toBe(502);
  });
});
