import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { SignInFile } from '../../../app/servers/index.ts';
import { grantOf } from '../../../app/servers/remote/sign-in/stored-sign-ins.ts';
import type { OAuthSetting } from '../../../app/settings/settings.ts';
import { type AuthorizationServer, protect, startAuthorizationServer } from '../../support/authorization-server.ts';
import { type RemoteOrigin, sendJson, startRemote } from '../../support/remote-origin.ts';
import { signingIn } from '../../support/signing-in.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

async function scene(oauth?: OAuthSetting, challenge = '') {
  const far = await startRemote();
  const as = await startAuthorizationServer();
  protect(far, as, { challenge });
  const gangway = await signingIn([{ url: far.url, ...(oauth === undefined ? {} : { oauth }) }]);
  return { far, as, ...gangway, [Symbol.asyncDispose]: () => far[Symbol.asyncDispose]() };
}

/** Holds the next renewal up until it is let go. */
function holdRenewal(as: AuthorizationServer) {
  const [asked, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  as.hook = async ({ path, form }) => {
    if (path !== '/token' || form.get('grant_type') !== 'refresh_token') return false;
    asked.resolve();
    await held.promise;
    return false;
  };
  return { asked: asked.promise, letGo: held.resolve };
}

/** Has tools called with a permission only, which the arguments of the call name. */
function wantScopes(far: RemoteOrigin, as: AuthorizationServer, wanted: (call: number) => string): void {
  const { hook } = far;
  let calls = 0;
  const byId = new Map<unknown, string>();
  far.hook = (seen, response) => {
    if (seen.message?.method !== 'tools/call') return hook(seen, response);
    const id = `${seen.headers['mcp-session-id']} ${seen.message.id}`;
    const scope = byId.get(id) ?? wanted(calls++);
    byId.set(id, scope);
    const token = /^Bearer (.+)$/.exec(seen.headers.authorization ?? '')?.[1] ?? '';
    if (as.scopes.get(token)?.split(' ').includes(scope)) return hook(seen, response);
    const field = `Bearer error="insufficient_scope", scope="${scope}"`;
    return sendJson(response, 403, {}, { 'WWW-Authenticate': field });
  };
}

describe('While a token is renewed', () => {
  test('a person who signs out is signed out, and what comes of the renewal is revoked', async () => {
    await using at = await scene();
    await at.signIn();
    at.as.valid.clear();
    const renewal = holdRenewal(at.as);
    const call = at.call();
    await renewal.asked;
    const signedOut = at.engine.signOut('remote');
    await vi.waitFor(async () => expect((await at.store.read()).grants).toEqual([]));
    renewal.letGo();
    expect(await call).toContain('mcp-gangway login remote');
    expect(await signedOut).toBe(true);
    expect((await at.store.read()).grants).toEqual([]);
    expect(at.facts()?.signIn).toMatchObject({ state: 'signed-out' });
    await vi.waitFor(() => expect([...at.as.refreshable]).toEqual([]));
    at.far.seen.length = 0;
    expect(await at.call()).toContain('mcp-gangway login remote');
    expect(at.far.seen.map(({ headers }) => headers.authorization)).not.toContain(expect.anything());
  });

  test('a person who signs in again has the new sign-in, and not what comes of the renewal', async () => {
    await using at = await scene();
    await at.signIn();
    at.as.valid.clear();
    const renewal = holdRenewal(at.as);
    const call = at.call();
    await renewal.asked;
    await at.signIn();
    const signedIn = grantOf(await at.store.read(), 'remote', at.far.url);
    renewal.letGo();
    expect(await call).toBe('{"n":1}');
    expect(grantOf(await at.store.read(), 'remote', at.far.url)).toEqual(signedIn);
    at.far.seen.length = 0;
    expect(await at.call()).toBe('{"n":1}');
    expect(at.far.seen.map(({ headers }) => headers.authorization)).toContain(`Bearer ${signedIn?.accessToken}`);
  });

  test('a refusal of the old token ends nothing of the sign-in that a person has made meanwhile', async () => {
    await using at = await scene();
    await at.signIn();
    at.as.valid.clear();
    at.as.refreshable.clear();
    const renewal = holdRenewal(at.as);
    const call = at.call();
    await renewal.asked;
    await at.signIn();
    renewal.letGo();
    expect(await call).toBe('{"n":1}');
    expect(at.facts()?.signIn).toMatchObject({ state: 'signed-in' });
  });
});

test('What another process has signed out of is not signed in to again by a renewal', async () => {
  const path = join(temporaryDirectory(), 'sign-ins.json');
  await using far = await startRemote();
  const as = await startAuthorizationServer();
  // It takes nothing back: what was given stays valid there.
  delete as.metadata['revocation_endpoint'];
  protect(far, as);
  const one = await signingIn([{ url: far.url }], { signIns: new SignInFile(path) });
  await one.signIn();
  const two = await signingIn([{ url: far.url }], { signIns: new SignInFile(path) });
  expect(await two.call()).toBe('{"n":1}');
  expect(await one.engine.signOut('remote')).toBe(true);
  as.valid.clear();
  expect(await two.call()).toContain('mcp-gangway login remote');
  expect(as.forms('/token')).toHaveLength(1);
  expect((await new SignInFile(path).read()).grants).toEqual([]);
});

test('A process whose sign-in has ended goes on by the one that a person has made in another process', async () => {
  const path = join(temporaryDirectory(), 'sign-ins.json');
  await using far = await startRemote();
  const as = await startAuthorizationServer();
  protect(far, as);
  const one = await signingIn([{ url: far.url }], { signIns: new SignInFile(path) });
  const two = await signingIn([{ url: far.url }], { signIns: new SignInFile(path) });
  for (const round of ['never signed in', 'ended']) {
    expect(await one.call(), round).toContain('mcp-gangway login remote');
    expect(await two.call(), round).toContain('mcp-gangway login remote');
    await one.signIn();
    expect(await two.call(), round).toBe('{"n":1}');
    expect(two.facts()?.signIn, round).toMatchObject({ state: 'signed-in' });
    as.valid.clear();
    as.refreshable.clear();
  }
});

test('Permissions that several calls miss at the same time are asked for together', async () => {
  await using at = await scene(undefined, 'scope="read"');
  await at.signIn();
  wantScopes(at.far, at.as, (call) => (call === 0 ? 'write' : 'admin'));
  const told = await Promise.all([at.call(), at.call()]);
  for (const one of told) expect(one).toContain('asks for a permission');
  await at.signIn();
  const scopes = at.as.forms('/authorize').map((form) => form.get('scope')?.split(' ').sort());
  expect(scopes).toEqual([['read'], ['admin', 'read', 'write']]);
});

test('A job whose calls miss several permissions at the same time gets all of them', async () => {
  await using at = await scene({ grantType: 'client_credentials', clientId: 'job', clientSecret: 'secret-of-it' });
  expect(await at.call()).toBe('{"n":1}');
  wantScopes(at.far, at.as, (call) => (call === 0 ? 'write' : 'admin'));
  expect(await Promise.all([at.call(), at.call()])).toEqual(['{"n":1}', '{"n":1}']);
  expect(at.as.forms('/token').at(-1)?.get('scope')?.split(' ').sort()).toEqual(['admin', 'write']);
});

test('A person who types a code in elsewhere is waited for as long as the code is valid, however seldom it may be asked', async () => {
  await using at = await scene({ grantType: 'device_code' });
  let asked = 0;
  at.as.hook = ({ path }, response) => {
    if (path === '/token') {
      asked++;
      return sendJson(response, 400, { error: 'authorization_pending' });
    }
    const [verification_uri, interval] = [`${at.as.origin}/activate`, 3_000_000];
    const code = { device_code: 'd', user_code: 'AB', verification_uri, expires_in: 1, interval };
    return path === '/device' && sendJson(response, 200, code);
  };
  await expect(at.signIn('remote', { visit: async () => undefined })).rejects.toMatchObject({
    fault: { kind: 'too-late' },
  });
  expect(asked).toBeLessThan(2);
});

test('Of several authorization servers the first that says what it can do is signed in to', async () => {
  await using far = await startRemote();
  const [gone, as] = [await startAuthorizationServer(), await startAuthorizationServer()];
  gone.hook = (_, response) => response.writeHead(404).end() !== undefined;
  protect(far, as, { metadata: { resource: far.url, authorization_servers: [gone.origin, as.origin] } });
  const gangway = await signingIn([{ url: far.url }]);
  expect(await gangway.signIn()).toMatchObject({ state: 'signed-in', issuer: as.origin });
  expect(await gangway.call()).toBe('{"n":1}');
});
