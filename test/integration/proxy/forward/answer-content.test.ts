import { describe, expect, it } from 'vitest';
import { ForwardFixture, OK } from '../../../support/forward-fixture.ts';
import { fieldValue, fieldValues, statusOf } from '../../../support/raw-http.ts';

const fixture = new ForwardFixture();

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
    const { client, peer } = await fixture.arrive(fixture.oldGet());
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
    client.write(fixture.oldGet());
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
    expect((await fixture.again({ client, peer })).body).toBe('ok');
  });

  it('is missing from 304, whose Content-Length stays, and from 204, whose goes', async () => {
    const { answer, client, peer } = await fixture.exchange(
      fixture.get(),
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\nETag: "x"\r\n\r\n',
    );
    expect(fieldValue(answer, 'Content-Length')).toBe('99');
    const second = await fixture.again({ client, peer }, 'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n');
    expect(statusOf(second)).toBe(204);
    expect(fieldValue(second, 'Content-Length')).toBeUndefined();
    expect(fieldValue(second, 'Transfer-Encoding')).toBeUndefined();
    expect((await fixture.again({ client, peer })).body).toBe('ok');
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
