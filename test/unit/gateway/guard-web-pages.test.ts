import { readFileSync } from 'node:fs';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { routeOf } from '../../../app/bridge/routes.ts';
import { Guard, type GuardSettings } from '../../../app/gateway/guard.ts';

const TOKEN = 'a-token-of-some-length';
const LISTED = 'https://chat.example';
const SAFARI_15 =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.6 Safari/605.1.15';
const ENDPOINTS = [
  '/sse',
  '/sse/',
  '/sse?x=1',
  '/mcp',
  '/messages?session_id=x',
  '/stdio',
  '/servers/nas/sse',
  '/servers/n%61s/mcp',
  '/servers/unknown/messages',
];
const PAGES = ['/status', '/healthz', '/readyz', '/metrics'];

type Fields = Readonly<Record<string, string>>;

/** What the guard says to a request with these fields: `pass`, `preflight` or the reason of a refusal. */
function verdict(url: string, fields: Fields, method = 'GET', settings: Partial<GuardSettings> = {}): string {
  const guard = new Guard({
    token: null,
    tokens: [],
    requireToken: false,
    trustReverseProxy: false,
    allowedOrigins: [LISTED],
    allowedHosts: ['host.docker.internal'],
    ...settings,
  });
  const request = new IncomingMessage(new Socket());
  request.method = method;
  request.url = url;
  Object.assign(request.headers, { host: '127.0.0.1:28080', ...fields });
  const answer = guard.inspect(request, (target) => routeOf(target) !== null);
  return answer.kind === 'refuse' ? answer.reason : answer.kind;
}

function fetchFields(site: string, mode: string, dest: string): Fields {
  return { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest };
}

describe('what a foreign page sends without an Origin', () => {
  const SUBRESOURCES = [
    'image',
    'script',
    'style',
    'audio',
    'video',
    'track',
    'manifest',
    'empty',
    'font',
    'xslt',
    'webidentity',
  ];
  const SITES = ['cross-site', 'same-site'];

  it.each(SITES.flatMap((site) => SUBRESOURCES.map((dest) => [dest, site])))(
    'a subresource (%s, %s) is refused on every path and method',
    (dest, site) => {
      for (const path of [...ENDPOINTS, ...PAGES, '/', '/nowhere']) {
        for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']) {
          expect(verdict(path, fetchFields(site, 'no-cors', dest), method), `${method} ${path}`).toBe('page');
        }
      }
    },
  );

  it.each(['same-origin', 'websocket', 'webtransport', ''])(
    'mode %j is none that may come from another site',
    (mode) => {
      expect(verdict('/sse', fetchFields('cross-site', mode, 'empty'))).toBe('page');
    },
  );

  it('a request that names only its site is refused', () => {
    expect(verdict('/mcp', { 'sec-fetch-site': 'same-site' })).toBe('page');
  });

  it('a link to a page of ours is refused, so that no page is framed or timed', () => {
    for (const path of PAGES) {
      expect(verdict(path, fetchFields('cross-site', 'navigate', 'document'))).toBe('page');
      expect(verdict(path, fetchFields('same-site', 'navigate', 'iframe'))).toBe('page');
    }
  });

  it.each([
    ['an upper-case value', fetchFields('Cross-Site', 'No-Cors', 'image')],
    ['a doubled field', fetchFields('cross-site, cross-site', 'no-cors', 'image')],
    ['a doubled field with a harmless value in front', fetchFields('none, cross-site', 'no-cors', 'image')],
    ['a mode that is doubled with cors in front', fetchFields('cross-site', 'cors, no-cors', 'image')],
    ['a site that is not known', fetchFields('cross-planet', 'no-cors', 'image')],
    ['blanks around the value', fetchFields(' cross-site ', 'no-cors', 'image')],
  ])('%s does not get through', (_name, fields) => {
    expect(verdict('/sse', fields)).toBe('page');
  });

  it('credentials that a browser takes from a URL prove nothing', () => {
    for (const authorization of [
      'Basic YTpi',
      'basic YTpi',
      'Digest username="a"',
      'Negotiate YII=',
      'NTLM TlRM',
      '',
    ]) {
      expect(verdict('/sse', { ...fetchFields('cross-site', 'no-cors', 'image'), authorization }), authorization).toBe(
        'page',
      );
    }
  });

  it('an Origin decides as before, whatever the other fields say', () => {
    const cross = fetchFields('cross-site', 'cors', 'empty');
    expect(verdict('/sse', { ...cross, origin: LISTED })).toBe('pass');
    expect(verdict('/sse', { ...fetchFields('cross-site', 'no-cors', 'empty'), origin: LISTED })).toBe('pass');
    for (const origin of ['https://evil.example', 'null', 'file://', '', `${LISTED}, ${LISTED}`]) {
      expect(verdict('/sse', { ...cross, origin }), origin).toBe('origin');
      expect(verdict('/status', { ...fetchFields('same-origin', 'cors', 'empty'), origin }), origin).toBe('origin');
    }
  });

  it('a foreign Host is refused first: rebinding makes a page look like one of the same origin', () => {
    const rebound = { ...fetchFields('same-origin', 'cors', 'empty'), host: 'rebound.example:28080' };
    for (const path of ENDPOINTS) expect(verdict(path, rebound)).toBe('host');
  });
});

describe('a navigation', () => {
  const NAVIGATIONS: readonly (readonly [string, Fields])[] = [
    ['typed', fetchFields('none', 'navigate', 'document')],
    ['by a link', fetchFields('cross-site', 'navigate', 'document')],
    ['of a frame', fetchFields('same-site', 'navigate', 'iframe')],
    ['of an old frame', fetchFields('cross-site', 'nested-navigate', 'frame')],
    ['of an object', fetchFields('cross-site', 'navigate', 'object')],
    ['of an embed', fetchFields('cross-site', 'no-cors', 'embed')],
    ['of a fenced frame', fetchFields('cross-site', 'navigate', 'fencedframe')],
    ['from our own origin', fetchFields('same-origin', 'navigate', 'document')],
    [
      'before Enter is pressed',
      { ...fetchFields('none', 'navigate', 'document'), 'sec-purpose': 'prefetch;prerender' },
    ],
    ['by a form of a listed origin', { ...fetchFields('cross-site', 'navigate', 'document'), origin: LISTED }],
    ['in odd letters', fetchFields('none', 'NAVIGATE', 'Document')],
    ['with doubled fields', fetchFields('none', 'cors, navigate', 'empty')],
    ['with nothing but a destination', { 'sec-fetch-dest': 'document' }],
  ];

  it.each(NAVIGATIONS)('%s opens no endpoint, not even with the token or JSON', (_name, fields) => {
    for (const path of ENDPOINTS) {
      for (const more of [
        {},
        { authorization: `Bearer ${TOKEN}` },
        { 'content-type': 'application/json' },
        { 'mcp-session-id': 'x' },
      ]) {
        for (const method of ['GET', 'HEAD', 'POST']) {
          expect(verdict(path, { ...fields, ...more }, method), `${method} ${path}`).toBe('navigation');
          expect(verdict(path, { ...fields, ...more }, method, { token: TOKEN }), `${method} ${path}`).toBe(
            'navigation',
          );
        }
      }
    }
  });

  it('to a page of ours passes when a person types it, and so does what there is nothing at', () => {
    for (const path of [...PAGES, '/', '/favicon.ico', '/servers', '/servers/nas', '/sse/x']) {
      expect(verdict(path, fetchFields('none', 'navigate', 'document'))).toBe('pass');
      expect(verdict(path, fetchFields('same-origin', 'no-cors', 'image'))).toBe('pass');
    }
  });
});

describe('what is no page', () => {
  it.each([
    ['a window of Electron with web security off', fetchFields('cross-site', 'cors', 'empty')],
    ['the same beside another local port', fetchFields('same-site', 'cors', 'empty')],
    ['an extension', fetchFields('none', 'cors', 'empty')],
    [
      "Electron's own requests",
      { ...fetchFields('none', 'no-cors', 'empty'), 'user-agent': 'Mozilla/5.0 Electron/45.0.0' },
    ],
    ["Node's fetch", { 'sec-fetch-mode': 'cors', 'user-agent': 'node' }],
    ['a program', { 'user-agent': 'python-httpx/0.28.1', accept: '*/*' }],
    ['a program without a name', {}],
    ['empty fields', fetchFields('', '', '')],
  ])('%s passes', (_name, fields) => {
    for (const path of [...ENDPOINTS, ...PAGES]) expect(verdict(path, fields)).toBe('pass');
  });

  it.each([
    ['a Bearer token', { authorization: 'Bearer anything' }, 'GET'],
    ['a session id', { 'mcp-session-id': '1' }, 'GET'],
    ['JSON', { 'content-type': 'application/json' }, 'POST'],
    ['JSON with a charset', { 'content-type': 'Application/JSON; charset=utf-8' }, 'POST'],
  ])('%s is what a page could not have sent without a preflight', (_name, proof, method) => {
    expect(verdict('/mcp', { ...fetchFields('cross-site', 'no-cors', 'empty'), ...proof }, method)).toBe('pass');
    expect(verdict('/mcp', { ...fetchFields('same-site', 'same-origin', 'empty'), ...proof }, method)).toBe('pass');
  });

  it.each(['text/plain', 'application/jsonx', 'text/plain, application/json', 'application/x-www-form-urlencoded', ''])(
    'content of type %j is no proof',
    (type) => {
      const fields = { ...fetchFields('cross-site', 'no-cors', 'empty'), 'content-type': type };
      expect(verdict('/mcp', fields, 'POST')).toBe('page');
    },
  );

  it('a valid token passes in the form that URLs have, a wrong one is asked for', () => {
    const page = fetchFields('cross-site', 'no-cors', 'empty');
    const basic = (password: string) => ({
      ...page,
      authorization: `Basic ${Buffer.from(`x:${password}`).toString('base64')}`,
    });
    expect(verdict('/sse', basic(TOKEN), 'GET', { token: TOKEN })).toBe('pass');
    expect(verdict('/sse', basic('wrong'), 'GET', { token: TOKEN })).toBe('page');
    expect(verdict('/sse', { ...page, authorization: 'Bearer wrong' }, 'GET', { token: TOKEN })).toBe('token');
  });
});

describe('a browser that marks no request', () => {
  const old = (accept: string): Fields => ({ 'user-agent': SAFARI_15, accept });

  it.each([
    'text/html,application/xhtml+xml',
    'image/webp,*/*;q=0.8',
    'text/css,*/*;q=0.1',
    '*/*',
    'text/event-stream',
  ])('starts nothing without an Origin: Accept %s', (accept) => {
    for (const path of ENDPOINTS) expect(verdict(path, old(accept))).toBe('page');
    expect(verdict('/sse', { ...old(accept), host: 'host.docker.internal:28080' })).toBe('page');
  });

  it('shows the pages, and passes with an Origin that is listed, a session or a token', () => {
    for (const path of PAGES) expect(verdict(path, old('text/html'))).toBe('pass');
    expect(verdict('/sse', { ...old('text/event-stream'), origin: LISTED })).toBe('pass');
    expect(verdict('/mcp', { ...old('text/event-stream'), 'mcp-session-id': '1' })).toBe('pass');
    expect(verdict('/sse', { ...old('*/*'), authorization: `Bearer ${TOKEN}` }, 'GET', { token: TOKEN })).toBe('pass');
    expect(verdict('/mcp', { ...old('*/*'), 'content-type': 'application/json' }, 'POST')).toBe('pass');
  });
});

describe('a preflight', () => {
  it('of a listed origin is answered as before', () => {
    const fields = {
      ...fetchFields('cross-site', 'cors', 'empty'),
      origin: LISTED,
      'access-control-request-method': 'POST',
    };
    expect(verdict('/mcp', fields, 'OPTIONS')).toBe('preflight');
    expect(verdict('/mcp', { ...fields, origin: 'https://evil.example' }, 'OPTIONS')).toBe('origin');
  });
});

interface Recorded {
  readonly client: string;
  readonly requests: readonly { readonly method: string; readonly target: string; readonly fields: Fields }[];
}

/** What clients really send, recorded from each of them, without the fields that belong to the connection. */
const RECORDED: readonly Recorded[] = JSON.parse(
  readFileSync(new URL('../../fixtures/client-fields.json', import.meta.url), 'utf8'),
);

describe.each(RECORDED)('the fields that $client was recorded with', ({ requests }) => {
  it.each(requests)('let its $method to $target pass, as they do at every endpoint', ({ method, target, fields }) => {
    const { 'content-type': _type, ...withoutType } = fields;
    for (const path of [target, '/sse', '/mcp', '/servers/nas/sse', '/servers/nas/mcp', '/messages?session_id=1']) {
      // 415 is another rule: every POST of MCP is JSON.
      expect(
        verdict(path, method === 'POST' ? { ...withoutType, 'content-type': 'application/json' } : fields, method),
      ).toBe('pass');
    }
  });
});
