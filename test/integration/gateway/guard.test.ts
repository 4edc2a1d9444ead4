import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { RawClient } from '../../support/tcp.ts';

const token = 'a-token-of-some-length';
const listed = 'https://chat.example';
let open: Gangway;
let locked: Gangway;

beforeAll(async () => {
  open = await startGangway({ allowedOrigins: [listed], allowedHosts: ['host.docker.internal'] });
  locked = await startGangway({ token, allowedOrigins: [listed] });
});

afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await locked[Symbol.asyncDispose]();
});

/** One origin-form request, byte for byte as given; resolves with the head and body. */
async function ask(gangway: Gangway, line: string, ...fields: readonly string[]): Promise<string> {
  using client = await RawClient.connect(gangway.port);
  client.send(`${line} HTTP/1.1\r\nConnection: close\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`);
  return await client.untilEnd();
}

const PATHS = [
  '/',
  '/healthz',
  '/readyz',
  '/status',
  '/metrics',
  '/sse',
  '/mcp',
  '/messages?session_id=x',
  '/servers/a/mcp',
  '/stdio',
  '/servers/a/stdio',
  '/nowhere',
];
const METHODS = ['GET', 'POST', 'DELETE', 'OPTIONS', 'PUT', 'HEAD'];
const EVERYWHERE = PATHS.flatMap((path) => METHODS.map((method) => `${method} ${path}`));

describe('on every path and method', () => {
  it.each(EVERYWHERE)('%s: a foreign Host is refused', async (line) => {
    expect(await ask(open, line, 'Host: evil.example')).toMatch(/^HTTP\/1\.1 403 /);
    expect(await ask(open, line, `Host: evil.example:${open.port}`, `Origin: http://evil.example`)).toMatch(
      /^HTTP\/1\.1 403 /,
    );
  });

  it.each(EVERYWHERE)('%s: a missing Host is refused', async (line) => {
    expect(await ask(open, line)).toMatch(/^HTTP\/1\.1 40[03] /);
  });

  it.each(EVERYWHERE)('%s: a foreign, null or file origin is refused', async (line) => {
    for (const origin of [
      'https://evil.example',
      'null',
      'file://',
      `http://127.0.0.1:1`,
      `http://localhost.evil.example:${open.port}`,
    ]) {
      const answer = await ask(open, line, `Host: 127.0.0.1:${open.port}`, `Origin: ${origin}`);
      expect(answer).toMatch(/^HTTP\/1\.1 403 /);
      expect(answer).not.toMatch(/access-control-allow-origin/i);
    }
  });

  it.each(EVERYWHERE)('%s: without the token, or with a wrong one, nothing is answered but 401', async (line) => {
    for (const fields of [
      [],
      ['Authorization: Bearer wrong'],
      ['Authorization: Basic eDp5'],
      [`Authorization: ${token}`],
      [`Cookie: token=${token}`],
    ]) {
      expect(await ask(locked, line, `Host: 127.0.0.1:${locked.port}`, ...fields)).toMatch(
        /^HTTP\/1\.1 401 .*WWW-Authenticate: Bearer/s,
      );
    }
    expect(await ask(locked, `${line}${line.includes('?') ? '&' : '?'}token=${token}`, 'Host: 127.0.0.1')).toMatch(
      /^HTTP\/1\.1 401 /,
    );
  });
});

describe('the places where clients look for an OAuth server', () => {
  const JSON_BODY = 'Content-Type: application/json';
  it.each([
    ['GET /.well-known/oauth-protected-resource'],
    ['GET /.well-known/oauth-protected-resource/mcp'],
    ['GET /.well-known/oauth-authorization-server/servers/nas/mcp?x=1'],
    ['GET /mcp/.well-known/openid-configuration'],
    ['GET /servers/nas/mcp/.well-known/oauth-authorization-server'],
    ['GET /.well-known/openid-configuration/sse'],
    ['GET /authorize?response_type=code'],
    ['POST /register', JSON_BODY],
    ['POST /token', 'Content-Type: application/x-www-form-urlencoded'],
    ['POST /servers/nas/register', JSON_BODY],
  ])('%s is 404 in JSON, with and without the token', async (line, ...fields) => {
    for (const more of [[], [`Authorization: Bearer ${token}`]]) {
      const answer = await ask(locked, line, `Host: 127.0.0.1:${locked.port}`, 'Content-Length: 0', ...fields, ...more);
      expect(answer).toMatch(/^HTTP\/1\.1 404 .*Content-Type: application\/json/s);
      expect(answer).not.toMatch(/www-authenticate/i);
    }
  });

  it('answer our own pages alone, like every other path', async () => {
    const line = 'GET /.well-known/oauth-protected-resource';
    expect(await ask(locked, line, 'Host: evil.example')).toMatch(/^HTTP\/1\.1 403 /);
    expect(await ask(locked, line, 'Host: localhost', 'Origin: https://evil.example')).toMatch(/^HTTP\/1\.1 403 /);
  });

  it.each(['GET /mcp', 'GET /status', 'GET /.well-known/other', 'GET /tokens', 'GET /mcp/tokens'])(
    '%s is none of them, and asks for the token',
    async (line) => {
      expect(await ask(locked, line, 'Host: localhost')).toMatch(/^HTTP\/1\.1 401 /);
    },
  );
});

describe('who may pass', () => {
  it.each(['127.0.0.1', 'localhost', 'LOCALHOST:28080', '[::1]:1', '127.8.8.8', 'host.docker.internal'])(
    'Host %s',
    async (host) => {
      expect(await ask(open, 'GET /healthz', `Host: ${host}`)).toMatch(/^HTTP\/1\.1 200 /);
    },
  );

  it('a listed origin passes, and may read the answer', async () => {
    const answer = await ask(open, 'GET /healthz', 'Host: localhost', `Origin: ${listed}`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*Access-Control-Allow-Origin: https:\/\/chat\.example\r\n/s);
    expect(answer).toMatch(/Access-Control-Expose-Headers: [^\r]*Mcp-Session-Id/);
    expect(answer).toMatch(/\r\nVary: Origin\r\n/);
  });

  it('our own origin passes', async () => {
    expect(await ask(open, 'GET /healthz', 'Host: localhost:9', 'Origin: http://localhost:9')).toMatch(
      /^HTTP\/1\.1 200 /,
    );
  });

  it.each(['null', 'file://'])('origin %s passes with the token, and so does its preflight', async (origin) => {
    const answer = await ask(
      locked,
      'GET /healthz',
      'Host: localhost',
      `Origin: ${origin}`,
      `Authorization: Bearer ${token}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    const preflight = await ask(
      locked,
      'OPTIONS /mcp',
      'Host: localhost',
      `Origin: ${origin}`,
      'Access-Control-Request-Method: POST',
    );
    expect(preflight).toMatch(/^HTTP\/1\.1 204 /);
  });

  it('clients that can only send URLs pass with Basic', async () => {
    const basic = Buffer.from(`any:${token}`).toString('base64');
    expect(await ask(locked, 'GET /healthz', 'Host: localhost', `Authorization: Basic ${basic}`)).toMatch(
      /^HTTP\/1\.1 200 /,
    );
  });
});

describe('OPTIONS of a client that is no browser', () => {
  it.each(['/messages', '/mcp', '/healthz', '*'])('%s: is told the methods there are', async (path) => {
    const answer = await ask(open, `OPTIONS ${path}`, 'Host: localhost');
    expect(answer).toMatch(/^HTTP\/1\.1 204 /);
    expect(answer).toMatch(/\r\nAllow: GET, POST, DELETE, OPTIONS\r\n/);
  });
});

describe('a preflight', () => {
  it('grants methods and fields of MCP to a listed origin', async () => {
    const answer = await ask(
      open,
      'OPTIONS /messages',
      'Host: localhost',
      `Origin: ${listed}`,
      'Access-Control-Request-Method: POST',
      'Access-Control-Request-Headers: content-type, mcp-param-region, x-other',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 204 /);
    expect(answer).toMatch(/Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS\r\n/);
    expect(answer).toMatch(/Access-Control-Allow-Headers: [^\r]*Mcp-Session-Id[^\r]*, mcp-param-region\r\n/);
    expect(answer).not.toContain('x-other');
  });
});

describe('the content of a request to the bridge', () => {
  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonx'])(
    'of type %s is refused: a page could send it without asking',
    async (type) => {
      expect(await ask(open, 'POST /mcp', 'Host: localhost', `Content-Type: ${type}`, 'Content-Length: 0')).toMatch(
        /^HTTP\/1\.1 415 /,
      );
    },
  );
});

describe('the pages of the port', () => {
  it('name product, version and process', async () => {
    expect(await ask(open, 'GET /healthz', 'Host: localhost')).toContain('"product":"mcp-gangway"');
  });

  it('answer GET and HEAD alone', async () => {
    const answer = await ask(
      open,
      'POST /healthz',
      'Host: localhost',
      'Content-Type: application/json',
      'Content-Length: 0',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 405 .*\r\nAllow: GET, HEAD\r\n/s);
  });

  it('that do not exist name the paths there are', async () => {
    expect(await ask(open, 'GET /constructor', 'Host: localhost')).toMatch(/^HTTP\/1\.1 404 .*\/mcp or \/sse/s);
  });
});
