import { isIP } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createDialer } from '../../../app/dial/index.ts';
import { memorySignIns, SignInError, SignInFile, type SignInStore } from '../../../app/servers/index.ts';
import { RemoteHttp } from '../../../app/servers/remote/http.ts';
import { AuthorizationHttp } from '../../../app/servers/remote/sign-in/authorization-http.ts';
import { grantOf, withGrant } from '../../../app/servers/remote/sign-in/stored-sign-ins.ts';
import type { OAuthSetting } from '../../../app/settings/settings.ts';
import { browse, type Protection, protect, startAuthorizationServer } from '../../support/authorization-server.ts';
import { type RemoteOrigin, sendJson, startRemote } from '../../support/remote-origin.ts';
import { signingIn } from '../../support/signing-in.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startTlsOrigin } from '../../support/tls-origin.ts';

/** A protected server, its authorization server, and a Gangway in front of them. */
async function scene(oauth?: OAuthSetting | false, protection: Protection = {}) {
  const far = await startRemote();
  const as = await startAuthorizationServer();
  protect(far, as, protection);
  const own = oauth === undefined ? {} : { oauth };
  const gangway = await signingIn([{ url: far.url, ...own }]);
  return { far, as, ...gangway, [Symbol.asyncDispose]: () => far[Symbol.asyncDispose]() };
}

/** Puts the end of what is kept of a server's token into the past. */
async function expire({ store, far }: { store: Awaited<ReturnType<typeof scene>>['store']; far: RemoteOrigin }) {
  const kept = await store.read();
  const grant = grantOf(kept, 'remote', far.url);
  if (grant === null) throw new Error('nothing is kept');
  return store.change((now) => withGrant(now, { ...grant, expiresAt: Date.now() - 1000 }));
}

const tokenIn = ({ headers }: RemoteOrigin['seen'][number]): string =>
  /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';

const tokensSeen = (far: RemoteOrigin) => [...new Set(far.seen.map(({ headers }) => headers.authorization))];

describe('A server that asks for a sign-in', () => {
  test('has its calls answered with what to do, and its state says the same', async () => {
    await using at = await scene();
    expect(await at.call()).toContain('Sign in: mcp-gangway login remote');
    expect(at.facts()).toMatchObject({
      state: 'failing',
      condition: { kind: 'signed-out', detail: expect.stringContaining('mcp-gangway login remote') },
      signIn: { state: 'signed-out' },
    });
    const ready = await fetch(`${at.url}/readyz?server=remote`);
    expect(ready.status).toBe(503);
    // However often a client asks, it is not put off: nothing can be locked out without a token.
    for (let times = 0; times < 4; times++) expect(await at.call()).toContain('mcp-gangway login');
  });

  test('is signed in to by registration, PKCE and the resource as it was published, and then used', async () => {
    await using at = await scene();
    const facts = await at.signIn();
    expect(facts).toMatchObject({ state: 'signed-in', issuer: at.as.origin, renews: true });
    expect(await at.call()).toBe('{"n":1}');
    expect(at.facts()).toMatchObject({ state: 'ready', signIn: { state: 'signed-in' } });
    const [registered] = at.as.asked.filter(({ path }) => path === '/register');
    const callback = `${at.url}/oauth/callback`;
    expect(JSON.parse(registered?.body ?? '')).toEqual({
      client_name: 'MCP Gangway',
      application_type: 'native',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: [callback],
      token_endpoint_auth_method: 'none',
    });
    const [asked] = at.as.forms('/authorize');
    expect(Object.fromEntries(asked ?? [])).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: callback,
      resource: at.far.url,
    });
    expect(asked?.has('scope')).toBe(false);
    const [exchanged] = at.as.forms('/token');
    expect(exchanged?.get('resource')).toBe(at.far.url);
    // A second sign-in comes as the same client.
    await at.signIn();
    expect(at.as.forms('/register')).toHaveLength(1);
  });

  test('gives away no token, code, verifier or secret in the log, the status or an error', async () => {
    await using at = await scene();
    await at.call();
    await at.signIn();
    await at.call();
    at.as.valid.clear();
    at.as.refreshable.clear();
    await at.call();
    const told = JSON.stringify([at.log, at.engine.snapshot(), await at.call()]);
    const secrets = at.as.asked.flatMap(({ form }) =>
      ['code', 'code_verifier', 'refresh_token', 'state', 'code_challenge'].flatMap((name) => form.getAll(name)),
    );
    expect(secrets.length).toBeGreaterThan(4);
    for (const secret of [...secrets, ...at.as.scopes.keys()]) expect(told).not.toContain(secret);
    expect(told).not.toContain('a text of the server');
  });

  test('has no token shown that its own tools repeat, nor the one before', async () => {
    await using at = await scene();
    at.engine.recorder.keepContents(new Map([['remote', []]]));
    await at.signIn();
    const { hook } = at.far;
    at.far.hook = async (seen, response) => {
      if (seen.message?.method !== 'tools/call' || !(await at.as.valid.has(tokenIn(seen)))) return hook(seen, response);
      const content = [{ type: 'text', text: `you came with ${tokenIn(seen)}, dear` }];
      return sendJson(response, 200, { jsonrpc: '2.0', id: seen.message.id, result: { content } });
    };
    const repeated = [await at.call()];
    at.as.valid.clear();
    repeated.push(await at.call());
    expect(new Set(repeated).size).toBe(2);
    const { recorder } = at.engine;
    const calls = recorder.activity().calls.filter(({ method }) => method === 'tools/call');
    const shown = calls.map(({ sequence }) => recorder.contents(sequence)?.received?.text ?? '');
    for (const text of shown) expect(text).toMatch(/you came with \S+, dear/);
    for (const token of at.as.scopes.keys()) expect(shown.join()).not.toContain(token);
  });

  test('keeps its sign-in over a restart, and loses it with another URL', async () => {
    await using at = await scene();
    await at.signIn();
    const again = await signingIn([{ url: at.far.url }, { name: 'other', url: `${at.far.url}?x=1` }], {
      signIns: at.store,
    });
    expect(await again.call()).toBe('{"n":1}');
    expect(await again.call('other')).toContain('mcp-gangway login other');
  });

  test('is signed out of: the token is revoked, deleted and not sent any more', async () => {
    await using at = await scene();
    await at.signIn();
    expect(await at.engine.signOut('remote')).toBe(true);
    expect(at.as.forms('/revoke')).toHaveLength(1);
    expect((await at.store.read()).grants).toEqual([]);
    expect(at.facts()?.condition).toMatchObject({ kind: 'signed-out' });
    at.far.seen.length = 0;
    expect(await at.call()).toContain('mcp-gangway login remote');
    expect(tokensSeen(at.far)).toEqual([undefined]);
    expect(await at.engine.signOut('remote')).toBe(false);
  });

  test.each([
    ['oauth is false', false, {}],
    ['an Authorization is among its headers', undefined, { headers: { Authorization: 'Bearer of-mine' } }],
  ] as const)('is never asked for one where %s', async (_, oauth, setting) => {
    await using far = await startRemote();
    const as = await startAuthorizationServer();
    protect(far, as);
    const own = oauth === undefined ? {} : { oauth };
    const gangway = await signingIn([{ url: far.url, ...own, ...setting }]);
    expect(await gangway.call()).not.toContain('mcp-gangway login');
    await expect(gangway.signIn()).rejects.toMatchObject({ fault: { kind: 'by-header' } });
    expect(as.asked).toEqual([]);
  });
});

describe('Where a server is signed in to', () => {
  test('is found behind the address of the challenge, and its scope asked for', async () => {
    await using at = await scene(undefined, {
      path: '/.well-known/of-its-own',
      challenge: 'resource_metadata="/.well-known/of-its-own", scope="files:read files:write"',
    });
    await at.signIn();
    expect(at.as.forms('/authorize')[0]?.get('scope')).toBe('files:read files:write');
  });

  test('is found at the root, with the scopes of the metadata and offline_access where that is known', async () => {
    await using far = await startRemote();
    const as = await startAuthorizationServer();
    const metadata = {
      resource: new URL(far.url).origin,
      authorization_servers: [as.origin],
      scopes_supported: ['a', 'b'],
    };
    protect(far, as, { path: '/.well-known/oauth-protected-resource', metadata });
    as.metadata['scopes_supported'] = ['openid', 'offline_access'];
    const gangway = await signingIn([{ url: far.url }]);
    await gangway.signIn();
    const [asked] = as.forms('/authorize');
    expect(asked?.get('scope')).toBe('a b offline_access');
    expect(asked?.get('prompt')).toBe('consent');
    expect(asked?.get('resource')).toBe(new URL(far.url).origin);
  });

  test.each([
    ['/.well-known/oauth-authorization-server/tenant'],
    ['/.well-known/openid-configuration/tenant'],
    ['/tenant/.well-known/openid-configuration'],
  ])('is found at %s for an issuer with a path', async (place) => {
    await using far = await startRemote();
    const as = await startAuthorizationServer();
    const issuer = `${as.origin}/tenant`;
    as.metadata = { ...as.metadata, issuer };
    as.hook = ({ path }, response) => {
      if (!path.includes('.well-known')) return false;
      return path === place ? sendJson(response, 200, as.metadata) : sendJson(response, 404, {});
    };
    protect(far, as, { metadata: { resource: far.url, authorization_servers: [issuer] } });
    const gangway = await signingIn([{ url: far.url }]);
    expect(await gangway.signIn()).toMatchObject({ issuer });
  });

  test.each([
    ['500', 500, 'broken'],
    ['a word', 200, 'OK'],
  ])('is found where the first address for its metadata is answered with %s', async (_, status, body) => {
    await using at = await scene();
    at.as.hook = ({ path }, response) => {
      if (path === '/.well-known/openid-configuration') return sendJson(response, 200, at.as.metadata);
      if (path !== '/.well-known/oauth-authorization-server') return false;
      return response.writeHead(status).end(body) !== undefined;
    };
    expect(await at.signIn()).toMatchObject({ state: 'signed-in', issuer: at.as.origin });
  });

  test.each([
    ['', '/'],
    ['/', ''],
    ['/tenant', '/tenant/'],
    ['/tenant/', '/tenant'],
  ])(
    'is found where the server names its issuer with %j and the metadata with %j, and stays the same one',
    async (named, own) => {
      await using far = await startRemote();
      const as = await startAuthorizationServer();
      as.metadata['issuer'] = `${as.origin}${own}`;
      const { metadata } = as;
      as.hook = ({ path }, response) =>
        path === '/.well-known/oauth-authorization-server/tenant' && sendJson(response, 200, metadata);
      protect(far, as, { metadata: { resource: far.url, authorization_servers: [`${as.origin}${named}`] } });
      const gangway = await signingIn([{ url: far.url }]);
      expect(await gangway.signIn()).toMatchObject({ issuer: `${as.origin}${own}` });
      // A refused token is renewed there, and not taken for that of a server that has been left.
      as.valid.clear();
      expect(await gangway.call()).toBe('{"n":1}');
      expect(as.forms('/token').map((form) => form.get('grant_type'))).toEqual(['authorization_code', 'refresh_token']);
    },
  );

  test('is looked for further where the address leads to another origin', async () => {
    await using at = await scene();
    const { hook } = at.far;
    at.far.hook = async (seen, response) => {
      if (seen.path === '/.well-known/oauth-protected-resource/mcp') {
        return response.writeHead(302, { Location: 'http://portal.example/login' }).end() !== undefined;
      }
      const metadata = { resource: at.far.url, authorization_servers: [at.as.origin] };
      if (seen.path === '/.well-known/oauth-protected-resource') return sendJson(response, 200, metadata);
      return hook(seen, response);
    };
    expect(await at.signIn()).toMatchObject({ state: 'signed-in', issuer: at.as.origin });
  });

  test.each([
    ['is not there', () => 404],
    ['is one of the inner network', (at: string) => `http://169.254.1.1:${new URL(at).port}/metadata`],
    ['leads to nothing', () => 'http://127.0.0.1:1/metadata'],
  ])('is looked for at the usual addresses where that of the challenge %s', async (_, named) => {
    await using at = await scene();
    const { hook } = at.far;
    const written = named(at.far.url);
    const place = written === 404 ? `${new URL(at.far.url).origin}/gone` : written;
    at.far.hook = (seen, response) => {
      if (seen.path === '/gone') return response.writeHead(404).end() !== undefined;
      const isOpen = seen.path.startsWith('/.well-known/') || seen.headers.authorization !== undefined;
      if (isOpen) return hook(seen, response);
      return sendJson(response, 401, {}, { 'WWW-Authenticate': `Bearer resource_metadata="${place}"` });
    };
    expect(await at.signIn()).toMatchObject({ state: 'signed-in', issuer: at.as.origin });
  });

  test('is found over TLS where the server, behind a proxy that ends that, names the address with http', async () => {
    const origin = (): string => `https://localhost:${far.port}`;
    const answers = (own = origin()): Readonly<Record<string, object>> => ({
      '/of-its-own': { resource: `${own}/mcp`, authorization_servers: [own] },
      '/.well-known/oauth-authorization-server': {
        issuer: own,
        authorization_endpoint: `${own}/authorize`,
        token_endpoint: `${own}/token`,
        registration_endpoint: `${own}/register`,
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
      },
      '/register': { client_id: 'a-client', redirect_uris: [] },
    });
    await using far = await startTlsOrigin(({ url = '', headers }, response) => {
      const answer = answers()[url];
      if (answer !== undefined) return void sendJson(response, url === '/register' ? 201 : 200, answer);
      const challenge = `Bearer resource_metadata="http://${headers.host}/of-its-own"`;
      return void response.writeHead(401, { 'WWW-Authenticate': challenge }).end();
    });
    const fingerprint = far.fingerprint.replaceAll(':', '').toLowerCase();
    const gangway = await signingIn([{ url: `${origin()}/mcp`, tls: { fingerprint } }]);
    const led: string[] = [];
    const visit = async (url: string): Promise<object> => {
      led.push(new URL(url).origin);
      // The person closes the page.
      return { status: 403 };
    };
    await expect(gangway.signIn('remote', { visit })).rejects.toThrow();
    expect(led).toEqual([origin()]);
  });

  test('is the server itself where it publishes nothing else (2025-03-26), without a resource', async () => {
    await using far = await startRemote();
    const as = await startAuthorizationServer();
    protect(far, as, { metadata: null });
    const { hook } = far;
    far.hook = async (seen, response) => {
      if (seen.path !== '/.well-known/oauth-authorization-server') return hook(seen, response);
      return sendJson(response, 200, { ...as.metadata, issuer: new URL(far.url).origin });
    };
    const gangway = await signingIn([{ url: far.url }]);
    await gangway.signIn();
    expect(await gangway.call()).toBe('{"n":1}');
    expect(as.forms('/authorize')[0]?.has('resource')).toBe(false);
  });

  test('is said not to be known where there is no metadata at all, and not to be asked for where it is not', async () => {
    await using closed = await startRemote();
    closed.hook = (_, response) => response.writeHead(401).end() !== undefined;
    await using open = await startRemote();
    open.hook = ({ path }, response) => (path === '/mcp' ? false : response.writeHead(404).end() !== undefined);
    const gangway = await signingIn([
      { name: 'closed', url: closed.url },
      { name: 'open', url: open.url },
    ]);
    await expect(gangway.signIn('closed')).rejects.toMatchObject({ fault: { kind: 'not-offered' } });
    await expect(gangway.signIn('open')).rejects.toMatchObject({ fault: { kind: 'not-asked' } });
    await expect(gangway.engine.signOut('nothing')).rejects.toMatchObject({ fault: { kind: 'not-remote' } });
  });
});

describe('The client that is signed in as', () => {
  test('is the registered one of the settings, with its secret in the way the server takes it', async () => {
    await using at = await scene({ clientId: 'id of-mine', clientSecret: 'a-b_c.d~e/(f)' });
    await at.signIn();
    const [exchange] = at.as.asked.filter(({ path }) => path === '/token');
    expect(exchange?.headers.authorization).toBe(
      `Basic ${Buffer.from('id+of-mine:a-b_c.d~e%2F%28f%29').toString('base64')}`,
    );
    at.as.metadata['token_endpoint_auth_methods_supported'] = ['client_secret_post'];
    await at.signIn();
    expect(at.as.forms('/token').at(-1)?.get('client_secret')).toBe('a-b_c.d~e/(f)');
    expect(at.as.forms('/register')).toEqual([]);
    expect((await at.store.read()).grants).toMatchObject([{ client: { id: 'id of-mine', secret: null } }]);
  });

  test('is a client id metadata document where the server takes those, else a registration', async () => {
    await using at = await scene({ clientMetadataUrl: 'https://client.example/client.json' });
    await at.signIn();
    expect(at.as.forms('/register')).toHaveLength(1);
    at.as.metadata['client_id_metadata_document_supported'] = true;
    await at.signIn();
    expect(at.as.forms('/authorize').at(-1)?.get('client_id')).toBe('https://client.example/client.json');
    expect(at.as.forms('/register')).toHaveLength(1);
  });

  test('is registered under localhost where the address is not taken, and with the secret that it is given', async () => {
    await using at = await scene();
    at.as.metadata['token_endpoint_auth_methods_supported'] = ['client_secret_basic'];
    at.as.hook = ({ path, body }, response) => {
      if (path !== '/register') return false;
      if (body.includes('127.0.0.1')) return sendJson(response, 400, { error: 'invalid_redirect_uri' });
      return sendJson(response, 200, { client_id: 'made', client_secret: 'given' });
    };
    await at.signIn();
    expect(at.as.forms('/authorize')[0]?.get('redirect_uri')).toMatch(/^http:\/\/localhost:\d+\/oauth\/callback$/);
    const [exchange] = at.as.asked.filter(({ path }) => path === '/token');
    expect(exchange?.headers.authorization).toBe(`Basic ${Buffer.from('made:given').toString('base64')}`);
  });

  test('is asked for where the server registers none', async () => {
    await using at = await scene();
    delete at.as.metadata['registration_endpoint'];
    await expect(at.signIn()).rejects.toMatchObject({
      fault: { kind: 'no-client', redirectUri: `${at.url}/oauth/callback` },
    });
  });

  test('is registered anew when the server has forgotten it', async () => {
    await using at = await scene();
    await at.signIn();
    at.as.hook = ({ path }, response) =>
      path === '/token' && sendJson(response, 401, { error: 'invalid_client' }, { 'WWW-Authenticate': 'Basic' });
    await expect(at.signIn()).rejects.toMatchObject({ fault: { kind: 'refused', code: 'invalid_client' } });
    at.as.hook = () => false;
    await at.signIn();
    expect(at.as.forms('/register')).toHaveLength(2);
  });

  test('comes to another authorization server as another, and not at all where it was registered by hand', async () => {
    await using at = await scene();
    await at.signIn();
    const next = await startAuthorizationServer();
    protect(at.far, next);
    await at.signIn();
    expect(next.forms('/register')).toHaveLength(1);
    expect(await at.call()).toBe('{"n":1}');
    await using byHand = await scene({ clientId: 'mine', clientSecret: 'secret-of-mine' });
    await byHand.signIn();
    protect(byHand.far, next);
    await expect(byHand.signIn()).rejects.toMatchObject({ fault: { kind: 'issuer-changed', now: next.origin } });
    expect(next.forms('/token')).toHaveLength(1);
    await byHand.engine.signOut('remote');
    expect(await byHand.signIn()).toMatchObject({ issuer: next.origin });
  });
});

describe('Habits of authorization servers', () => {
  test('of Home Assistant: no issuer, relative endpoints, no PKCE announced, a client that is a URL, plain http', async () => {
    await using far = await startRemote('/api/mcp');
    const as = await startAuthorizationServer();
    protect(far, as, { metadata: null });
    const { hook: guard } = far;
    const origin = new URL(far.url).origin;
    far.hook = async (seen, response) => {
      const { pathname, search } = new URL(seen.path, origin);
      if (pathname === '/.well-known/oauth-authorization-server') {
        return sendJson(response, 200, {
          authorization_endpoint: '/auth/authorize',
          token_endpoint: '/auth/token',
          revocation_endpoint: '/auth/revoke',
          response_types_supported: ['code'],
        });
      }
      if (pathname === '/auth/authorize') {
        return response.writeHead(302, { Location: `${as.origin}/authorize${search}` }).end() !== undefined;
      }
      if (pathname === '/auth/token') {
        const answer = await fetch(`${as.origin}/token`, { method: 'POST', body: new URLSearchParams(seen.body) });
        return sendJson(response, answer.status, await answer.json());
      }
      return guard(seen, response);
    };
    const gangway = await signingIn([{ url: far.url }]);
    await expect(gangway.signIn()).rejects.toMatchObject({ fault: { kind: 'no-pkce', issuer: origin } });
    expect(as.asked).toEqual([]);
    await gangway.signIn('remote', { acceptNoPkce: true });
    expect(await gangway.call()).toBe('{"n":1}');
    expect(as.forms('/authorize')[0]?.get('client_id')).toBe(`${gangway.url}/`);
    expect(as.forms('/authorize')[0]?.get('code_challenge')).not.toBeNull();
    // It was accepted for good.
    await gangway.signIn();
  });

  test('of Entra: no resource, scopes and parameters of the settings, its own metadata address', async () => {
    await using far = await startRemote();
    const as = await startAuthorizationServer();
    protect(far, as, { metadata: { resource: 'api://far', authorization_servers: ['https://login.example/common'] } });
    as.hook = ({ path, form }, response) => {
      if (path === '/tenant/v2.0/.well-known/openid-configuration') {
        return sendJson(response, 200, { ...as.metadata, issuer: 'https://login.example/{tenantid}/v2.0' });
      }
      return form.has('resource') && sendJson(response, 400, { error: 'invalid_target' });
    };
    const gangway = await signingIn([
      {
        url: far.url,
        oauth: {
          clientId: 'app',
          resource: false,
          scope: 'api://far/.default offline_access',
          authorizeParams: { domain_hint: 'organizations', state: 'of-theirs', redirect_uri: 'https://evil.example' },
          authServerMetadataUrl: `${as.origin}/tenant/v2.0/.well-known/openid-configuration`,
        },
      },
    ]);
    as.extra = { expires_in: '3600', id_token: 'not.a.token', token_type: 'bearer' };
    await gangway.signIn();
    expect(await gangway.call()).toBe('{"n":1}');
    const [asked] = as.forms('/authorize');
    expect(Object.fromEntries(asked ?? [])).toMatchObject({
      domain_hint: 'organizations',
      scope: 'api://far/.default offline_access',
      redirect_uri: `${gangway.url}/oauth/callback`,
    });
    expect(asked?.get('state')).not.toBe('of-theirs');
  });

  test('of those that answer 200 with an error, and with an answer that is no JSON', async () => {
    await using at = await scene();
    at.as.hook = ({ path }, response) =>
      path === '/token' && sendJson(response, 200, { error: 'bad_verification_code' });
    await expect(at.signIn()).rejects.toMatchObject({ fault: { kind: 'refused', code: 'bad_verification_code' } });
    at.as.hook = ({ path }, response) => path === '/token' && response.writeHead(200).end('<html>') !== undefined;
    await expect(at.signIn()).rejects.toMatchObject({ fault: { kind: 'not-json' } });
    at.as.hook = ({ path }, response) => path === '/token' && response.writeHead(502).end() !== undefined;
    await expect(at.signIn()).rejects.toMatchObject({ fault: { kind: 'status', status: 502 } });
    at.as.hook = ({ path }, response) =>
      path === '/token' && sendJson(response, 200, { access_token: 'a b', token_type: 'Bearer' });
    await expect(at.signIn()).rejects.toMatchObject({ fault: { kind: 'refused', code: 'unsupported_token_type' } });
  });
});

describe('Without a browser', () => {
  test('a client with a secret gets its tokens by itself, again when they end, and wider ones when asked', async () => {
    await using at = await scene({ grantType: 'client_credentials', clientId: 'job', clientSecret: 'secret-of-it' });
    expect(await at.call()).toBe('{"n":1}');
    at.as.valid.clear();
    expect(await at.call()).toBe('{"n":1}');
    expect(at.as.forms('/token').map((form) => form.get('grant_type'))).toEqual([
      'client_credentials',
      'client_credentials',
    ]);
    expect(at.as.forms('/authorize')).toEqual([]);
    const { hook } = at.far;
    at.far.hook = (seen, response) => {
      const token = /^Bearer (.+)$/.exec(seen.headers.authorization ?? '')?.[1] ?? '';
      if (seen.message?.method !== 'tools/call' || at.as.scopes.get(token)?.includes('write'))
        return hook(seen, response);
      const field = 'Bearer error="insufficient_scope", scope="write"';
      return sendJson(response, 403, {}, { 'WWW-Authenticate': field });
    };
    expect(await at.call()).toBe('{"n":1}');
    expect(at.as.forms('/token').at(-1)?.get('scope')).toBe('write');
  });

  test('a person types a code in elsewhere', async () => {
    await using at = await scene({ grantType: 'device_code' });
    let asked = 0;
    at.as.hook = ({ path, form }, response) => {
      if (path === '/device') {
        return sendJson(response, 200, {
          device_code: 'device-secret',
          user_code: 'WDJB-\u001b[2JMJHT',
          verification_uri: `${at.as.origin}/activate`,
          expires_in: 60,
          interval: 0.01,
        });
      }
      if (path !== '/token' || form.get('grant_type')?.includes('device_code') !== true) return false;
      if (++asked < 3) return sendJson(response, 400, { error: 'authorization_pending' });
      at.as.valid.add('by-device');
      return sendJson(response, 200, { access_token: 'by-device', token_type: 'Bearer' });
    };
    const steps: object[] = [];
    const facts = await at.engine.signIn('remote', {
      acceptNoPkce: false,
      signal: new AbortController().signal,
      told: (step) => void steps.push(step),
    });
    expect(facts).toMatchObject({ state: 'signed-in', until: null });
    expect(steps).toEqual([
      { kind: 'device', url: `${at.as.origin}/activate`, code: 'WDJB-2JMJHT', completeUrl: null },
    ]);
    expect(await at.call()).toBe('{"n":1}');
    expect(JSON.parse(at.as.asked.find(({ path }) => path === '/register')?.body ?? '{}')).not.toHaveProperty(
      'redirect_uris',
    );
    // The client that there is has been forgotten meanwhile, or was registered for a browser only.
    at.as.hook = ({ path }, response) =>
      path === '/device' && sendJson(response, 401, { error: 'unauthorized_client' }, { 'WWW-Authenticate': 'Basic' });
    for (let times = 0; times < 2; times++) {
      await expect(at.signIn()).rejects.toMatchObject({ fault: { kind: 'refused', code: 'unauthorized_client' } });
    }
    expect(at.as.forms('/register')).toHaveLength(2);
  });
});

describe('A token', () => {
  test('that is near its end is renewed before it is used, once for all requests at a time, and the rotated one is kept', async () => {
    await using at = await scene();
    at.as.extra = { expires_in: 10 };
    await at.signIn();
    await expire(at);
    at.as.extra = { expires_in: 3600 };
    const again = await signingIn([{ url: at.far.url }], { signIns: at.store });
    expect(await Promise.all(Array.from({ length: 5 }, () => again.call()))).toEqual(Array(5).fill('{"n":1}'));
    expect(at.as.forms('/token').map((form) => form.get('grant_type'))).toEqual([
      'authorization_code',
      'refresh_token',
    ]);
    expect(at.as.forms('/token')[1]?.get('resource')).toBe(at.far.url);
    const kept = grantOf(await at.store.read(), 'remote', at.far.url);
    expect([...at.as.refreshable]).toEqual([kept?.refreshToken]);
    expect(tokensSeen(at.far)).not.toContain('Bearer null');
  });

  test('that was revoked is renewed on the refusal, and the request sent again, once', async () => {
    await using at = await scene();
    await at.signIn();
    at.as.valid.clear();
    expect(await at.call()).toBe('{"n":1}');
    expect(at.far.posted().filter((method) => method === 'tools/call')).toHaveLength(1);
    expect(at.as.forms('/token')).toHaveLength(2);
  });

  test('of an authorization server that the server has left is dropped, and not renewed there', async () => {
    await using at = await scene();
    await at.signIn();
    const next = await startAuthorizationServer();
    protect(at.far, next);
    expect(await at.call()).toContain('Sign in: mcp-gangway login remote');
    expect(at.as.forms('/token')).toHaveLength(1);
    expect(grantOf(await at.store.read(), 'remote', at.far.url)).toMatchObject({
      issuer: at.as.origin,
      accessToken: null,
      refreshToken: null,
    });
    // What was refused is not shown again.
    const before = at.far.seen.length;
    expect(await at.call()).toContain('Sign in: mcp-gangway login remote');
    expect(at.far.seen.slice(before).map(({ headers }) => headers.authorization)).not.toContain(expect.anything());
    await at.signIn();
    expect(next.forms('/register')).toHaveLength(1);
    expect(await at.call()).toBe('{"n":1}');
  });

  test('is renewed where it was given although the metadata of the server cannot be read for now', async () => {
    await using at = await scene();
    await at.signIn();
    at.as.valid.clear();
    const { hook } = at.far;
    at.far.hook = (seen, response) =>
      seen.path.startsWith('/.well-known/') ? sendJson(response, 503, {}) : hook(seen, response);
    expect(await at.call()).toBe('{"n":1}');
    expect(at.as.forms('/token')).toHaveLength(2);
  });

  test('keeps its refresh token where the answer has none', async () => {
    await using at = await scene();
    await at.signIn();
    const before = [...at.as.refreshable];
    at.as.valid.clear();
    at.as.hook = ({ path, form }, response) => {
      if (path !== '/token' || form.get('grant_type') !== 'refresh_token') return false;
      at.as.valid.add('renewed');
      return sendJson(response, 200, { access_token: 'renewed', token_type: 'Bearer', expires_in: 60 });
    };
    expect(await at.call()).toBe('{"n":1}');
    expect(grantOf(await at.store.read(), 'remote', at.far.url)?.refreshToken).toBe(before[0]);
  });

  test('that cannot be renewed any more ends the sign-in; nothing is tried again, and no browser opens', async () => {
    await using at = await scene();
    await at.signIn();
    at.as.valid.clear();
    at.as.refreshable.clear();
    expect(await at.call()).toContain('Sign in: mcp-gangway login remote');
    expect(await at.call()).toContain('Sign in: mcp-gangway login remote');
    expect(at.as.forms('/token')).toHaveLength(2);
    expect(at.as.forms('/authorize')).toHaveLength(1);
    expect(at.facts()?.signIn).toMatchObject({ state: 'signed-out', issuer: at.as.origin });
    await at.signIn();
    expect(await at.call()).toBe('{"n":1}');
  });

  test('that is refused although it is new is not renewed for ever', async () => {
    await using at = await scene();
    await at.signIn();
    const { hook } = at.far;
    at.far.hook = (seen, response) => {
      at.as.valid.clear();
      return hook(seen, response);
    };
    for (let times = 0; times < 3; times++) expect(await at.call()).toContain('no longer takes the sign-in');
    expect(at.as.forms('/token')).toHaveLength(2);
    at.far.hook = hook;
    await at.signIn();
    expect(await at.call()).toBe('{"n":1}');
  });

  test.each([
    ['a failure of its own', 503, ''],
    ['a page of a firewall', 403, '<html>Blocked</html>'],
    ['a page for maintenance', 200, '<html>Back soon</html>'],
    ['JSON that is none of OAuth', 403, '{"message":"Forbidden"}'],
    ['JSON without a token', 200, '{}'],
  ])(
    'is kept where its authorization server answers once with %s, and the next is tried again',
    async (_, status, body) => {
      await using at = await scene();
      await at.signIn();
      at.as.valid.clear();
      at.as.hook = ({ path }, response) => {
        if (path !== '/token') return false;
        at.as.hook = () => false;
        return response.writeHead(status, { 'Content-Type': 'text/html' }).end(body) !== undefined;
      };
      // A session waits ten seconds for what may pass.
      expect(await at.call()).toBe('{"n":1}');
      expect(at.facts()?.signIn).toMatchObject({ state: 'signed-in' });
      expect(at.as.forms('/authorize')).toHaveLength(1);
    },
  );

  test('that was renewed serves on although it cannot be kept, and is renewed by its own refresh token', async () => {
    const kept = memorySignIns();
    let isFull = false;
    const signIns: SignInStore = {
      alone: (_, renew) => renew(),
      read: () => kept.read(),
      change: (edit) =>
        isFull
          ? Promise.reject(new SignInError({ kind: 'store', file: 'sign-ins.json', code: 'ENOSPC' }))
          : kept.change(edit),
    };
    await using far = await startRemote();
    const as = await startAuthorizationServer();
    protect(far, as);
    const gangway = await signingIn([{ url: far.url }], { signIns });
    await gangway.signIn();
    isFull = true;
    for (let times = 0; times < 3; times++) {
      as.valid.clear();
      expect(await gangway.call()).toBe('{"n":1}');
    }
    expect(as.forms('/token')).toHaveLength(4);
    expect(gangway.log.map(({ message }) => message).join()).toContain('ENOSPC');
    isFull = false;
    as.valid.clear();
    expect(await gangway.call()).toBe('{"n":1}');
    const grant = grantOf(await kept.read(), 'remote', far.url);
    expect([...as.refreshable]).toEqual([grant?.refreshToken]);
  });

  test.each([[1e15], [-1], [null], ['1e999'], ['']])(
    'that is said to be valid for %j seconds is kept over a restart',
    async (lifetime) => {
      await using far = await startRemote();
      const as = await startAuthorizationServer();
      protect(far, as);
      as.extra = { expires_in: lifetime, scope: null, refresh_token: '' };
      const path = join(temporaryDirectory(), 'sign-ins.json');
      const gangway = await signingIn([{ url: far.url }], { signIns: new SignInFile(path) });
      await gangway.signIn();
      const again = await signingIn([{ url: far.url }], { signIns: new SignInFile(path) });
      expect(await again.call()).toBe('{"n":1}');
      expect(as.forms('/token')).toHaveLength(1);
    },
  );

  test.each([
    { scope: ['read', 'write'] },
    { scope: 5 },
    { token_type: undefined },
    { token_type: '' },
    { refresh_token: 7 },
    { expires_in: {} },
  ])('that comes with %j beside it is taken, and so is the next one', async (extra) => {
    await using at = await scene();
    at.as.extra = extra;
    await at.signIn();
    expect(await at.call()).toBe('{"n":1}');
    if ('refresh_token' in extra) return;
    at.as.valid.clear();
    expect(await at.call()).toBe('{"n":1}');
    const grants = at.as.forms('/token').map((form) => form.get('grant_type'));
    expect(grants).toEqual(['authorization_code', 'refresh_token']);
    if (Array.isArray(extra.scope)) expect((await at.store.read()).grants).toMatchObject([{ scope: 'read write' }]);
  });

  test('of another process counts, where that has renewed it', async () => {
    await using at = await scene();
    await at.signIn();
    const other = await signingIn([{ url: at.far.url }], { signIns: at.store });
    expect(await other.call()).toBe('{"n":1}');
    at.as.valid.clear();
    expect(await other.call()).toBe('{"n":1}');
    expect(await at.call()).toBe('{"n":1}');
    expect(at.as.forms('/token')).toHaveLength(2);
  });

  test('is renewed by one of two processes that need another one at the same moment', async () => {
    const path = join(temporaryDirectory(), 'sign-ins.json');
    await using far = await startRemote();
    const as = await startAuthorizationServer();
    protect(far, as);
    const one = await signingIn([{ url: far.url }], { signIns: new SignInFile(path) });
    await one.signIn();
    const two = await signingIn([{ url: far.url }], { signIns: new SignInFile(path) });
    expect(await two.call()).toBe('{"n":1}');
    as.valid.clear();
    const both = Promise.withResolvers<void>();
    let renewals = 0;
    as.hook = async ({ path: asked, form }) => {
      if (asked !== '/token' || form.get('grant_type') !== 'refresh_token') return false;
      renewals += 1;
      // One that is sent meanwhile would show the same token.
      if (renewals > 1) both.resolve();
      else await Promise.race([both.promise, setTimeout(500)]);
      return false;
    };
    expect(await Promise.all([one.call(), two.call()])).toEqual(['{"n":1}', '{"n":1}']);
    expect(as.forms('/token').map((form) => form.get('grant_type'))).toEqual(['authorization_code', 'refresh_token']);
  });

  test('from before the clock was set back is renewed and not believed', async () => {
    await using at = await scene();
    await at.signIn();
    const kept = await at.store.read();
    const grant = grantOf(kept, 'remote', at.far.url);
    if (grant === null) throw new Error('nothing is kept');
    await at.store.change((now) => withGrant(now, { ...grant, expiresAt: Date.now() + 400 * 24 * 3600_000 }));
    const again = await signingIn([{ url: at.far.url }], { signIns: at.store });
    expect(await again.call()).toBe('{"n":1}');
    expect(at.as.forms('/token')).toHaveLength(2);
  });
});

test('A permission that is missing is asked for with those before it at the next sign-in, and not by refreshing', async () => {
  await using at = await scene(undefined, { challenge: 'scope="read"' });
  await at.signIn();
  const { hook } = at.far;
  at.far.hook = (seen, response) => {
    const token = /^Bearer (.+)$/.exec(seen.headers.authorization ?? '')?.[1] ?? '';
    if (seen.message?.method !== 'tools/call' || at.as.scopes.get(token)?.includes('write'))
      return hook(seen, response);
    return sendJson(response, 403, {}, { 'WWW-Authenticate': 'Bearer error="insufficient_scope", scope="write"' });
  };
  expect(await at.call()).toContain('asks for a permission');
  expect(at.as.forms('/token')).toHaveLength(1);
  await at.signIn();
  expect(at.as.forms('/authorize').map((form) => form.get('scope'))).toEqual(['read', 'read write']);
  expect(await at.call()).toBe('{"n":1}');
});

describe('A hostile server', () => {
  test('whose metadata is about another resource leads to no request to its authorization server', async () => {
    await using at = await scene(undefined, {
      metadata: { resource: 'https://bank.example/mcp', authorization_servers: ['https://bank.example'] },
    });
    await expect(at.signIn()).rejects.toMatchObject({ fault: { kind: 'other-resource' } });
    expect(at.as.asked).toEqual([]);
  });

  test('cannot use the client or the token of another server', async () => {
    await using good = await scene();
    await good.signIn();
    await using evil = await startRemote();
    protect(evil, good.as);
    const both = await signingIn([{ url: good.far.url }, { name: 'evil', url: evil.url }], { signIns: good.store });
    expect(await both.call()).toBe('{"n":1}');
    expect(await both.call('evil')).toContain('mcp-gangway login evil');
    expect(tokensSeen(evil)).toEqual([undefined]);
    // What it gets is for itself: the resource says whose token it is.
    await both.signIn('evil');
    expect(good.as.forms('/authorize').at(-1)?.get('resource')).toBe(evil.url);
  });

  test('that redirects elsewhere takes no token along', async () => {
    await using at = await scene();
    await at.signIn();
    await using elsewhere = await startRemote();
    const { hook } = at.far;
    at.far.hook = (seen, response) => {
      if (seen.message?.method !== 'tools/call') return hook(seen, response);
      return response.writeHead(307, { Location: elsewhere.url }).end() !== undefined;
    };
    expect(await at.call()).toContain('redirects to');
    expect(elsewhere.seen).toEqual([]);
  });

  test.each([
    ['an issuer that is another one', { issuer: 'http://127.0.0.1:1' }, 'other-issuer'],
    ['no issuer, on another origin', { issuer: undefined }, 'other-issuer'],
    ['an authorization endpoint that is a script', { authorization_endpoint: 'javascript:alert(1)' }, 'unsafe-address'],
    ['a token endpoint that is a file', { token_endpoint: 'file:///etc/passwd' }, 'unsafe-address'],
    ['no token endpoint', { token_endpoint: undefined }, 'no-endpoint'],
  ])('with metadata of %s is not signed in to', async (_, metadata, kind) => {
    await using at = await scene();
    at.as.metadata = { ...at.as.metadata, ...metadata };
    await expect(at.signIn()).rejects.toMatchObject({ fault: { kind } });
    expect(at.as.forms('/token')).toEqual([]);
  });

  test.each([
    ['127.0.0.1', 'elsewhere.example'],
    ['169.254.169.254', 'elsewhere.example'],
    ['::ffff:a9fe:a9fe', 'elsewhere.example'],
    // Its name server says that it is here as well, and a device in the local network has a link-local address, too.
    ['127.0.0.1', 'both.example'],
    ['127.0.0.1', 'device.example'],
    ['169.254.169.254', 'device.example'],
    ['127.0.0.1', 'here.example'],
  ])(
    'is not asked at %s by a name that a server at %s has given, unless that is here itself',
    async (address, host) => {
      await using as = await startRemote();
      as.hook = (_, response) => sendJson(response, 200, { issuer: 'x' });
      const places: Record<string, readonly string[]> = {
        'as.example': [address],
        'here.example': ['127.0.0.1'],
        'both.example': ['203.0.113.7', '127.0.0.1'],
        'device.example': ['192.0.2.7', '169.254.7.7'],
      };
      const found = (name: string) =>
        (places[name] ?? ['203.0.113.7']).map((one) => ({ address: one, family: isIP(one) }));
      const dialer = createDialer({
        ...{ upstream: null, noProxy: '', ownPorts: new Set<number>() },
        lookup: (name, done) => setImmediate(done, null, found(name)),
      });
      const http = new AuthorizationHttp(() => new RemoteHttp(dialer, { headers: {} }), new URL(`http://${host}/mcp`));
      const asked = http.get(new URL(`http://as.example:${new URL(as.url).port}/metadata`));
      if (host === 'here.example') expect(await asked).toMatchObject({ status: 200 });
      else await expect(asked).rejects.toMatchObject({ fault: { kind: 'unsafe-address' } });
      expect(as.seen.length > 0).toBe(host === 'here.example');
      http.close();
    },
  );

  test.each([
    ['another issuer', { iss: 'https://evil.example' }, {}],
    ['an issuer with a slash too many', null, {}],
    ['none, where one is announced', {}, { authorization_response_iss_parameter_supported: true }],
  ])('gets no code that the browser brought from %s (RFC 9207)', async (_, back, metadata) => {
    await using at = await scene();
    at.as.metadata = { ...at.as.metadata, ...metadata };
    at.as.back = back ?? { iss: `${at.as.origin}/` };
    let page = '';
    const visit = async (url: string) => {
      page = (await browse(url)).body;
    };
    await expect(at.signIn('remote', { visit })).rejects.toMatchObject({ fault: { kind: 'wrong-issuer' } });
    expect(page).toContain('not signed in');
    expect(at.as.forms('/token')).toEqual([]);
  });

  test('is believed where the issuer that comes back is the right one', async () => {
    await using at = await scene();
    at.as.metadata['authorization_response_iss_parameter_supported'] = true;
    at.as.back = { iss: at.as.origin };
    expect(await at.signIn()).toMatchObject({ state: 'signed-in' });
  });

  test('that says no is reported by its code, and never in its words', async () => {
    await using at = await scene();
    const refuse = (error: string) => async (url: string) => {
      const state = new URL(url).searchParams.get('state') ?? '';
      const text = '<script>alert(1)</script>';
      const back = new URLSearchParams({ error, state, error_description: text, error_uri: 'https://evil.example' });
      const response = await browse(`${at.url}/oauth/callback?${back}`);
      expect(response.status).toBe(400);
      expect(response.body).not.toMatch(/script|evil/);
    };
    await expect(at.signIn('remote', { visit: refuse('access_denied') })).rejects.toMatchObject({
      fault: { kind: 'refused', code: 'access_denied' },
    });
    await expect(at.signIn('remote', { visit: refuse('<script>alert(1)</script>') })).rejects.toMatchObject({
      fault: { kind: 'refused', code: 'invalid_response' },
    });
  });
});

test('A sign-in that is given up before a browser is led anywhere leaves the registered client known', async () => {
  await using at = await scene();
  await at.signIn();
  const early = { acceptNoPkce: false, told: () => undefined, signal: AbortSignal.abort() };
  await expect(at.engine.signIn('remote', early)).rejects.toMatchObject({ fault: { kind: 'cancelled' } });
  await at.signIn();
  expect(at.as.forms('/register')).toHaveLength(1);
});

test('A second sign-in to a server replaces the first, and giving one up ends it', async () => {
  await using at = await scene();
  const wish = { acceptNoPkce: false, told: () => undefined };
  const { promise: opened, resolve } = Promise.withResolvers<void>();
  const first = at.engine.signIn('remote', { ...wish, told: () => resolve(), signal: new AbortController().signal });
  const replaced = expect(first).rejects.toMatchObject({ fault: { kind: 'replaced' } });
  await opened;
  const abort = new AbortController();
  const second = at.engine.signIn('remote', { ...wish, told: () => abort.abort(), signal: abort.signal });
  await replaced;
  await expect(second).rejects.toMatchObject({ fault: { kind: 'cancelled' } });
  expect(at.as.forms('/token')).toEqual([]);
});
