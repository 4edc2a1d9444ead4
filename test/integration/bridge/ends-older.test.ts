import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { ServerSetting } from '../../../app/settings/settings.ts';
import { type BridgeHost, bridgeSettings, hostBridge, serverSetting } from '../../support/bridge-host.ts';
import { modernAnswer } from '../../support/modern-request.ts';
import { openSession, type SessionClient } from '../../support/raw-mcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

const SLOW = fileURLToPath(new URL('../../fixtures/slow-server.mjs', import.meta.url));

/** A server whose processes end their elders, from the one of this number on. */
function ending(from = 0, changes: Partial<ServerSetting> = {}): ServerSetting {
  const file = join(temporaryDirectory(), 'newest');
  return serverSetting({ era: 'auto', args: [SLOW, `--kill-older=${file}`, `--from=${from}`], ...changes });
}
const serve = (setting: ServerSetting) => hostBridge({ servers: [setting] }, { times: { settled: 20 } });
const factsOf = (host: BridgeHost) => host.bridge.snapshot().servers[0];
const told = (host: BridgeHost) => host.log.filter(({ message }) => message.includes('ends the older one'));
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Some session that has lost its process is over. */
async function isOver(session: SessionClient): Promise<boolean> {
  return (await session.post({ id: 9, method: 'tools/list' })).status === 404;
}

describe('a server whose newest process ends the older one', () => {
  test('gets no spare any more beside a session once a spare has cost one its process, and says so once', async () => {
    await using host = await serve(ending(3, { spare: true }));
    const first = await openSession(host.url);
    const second = await openSession(host.url);
    await until('the spare has ended one of them', () => told(host).length === 1);
    expect([await isOver(first), await isOver(second)].sort()).toEqual([false, true]);
    const spawns = factsOf(host)?.spawns ?? 0;
    // The spare that did it serves the next client, and none follows it.
    const next = await openSession(host.url);
    expect(Number(await next.tool('pid'))).toBeGreaterThan(0);
    await pause(1500);
    expect(Number(await next.tool('pid'))).toBeGreaterThan(0);
    expect(factsOf(host)?.spawns).toBe(spawns);
    expect(told(host)).toMatchObject([{ level: 'warn' }]);
  });

  test('is not probed any more beside a session once a probe has cost one its process', async () => {
    await using host = await serve(ending());
    const first = await openSession(host.url);
    await first.tool('pid');
    await modernAnswer(host.url, { method: 'tools/list' });
    await until('the first has ended', () => told(host).length === 1);
    expect(await isOver(first)).toBe(true);
    await host.bridge.restart('echo');
    const second = await openSession(host.url);
    await second.tool('pid');
    const before = factsOf(host)?.spawns ?? 0;
    expect(await modernAnswer(host.url, { method: 'tools/list' })).toMatchObject({
      result: { tools: [{ name: 'pid' }] },
    });
    // One process, for the client that asked; none to find out what it speaks.
    expect(factsOf(host)?.spawns).toBe(before + 1);
    expect(told(host)).toHaveLength(1);
  });

  test('serves a second client, whose process ends that of the first, and gets no spare beside it', async () => {
    const setting = ending(0, { spare: true });
    await using host = await serve(setting);
    const first = await openSession(host.url);
    await first.tool('pid');
    const second = await openSession(host.url);
    expect(Number(await second.tool('pid'))).toBeGreaterThan(0);
    await until('the first has ended', () => told(host).length === 1);
    expect(await isOver(first)).toBe(true);
    await pause(500);
    expect(await isOver(second)).toBe(false);
    // Removed and added again it is the same server.
    host.bridge.apply(bridgeSettings({ servers: [] }));
    host.bridge.apply(bridgeSettings({ servers: [{ ...setting, name: 'again' }] }));
    const third = await openSession(host.url, { path: '/servers/again/mcp' });
    await third.tool('pid');
    const fourth = await openSession(host.url, { path: '/servers/again/mcp' });
    await fourth.tool('pid');
    expect(told(host)).toHaveLength(1);
  });

  test('has not failed to start because clients take turns: each of many in a row gets its process', async () => {
    await using host = await serve(ending());
    for (let turn = 0; turn < 8; turn++) {
      const session = await openSession(host.url);
      expect(Number(await session.tool('pid'))).toBeGreaterThan(0);
    }
    await until('the older ones have ended', () => factsOf(host)?.children.length === 1);
    expect(factsOf(host)).toMatchObject({ state: 'ready', exits: { notStarted: 0 } });
    expect(await modernAnswer(host.url, { method: 'tools/list' })).toMatchObject({ result: {} });
  });

  test('keeps its spares when a session crashes by itself while another one starts', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ spare: true })] }, { times: { settled: 20 } });
    const first = await openSession(host.url);
    await first.tool('pid');
    const second = await openSession(host.url);
    await second.tool('pid');
    // They have lived side by side for long enough: the server is known to allow two.
    await pause(100);
    await first.call('tools/call', { name: 'die', arguments: { code: 3 } });
    await until('there is a spare beside the session', () => {
      return factsOf(host)?.children.some(({ use }) => use === 'spare') ?? false;
    });
    expect(told(host)).toEqual([]);
  });
});
