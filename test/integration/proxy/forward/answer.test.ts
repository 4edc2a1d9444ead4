import { describe, expect, it } from 'vitest';
import { ForwardFixture, OK } from '../../../support/forward-fixture.ts';
import { fieldValue, fieldValues, statusOf } from '../../../support/raw-http.ts';

const fixture = new ForwardFixture();

/** A GET by a client of HTTP/1.0. */
const oldGet = (): string => `GET ${fixture.url}/ HTTP/1.0\r\n\r\n`;

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
    first.client.write(fixture.get());
    await first.peer.message();
    first.peer.write('HTTP/1.1 204\r\n\r\n');
    expect(statusOf(await first.client.message())).toBe(204);
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

describe('content of an answer', () => {
  it('of a known length keeps it', async () => {
    const { answer } = await fixture.exchange(fixture.get(), 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello');
    expect(fieldValue(answer, 'Content-Length')).toBe('5');
    expect(fieldValue(answer, 'Transfer-Encoding')).toBeUndefined();
    expect(answer.body).toBe('hello');
  });

  it('in chunks is chunked anew, extensions gone', async () => {
    const { answer } = await fixture.exchange(
      fixture.get(),
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x="y z"\r\nhello\r\n00A\r\n 123456789\r\n000\r\n\r\n',
    );
    expect(fieldValue(answer, 'Transfer-Encoding')).toBe('chunked');
    expect(fieldValue(answer, 'Content-Length')).toBeUndefined();
    expect(answer.body).toBe('hello 123456789');
  });

  it('that lasts until the connection closes is chunked for HTTP/1.1', async () => {
    const { client, peer } = await fixture.arrive(fixture.get());
    peer.write('HTTP/1.1 200 OK\r\n\r\nuntil ');
    peer.write('the end');
    peer.end();
    const answer = await client.message();
    expect(fieldValue(answer, 'Transfer-Encoding')).toBe('chunked');
    expect(answer.body).toBe('until the end');
    expect(client.hasEnded).toBe(false);
  });

  it('of an HTTP/1.0 origin works the same way', async () => {
    const { client, peer } = await fixture.arrive(fixture.get());
    peer.write('HTTP/1.0 200 OK\r\n\r\nold');
    peer.end();
    expect((await client.message()).body).toBe('old');
  });

  it('in chunks reaches a client of HTTP/1.0 without them, ended by the connection', async () => {
    const { client, peer } = await fixture.arrive(oldGet());
    peer.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n');
    const answer = await client.message();
    expect(fieldValue(answer, 'Transfer-Encoding')).toBeUndefined();
    expect(fieldValue(answer, 'Trailer')).toBeUndefined();
    expect(fieldValue(answer, 'Connection')).toBe('close');
    expect(answer.body).toBe('abc');
    expect(await client.ending()).toBe('fin');
  });

  it('lets a client of HTTP/1.0 keep the connection when it asks and the length is known', async () => {
    const { client, peer } = await fixture.arrive(`GET ${fixture.url}/ HTTP/1.0\r\nConnection: keep-alive\r\n\r\n`);
    peer.write(OK);
    expect(fieldValue(await client.message(), 'Connection')).toBe('keep-alive');
    client.write(oldGet());
    await peer.message();
    peer.write(OK);
    const last = await client.message();
    expect(fieldValue(last, 'Connection')).toBe('close');
    expect(last.body).toBe('ok');
    expect(await client.ending()).toBe('fin');
  });

  it('is missing from answers to HEAD, whose Content-Length stays', async () => {
    const text = `HEAD ${fixture.url}/ HTTP/1.1\r\nHost: x\r\n\r\n`;
    const { answer, client, peer } = await fixture.exchange(text, 'HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n');
    expect(fieldValue(answer, 'Content-Length')).toBe('12345');
    client.write(text);
    await peer.message();
    peer.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    const second = await client.message(true);
    expect(statusOf(second)).toBe(200);
    client.write(fixture.get());
    await peer.message();
    peer.write(OK);
    expect((await client.message()).body).toBe('ok');
  });

  it('is missing from 304, whose Content-Length stays, and from 204, whose goes', async () => {
    const { answer, client, peer } = await fixture.exchange(
      fixture.get(),
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\nETag: "x"\r\n\r\n',
    );
    expect(fieldValue(answer, 'Content-Length')).toBe('99');
    client.write(fixture.get());
    await peer.message();
    peer.write('HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n');
    const second = await client.message();
    expect(statusOf(second)).toBe(204);
    expect(fieldValue(second, 'Content-Length')).toBeUndefined();
    expect(fieldValue(second, 'Transfer-Encoding')).toBeUndefined();
    client.write(fixture.get());
    await peer.message();
    peer.write(OK);
    expect((await client.message()).body).toBe('ok');
  });

  it('is whole when its length is given twice alike', async () => {
    const { answer } = await fixture.exchange(
      fixture.get(),
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok',
    );
    expect(fieldValues(answer, 'Content-Length')).toEqual(['2']);
    expect(answer.body).toBe('ok');
  });

  it('passes byte for byte, every value a byte can have', async () => {
    const bytes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('');
    const { answer } = await fixture.exchange(fixture.get(), `HTTP/1.1 200 OK\r\nContent-Length: 256\r\n\r\n${bytes}`);
    expect(answer.body).toBe(bytes);
  });

  it('comes out the same however the origin cuts it up', async () => {
    const { client, peer } = await fixture.arrive(fixture.get());
    await peer.writeBytewise(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n',
    );
    const answer = await client.message();
    expect(answer.body).toBe('abcde');
    expect(answer.trailers).toEqual([['X-T', '1']]);
  });
});

describe('trailers of an answer', () => {
  it('are passed on, but for those that frame, route or authenticate', async () => {
    const { answer } = await fixture.exchange(
      fixture.get('Connection: TE\r\nTE: trailers\r\n'),
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum, X-Sum2\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\nContent-Length: 5\r\n' +
        'Transfer-Encoding: gzip\r\nHost: x\r\nAuthorization: y\r\nSet-Cookie: z\r\nProxy-Authenticate: w\r\nConnection: close\r\nX-Sum2: 2\r\n\r\n',
    );
    expect(fieldValue(answer, 'Trailer')).toBe('X-Sum, X-Sum2');
    expect(answer.trailers).toEqual([
      ['X-Sum', '1'],
      ['X-Sum2', '2'],
    ]);
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
    const { client, peer } = await fixture.arrive(oldGet());
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

describe('an answer that is no HTTP is a 502 that says so', () => {
  const bad: [string, string][] = [
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['a mail server', '220 mail ready\r\n'],
    ['HTTP/0.9', '<html>hello</html>'],
    ['HTTP/2', '\x00\x00\x12\x04\x00\x00\x00\x00\x00'],
    ['ICY', 'ICY 200 OK\r\n\r\n'],
    ['a version beyond 1', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['no version', 'HTTP/1 200 OK\r\n\r\n'],
    ['a two-digit status', 'HTTP/1.1 99 X\r\n\r\n'],
    ['a four-digit status', 'HTTP/1.1 2000 X\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 000 X\r\n\r\n'],
    ['a status that is no number', 'HTTP/1.1 OK\r\n\r\n'],
    ['an empty line in front', '\r\nHTTP/1.1 200 OK\r\n\r\n'],
    ['a control character in the reason', 'HTTP/1.1 200 O\x01K\r\n\r\n'],
    ['bare LF', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
    ['bare LF behind a field', 'HTTP/1.1 200 OK\r\nX: y\nContent-Length: 0\r\n\r\n'],
    ['bare CR in a value', 'HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n'],
    ['bare CR in a name', 'HTTP/1.1 200 OK\r\nX\r: a\r\nContent-Length: 0\r\n\r\n'],
    ['NUL in a value', 'HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n'],
    ['a folded field', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n'],
    ['a field without colon', 'HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 0\r\n\r\n'],
    ['a field without name', 'HTTP/1.1 200 OK\r\n: v\r\nContent-Length: 0\r\n\r\n'],
    ['a space in a name', 'HTTP/1.1 200 OK\r\nA B: v\r\nContent-Length: 0\r\n\r\n'],
    ['two different lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a list of lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nab'],
    ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['a signed length', 'HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na'],
    ['a hexadecimal length', 'HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\na'],
    ['an empty length', 'HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n'],
    ['a length beyond counting', 'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n'],
    ['length and coding', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['an unknown coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['chunked twice', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['chunked not last', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n'],
    ['101 nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
    ['a head without end', `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(300 * 1024)}`],
  ];
  it.each(bad)('%s', async (_what, text) => {
    const { client, peer } = await fixture.arrive(fixture.get());
    peer.write(text);
    const answer = await client.message();
    expect(statusOf(answer)).toBe(502);
    expect(fieldValue(answer, 'Proxy-Status')).toBe('mcp-gangway; error=http_protocol_error; details="BAD_ANSWER"');
    expect(answer.body).toContain(`The answer of ${fixture.origin.authority} is not valid HTTP`);
    expect(client.hasEnded).toBe(false);
    await peer.ending();
  });
});

describe('an answer cut off', () => {
  const cuts: [string, string][] = [
    ['with a known length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'],
    ['in chunks, inside one', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf'],
    ['in chunks, between two', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
    ['in chunks, before the last line', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n'],
  ];
  it.each(cuts)('%s ends for the client visibly incomplete', async (_how, text) => {
    const { client, peer } = await fixture.arrive(fixture.get());
    peer.write(text);
    await client.until('half');
    peer.end();
    const rest = await client.rest();
    expect(rest).not.toContain('0\r\n\r\n');
    expect(fixture.proxy.failures.list().at(-1)?.error).toBe('http_response_incomplete');
  });

  it('by a reset, with no length known, ends for HTTP/1.1 without the last chunk', async () => {
    const { client, peer } = await fixture.arrive(fixture.get());
    peer.write('HTTP/1.1 200 OK\r\n\r\nhalf');
    await client.until('half');
    peer.reset();
    expect(await client.rest()).not.toContain('0\r\n\r\n');
  });

  it('by a reset, with no length known, is a reset for HTTP/1.0', async () => {
    const { client, peer } = await fixture.arrive(oldGet());
    peer.write('HTTP/1.1 200 OK\r\n\r\nhalf');
    await client.until('half');
    peer.reset();
    expect(await client.ending()).toBe('reset');
  });

  const badChunks: [string, string][] = [
    ['a size that is no number', 'zz\r\n'],
    ['a negative size', '-1\r\n'],
    ['a prefixed size', '0x1\r\na\r\n'],
    ['no size', '\r\n'],
    ['a space before the size', ' 1\r\na\r\n'],
    ['a space behind the size', '1 \r\na\r\n'],
    ['a size beyond counting', '10000000000000000\r\n'],
    ['bare LF behind the size', '1\na\r\n'],
    ['bare CR behind the size', '1\rxa\r\n'],
    ['a chunk longer than its size', '1\r\nab\r\n'],
    ['a chunk without its line end', '1\r\na0\r\n\r\n'],
    ['an extension without end', `1;${'x'.repeat(8192)}`],
    ['a control character in an extension', '1;x\x00\r\na\r\n'],
    ['a folded trailer', '0\r\nX: 1\r\n 2\r\n\r\n'],
    ['a trailer without colon', '0\r\nnonsense\r\n\r\n'],
    ['trailers without end', `0\r\nX: ${'y'.repeat(80 * 1024)}`],
  ];
  it.each(badChunks)('by %s ends for the client visibly incomplete', async (_why, text) => {
    const { client, peer } = await fixture.arrive(fixture.get());
    peer.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n${text}`);
    await client.until('half');
    expect(await client.rest()).not.toContain('0\r\n');
    await peer.ending();
  });

  it('does not look complete when the head came and nothing else', async () => {
    const { client, peer } = await fixture.arrive(fixture.get());
    peer.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n');
    expect(statusOf(await client.head())).toBe(200);
    peer.end();
    expect(await client.rest()).toBe('');
  });
});

describe('an origin that', () => {
  it('closes without a word gives a 502', async () => {
    const { client, peer } = await fixture.arrive(fixture.get());
    peer.end();
    const answer = await client.message();
    expect(statusOf(answer)).toBe(502);
    expect(fieldValue(answer, 'Proxy-Status')).toContain('error=connection_terminated');
  });

  it('resets gives a 502', async () => {
    const { client, peer } = await fixture.arrive(fixture.get());
    peer.reset();
    const answer = await client.message();
    expect(statusOf(answer)).toBe(502);
    expect(fieldValue(answer, 'Proxy-Status')).toContain('details="ECONNRESET"');
  });

  it('closes inside the head gives a 502', async () => {
    const { client, peer } = await fixture.arrive(fixture.get());
    peer.write('HTTP/1.1 200 OK\r\nContent-Le');
    peer.end();
    expect(statusOf(await client.message())).toBe(502);
  });

  it('is not there gives a 502 with the errno', async () => {
    const url = fixture.url;
    await fixture.origin.stop();
    const client = await fixture.client();
    client.write(`GET ${url}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    const answer = await client.message();
    expect(statusOf(answer)).toBe(502);
    expect(fieldValue(answer, 'Proxy-Status')).toBe('mcp-gangway; error=connection_refused; details="ECONNREFUSED"');
    expect(answer.body).toContain('refused the connection');
  });

  it('has a name nobody knows gives a 502 or 504', async () => {
    const { answer } = await fixture.refused('GET http://no-such-host.invalid/ HTTP/1.1\r\nHost: x\r\n\r\n');
    expect([502, 504]).toContain(statusOf(answer));
    expect(fieldValue(answer, 'Proxy-Status')).toMatch(/error=dns_(error|timeout)/);
  });
});
