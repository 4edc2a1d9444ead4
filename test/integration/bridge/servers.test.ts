import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../app/settings/settings.ts';
import { type BridgeHost, bridgeSettings, ECHO_SERVER, hostBridge, serverSetting } from '../../support/bridge-host.ts';
import { openSession, openSse } from '../../support/raw-mcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { isAlive, until, untilGone } from '../../support/until.ts';

const serverOf = (host: BridgeHost, name = 'echo') =>
  host.bridge.snapshot().servers.find((server) => server.name === name);
const spareOf = (host: BridgeHost, name = 'echo') => serverOf(host, name)?.children.find(({ use }) => use === 'spare');

async function sparePid(host: BridgeHost, name = 'echo'): Promise<number> {
  await until('there is a spare', () => spareOf(host, name) !== undefined);
  return spareOf(host, name)?.pid ?? 0;
}

/** Shows that two processes of the server may live side by side: then a spare is kept beside a session. */
async function allowSeveral(host: BridgeHost, name = 'echo'): Promise<void> {
  const path = `/servers/${name}/mcp`;
  const sessions = [await openSession(host.url, { path }), await openSession(host.url, { path })];
  for (const session of sessions) await session.tool('pid');
  await sparePid(host, name);
  for (const session of sessions) await session.end();
  await until('they have left', () => serverOf(host, name)?.children.every(({ use }) => use === 'spare') ?? false);
}

const QUICK = { times: { settled: 20 } };

describe('the spare child', () => {
  test('is there before anybody asks, and goes to the first session', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ spare: true })] });
    const first = await sparePid(host);
    const client = await openSse(host.url);
    expect(Number(await client.tool('pid'))).toBe(first);
    client.close();
  });

  test('is not started beside the only session: the server may allow one process of itself', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ spare: true })] }, QUICK);
    await sparePid(host);
    const session = await openSession(host.url);
    const pid = Number(await session.tool('pid'));
    for (let call = 0; call < 5; call++) await session.tool('wait', { milliseconds: 300 });
    expect(serverOf(host)?.children.map((child) => child.pid)).toEqual([pid]);
    await session.end();
    expect(await sparePid(host)).not.toBe(pid);
  });

  test('is replaced beside a session once two of them have lived side by side', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ spare: true })] }, QUICK);
    await allowSeveral(host);
    const first = await sparePid(host);
    const client = await openSse(host.url);
    expect(Number(await client.tool('pid'))).toBe(first);
    const second = await sparePid(host);
    expect(second).not.toBe(first);
    const session = await openSession(host.url);
    expect(Number(await session.tool('pid'))).toBe(second);
    client.close();
  });

  test('never runs beside a process that a second one fails next to', async () => {
    const lock = join(temporaryDirectory(), 'lock');
    // Like a database: the second process finds it locked and ends.
    const script = `const { openSync } = require('node:fs');
try { openSync(${JSON.stringify(lock)}, 'wx'); } catch { console.error('locked'); process.exit(1); }
process.on('exit', () => require('node:fs').unlinkSync(${JSON.stringify(lock)}));
import(${JSON.stringify(ECHO_SERVER)});`;
    const servers = [serverSetting({ args: ['-e', script], spare: true })];
    await using host = await hostBridge({ servers }, QUICK);
    await sparePid(host);
    const session = await openSession(host.url);
    await session.tool('pid');
    await openSession(host.url).catch(() => null);
    await session.tool('wait', { milliseconds: 500 });
    // One by the client's wish; none by ours.
    expect(serverOf(host)?.spawns).toBe(2);
    expect(await session.tool('echo', { text: 'alive' })).toBe('alive');
  });

  test('is not started beside a session that keeps its server busy, and is when that has paused', async () => {
    // Quiet is what is longer than a busy machine pauses, and shorter than the patience with a busy server, a second.
    const times = { ...QUICK.times, spareQuiet: 900 };
    await using host = await hostBridge({ servers: [serverSetting({ spare: true })] }, { times });
    await allowSeveral(host);
    for (;;) {
      await sparePid(host);
      // The session takes the spare when it begins: from then on the next spare waits for quiet.
      let last = performance.now();
      const until = last + 500;
      let longest = 0;
      const session = await openSession(host.url);
      const keepBusy = async (): Promise<void> => {
        while (last < until) {
          await session.tool('echo', { text: 'busy' });
          const now = performance.now();
          longest = Math.max(longest, now - last);
          last = now;
        }
      };
      await Promise.all([keepBusy(), keepBusy()]);
      const spare = spareOf(host);
      // Half of it: a client hears of a call later than the bridge, and its next one arrives later than it was sent.
      if (longest < 450) {
        expect(spare).toBeUndefined();
        break;
      }
      // The machine itself has paused for so long: that proves nothing, so another session keeps the server busy.
      await session.end();
    }
    expect(await sparePid(host)).toBeGreaterThan(0);
  });

  test('comes in the end even if its server is always busy', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ spare: true })] }, QUICK);
    await allowSeveral(host);
    const session = await openSession(host.url);
    while (spareOf(host) === undefined) expect(await session.tool('echo', { text: 'busy' })).toBe('busy');
    expect(spareOf(host)).toMatchObject({ use: 'spare' });
  });

  test('delivers what it said before it was needed', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ args: [ECHO_SERVER, '--eager'], spare: true })] });
    await sparePid(host);
    const client = await openSse(host.url);
    expect(await client.reader.nextMessage()).toMatchObject({
      method: 'notifications/message',
      params: { data: 'early' },
    });
    client.close();
  });

  test('is replaced when it dies unused', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ spare: true })] });
    const first = await sparePid(host);
    process.kill(first, 'SIGKILL');
    await until('there is another', () => (spareOf(host)?.pid ?? first) !== first);
    expect(await sparePid(host)).not.toBe(first);
  });

  test('gives its place to a session that needs it, of whichever server, and comes back when there is room', async () => {
    const servers = [serverSetting({ name: 'a', spare: true }), serverSetting({ name: 'b', spare: true })];
    await using host = await hostBridge({ servers, limits: { ...DEFAULT_SETTINGS.limits, children: 2 } }, QUICK);
    const [spareA, spareB] = [await sparePid(host, 'a'), await sparePid(host, 'b')];
    const first = await openSession(host.url, { path: '/servers/a/mcp' });
    expect(Number(await first.tool('pid'))).toBe(spareA);
    const sse = await openSse(host.url, '/servers/a/sse');
    await sse.tool('pid');
    await untilGone(spareB);
    sse.close();
    await first.end();
    // The server that was used has its own back first.
    await sparePid(host, 'a');
    expect(await sparePid(host, 'b')).not.toBe(spareB);
  });

  test('of the server that was used last starts first, and those of two servers never start at once', async () => {
    const setting = (name: string, spare: boolean) => serverSetting({ name, spare });
    const names = ['a', 'b', 'c'];
    await using host = await hostBridge({ servers: names.map((name) => setting(name, false)) }, QUICK);
    await (await openSession(host.url, { path: '/servers/c/mcp' })).end();
    await until('it has left', () => serverOf(host, 'c')?.children.length === 0);
    host.bridge.apply(bridgeSettings({ servers: names.map((name) => setting(name, true)) }));
    const starts = new Map<string, number>();
    await until('all have one', () => {
      for (const name of names) {
        const spare = spareOf(host, name);
        if (spare !== undefined) starts.set(name, spare.startedAt);
      }
      return starts.size === 3;
    });
    const times = [...starts.values()].sort((a, b) => a - b);
    for (let index = 1; index < 3; index++) expect((times[index] ?? 0) - (times[index - 1] ?? 0)).toBeGreaterThan(500);
    // The first turn may be given before the others have asked for one.
    expect(['c']).toContain([...starts].sort(([, a], [, b]) => a - b).find(([name]) => name !== 'a')?.[0]);
  });

  test('comes and goes with its setting', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ spare: false })] }, QUICK);
    const session = await openSession(host.url);
    expect(spareOf(host)).toBeUndefined();
    host.bridge.apply(bridgeSettings({ servers: [serverSetting({ spare: true })] }));
    await session.tool('pid');
    const beside = await openSession(host.url);
    await beside.tool('pid');
    const pid = await sparePid(host);
    host.bridge.apply(bridgeSettings({ servers: [serverSetting({ spare: false })] }));
    await untilGone(pid);
    expect(await session.tool('echo', { text: 'untouched' })).toBe('untouched');
  });
});

describe('new settings', () => {
  test('restart only what changed', async () => {
    const servers = [serverSetting({ name: 'same', spare: true }), serverSetting({ name: 'changed', spare: true })];
    await using host = await hostBridge({ servers }, QUICK);
    for (const name of ['same', 'changed']) await allowSeveral(host, name);
    const same = await openSession(host.url, { path: '/servers/same/mcp' });
    const changed = await openSse(host.url, '/servers/changed/sse');
    const pid = Number(await changed.tool('pid'));
    const [sameSpare, oldSpare] = [await sparePid(host, 'same'), await sparePid(host, 'changed')];
    await changed.post({ id: 'a', method: 'tools/call', params: { name: 'never' } });
    const [first] = servers;
    host.bridge.apply(
      bridgeSettings({
        servers: [first ?? serverSetting(), serverSetting({ name: 'changed', env: { SECRET: 'new' }, spare: true })],
      }),
    );
    const [answer] = await changed.reader.rest();
    expect(JSON.parse(answer?.data ?? '')).toMatchObject({
      id: 'a',
      error: { message: 'The session with the MCP server changed was closed.' },
    });
    await untilGone(pid);
    await untilGone(oldSpare);
    expect(isAlive(sameSpare)).toBe(true);
    expect(await same.tool('echo', { text: 'same' })).toBe('same');
    const again = await openSession(host.url, { path: '/servers/changed/mcp' });
    expect(await again.tool('secret')).toBe('new');
  });

  test('add and remove servers', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ name: 'old' })] });
    const old = await openSession(host.url);
    const pid = Number(await old.tool('pid'));
    host.bridge.apply(bridgeSettings({ servers: [serverSetting({ name: 'new' })] }));
    await untilGone(pid);
    expect((await old.post({ id: 1, method: 'ping' })).status).toBe(404);
    const session = await openSession(host.url, { path: '/servers/new/mcp' });
    expect(await session.tool('echo', { text: 'new' })).toBe('new');
  });
});

describe('the owner', () => {
  test('can restart a server', async () => {
    await using host = await hostBridge();
    const session = await openSession(host.url);
    const pid = Number(await session.tool('pid'));
    await host.bridge.restart('echo');
    expect(isAlive(pid)).toBe(false);
    expect((await session.post({ id: 1, method: 'ping' })).status).toBe(404);
    expect(Number(await (await openSession(host.url)).tool('pid'))).not.toBe(pid);
  });

  test('can stop a server and start it again', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ spare: true })] });
    const spare = await sparePid(host);
    await host.bridge.stopServer('echo');
    expect(isAlive(spare)).toBe(false);
    expect(host.bridge.readiness()).toMatchObject([{ name: 'echo', state: 'stopped', children: 0 }]);
    await expect(openSession(host.url)).rejects.toThrow('No session: 503');
    host.bridge.startServer('echo');
    await (await openSession(host.url)).end();
  });
});

describe('the environment of a child', () => {
  test("is ours with the server's own on top", async () => {
    const setting = serverSetting({ env: { SECRET: 'own', GANGWAY_TEST: 'a=b c' } });
    await using host = await hostBridge({ servers: [setting] });
    const session = await openSession(host.url);
    expect(await session.tool('environment', { name: 'GANGWAY_TEST' })).toBe('a=b c');
    expect(await session.tool('environment', { name: 'HOME' })).toBe(process.env['HOME']);
    expect(await session.tool('environment', { name: 'PATH' })).toBe(process.env['PATH']);
  });

  test('gets the PATH that is being looked up, however long that takes', async () => {
    const path = Promise.withResolvers<string>();
    const options = { searchPath: () => path.promise };
    await using host = await hostBridge({ servers: [serverSetting({ command: 'node' })] }, options);
    const opening = openSession(host.url);
    await until('the session waits', () => serverOf(host)?.children[0]?.pid === null);
    const own = `/looked/up:${process.execPath.replace(/\/[^/]+$/, '')}`;
    path.resolve(own);
    expect(await (await opening).tool('environment', { name: 'PATH' })).toBe(own);
  });
});

test('stderr of a server goes to the log under its name, line by line', async () => {
  await using host = await hostBridge();
  const session = await openSession(host.url);
  await session.tool('complain', { lines: ['\u001b[31mred\u001b[0m alarm', '', 'tab\there'] });
  await until('both lines are there', () => host.log.filter(({ source }) => source === 'server:echo').length >= 2);
  const lines = host.log.filter(({ source }) => source === 'server:echo').map(({ message }) => message);
  expect(lines).toEqual(['red alarm', 'tab here']);
});
