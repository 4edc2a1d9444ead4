import { describe, expect, onTestFinished, test } from 'vitest';
import { textIn } from '../../../app/i18n/index.ts';
import type { RemoteSetting } from '../../../app/settings/settings.ts';
import { protect, startAuthorizationServer } from '../../support/authorization-server.ts';
import { remoteSetting } from '../../support/bridge-host.ts';
import { startGangway } from '../../support/gangway.ts';
import { type Message, send } from '../../support/http-client.ts';
import { postModern } from '../../support/modern-request.ts';
import { rawClient } from '../../support/raw-http.ts';
import { openSession, openSse } from '../../support/raw-mcp.ts';
import { startRemote } from '../../support/remote-origin.ts';
import { signingIn } from '../../support/signing-in.ts';

/** As a reverse proxy passes on what a client on another machine has sent. */
const OTHER = { 'x-forwarded-for': '10.0.0.9' };
const JSON_TYPE = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'other', version: '1' } },
});

/** Every way in to a server: the status that it answers a client on another machine with. */
const WAYS: Readonly<Record<string, (url: string, headers: Readonly<Record<string, string>>) => Promise<number>>> = {
  'POST mcp': async (url, headers) => {
    const { status } = await send(`${url}/mcp`, { headers: { ...JSON_TYPE, ...headers }, body: INITIALIZE });
    return status;
  },
  'GET mcp': async (url, headers) => (await send(`${url}/mcp`, { method: 'GET', headers })).status,
  'POST mcp without a session': async (url, headers) =>
    (await postModern(`${url}/mcp`, { method: 'tools/list', headers })).status,
  'POST messages': async (url, headers) =>
    (await send(`${url}/messages?sessionId=none`, { headers: { ...JSON_TYPE, ...headers }, body: INITIALIZE })).status,
  'GET sse': async (url, headers) => {
    const response = await fetch(`${url}/sse`, { headers });
    await response.body?.cancel();
    return response.status;
  },
  'GET stdio with an upgrade': async (url, headers) => {
    const { port, pathname } = new URL(url);
    const peer = await rawClient(Number(port));
    onTestFinished(() => peer.destroy());
    const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const path = pathname === '/' ? '' : pathname;
    peer.write(
      `GET ${path}/stdio HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: upgrade\r\nUpgrade: mcp-stdio\r\n${fields.join('')}\r\n`,
    );
    return Number((await peer.head()).start.split(' ')[1]);
  },
};

async function statuses(url: string, headers: Readonly<Record<string, string>>): Promise<readonly number[]> {
  return Promise.all(Object.values(WAYS).map((way) => way(url, headers)));
}

async function serve(...servers: readonly Partial<RemoteSetting>[]) {
  const far = await startRemote();
  onTestFinished(() => far[Symbol.asyncDispose]());
  const settings = servers.map((server) => remoteSetting({ url: far.url, ...server }));
  const gangway = await startGangway({
    servers: settings,
    defaultServer: settings[0]?.name ?? null,
    // Such a client is let in without a token, so that what is looked at here decides.
    trustReverseProxy: true,
  });
  onTestFinished(() => gangway[Symbol.asyncDispose]());
  return { far, gangway, url: gangway.url };
}

const SECRET = { Authorization: 'Bearer a-secret-of-its-owner' };

describe('A server with a URL and credentials', () => {
  test('is refused to other machines in every way, and its siblings without any or with the switch are not', async () => {
    const { url, far } = await serve(
      { name: 'own', headers: SECRET },
      { name: 'lent', headers: SECRET, lanCredentials: true },
      { name: 'open' },
    );
    const all = Object.values(WAYS);
    expect(await statuses(`${url}/servers/own`, OTHER)).toEqual(all.map(() => 403));
    expect(await statuses(url, OTHER)).toEqual(all.map(() => 403));
    expect(far.seen).toEqual([]);
    for (const name of ['lent', 'open']) expect(await statuses(`${url}/servers/${name}`, OTHER)).not.toContain(403);
    expect(await statuses(`${url}/servers/own`, {})).not.toContain(403);
  });

  test.each([
    ['a header', { headers: { 'X-Api-Key': 'k' } }],
    ['a certificate', { tls: { cert: '/c.pem', key: '/k.pem' } }],
    ['a client with a secret', { oauth: { clientId: 'c', clientSecret: 's' } }],
    ['client credentials', { oauth: { clientId: 'c', grantType: 'client_credentials' as const } }],
    ['a secret in its URL', { url: 'http://127.0.0.1:9/mcp?api_key=0f8fad5bd9cb469fa165' }],
  ])('has them as %s', async (_, setting) => {
    const { url } = await serve({ name: 'own', ...setting });
    expect(await WAYS['GET mcp']?.(`${url}/servers/own`, OTHER)).toBe(403);
  });

  test('tells who is refused why, and what its owner can do, in both languages', async () => {
    const { url } = await serve({ name: 'own', headers: SECRET });
    const { body } = await send(`${url}/mcp`, { headers: { ...JSON_TYPE, ...OTHER }, body: INITIALIZE });
    const { error }: Message = JSON.parse(body);
    expect(error).toMatchObject({ code: -32_000, data: { reason: 'lan-credentials', server: 'own' } });
    expect(error?.message).toBe(textIn('en').servers.remote.ownerOnly('own'));
    for (const language of ['en', 'zh-Hant'] as const) {
      expect(textIn(language).servers.remote.ownerOnly('own')).toContain('"lanCredentials": true');
    }
  });

  test('ends what other machines have open when the switch is taken away', async () => {
    const { url, gangway } = await serve({ name: 'lent', headers: SECRET, lanCredentials: true });
    const session = await openSse(url, '/sse', OTHER);
    const { servers } = gangway.engine.settings;
    const closed = servers.map((server) => ({ ...server, lanCredentials: false }));
    await gangway.engine.apply({ ...gangway.engine.settings, servers: closed });
    await expect(session.reader.next()).rejects.toThrow();
    expect(await WAYS['GET sse']?.(url, OTHER)).toBe(403);
  });
});

test('A sign-in takes a server away from other machines, what they have open included, and signing out gives it back', async () => {
  await using far = await startRemote();
  const as = await startAuthorizationServer();
  const at = await signingIn([{ url: far.url }]);
  await at.engine.apply({ ...at.engine.settings, trustReverseProxy: true });
  const session = await openSession(`${at.url}/servers/remote`, { headers: OTHER });
  const stream = await session.get(OTHER);
  expect((await stream.next()).data).toBe('');
  protect(far, as);
  await at.signIn();
  await expect(stream.next()).rejects.toThrow();
  expect((await session.post({ id: 9, method: 'tools/list' }, OTHER)).status).toBe(403);
  expect(await at.call()).toBe('{"n":1}');
  await at.engine.signOut('remote');
  expect(await WAYS['POST mcp']?.(`${at.url}/servers/remote`, OTHER)).toBe(200);
});
