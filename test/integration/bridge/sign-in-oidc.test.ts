import { expect, test } from 'vitest';
import { grantOf } from '../../../app/servers/remote/sign-in/stored-sign-ins.ts';
import { protect } from '../../support/authorization-server.ts';
import { startOidcServer } from '../../support/oidc-server.ts';
import { startRemote } from '../../support/remote-origin.ts';
import { signingIn } from '../../support/signing-in.ts';

test('A strict authorization server gives, renews and revokes tokens, for a person who agrees and for a job', async () => {
  await using far = await startRemote();
  const as = await startOidcServer(far.url);
  const metadata = { resource: far.url, authorization_servers: [as.origin], scopes_supported: ['mcp:tools'] };
  protect(far, as, { metadata });
  const job = { grantType: 'client_credentials', clientId: 'job', clientSecret: 'secret-of-the-job' } as const;
  const gangway = await signingIn([{ url: far.url }, { name: 'job', url: far.url, oauth: job }]);
  const kept = async () => grantOf(await gangway.store.read(), 'remote', far.url);

  expect(await gangway.call()).toContain('mcp-gangway login remote');
  expect(await gangway.signIn()).toMatchObject({ state: 'signed-in', issuer: as.origin, renews: true });
  expect(await gangway.call()).toBe('{"n":1}');

  const before = await kept();
  await as.end(before?.accessToken ?? '');
  expect(await gangway.call()).toBe('{"n":1}');
  const after = await kept();
  expect(after?.accessToken).not.toBe(before?.accessToken);
  expect(await as.isRefreshable(before?.refreshToken ?? '')).toBe(false);
  expect(await as.isRefreshable(after?.refreshToken ?? '')).toBe(true);

  expect(await gangway.engine.signOut('remote')).toBe(true);
  expect(await as.isRefreshable(after?.refreshToken ?? '')).toBe(false);
  expect(await gangway.call()).toContain('mcp-gangway login remote');

  expect(await gangway.call('job')).toBe('{"n":1}');
});

test('A client that a strict authorization server has forgotten, which only its page says, is registered anew at the next try', async () => {
  await using far = await startRemote();
  const as = await startOidcServer(far.url);
  protect(far, as, {
    metadata: { resource: far.url, authorization_servers: [as.origin], scopes_supported: ['mcp:tools'] },
  });
  const gangway = await signingIn([{ url: far.url }]);
  const clients = async () => (await gangway.store.read()).registrations.map(({ id }) => id);

  await gangway.signIn();
  const [forgotten = ''] = await clients();
  await gangway.engine.signOut('remote');
  await as.forgetClient(forgotten);

  await expect(gangway.signIn()).rejects.toMatchObject({ fault: { kind: 'cancelled' } });
  await gangway.signIn();
  expect(await clients()).not.toContain(forgotten);
  expect(await gangway.call()).toBe('{"n":1}');
});
