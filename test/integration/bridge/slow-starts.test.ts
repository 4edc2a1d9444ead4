import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type BridgeHost, hostBridge, serverSetting } from '../../support/bridge-host.ts';
import { startGangway } from '../../support/gangway.ts';
import { LineClient, onPort } from '../../support/line-client.ts';
import { modernAnswer } from '../../support/modern-request.ts';
import { openSession, openSse } from '../../support/raw-mcp.ts';
import { until } from '../../support/until.ts';

const SLOW = fileURLToPath(new URL('../../fixtures/slow-server.mjs', import.meta.url));
const HELLO = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };

const slow = (...args: string[]) =>
  hostBridge({ servers: [serverSetting({ era: 'auto', args: [SLOW, ...args] })] }, { times: { settled: 20 } });
const listing = { method: 'tools/list' };
const spawnsOf = (host: BridgeHost) => host.bridge.snapshot().servers[0]?.spawns;
const erasOf = (host: BridgeHost) =>
  host.log.filter(({ message }) => message === 'The era of the server is known').map(({ fields }) => fields);

/** Two sessions whose servers have answered: from then on siblings may be started beside each other. */
async function allowSeveral(host: BridgeHost): Promise<void> {
  const sessions = [await openSession(host.url), await openSession(host.url)];
  await Promise.all(sessions.map((session) => session.tool('pid')));
  await new Promise((resolve) => setTimeout(resolve, 60));
  await Promise.all(sessions.map((session) => session.end()));
  await until('they have left', () => host.bridge.snapshot().servers[0]?.children.length === 0);
}

describe.concurrent('a server of the modern era alone that needs six seconds to start', () => {
  test('serves a legacy client of /mcp by the process that has refused its handshake', async ({ expect }) => {
    await using host = await slow('--era=modern', '--start=6000');
    const session = await openSession(host.url);
    expect(Number(await session.tool('pid'))).toBeGreaterThan(0);
    expect(spawnsOf(host)).toBe(1);
  });

  test('serves a legacy client of /sse although it ends at the handshake', async ({ expect }) => {
    await using host = await slow('--era=modern', '--start=6000', '--ends');
    const client = await openSse(host.url);
    expect(await client.call('initialize', HELLO)).toMatchObject({ result: { serverInfo: { name: 'slow' } } });
    expect(Number(await client.tool('pid'))).toBeGreaterThan(0);
    client.close();
  });

  test('serves a modern client', async ({ expect }) => {
    await using host = await slow('--era=modern', '--start=6000');
    expect(await modernAnswer(host.url, listing)).toMatchObject({ result: { tools: [{ name: 'pid' }] } });
    expect(erasOf(host)).toEqual([{ era: 'modern' }]);
    expect(spawnsOf(host)).toBe(1);
  });

  test('serves a modern client of a session', async ({ expect }) => {
    await using host = await slow('--era=modern', '--start=6000');
    const client = await openSse(host.url);
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    expect(await client.call('server/discover', { _meta })).toMatchObject({ result: { resultType: 'complete' } });
    client.close();
  });
});

describe.concurrent('a server of both eras', () => {
  test('that needs two seconds to start is not taken for a legacy one, whichever of its processes is faster', async ({
    expect,
  }) => {
    await using host = await slow('--era=dual', '--start=2000');
    await allowSeveral(host);
    expect(await modernAnswer(host.url, listing)).toMatchObject({ result: { resultType: 'complete' } });
    expect(erasOf(host)).toEqual([{ era: 'dual' }]);
  });

  test('that needs two seconds is not taken for a legacy one where one process may run', async ({ expect }) => {
    await using host = await slow('--era=dual', '--start=2000');
    expect(await modernAnswer(host.url, listing)).toMatchObject({ result: { resultType: 'complete' } });
    expect(spawnsOf(host)).toBe(1);
  });

  test('is used as a legacy one while its modern process does not answer, and as a modern one from then on', async ({
    expect,
  }) => {
    await using host = await slow('--era=dual', '--think=3500');
    await allowSeveral(host);
    const first = await modernAnswer(host.url, listing);
    expect(first).toMatchObject({ result: { tools: [{ name: 'pid' }] } });
    expect(erasOf(host)).toEqual([{ era: 'legacy', provisional: true }]);
    await until('the verdict is corrected', () => erasOf(host).length > 1);
    expect(erasOf(host).at(-1)).toEqual({ era: 'dual' });
    expect(await modernAnswer(host.url, listing)).toMatchObject({ result: { tools: [{ name: 'pid' }] } });
  });
});

describe.concurrent('a server that ignores what it does not know', () => {
  test('is a legacy one for good once it has answered a handshake behind its back', async ({ expect }) => {
    await using host = await slow('--ignores');
    expect(await modernAnswer(host.url, listing)).toMatchObject({ result: { tools: [{ name: 'pid' }] } });
    expect(erasOf(host)).toEqual([{ era: 'legacy' }]);
  });

  test('and knows no handshake serves legacy clients once it is known to be modern', async ({ expect }) => {
    await using host = await slow('--era=modern', '--ignores');
    await modernAnswer(host.url, listing);
    const session = await openSession(host.url);
    expect(Number(await session.tool('pid'))).toBeGreaterThan(0);
  });
});

// Not at the same time as the others, as its client ends with the test that runs; those above are one group for vitest.
test('a client of connect is served by a server of the modern era that needs six seconds, with a spare that is up', async () => {
  const server = serverSetting({ era: 'auto', args: [SLOW, '--era=modern', '--start=6000'], spare: true });
  await using gangway = await startGangway({ servers: [server], defaultServer: 'echo' });
  const client = new LineClient(onPort(gangway.port));
  expect(await client.call('initialize', HELLO)).toMatchObject({ result: { serverInfo: { name: 'slow' } } });
  expect(Number(await client.tool('pid'))).toBeGreaterThan(0);
});
