import { describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../app/settings/settings.ts';
import { type BridgeHost, bridgeSettings, ECHO_SERVER, hostBridge, serverSetting } from '../../support/bridge-host.ts';
import { openSession, openSse } from '../../support/raw-mcp.ts';
import { isAlive, until, untilGone } from '../../support/until.ts';

const serverOf = (host: BridgeHost, name = 'echo') =>
  host.bridge.snapshot().servers.find((server) => server.name === name);
const spareOf = (host: BridgeHost, name = 'echo') => serverOf(host, name)?.children.find(({ use }) => use === 'spare');

async function sparePid(host: BridgeHost, name = 'echo'): Promise<number> {
  await until('there is a spare', () => spareOf(host, name) !== undefined);
  return spareOf(host, name)?.pid ?? 0;
}

describe('the spare child', () => {
  test('is there before anybody asks, goes to the next session, and is replaced', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ spare: true })] });
    const first = await sparePid(host);
    const client = await openSse(host.url);
    expect(Number(await client.tool('pid'))).toBe(first);
    const second = await sparePid(host);
    expect(second).not.toBe(first);
    const session = await openSession(host.url);
    expect(Number(await session.tool('pid'))).toBe(second);
    client.close();
  });

  test('is not started beside a session that keeps its server busy, and is when that has paused', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ spare: true })] });
    await sparePid(host);
    const session = await openSession(host.url);
    for (const end = performance.now() + 400; performance.now() < end; ) await session.tool('echo', { text: 'busy' });
    expect(spareOf(host)).toBeUndefined();
    await sparePid(host);
  });

  test('comes in the end even if its server is always busy', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ spare: true })] });
    await sparePid(host);
    const session = await openSession(host.url);
    while (spareOf(host) === undefined) await session.tool('echo', { text: 'busy' });
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
  });

  test('comes back when there is room for it again', async () => {
    const servers = [serverSetting({ spare: true })];
    await using host = await hostBridge({ servers, limits: { ...DEFAULT_SETTINGS.limits, children: 2 } });
    await sparePid(host);
    const first = await openSession(host.url);
    await sparePid(host);
    const second = await openSession(host.url);
    // As long as it takes to see that there is no room.
    await second.tool('wait', { milliseconds: 400 });
    await Promise.all([first.end(), second.end()]);
    await until('both have left', () => serverOf(host)?.children.length === 0);
    await openSession(host.url);
    await sparePid(host);
  });

  test('comes and goes with its setting', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ spare: false })] });
    const session = await openSession(host.url);
    expect(spareOf(host)).toBeUndefined();
    host.bridge.apply(bridgeSettings({ servers: [serverSetting({ spare: true })] }));
    const pid = await sparePid(host);
    host.bridge.apply(bridgeSettings({ servers: [serverSetting({ spare: false })] }));
    await untilGone(pid);
    expect(await session.tool('echo', { text: 'untouched' })).toBe('untouched');
  });
});

describe('new settings', () => {
  test('restart only what changed', async () => {
    const servers = [serverSetting({ name: 'same', spare: true }), serverSetting({ name: 'changed', spare: true })];
    await using host = await hostBridge({ servers });
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

describe('a person', () => {
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
