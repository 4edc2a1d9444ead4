import { describe, expect, test } from 'vitest';
import { NAVIGATION, protect, startAuthorizationServer } from '../../support/authorization-server.ts';
import { send } from '../../support/http-client.ts';
import { startRemote } from '../../support/remote-origin.ts';
import { type SigningIn, signingIn } from '../../support/signing-in.ts';

/** A request as it stands: `fetch` would set Host and the fields of Fetch Metadata itself. */
const come = (url: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
  send(url, { headers, method });

/** A sign-in that waits for its browser, and the address that the browser would come back to. */
async function waiting(token: string | null = null) {
  const far = await startRemote();
  const as = await startAuthorizationServer();
  protect(far, as);
  const gangway: SigningIn = await signingIn([{ url: far.url }]);
  if (token !== null) await gangway.engine.apply({ ...gangway.engine.settings, token, requireToken: true });
  const { promise, resolve } = Promise.withResolvers<string>();
  const signedIn = gangway.engine.signIn('remote', {
    acceptNoPkce: false,
    signal: new AbortController().signal,
    told: (step) => resolve(step.url),
  });
  // Where a test leaves it waiting, it ends with the gateway.
  signedIn.catch(() => undefined);
  const response = await fetch(await promise, { redirect: 'manual' });
  const callback = response.headers.get('location') ?? '';
  return { far, as, gangway, callback, signedIn, [Symbol.asyncDispose]: () => far[Symbol.asyncDispose]() };
}

describe('The address that a browser comes back to', () => {
  test.each([
    ['an image of a page', { ...NAVIGATION, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    ['a frame of a page', { ...NAVIGATION, 'sec-fetch-dest': 'iframe' }],
    [
      'a script of a page with CORS',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
    ],
    ['a form of a page, which has an Origin', { ...NAVIGATION, Origin: 'https://evil.example' }],
    ['a browser behind a reverse proxy', { ...NAVIGATION, 'X-Forwarded-For': '203.0.113.5' }],
    ['a prefetch', { ...NAVIGATION, 'Sec-Purpose': 'prefetch;prerender' }],
    ['a name that leads here (DNS rebinding)', { ...NAVIGATION, Host: 'evil.example:28080' }],
    ['an address of this machine that is not loopback', { ...NAVIGATION, Host: '192.168.1.5' }],
  ])('is refused without effect to %s, even with the right state', async (_, headers) => {
    await using at = await waiting();
    expect((await come(at.callback, headers)).status).toBe(403);
    expect(at.as.forms('/token')).toEqual([]);
  });

  test.each(['POST', 'HEAD', 'OPTIONS', 'PUT'])('is refused without effect to %s', async (method) => {
    await using at = await waiting();
    expect((await come(at.callback, NAVIGATION, method)).status).toBe(403);
    expect(at.as.forms('/token')).toEqual([]);
  });

  test.each([
    ['no state', ''],
    ['an unknown state', 'state=guessed&code=x'],
    ['two states', 'twice'],
  ])('is refused without effect with %s', async (_, query) => {
    await using at = await waiting();
    const url = new URL(at.callback);
    if (query === 'twice') url.searchParams.append('state', 'other');
    else url.search = query;
    const { status, body } = await come(url.href, NAVIGATION);
    expect([status, body.includes('No sign-in waits')]).toEqual([403, true]);
    expect(at.as.forms('/token')).toEqual([]);
  });

  test('ends the sign-in for the navigation of a whole tab, once, on a page that holds nothing', async () => {
    await using at = await waiting();
    const came = await come(at.callback, NAVIGATION);
    expect(came.status).toBe(200);
    expect(came.body).toContain('You are signed in to remote.');
    expect(came.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    for (const secret of new URL(at.callback).searchParams.values()) expect(came.body).not.toContain(secret);
    expect(await at.signedIn).toMatchObject({ state: 'signed-in' });
    expect((await come(at.callback, NAVIGATION)).status).toBe(403);
    expect(at.as.forms('/token')).toHaveLength(1);
  });
});

test('A browser needs no token for the callback where everything else wants one', async () => {
  await using at = await waiting('a-token-that-is-long-enough');
  expect((await come(`${at.gangway.url}/status`)).status).toBe(401);
  expect((await come(at.callback, NAVIGATION)).status).toBe(200);
  expect(await at.signedIn).toMatchObject({ state: 'signed-in' });
});

test('An address that is pasted serves for its server only, and once', async () => {
  await using at = await waiting();
  expect(await at.gangway.engine.pasteCallback('other', at.callback)).toBe(false);
  expect(await at.gangway.engine.pasteCallback('remote', 'no address')).toBe(false);
  expect(await at.gangway.engine.pasteCallback('remote', `  ${at.callback}\n`)).toBe(true);
  expect(await at.signedIn).toMatchObject({ state: 'signed-in' });
  expect(await at.gangway.engine.pasteCallback('remote', at.callback)).toBe(false);
});
