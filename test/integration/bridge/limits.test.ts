import { describe, expect, onTestFinished, test } from 'vitest';
import { DEFAULT_SETTINGS, type Limits } from '../../../app/settings/settings.ts';
import { type BridgeHost, hostBridge, serverSetting } from '../../support/bridge-host.ts';
import { send } from '../../support/http-client.ts';
import { openSession, openSse, postTo, type SessionClient } from '../../support/raw-mcp.ts';

const INITIALIZE = { id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {} } };

async function serve(limits: Partial<Limits>, names = ['echo'], evictable = 300_000): Promise<BridgeHost> {
  const servers = names.map((name) => serverSetting({ name }));
  const options = { times: { evictable, decide: 5000 } };
  const host = await hostBridge({ servers, limits: { ...DEFAULT_SETTINGS.limits, ...limits } }, options);
  onTestFinished(() => host[Symbol.asyncDispose]());
  return host;
}

const path = (name: string) => `/servers/${name}/mcp`;
const lives = async (session: SessionClient) => (await session.post({ id: 'p', method: 'ping' })).status === 200;

async function inUse(host: BridgeHost, name = 'echo', principal = 'local'): Promise<SessionClient> {
  const session = await openSession(host.url, { path: path(name), headers: { 'x-principal': principal } });
  await session.tool('pid');
  return session;
}

describe('when all sessions are in use', () => {
  test('the oldest of those that never went past initialize makes room, whoever opened it', async () => {
    const host = await serve({ sessions: 3 });
    const used = await inUse(host);
    const first = await openSession(host.url, { headers: { 'x-principal': 'other' } });
    const second = await openSession(host.url);
    const newcomer = await openSession(host.url);
    const gone = await first.post({ id: 1, method: 'ping' }, { 'x-principal': 'other' });
    expect(gone.status).toBe(404);
    expect(await lives(second)).toBe(true);
    expect(await lives(used)).toBe(true);
    expect(await lives(newcomer)).toBe(true);
  });

  test('then the one of the same caller that has been quiet for longest, if that is long enough', async () => {
    const host = await serve({ sessions: 3 }, ['echo'], 6000);
    const foreign = await inUse(host, 'echo', 'other');
    const older = await inUse(host);
    const newer = await inUse(host);
    expect((await postTo(`${host.url}/mcp`, INITIALIZE)).status).toBe(503);
    await new Promise((resolve) => setTimeout(resolve, 6100));
    await newer.tool('pid');
    expect(await lives(await openSession(host.url))).toBe(true);
    expect(await lives(older)).toBe(false);
    expect(await lives(newer)).toBe(true);
    expect((await foreign.post({ id: 1, method: 'ping' }, { 'x-principal': 'other' })).status).toBe(200);
  });

  test('one with an open stream or a request under way never does', async () => {
    const host = await serve({ sessions: 3 }, ['echo'], 0);
    const watched = await openSession(host.url);
    const stream = await watched.get();
    const busy = await openSession(host.url);
    const pending = busy.tool('wait', { milliseconds: 1500 });
    const sse = await openSse(host.url);
    const refused = await postTo(`${host.url}/mcp`, INITIALIZE);
    expect(refused.status).toBe(503);
    // Nothing tells when one of them will end.
    expect(refused.headers['retry-after']).toBe('60');
    expect((await send(`${host.url}/sse`, { method: 'GET' })).status).toBe(503);
    await pending;
    expect(await lives(watched)).toBe(true);
    stream.close();
    sse.close();
  });

  test('Retry-After tells when the first of them ends by itself', async () => {
    const host = await serve({ sessions: 1, sessionIdle: 40_000 });
    await inUse(host, 'echo', 'other');
    const refused = await postTo(`${host.url}/mcp`, INITIALIZE);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(30);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(40);
  });

  test('HTTP+SSE makes room among the sessions of Streamable HTTP, too', async () => {
    const host = await serve({ sessions: 1 });
    const unused = await openSession(host.url);
    const sse = await openSse(host.url);
    expect(await sse.tool('echo', { text: 'in' })).toBe('in');
    expect(await lives(unused)).toBe(false);
    sse.close();
  });
});

describe('one server of several', () => {
  test('cannot take what is kept for another, however many sessions are in use', async () => {
    const host = await serve({ sessions: 8 }, ['greedy', 'modest']);
    const streams = [];
    let status = 200;
    for (let index = 0; index < 9 && status === 200; index++) {
      const reply = await postTo(`${host.url}${path('greedy')}`, INITIALIZE);
      status = reply.status;
      if (status !== 200) expect(reply.body).toContain('kept for other servers');
      else streams.push(await openSse(host.url, '/servers/greedy/sse').catch(() => null));
    }
    expect(status).toBe(503);
    const modest = [await inUse(host, 'modest'), await inUse(host, 'modest')];
    for (const session of modest) expect(await lives(session)).toBe(true);
    for (const stream of streams) stream?.close();
  });

  test('cannot use up the processes of another', async () => {
    const host = await serve({ children: 4 }, ['greedy', 'modest']);
    const greedy = [await inUse(host, 'greedy'), await inUse(host, 'greedy'), await inUse(host, 'greedy')];
    expect((await postTo(`${host.url}${path('greedy')}`, INITIALIZE)).status).toBe(503);
    expect(await lives(await inUse(host, 'modest'))).toBe(true);
    for (const session of greedy) expect(await lives(session)).toBe(true);
  });

  test('has all of them when it is the only one', async () => {
    const host = await serve({ sessions: 4, children: 4 });
    for (let index = 0; index < 4; index++) await inUse(host);
    expect((await postTo(`${host.url}/mcp`, INITIALIZE)).status).toBe(503);
  });

  test('that is removed leaves its part to the others', async () => {
    const host = await serve({ sessions: 4 }, ['stays', 'goes']);
    const limits = { ...DEFAULT_SETTINGS.limits, sessions: 4 };
    host.bridge.apply({
      ...host.settings,
      servers: [serverSetting({ name: 'stays' })],
      defaultServer: 'stays',
      limits,
    });
    for (let index = 0; index < 4; index++) await inUse(host, 'stays');
    expect((await postTo(`${host.url}${path('stays')}`, INITIALIZE)).status).toBe(503);
  });
});

test('a process that is needed takes the place of a session that was never used', async () => {
  const host = await serve({ children: 2 });
  const used = await inUse(host);
  const unused = await openSession(host.url);
  expect(await lives(await inUse(host))).toBe(true);
  expect(await lives(unused)).toBe(false);
  expect(await lives(used)).toBe(true);
});
