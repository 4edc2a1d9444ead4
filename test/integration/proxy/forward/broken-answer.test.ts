import { describe, expect, it } from 'vitest';
import { ForwardFixture } from '../../../support/forward-fixture.ts';
import { fieldValue, statusOf } from '../../../support/raw-http.ts';

const fixture = new ForwardFixture();

describe('an answer that is no HTTP is a 502 that says so', () => {
  const bad: [string, string][] = [
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['a mail server', '220 mail ready\r\n'],
    ['HTTP/0.9', '<html>hello</html>'],
    ['HTTP/2', '\x00\x00\x12\x04\x00\x00\x00\x00\x00'],
    ['ICY without a status', 'ICY OK\r\n\r\n'],
    ['a version beyond 1', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['no version', 'HTTP/1 200 OK\r\n\r\n'],
    ['a two-digit status', 'HTTP/1.1 99 X\r\n\r\n'],
    ['a four-digit status', 'HTTP/1.1 2000 X\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 000 X\r\n\r\n'],
    ['a status that is no number', 'HTTP/1.1 OK\r\n\r\n'],
    ['a control character in the reason', 'HTTP/1.1 200 O\x01K\r\n\r\n'],
    ['bare CR in a value', 'HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n'],
    ['bare CR in a name', 'HTTP/1.1 200 OK\r\nX\r: a\r\nContent-Length: 0\r\n\r\n'],
    ['NUL in a value', 'HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n'],
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
    await fixture.renewed(client, peer);
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
    const { client, peer } = await fixture.arrive(fixture.oldGet());
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
    ['a size beyond counting', '10000000000000000\r\n'],
    ['bare LF behind the size', '1\na\r\n'],
    ['bare CR behind the size', '1\rxa\r\n'],
    ['a chunk longer than its size', '1\r\nab\r\n'],
    ['a chunk without its line end', '1\r\na0\r\n\r\n'],
    ['an extension without end', `1;${'x'.repeat(8192)}`],
    ['a control character in an extension', '1;x\x00\r\na\r\n'],
    ['a trailer without colon', '0\r\nnonsense\r\n\r\n'],
    ['trailers without end', `0\r\nX: ${'y'.repeat(80 * 1024)}`],
  ];
  it.each(badChunks)('by %s ends for the client visibly incomplete', async (_why, text) => {
    const { client, peer } = await fixture.arrive(fixture.get());
    peer.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n${text}`);
    await client.until('half');
    expect(await client.rest()).not.toContain('0\r\n');
    await fixture.renewed(await fixture.client(), peer);
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

  it('has a name that does not exist gives a 502 or 504', async () => {
    const { answer } = await fixture.refused('GET http://no-such-host.invalid/ HTTP/1.1\r\nHost: x\r\n\r\n');
    expect([502, 504]).toContain(statusOf(answer));
    expect(fieldValue(answer, 'Proxy-Status')).toMatch(/error=dns_(error|timeout)/);
  });
});
