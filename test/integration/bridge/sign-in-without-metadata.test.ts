import { describe, expect, test } from 'vitest';
import { protect, startAuthorizationServer } from '../../support/authorization-server.ts';
import { type Hook, sendJson, startRemote } from '../../support/remote-origin.ts';
import { signingIn } from '../../support/signing-in.ts';

/** A server of 2025-03-26 that is its own authorization server, and publishes nothing: only the usual paths tell. */
async function scene(challenge = 'realm="far"') {
  const far = await startRemote('/v1/mcp');
  const as = await startAuthorizationServer();
  protect(far, as, { metadata: null, challenge });
  const { hook: guard } = far;
  const endpoints: Hook = async ({ method, path, body, headers }, response) => {
    const type = headers['content-type'] ?? '';
    const asked = { method, redirect: 'manual', headers: { 'Content-Type': type } } as const;
    const answer = await fetch(`${as.origin}${path}`, method === 'POST' ? { ...asked, body } : asked);
    const location = answer.headers.get('location');
    const fields = location === null ? {} : { Location: location };
    response.writeHead(answer.status, { 'Content-Type': 'application/json', ...fields }).end(await answer.text());
    return true;
  };
  // An endpoint without its parameters says what is missing.
  as.hook = ({ path, form }, response) =>
    path === '/authorize' && !form.has('client_id') && sendJson(response, 400, { error: 'invalid_request' });
  far.hook = (seen, response) =>
    /^\/(?:authorize|token|register)(?:\?|$)/.test(seen.path) ? endpoints(seen, response) : guard(seen, response);
  const gangway = await signingIn([{ url: far.url }]);
  return { far, as, ...gangway, [Symbol.asyncDispose]: () => far[Symbol.asyncDispose]() };
}

describe('A server that asks for a sign-in, and has no metadata at all', () => {
  test('is signed in to at the endpoints of 2025-03-26, once a person has accepted that nothing says of PKCE', async () => {
    await using at = await scene();
    const issuer = new URL(at.far.url).origin;
    await expect(at.signIn()).rejects.toMatchObject({ fault: { kind: 'no-pkce', issuer } });
    // Nothing is registered or opened before that.
    expect(at.as.forms('/register')).toEqual([]);
    expect(await at.signIn('remote', { acceptNoPkce: true })).toMatchObject({ state: 'signed-in', issuer });
    expect(await at.call()).toBe('{"n":1}');
    const asked = at.as.forms('/authorize').at(-1);
    expect(asked?.get('code_challenge_method')).toBe('S256');
    expect(asked?.has('resource')).toBe(false);
    expect(at.as.forms('/register')).toHaveLength(1);
    // The token is renewed there.
    at.as.valid.clear();
    expect(await at.call()).toBe('{"n":1}');
    expect(at.as.forms('/token').map((form) => form.get('grant_type'))).toEqual([
      'authorization_code',
      'refresh_token',
    ]);
  });

  test('and registers no clients is told of with what to write', async () => {
    await using at = await scene();
    const { hook } = at.as;
    at.as.hook = (asked, response) =>
      asked.path === '/register' ? response.writeHead(404).end('<html>') !== undefined : hook(asked, response);
    await expect(at.signIn('remote', { acceptNoPkce: true })).rejects.toMatchObject({
      fault: { kind: 'no-client', redirectUri: `${at.url}/oauth/callback` },
    });
  });

  test('is not asked at paths of its own choice where its challenge names metadata, which later revisions want', async () => {
    await using at = await scene('resource_metadata="/nothing-here"');
    await expect(at.signIn('remote', { acceptNoPkce: true })).rejects.toMatchObject({ fault: { kind: 'not-offered' } });
    expect(at.as.asked).toEqual([]);
  });

  test('is signed in to where its own metadata leads, once that says the same of itself, as with Atlassian', async () => {
    await using at = await scene();
    const { hook } = at.far;
    at.far.hook = (seen, response) =>
      seen.path === '/.well-known/oauth-authorization-server'
        ? sendJson(response, 200, at.as.metadata)
        : hook(seen, response);
    const issuer = at.as.metadata['issuer'];
    expect(await at.signIn()).toMatchObject({ state: 'signed-in', issuer });
    expect(await at.call()).toBe('{"n":1}');
    at.as.valid.clear();
    expect(await at.call()).toBe('{"n":1}');
  });

  test('is not asked there where its metadata is that of another, or cannot be read for now', async () => {
    await using at = await scene();
    const { hook } = at.far;
    const metadata = { ...at.as.metadata, issuer: 'http://127.0.0.1:1' };
    at.far.hook = (seen, response) =>
      seen.path === '/.well-known/oauth-authorization-server'
        ? sendJson(response, 200, metadata)
        : hook(seen, response);
    await expect(at.signIn('remote', { acceptNoPkce: true })).rejects.toMatchObject({
      fault: { kind: 'other-issuer' },
    });
    at.far.hook = (seen, response) =>
      seen.path === '/.well-known/oauth-authorization-server' ? sendJson(response, 503, {}) : hook(seen, response);
    await expect(at.signIn('remote', { acceptNoPkce: true })).rejects.toMatchObject({ fault: { kind: 'status' } });
    expect(at.as.asked).toEqual([]);
  });

  test('is signed in to where its page breaks for want of parameters, and is not while it cannot be asked', async () => {
    await using at = await scene();
    const { hook } = at.as;
    const answering =
      (status: number): typeof hook =>
      (asked, response) =>
        asked.path === '/authorize' && !asked.form.has('client_id')
          ? sendJson(response, status, {})
          : hook(asked, response);
    at.as.hook = answering(503);
    await expect(at.signIn('remote', { acceptNoPkce: true })).rejects.toMatchObject({
      fault: { kind: 'status', status: 503 },
    });
    at.as.hook = answering(500);
    expect(await at.signIn('remote', { acceptNoPkce: true })).toMatchObject({ state: 'signed-in' });
  });

  test.each([401, 403, 404, 405, 410])(
    'and answers %i where it would be signed in to is said not to tell where',
    async (status) => {
      await using at = await scene();
      const { hook } = at.far;
      at.far.hook = (seen, response) =>
        seen.path === '/authorize' ? sendJson(response, status, {}) : hook(seen, response);
      await expect(at.signIn('remote', { acceptNoPkce: true })).rejects.toMatchObject({
        fault: { kind: 'not-offered' },
      });
      expect(at.as.asked).toEqual([]);
    },
  );
});

test('A server that refuses nothing is not looked at for the endpoints of 2025-03-26', async () => {
  await using far = await startRemote();
  far.hook = ({ path }, response) =>
    path.startsWith('/.well-known/') && response.writeHead(404).end('<html>') !== undefined;
  const gangway = await signingIn([{ url: far.url }]);
  await expect(gangway.signIn()).rejects.toMatchObject({ fault: { kind: 'not-asked' } });
  expect(far.seen.map(({ path }) => path)).not.toContain('/authorize');
});
