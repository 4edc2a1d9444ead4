import { describe, expect, it } from 'vitest';
import { ForwardFixture, OK } from '../../../support/forward-fixture.ts';
import { fieldValue, fieldValues, flows, statusOf } from '../../../support/raw-http.ts';

const fixture = new ForwardFixture();

function post(fields: string, content = '', version = '1.1', method = 'POST'): string {
  return `${method} ${fixture.url}/ HTTP/${version}\r\nHost: x\r\n${fields}\r\n${content}`;
}

describe('content of a request', () => {
  it('with a length keeps it', async () => {
    const { request } = await fixture.arrive(post('Content-Length: 5\r\n', 'hello'));
    expect(fieldValues(request, 'Content-Length')).toEqual(['5']);
    expect(request.body).toBe('hello');
  });

  it('of a length that no number holds is announced as it was', async () => {
    const client = await fixture.client();
    client.write(post('Content-Length: 9007199254740993\r\n', 'begun'));
    const peer = await fixture.origin.connection();
    expect(fieldValue(await peer.head(), 'Content-Length')).toBe('9007199254740993');
  });

  it('of length 0 says so', async () => {
    const { request, client, peer } = await fixture.arrive(post('Content-Length: 0\r\n'));
    expect(fieldValue(request, 'Content-Length')).toBe('0');
    peer.write(OK);
    expect(fieldValue(await client.message(), 'Connection')).toBeUndefined();
  });

  it('that is not announced is not invented', async () => {
    const { request } = await fixture.arrive(post(''));
    expect(fieldValue(request, 'Content-Length')).toBeUndefined();
    expect(fieldValue(request, 'Transfer-Encoding')).toBeUndefined();
  });

  it('passes with GET and DELETE as well', async () => {
    const { request } = await fixture.arrive(post('Content-Length: 2\r\n', 'hi', '1.1', 'GET'));
    expect(request.body).toBe('hi');
  });

  it('in chunks is chunked anew, extensions gone', async () => {
    const { request } = await fixture.arrive(
      post('Transfer-Encoding: chunked\r\n', '5;a=b\r\nhello\r\n006\r\n world\r\n0\r\n\r\n'),
    );
    expect(fieldValue(request, 'Transfer-Encoding')).toBe('chunked');
    expect(fieldValue(request, 'Content-Length')).toBeUndefined();
    expect(request.body).toBe('hello world');
  });

  it('carries its trailers, but for those that frame, route or authenticate', async () => {
    const { request } = await fixture.arrive(
      post(
        'Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n',
        '1\r\na\r\n0\r\nX-Sum: 42\r\nHost: evil\r\nAuthorization: x\r\nProxy-Authorization: y\r\nX-More: 1\r\n\r\n',
      ),
    );
    expect(fieldValue(request, 'Trailer')).toBe('X-Sum');
    expect(request.trailers).toEqual([
      ['X-Sum', '42'],
      ['X-More', '1'],
    ]);
  });

  it('of a client of HTTP/1.0 passes with its length', async () => {
    const { request } = await fixture.arrive(post('Content-Length: 3\r\n', 'abc', '1.0'));
    expect(request.start).toBe('POST / HTTP/1.1');
    expect(request.body).toBe('abc');
  });

  it('is streamed: the origin has the first part before the client has sent the second', async () => {
    const client = await fixture.client();
    client.write(post('Content-Length: 10\r\n', 'first'));
    const peer = await fixture.origin.connection();
    await peer.head();
    expect(await peer.bytes(5)).toBe('first');
    client.write('later');
    expect(await peer.bytes(5)).toBe('later');
    peer.write(OK);
    expect((await client.message()).body).toBe('ok');
  });

  it('in chunks is streamed chunk by chunk', async () => {
    const client = await fixture.client();
    client.write(post('Transfer-Encoding: chunked\r\n', '3\r\none\r\n'));
    const peer = await fixture.origin.connection();
    await peer.head();
    expect(await peer.until('one\r\n')).toBe('3\r\none\r\n');
    client.write('3\r\ntwo\r\n');
    expect(await peer.until('two\r\n')).toBe('3\r\ntwo\r\n');
    client.write('0\r\n\r\n');
    expect(await peer.until('0\r\n\r\n')).toBe('0\r\n\r\n');
  });

  it('passes byte for byte however the client cuts it up', async () => {
    const client = await fixture.client();
    const written = client.writeBytewise(
      post('Transfer-Encoding: chunked\r\n', '3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n'),
    );
    const peer = await fixture.origin.connection();
    const request = await peer.message();
    await written;
    expect(request.body).toBe('abcde');
    expect(request.trailers).toEqual([['X-T', '1']]);
  });

  it('is held back at the client while the origin does not read', async () => {
    const size = 64 * 1024 * 1024;
    const client = await fixture.client();
    client.write(post(`Content-Length: ${size}\r\n`));
    const peer = await fixture.origin.connection();
    await peer.head();
    peer.socket.pause();
    const block = Buffer.alloc(1024 * 1024, 'x');
    let sent = 0;
    while (sent < size && (await flows(client.socket, block))) sent += block.length;
    expect(sent).toBeLessThan(size);
    for (sent += block.length; sent < size; sent += block.length) client.socket.write(block);
    peer.socket.resume();
    await peer.swallow(size);
  });

  it('that stops in the middle reaches the origin as broken off', async () => {
    const client = await fixture.client();
    client.write(post('Transfer-Encoding: chunked\r\n', '4\r\nhalf\r\n'));
    const peer = await fixture.origin.connection();
    await peer.until('half\r\n');
    client.reset();
    expect(await peer.rest()).not.toContain('0\r\n');
  });

  it('in malformed chunks is refused, and reaches the origin as broken off', async () => {
    const client = await fixture.client();
    client.write(post('Transfer-Encoding: chunked\r\n', '4\r\nhalf\r\nzz\r\n'));
    const peer = await fixture.origin.connection();
    await peer.until('half\r\n');
    const answer = await client.message();
    expect(statusOf(answer)).toBe(400);
    expect(fieldValue(answer, 'Connection')).toBe('close');
    expect(await peer.rest()).not.toContain('0\r\n');
  });
});

describe('Expect: 100-continue', () => {
  const expecting = 'Expect: 100-continue\r\nContent-Length: 4\r\n';

  it('goes to the origin, and its 100 comes back before any content is sent', async () => {
    const client = await fixture.client();
    client.write(post(expecting));
    const peer = await fixture.origin.connection();
    expect(fieldValue(await peer.head(), 'Expect')).toBe('100-continue');
    peer.write('HTTP/1.1 100 Continue\r\n\r\n');
    expect(statusOf(await client.message())).toBe(100);
    client.write('data');
    expect(await peer.bytes(4)).toBe('data');
    peer.write(OK);
    const answer = await client.message();
    expect(statusOf(answer)).toBe(200);
    expect(fieldValue(answer, 'Connection')).toBeUndefined();
  });

  it('works with an origin that never says 100, once the client has lost patience', async () => {
    const client = await fixture.client();
    client.write(post(expecting));
    const peer = await fixture.origin.connection();
    await peer.head();
    client.write('data');
    expect(await peer.bytes(4)).toBe('data');
    peer.write(OK);
    expect(statusOf(await client.message())).toBe(200);
  });

  it.each([413, 417, 401])('answered %i at once reaches the client, which need not send anything', async (status) => {
    const client = await fixture.client();
    client.write(post(expecting));
    const peer = await fixture.origin.connection();
    await peer.head();
    peer.write(`HTTP/1.1 ${status} No\r\nContent-Length: 2\r\n\r\nno`);
    const answer = await client.message();
    expect(statusOf(answer)).toBe(status);
    expect(answer.body).toBe('no');
    // Where the content would begin, the next request might: only closing is safe.
    expect(fieldValue(answer, 'Connection')).toBe('close');
    await peer.ending();
    await client.ending();
  });

  it('of a client of HTTP/1.0 is ignored', async () => {
    const { request } = await fixture.arrive(post(expecting, 'data', '1.0'));
    expect(fieldValue(request, 'Expect')).toBeUndefined();
    expect(request.body).toBe('data');
  });

  it('is answered 502 when the origin can not be reached', async () => {
    const url = fixture.url;
    await fixture.origin.stop();
    const client = await fixture.client();
    client.write(`PUT ${url}/ HTTP/1.1\r\nHost: x\r\n${expecting}\r\n`);
    expect(statusOf(await client.message())).toBe(502);
  });
});

describe('an origin that answers before the content has come', () => {
  it('stops the upload with an error, and the client gets it although it goes on sending', async () => {
    const client = await fixture.client();
    client.write(post(`Content-Length: ${8 * 1024 * 1024}\r\n`, 'x'.repeat(64 * 1024)));
    const peer = await fixture.origin.connection();
    await peer.head();
    peer.write('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig');
    client.write('x'.repeat(1024 * 1024));
    const answer = await client.message();
    expect(statusOf(answer)).toBe(413);
    expect(answer.body).toBe('big');
    expect(fieldValue(answer, 'Connection')).toBe('close');
    await peer.ending();
    expect(await client.ending()).toBe('fin');
  });

  it('and closes, is heard all the same', async () => {
    const client = await fixture.client();
    client.write(post(`Content-Length: 100\r\n`, 'x'));
    const peer = await fixture.origin.connection();
    await peer.until('x');
    peer.write('HTTP/1.1 400 Bad\r\n\r\nclosed');
    peer.end();
    const answer = await client.message();
    expect(statusOf(answer)).toBe(400);
    expect(answer.body).toBe('closed');
  });

  it('with success goes on receiving: both directions flow at once', async () => {
    const client = await fixture.client();
    client.write(post('Transfer-Encoding: chunked\r\n', '3\r\none\r\n'));
    const peer = await fixture.origin.connection();
    await peer.until('one\r\n');
    peer.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nONE\r\n');
    await client.until('3\r\nONE\r\n');
    client.write('3\r\ntwo\r\n0\r\n\r\n');
    await peer.until('two\r\n0\r\n\r\n');
    peer.write('3\r\nTWO\r\n0\r\n\r\n');
    expect(await client.until('0\r\n\r\n')).toBe('3\r\nTWO\r\n0\r\n\r\n');
  });

  it('completely and with success, ends the exchange without the rest', async () => {
    const client = await fixture.client();
    client.write(post('Content-Length: 100\r\n', 'x'));
    const peer = await fixture.origin.connection();
    await peer.until('x');
    peer.write(OK);
    expect((await client.message()).body).toBe('ok');
    expect(await client.ending()).toBe('fin');
    await peer.ending();
  });
});

it('a refusal with content still coming reaches the client, and then the connection closes', async () => {
  const client = await fixture.client();
  client.write(`POST https://x/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(200_000)}`);
  const answer = await client.message();
  expect(statusOf(answer)).toBe(400);
  expect(fieldValue(answer, 'Connection')).toBe('close');
  expect(await client.ending()).toBe('fin');
});
