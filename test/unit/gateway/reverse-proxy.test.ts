import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { routeOf } from '../../../app/bridge/routes.ts';
import { Guard, type GuardSettings, isForwarded, type Verdict } from '../../../app/gateway/guard.ts';
import { makeToken } from '../../../app/settings/tokens.ts';

type Fields = Readonly<Record<string, string>>;

function requestWith(fields: Fields, { url = '/mcp', method = 'POST', minor = 1 } = {}): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.method = method;
  request.url = url;
  request.httpVersionMinor = minor;
  Object.assign(request.headers, { host: '127.0.0.1:28080', 'content-type': 'application/json', ...fields });
  return request;
}

function verdict(request: IncomingMessage, settings: Partial<GuardSettings> = {}, own: string | null = null): Verdict {
  const guard = new Guard(
    {
      token: null,
      tokens: [],
      requireToken: false,
      trustReverseProxy: false,
      allowedOrigins: ['https://chat.example'],
      allowedHosts: ['mcp.example.com'],
      ...settings,
    },
    own,
  );
  return guard.inspect(request, (target) => routeOf(target) !== null);
}

const REFUSED = { kind: 'refuse', reason: 'reverse-proxy' };

/** What reverse proxies add, as they add it. */
const SIGNS: readonly (readonly [string, Fields])[] = [
  ['Forwarded (RFC 7239)', { forwarded: 'for=192.0.2.60;proto=http;by=203.0.113.43' }],
  ['X-Forwarded-For of Caddy, HAProxy and Apache', { 'x-forwarded-for': '192.0.2.60' }],
  ['X-Forwarded-For of a client on this machine', { 'x-forwarded-for': '127.0.0.1' }],
  ['X-Forwarded-Host', { 'x-forwarded-host': 'mcp.example.com' }],
  ['X-Forwarded-Proto', { 'x-forwarded-proto': 'https' }],
  ['X-Forwarded-Prefix', { 'x-forwarded-prefix': '/gangway' }],
  ['X-Forwarded-Server', { 'x-forwarded-server': 'edge' }],
  ['X-Real-IP', { 'x-real-ip': '192.0.2.60' }],
  ['an empty field', { 'x-forwarded-for': '' }],
  ['Via of a cache', { via: '1.1 varnish' }],
  ['Via of a cache behind our own', { via: '1.1 mcp-gangway-0a1b2c3d, 1.1 varnish' }],
  ['Via of a cache before our own', { via: '1.1 edge (Apache/2.4), 1.1 mcp-gangway-0a1b2c3d' }],
  ['a Via that cannot be read', { via: 'mcp-gangway-0a1b2c3d' }],
];

describe('A request that shows a reverse proxy', () => {
  it.each(SIGNS)('by %s is refused where there is no token', (_sign, fields) => {
    expect(isForwarded(requestWith(fields))).toBe(true);
    expect(verdict(requestWith(fields))).toEqual(REFUSED);
    expect(verdict(requestWith({ ...fields, host: 'mcp.example.com' }))).toEqual(REFUSED);
  });

  it('by HTTP/1.0, which nginx speaks by default, is refused likewise', () => {
    expect(verdict(requestWith({}, { minor: 0 }))).toEqual(REFUSED);
  });

  const [, front = {}] = SIGNS[1] ?? [];

  it.each(['/mcp', '/sse', '/messages?session_id=x', '/stdio', '/servers/nas/mcp', '/status', '/metrics', '/'])(
    'is refused at %s by every method',
    (url) => {
      for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS', 'HEAD'])
        expect(verdict(requestWith(front, { url, method }))).toEqual(REFUSED);
    },
  );

  it.each(['/healthz', '/readyz', '/readyz?server=nas'])('reads %s all the same, as its checks of health do', (url) => {
    expect(verdict(requestWith(front, { url, method: 'GET' }))).toMatchObject({ kind: 'pass' });
    expect(verdict(requestWith(front, { url: `${url}x`.replace('?', 'x?'), method: 'GET' }))).toEqual(REFUSED);
  });

  it('comes in where the reverse proxy is trusted', () => {
    expect(verdict(requestWith(front), { trustReverseProxy: true })).toMatchObject({ kind: 'pass' });
    expect(verdict(requestWith({}, { minor: 0 }), { trustReverseProxy: true })).toMatchObject({ kind: 'pass' });
  });

  it('needs the token that there is, although clients on this machine do not', () => {
    const { secret, setting } = makeToken('laptop', null, 0);
    const tokens = [setting];
    expect(verdict(requestWith(front), { tokens })).toEqual({ kind: 'refuse', reason: 'token' });
    expect(verdict(requestWith({ ...front, authorization: 'Bearer wrong' }), { tokens })).toMatchObject({
      reason: 'token',
    });
    const withToken = requestWith({ ...front, authorization: `Bearer ${secret}` });
    expect(verdict(withToken, { tokens })).toMatchObject({ kind: 'pass', client: { label: 'laptop' } });
    expect(verdict(requestWith({}), { tokens })).toMatchObject({ kind: 'pass' });
  });

  it('passes with the one token of all, and with our own', () => {
    const withToken = requestWith({ ...front, authorization: 'Bearer a-token-of-some-length' });
    expect(verdict(withToken, { token: 'a-token-of-some-length' })).toMatchObject({ kind: 'pass' });
    expect(verdict(withToken, {}, 'a-token-of-some-length')).toMatchObject({ kind: 'pass' });
    expect(verdict(requestWith(front), {}, 'a-token-of-some-length')).toEqual(REFUSED);
  });

  it('is refused for its Host or its Origin first', () => {
    expect(verdict(requestWith({ ...front, host: 'rebound.example' }))).toMatchObject({ reason: 'host' });
    expect(verdict(requestWith({ ...front, origin: 'https://evil.example' }))).toMatchObject({ reason: 'origin' });
    expect(verdict(requestWith({ ...front, origin: 'https://chat.example' }))).toEqual(REFUSED);
  });

  it('may be the preflight of a listed origin, which carries no credentials', () => {
    const fields = { ...front, origin: 'https://chat.example', 'access-control-request-method': 'POST' };
    expect(verdict(requestWith(fields, { method: 'OPTIONS' }))).toMatchObject({ kind: 'preflight' });
  });
});

describe('A request that shows no reverse proxy', () => {
  it.each<readonly [string, Fields]>([
    ['of a plain client', { accept: 'application/json, text/event-stream', 'user-agent': 'node' }],
    ['through a Gangway on this machine', { via: '1.1 mcp-gangway-0a1b2c3d' }],
    ['through two of them', { via: '1.1 mcp-gangway-0a1b2c3d, 1.1 mcp-gangway-99999999' }],
    ['of a client that asks its container host', { host: 'mcp.example.com', connection: 'keep-alive' }],
    ['of a client that is traced', { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }],
    ['with fields that only look alike', { 'x-forward': 'a', 'x-forwarding-for': 'b', viable: 'c', 'x-real': 'd' }],
  ])('%s passes without a token', (_name, fields) => {
    expect(isForwarded(requestWith(fields))).toBe(false);
    expect(verdict(requestWith(fields))).toMatchObject({ kind: 'pass' });
  });
});
