import { hostname } from 'node:os';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { remoteSetting, serverSetting } from '../../support/bridge-host.ts';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { send } from '../../support/http-client.ts';
import { modernAnswer } from '../../support/modern-request.ts';
import { openSession, type SessionClient } from '../../support/raw-mcp.ts';
import { shimProgram } from '../../support/shim-program.ts';
import { freePort } from '../../support/tcp.ts';

const running: Gangway[] = [];

afterEach(async () => {
  for (const each of running.splice(0)) await each[Symbol.asyncDispose]();
});

/** So many instances with an echo server each, and a server `next` that leads to this path of the next one; the last leads to the first. */
async function ring(count: number, path: string, host = '127.0.0.1'): Promise<readonly Gangway[]> {
  const ports: number[] = [];
  for (let index = 0; index < count; index++) ports.push(await freePort());
  for (const [index, port] of ports.entries()) {
    const url = `http://${host}:${ports[(index + 1) % count]}${path}/mcp`;
    const servers = [serverSetting({ name: `echo${index}` }), remoteSetting({ name: 'next', url, era: 'auto' })];
    running.push(
      await startGangway({ port, servers, defaultServer: 'next', allowedHosts: [hostname().toLowerCase()] }),
    );
  }
  return [...running];
}

async function toolsOf(session: SessionClient): Promise<string[]> {
  const { result } = await session.call('tools/list');
  return Object(result).tools.map(({ name }: { name: string }) => name);
}

/** Sessions of all kinds in all of them. */
function sessionsIn(gangways: readonly Gangway[]): number {
  return gangways
    .map(({ engine }) => engine.snapshot().bridge)
    .reduce((sum, { servers, groups = [] }) => sum + [...servers, ...groups].flatMap((one) => one.sessions).length, 0);
}

const CIRCLE = 'its URL leads in a circle';

describe('instances that name each other', () => {
  test.each([
    [2, '127.0.0.1'],
    [3, '127.0.0.1'],
    [2, 'localhost'],
    [2, '[::1]'],
  ])('by the address of all servers (%i of them, by %s) each show every server once', async (count, host) => {
    const gangways = await ring(count, '/all', host);
    for (const [first, gangway] of gangways.entries()) {
      // Twice: what was learnt of the others in between must not let the lists grow.
      for (const _ of [1, 2]) {
        const session = await openSession(`${gangway.url}/all`);
        await session.post({ method: 'notifications/initialized' });
        const echoes = async () => (await toolsOf(session)).filter((name) => /echo\d__echo$/.test(name)).toSorted();
        const expected = gangways
          .map((_each, index) => `${'next__'.repeat(index)}echo${(first + index) % count}__echo`)
          .toSorted();
        await expect.poll(echoes, { timeout: 30_000 }).toEqual(expected);
        for (const name of expected) expect(await session.tool(name, { text: name })).toBe(name);
        await session.end();
      }
    }
    await expect.poll(() => sessionsIn(gangways), { timeout: 30_000 }).toBe(0);
    for (const { engine } of gangways) {
      expect(engine.snapshot().bridge.servers.find(({ name }) => name === 'next')?.state).toBe('ready');
    }
  });

  test.each(['/servers/next', ''])('and nothing else, at %j, are told so at once, with few sessions', async (path) => {
    const gangways = await ring(3, path);
    const [first] = gangways;
    const session = await openSession(`${first?.url}${path}`);
    const { error } = await session.call('tools/call', { name: 'echo', arguments: { text: 'x' } });
    expect(error?.message).toContain(CIRCLE);
    expect(sessionsIn(gangways)).toBeLessThan(7);
    const modern = await modernAnswer(`${first?.url}${path}`, {
      method: 'tools/call',
      params: { name: 'echo', arguments: { text: 'x' } },
    });
    expect(JSON.stringify(modern)).toContain(CIRCLE);
  });

  test('serve clients of 2026-07-28 at the address of all servers', async () => {
    const gangways = await ring(2, '/all');
    const [first] = gangways;
    const url = `${first?.url}/all`;
    const listed = async () => JSON.stringify((await modernAnswer(url, { method: 'tools/list' })).result);
    await expect.poll(listed, { timeout: 30_000 }).toContain('"next__echo1__echo"');
    expect(await listed()).not.toContain('next__next__');
    const call = { name: 'next__echo1__echo', arguments: { text: 'far' } };
    expect(JSON.stringify(await modernAnswer(url, { method: 'tools/call', params: call }))).toContain('far');
  });
});

test.each([
  ['a request that names this instance among others', (own: string) => `mcp-gangway-1, ${own}, mcp-gangway-2`],
  ['one that has passed eight', () => Array.from({ length: 8 }, (_, index) => `mcp-gangway-${index}`).join(',')],
])('%s is answered 508 with a reason, before any server is asked', async (_what, fieldFor) => {
  await using gangway = await startGangway({ servers: [serverSetting({ spare: false })], defaultServer: 'echo' });
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} });
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const ask = (field: string) => send(`${gangway.url}/mcp`, { headers: { ...headers, 'x-mcp-gangway': field }, body });
  const own = String((await ask('mcp-gangway-7')).headers['x-mcp-gangway']);
  expect(own).toMatch(/^mcp-gangway-[0-9a-f]{8}$/);
  const before = gangway.engine.snapshot().bridge.servers[0]?.spawns;
  const refused = await ask(fieldFor(own));
  expect(refused.status).toBe(508);
  expect(refused.headers['x-mcp-gangway']).toBe(own);
  expect(JSON.parse(refused.body)).toMatchObject({
    error: { message: expect.stringContaining(CIRCLE), data: { reason: 'circle' } },
  });
  expect(gangway.engine.snapshot().bridge.servers[0]?.spawns).toBe(before);
});

test('a chain that is no circle passes, and one instance may lead on for the clients of several', async () => {
  const last = await startGangway({ servers: [serverSetting()], defaultServer: 'echo' });
  running.push(last);
  const middle = await startGangway({
    servers: [remoteSetting({ name: 'far', url: `${last.url}/mcp`, era: 'auto' })],
    defaultServer: 'far',
  });
  running.push(middle);
  for (let index = 0; index < 3; index++) {
    const front = await startGangway({
      servers: [remoteSetting({ name: 'far', url: `${middle.url}/mcp`, era: 'auto' })],
      defaultServer: 'far',
    });
    running.push(front);
    const session = await openSession(front.url);
    await session.post({ method: 'notifications/initialized' });
    expect(await session.tool('echo', { text: 'through' })).toBe('through');
    const modern = await modernAnswer(front.url, {
      method: 'tools/call',
      params: { name: 'echo', arguments: { text: 'modern' } },
    });
    expect(JSON.stringify(modern)).toContain('modern');
  }
});

/** So many instances whose server `next` is the program of a client, in front of the default server of the next one. */
async function ringOfPrograms(count: number): Promise<readonly Gangway[]> {
  const ports: number[] = [];
  for (let index = 0; index < count; index++) ports.push(await freePort());
  for (const [index, port] of ports.entries()) {
    const { command, args, env } = shimProgram(inject('cli'), ports[(index + 1) % count] ?? 0, 'next');
    const server = serverSetting({ name: 'next', command, args: [...args], env: { ...env }, spare: false });
    running.push(await startGangway({ port, servers: [server, serverSetting()], defaultServer: 'next' }));
  }
  return [...running];
}

test.each([1, 2])(
  'programs that start themselves again through instances (%i of them) are told so, and end',
  async (count) => {
    const gangways = await ringOfPrograms(count);
    const url = gangways[0]?.url ?? '';
    const session = await openSession(url).catch((error: unknown) => error);
    expect(String(session)).toContain('starts itself each time');
    const spawns = gangways.map(({ engine }) => engine.snapshot().bridge.servers[0]?.spawns ?? 0);
    expect(spawns.reduce((sum, each) => sum + each, 0)).toBeLessThan(20);
    await expect.poll(() => sessionsIn(gangways), { timeout: 30_000 }).toBe(0);
  },
);

test('an agent that runs as a server uses the other servers of the same instance', async () => {
  const port = await freePort();
  const { command, args, env } = shimProgram(inject('cli'), port, 'echo');
  const agent = serverSetting({ name: 'agent', command, args: [...args], env: { ...env } });
  running.push(await startGangway({ port, servers: [agent, serverSetting()], defaultServer: 'agent' }));
  const session = await openSession(running[0]?.url ?? '');
  await session.post({ method: 'notifications/initialized' });
  expect(await session.tool('echo', { text: 'inside' })).toBe('inside');
});
