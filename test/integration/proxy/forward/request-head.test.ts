import { describe, expect, it } from 'vitest';
import { ForwardFixture, OK } from '../../../support/forward-fixture.ts';
import { fieldValue, fieldValues, statusOf } from '../../../support/raw-http.ts';

const fixture = new ForwardFixture();

describe('the request line', () => {
  const cases: [string, string, string][] = [
    ['GET', '/a/b;c?d=e&f', '/a/b;c?d=e&f'],
    ['GET', '', '/'],
    ['GET', '?q=1', '/?q=1'],
    ['GET', '/a%20b/%zz/../c//d', '/a%20b/%zz/../c//d'],
    ['GET', '/"<>\\^`{|}', '/"<>\\^`{|}'],
    ['GET', '/a?b?c:@/', '/a?b?c:@/'],
    ['GET', '/http://other/', '/http://other/'],
    ['OPTIONS', '', '*'],
    ['OPTIONS', '/', '/'],
    ['PROPFIND', '/dav', '/dav'],
    ['M-SEARCH', '/x', '/x'],
  ];
  it.each(cases)('%s http://host%s asks for %s, byte for byte', async (method, path, expected) => {
    const text = `${method} ${fixture.url}${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
    const { request } = await fixture.arrive(text);
    expect(request.start).toBe(`${method} ${expected} HTTP/1.1`);
  });

  it.each(['LIST', 'get', 'GETX', 'FLUSHED', 'VERSION-CONTROL'])(
    'carries %s, which the parser does not know',
    async (method) => {
      const { client, peer } = await fixture.arrive(fixture.get());
      peer.write(OK);
      await client.message();
      // On a connection that is reused, with content cut anywhere, by a client that has finished.
      client.write(
        `${method} ${fixture.url}/a?b HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nProxy-A: 2\r\nContent-Length: 4\r\n\r\n<a`,
      );
      await new Promise((resolve) => setImmediate(resolve));
      client.write('/>GET');
      client.end();
      const again = await fixture.origin.connection();
      const request = await again.message();
      expect(request.start).toBe(`${method} /a?b HTTP/1.1`);
      expect(fieldValues(request, 'Host')).toEqual([fixture.origin.authority]);
      expect(fieldValue(request, 'X-A')).toBe('1');
      expect(fieldValue(request, 'Proxy-A')).toBeUndefined();
      expect(request.body).toBe('<a/>');
      again.write(OK);
      const answer = await client.message();
      expect([statusOf(answer), fieldValue(answer, 'Connection')]).toEqual([200, 'close']);
      expect(await client.ending()).toBe('fin');
    },
  );

  it('with an unknown method is not looked for behind an answer that is under way, nor in the middle of a method', async () => {
    const pipelined = await fixture.arrive(`${fixture.get()}LIST ${fixture.url}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    pipelined.peer.write(OK);
    expect((await pipelined.client.message()).body).toBe('ok');
    expect(statusOf(await pipelined.client.message())).toBe(501);
    const cut = await fixture.client();
    cut.write('LI');
    await new Promise((resolve) => setTimeout(resolve, 20));
    cut.write(`ST ${fixture.url}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(statusOf(await cut.message())).toBe(501);
  });

  it('is HTTP/1.1 for a client of HTTP/1.0 as well', async () => {
    const { request } = await fixture.arrive(fixture.oldGet());
    expect(request.start).toBe('GET / HTTP/1.1');
  });

  it('takes the scheme in any case', async () => {
    const { request } = await fixture.arrive(`GET HTTP://${fixture.origin.authority}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(request.start).toBe('GET / HTTP/1.1');
  });
});

describe('the Host field', () => {
  it('is the authority of the target, whatever the client said', async () => {
    const { request } = await fixture.arrive(`GET ${fixture.url}/ HTTP/1.1\r\nHost: evil.example\r\n\r\n`);
    expect(fieldValues(request, 'Host')).toEqual([fixture.origin.authority]);
    expect(request.fields[0]?.[0]).toBe('Host');
  });

  it('is made for a client of HTTP/1.0 that sent none', async () => {
    const { request } = await fixture.arrive(fixture.oldGet());
    expect(fieldValue(request, 'Host')).toBe(fixture.origin.authority);
  });

  it('keeps a name as it was written', async () => {
    const text = `GET http://LocalHost:${fixture.origin.port}/ HTTP/1.1\r\nHost: x\r\n\r\n`;
    const { request } = await fixture.arrive(text);
    expect(fieldValue(request, 'Host')).toBe(`LocalHost:${fixture.origin.port}`);
  });

  it('carries no user or password, nor does any other field', async () => {
    const text = `GET http://user:s3cret@${fixture.origin.authority}/ HTTP/1.1\r\nHost: x\r\n\r\n`;
    const { request } = await fixture.arrive(text);
    expect(fieldValue(request, 'Host')).toBe(fixture.origin.authority);
    expect(fieldValue(request, 'Authorization')).toBeUndefined();
    expect(JSON.stringify(request)).not.toContain('s3cret');
  });
});

describe('fields of the client', () => {
  it('pass in order and case, repeated ones apart', async () => {
    const fields = 'X-One: 1\r\nx-TWO: 2\r\nCookie: a=b\r\nX-One: 3\r\nCookie: c=d\r\nAuthorization: Basic eA==\r\n';
    const { request } = await fixture.arrive(fixture.get(fields));
    expect(request.fields.slice(1, -1)).toEqual([
      ['X-One', '1'],
      ['x-TWO', '2'],
      ['Cookie', 'a=b'],
      ['X-One', '3'],
      ['Cookie', 'c=d'],
      ['Authorization', 'Basic eA=='],
    ]);
  });

  it('pass with empty values and bytes beyond ASCII untouched', async () => {
    const { request } = await fixture.arrive(fixture.get('X-Empty:\r\nX-Bytes: caf\xc3\xa9 \xff\r\n'));
    expect(fieldValue(request, 'X-Empty')).toBe('');
    expect(fieldValue(request, 'X-Bytes')).toBe('caf\xc3\xa9 \xff');
  });

  it('end here when they are hop-by-hop or meant for a proxy', async () => {
    const { request } = await fixture.arrive(
      fixture.get(
        'Connection: keep-alive, X-Hop , x-hop-too\r\nConnection: x-third\r\nKeep-Alive: timeout=5\r\n' +
          'Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic c2VjcmV0\r\nProxy-Anything: 1\r\n' +
          'X-Hop: 1\r\nX-Hop-Too: 2\r\nX-Third: 3\r\nUpgrade: h2c\r\nTE: gzip\r\nTrailer: X-None\r\nX-Stays: 4\r\n',
      ),
    );
    expect(request.fields.map(([name]) => name)).toEqual(['Host', 'X-Stays', 'Via']);
    expect(JSON.stringify(request)).not.toContain('c2VjcmV0');
  });

  it('cannot talk us out of Host and framing through Connection', async () => {
    const { request } = await fixture.arrive(
      `POST ${fixture.url}/ HTTP/1.1\r\nHost: x\r\nConnection: host, content-length, via\r\nContent-Length: 3\r\n\r\nabc`,
    );
    expect(fieldValue(request, 'Host')).toBe(fixture.origin.authority);
    expect(request.body).toBe('abc');
    expect(fieldValues(request, 'Via')).toHaveLength(1);
  });
});

describe('TE', () => {
  it('passes on the wish for trailers, as our own', async () => {
    const { request } = await fixture.arrive(fixture.get('Connection: TE\r\nTE: gzip;q=0.5, trailers\r\n'));
    expect(fieldValue(request, 'TE')).toBe('trailers');
    expect(fieldValue(request, 'Connection')).toBe('TE');
  });
});

describe('Via', () => {
  it('names the version we received', async () => {
    const modern = await fixture.arrive(fixture.get());
    expect(fieldValue(modern.request, 'Via')).toMatch(/^1\.1 mcp-gangway\S*$/);
    modern.peer.write(OK);
    await modern.client.message();
    const client = await fixture.client();
    client.write(fixture.oldGet());
    expect(fieldValue(await modern.peer.message(), 'Via')).toMatch(/^1\.0 mcp-gangway\S*$/);
  });

  it('is appended to what was there, in one line', async () => {
    const { request } = await fixture.arrive(fixture.get('Via: 1.0 fred\r\nVia: 1.1 p.example (x, y)\r\n'));
    expect(fieldValue(request, 'Via')).toMatch(/^1\.0 fred, 1\.1 p\.example \(x, y\), 1\.1 mcp-gangway\S*$/);
  });

  it('with our own name in it is a loop: 508', async () => {
    const { request } = await fixture.arrive(fixture.get());
    const via = fieldValue(request, 'Via') ?? '';
    const { answer } = await fixture.refused(fixture.get(`Via: 1.0 fred, ${via}\r\n`));
    expect(statusOf(answer)).toBe(508);
    expect(fieldValue(answer, 'Proxy-Status')).toContain('error=proxy_loop_detected');
  });
});

describe('Max-Forwards', () => {
  it.each(['OPTIONS', 'TRACE'])('of %s is counted down', async (method) => {
    const { request } = await fixture.arrive(
      `${method} ${fixture.url}/ HTTP/1.1\r\nHost: x\r\nMax-Forwards: 5\r\n\r\n`,
    );
    expect(fieldValue(request, 'Max-Forwards')).toBe('4');
  });

  it('of other methods is none of our business', async () => {
    const { request } = await fixture.arrive(fixture.get('Max-Forwards: 0\r\n'));
    expect(fieldValue(request, 'Max-Forwards')).toBe('0');
  });

  it('0 lets us answer OPTIONS', async () => {
    const text = `OPTIONS ${fixture.url} HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\n\r\n`;
    const { answer } = await fixture.refused(text);
    expect(statusOf(answer)).toBe(200);
    expect(fieldValue(answer, 'Content-Length')).toBe('0');
    expect(fixture.origin.connections).toBe(0);
  });

  it('0 lets us answer TRACE with the request as it came, without its secrets', async () => {
    const { answer } = await fixture.refused(
      `TRACE ${fixture.url}/x HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\nX-Mark: y\r\nCookie: s3cret\r\nProxy-Authorization: s3cret\r\n\r\n`,
    );
    expect(statusOf(answer)).toBe(200);
    expect(fieldValue(answer, 'Content-Type')).toBe('message/http');
    expect(answer.body).toMatch(/^TRACE http:\/\/\S+\/x HTTP\/1\.1\r\n/);
    expect(answer.body).toContain('X-Mark: y\r\n');
    expect(answer.body).not.toContain('s3cret');
    expect(fixture.origin.connections).toBe(0);
  });

  it('that is no number is refused', async () => {
    const text = `OPTIONS ${fixture.url} HTTP/1.1\r\nHost: x\r\nMax-Forwards: many\r\n\r\n`;
    expect(statusOf((await fixture.refused(text)).answer)).toBe(400);
  });
});

describe('a target we do not fetch', () => {
  const bad: [string, string][] = [
    ['an empty host', 'http:///x'],
    ['an empty host before a query', 'http://?x'],
    ['an empty host with a port', 'http://:80/'],
    ['an empty host behind userinfo', 'http://user@/'],
    ['port 0', 'http://127.0.0.1:0/'],
    ['a port beyond 65535', 'http://127.0.0.1:99999/'],
    ['a port that is no number', 'http://127.0.0.1:http/'],
    ['a port with a colon behind it', 'http://127.0.0.1:80:/'],
    ['two ports', 'http://127.0.0.1:80:80/'],
    ['a negative port', 'http://127.0.0.1:-1/'],
    ['a broken IPv6 address', 'http://[::1/'],
    ['an IPv6 address without brackets', 'http://::1/'],
    ['brackets around a name', 'http://[name]/'],
    ['a name with a space escaped', 'http://a%20b/'],
    ['a name with forbidden characters', 'http://a$b/'],
    ['a name with an empty label', 'http://a..b/'],
    ['a backslash in the authority', 'http://a\\b/'],
  ];
  it.each(bad)('because of %s is a bad request', async (_why, url) => {
    const { answer, client } = await fixture.refused(`GET ${url} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(statusOf(answer)).toBe(400);
    expect(fieldValue(answer, 'Proxy-Status')).toMatch(/^mcp-gangway; error=http_request_error; details="\w+"$/);
    expect(client.hasEnded).toBe(false);
  });

  it.each(['https', 'ftp', 'wss', 'file'])('because its scheme is %s says so and names CONNECT', async (scheme) => {
    const { answer } = await fixture.refused(`GET ${scheme}://127.0.0.1/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(statusOf(answer)).toBe(400);
    expect(answer.body).toContain(`${scheme}://`);
    expect(answer.body).toContain('CONNECT');
  });

  it('does not keep the connection from the next request', async () => {
    const { client } = await fixture.refused('GET http://127.0.0.1:0/ HTTP/1.1\r\nHost: x\r\n\r\n');
    client.write(fixture.get());
    (await fixture.origin.connection()).write(OK);
    expect((await client.message()).body).toBe('ok');
  });
});

it('an empty port means the default one', async () => {
  const text = `GET http://127.0.0.1:/ HTTP/1.1\r\nHost: x\r\n\r\n`;
  const { answer } = await fixture.refused(text);
  expect(answer.body).toContain('127.0.0.1:80');
});

it('an IPv6 literal keeps its brackets in Host', async () => {
  const { answer } = await fixture.refused('GET http://[::1]:1/ HTTP/1.1\r\nHost: x\r\n\r\n');
  expect([502, 504]).toContain(statusOf(answer));
  expect(answer.body).toContain('[::1]:1');
});
