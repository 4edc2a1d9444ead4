import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readAnnouncement } from '../../../app/connect/index.ts';
import { ControlClient } from '../../../app/control/client/index.ts';
import type { AppController } from '../../../app/desktop/index.ts';
import { DEFAULT_SETTINGS } from '../../../app/settings/index.ts';
import { ECHO_SERVER, serverSetting } from '../../support/bridge-host.ts';
import { startCli } from '../../support/cli-process.ts';
import { controlledOperation, folderIn, openIn, operate, RawControl, socketsIn } from '../../support/control.ts';
import { LineClient } from '../../support/line-client.ts';
import { startOrigin } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { isAlive, until, untilGone } from '../../support/until.ts';

const TOKEN = 'a-token-that-is-long-enough';

async function openApp(changes: Parameters<typeof operate>[0] = {}) {
  const home = temporaryDirectory();
  const controller = await operate(changes);
  let focused = 0;
  const { control } = await openIn(
    home,
    controlledOperation(controller, () => void focused++),
  );
  const client = await ControlClient.open(control.path, '1');
  return { home, controller, client, focused: () => focused };
}

function phaseOf(controller: AppController): string {
  return controller.state().phase;
}

describe('the app behind the control socket', () => {
  test('is turned on and off, and answers while it is off', async () => {
    const { client, controller } = await openApp();
    expect(await client.request('status')).toMatchObject({ role: 'app', phase: 'off', listening: [], startedAt: null });
    const { port } = controller.settings;
    expect(await client.request('on')).toEqual({ listening: expect.arrayContaining([{ host: '127.0.0.1', port }]) });
    expect(await client.request('status')).toMatchObject({ phase: 'on', bridge: { servers: [{ name: 'echo' }] } });
    await client.request('off');
    expect(phaseOf(controller)).toBe('off');
    expect(await client.request('servers.list')).toMatchObject({ servers: [{ name: 'echo', state: 'stopped' }] });
    client.close();
  });

  test('shows its window', async () => {
    const { client, focused } = await openApp();
    await client.request('focus');
    expect(focused()).toBe(1);
    client.close();
  });

  test('takes settings by the rules of its windows, all or none, and keeps them', async () => {
    const { client, controller } = await openApp();
    await client.request('settings.set', { settings: { noProxy: 'nas.lan', limits: { sessions: 12 } } });
    expect(controller.settings).toMatchObject({ noProxy: 'nas.lan', limits: { sessions: 12, children: 512 } });
    for (const [settings, path] of [
      [{ port: 'many', noProxy: 'x' }, 'port'],
      [{ colour: 'blue' }, 'colour'],
      [{ host: '0.0.0.0' }, 'host'],
      [{ limits: { sessions: 0 } }, 'limits.sessions'],
      [{ servers: [serverSetting(), serverSetting()] }, 'servers.1.name'],
    ] as const) {
      await expect(client.request('settings.set', { settings })).rejects.toMatchObject({
        reason: 'settings-refused',
        message: expect.stringContaining(path),
        data: { faults: [expect.objectContaining({ path })] },
      });
    }
    await expect(client.request('settings.set', { settings: [] })).rejects.toMatchObject({ reason: 'invalid-params' });
    expect(controller.settings.noProxy).toBe('nas.lan');
    client.close();
  });

  test('shows its settings without secrets unless they are asked for, and takes none of the gaps for a value', async () => {
    const env = { API_KEY: 'k-of-mine-123', HOST: 'nas.lan' };
    const servers = [serverSetting({ env, args: ['--password', 'hunter22'] })];
    const { client } = await openApp({ token: TOKEN, upstream: 'http://me:secret-pw@proxy.lan:3128/', servers });
    const shown = await client.request('settings.get');
    expect(shown).toMatchObject({
      settings: { token: '[redacted]', servers: [{ env: { API_KEY: '[redacted]', HOST: 'nas.lan' } }] },
      hidden: expect.arrayContaining(['token', 'upstream', 'servers.0.env.API_KEY']),
    });
    expect(JSON.stringify(shown)).not.toMatch(/secret-pw|k-of-mine|a-token-that/);
    const whole = await client.request('settings.get', { secrets: true });
    expect(whole).toMatchObject({ settings: { token: TOKEN, servers: [{ env }] }, hidden: [] });
    await expect(client.request('settings.set', { settings: Object(shown).settings })).rejects.toMatchObject({
      reason: 'invalid-params',
      data: { param: 'settings.token' },
    });
    client.close();
  });

  test('has its servers restarted, stopped and started by name', async () => {
    const { client, controller, home } = await openApp();
    await client.request('on');
    const session = new LineClient(['echo'], { HOME: home });
    await session.initialize();
    const pid = Number(await session.tool('pid'));
    await client.request('servers.restart', { server: 'echo' });
    await untilGone(pid);
    await client.request('servers.stop', { server: 'echo' });
    expect(controller.state().bridge.servers).toMatchObject([{ name: 'echo', state: 'stopped' }]);
    await client.request('servers.start', { server: 'echo' });
    expect(controller.state().bridge.servers).toMatchObject([{ name: 'echo', state: 'ready' }]);
    for (const method of ['servers.restart', 'servers.stop', 'servers.start']) {
      await expect(client.request(method, { server: 'other' })).rejects.toMatchObject({
        reason: 'no-such-server',
        data: { servers: ['echo'] },
      });
    }
    client.close();
  });

  test('tells a follower of its changes', async () => {
    const { client, controller } = await openApp();
    const phases: unknown[] = [];
    const following = client.follow('follow', {}, (data) => {
      const { snapshot, delta } = Object(data);
      phases.push(snapshot?.phase ?? delta?.rest?.phase);
    });
    await until('the follower has the beginning', () => phases.length > 0);
    await controller.turnOn();
    await until('the follower knows', () => phases.includes('on'));
    expect(phases[0]).toBe('off');
    following.cancel();
    await following.ended;
    client.close();
  });
});

describe('a headless process', () => {
  test('says what it does not offer, and why', async () => {
    const HOME = temporaryDirectory();
    await startCli(['--lang', 'zh-Hant'], { env: { HOME } });
    const [path = ''] = socketsIn(HOME);
    const client = await ControlClient.open(path, '1');
    expect(client.hello).toMatchObject({ role: 'headless', listening: [{ host: '127.0.0.1' }, { host: '::1' }] });
    for (const method of ['on', 'off', 'focus']) {
      await expect(client.request(method)).rejects.toMatchObject({
        reason: 'not-offered',
        message: expect.stringContaining('只適用於 App'),
      });
    }
    await expect(client.request('clients.backups')).rejects.toMatchObject({
      reason: 'not-offered',
      message: expect.stringContaining('請用「mcp-gangway clients」'),
    });
    await expect(client.request('settings.set', { settings: { port: 1 } })).rejects.toMatchObject({
      reason: 'settings-refused',
      message: expect.stringContaining('從命令列啟動'),
      data: { faults: [{ path: 'port', fault: 'fixed' }] },
    });
    expect(await client.request('settings.get')).toMatchObject({ settings: { language: 'zh-Hant' } });
    client.close();
  });
});

describe('connect by the control socket', () => {
  test('needs neither port nor token, and ends as by the port', async () => {
    const { home, controller } = await openApp({ token: TOKEN });
    await controller.turnOn();
    const client = new LineClient([], { HOME: home });
    expect(await client.initialize()).toMatchObject({ result: { serverInfo: { name: 'echo' } } });
    const pid = Number(await client.tool('pid'));
    const big = 'ü'.repeat(1_000_000);
    expect((await client.tool('echo', { text: big })) === big).toBe(true);
    expect(controller.state().bridge.servers[0]?.sessions ?? []).toMatchObject([{ transport: 'stdio' }]);
    expect(await client.end()).toBe(0);
    await untilGone(pid);
    expect(isAlive(pid)).toBe(false);
    expect(client.err).toBe('');
  });

  test('is refused with a reason for programs, and the connection goes on', async () => {
    const servers = [serverSetting(), serverSetting({ name: 'brief', command: '/nowhere/at-all', args: [] })];
    const { home, controller } = await openApp({ servers, limits: { ...DEFAULT_SETTINGS.limits, sessions: 1 } });
    const client = new RawControl(socketsIn(home)[0] ?? '');
    await client.ask(1, 'hello');
    expect(await client.ask(2, 'connect', { server: 'echo' })).toMatchObject({ error: { data: { reason: 'off' } } });
    await controller.turnOn();
    const refused = [
      [{ server: 'nosuch' }, { reason: 'no-such-server', servers: ['echo', 'brief'] }],
      [{ server: '/groups/nosuch' }, { reason: 'no-such-group', groups: [] }],
      [{ server: '/set/nosuch/all' }, { reason: 'no-such-set', sets: [] }],
      [{ server: 7 }, { reason: 'invalid-params', param: 'server' }],
      [{ server: 'brief' }, { reason: 'server-ended', server: 'brief' }],
    ] as const;
    for (const [index, [params, data]] of refused.entries()) {
      expect(await client.ask(10 + index, 'connect', params)).toMatchObject({
        error: { code: expect.any(Number), message: expect.any(String), data },
      });
    }
    await controller.stopServer('echo');
    expect(await client.ask(20, 'connect', {})).toMatchObject({
      error: { data: { reason: 'stopped', server: 'echo' } },
      retry: true,
    });
    controller.startServer('echo');
    const other = new RawControl(socketsIn(home)[0] ?? '');
    await other.ask(1, 'hello');
    expect(await other.ask(2, 'connect', {})).toEqual({ jsonrpc: '2.0', id: 2, result: {} });
    expect(await client.ask(21, 'connect', {})).toMatchObject({ error: { data: { reason: 'too-many-sessions' } } });
    expect(await client.ask(22, 'servers.list')).toMatchObject({ result: {} });
  });

  test('reports that the app is off, and goes on when it is on', async () => {
    const { home, controller } = await openApp();
    const client = new LineClient([], { HOME: home });
    const held = client.initialize();
    await until('it has said so', () => client.err.includes('MCP Gangway is switched off.'));
    await controller.turnOn();
    expect(await held).toMatchObject({ result: { serverInfo: { name: 'echo' } } });
    await controller.turnOff();
    await until('it has said so again', () => client.err.split('switched off').length > 2);
    const later = client.tool('echo', { text: 'again' });
    await controller.turnOn();
    expect(await later).toBe('again');
  });

  test('follows the app to another token and another port without being given either', async () => {
    const { home, controller } = await openApp({ token: TOKEN });
    await controller.turnOn();
    const client = new LineClient([], { HOME: home });
    await client.initialize();
    await controller.change({ token: `${TOKEN}-2` });
    expect(await client.tool('echo', { text: 'one' })).toBe('one');
    expect(readAnnouncement(folderIn(home))).toBeNull();
  });

  test('is answered with the names there are for a server that is not there', async () => {
    const { home, controller } = await openApp();
    await controller.turnOn();
    const client = new LineClient(['Printer 3'], { HOME: home });
    expect(await client.initialize()).toMatchObject({
      error: { code: -32000, message: 'There is no MCP server named Printer 3. There are: echo.' },
    });
  });

  test('is answered with the reason when the command is not found', async () => {
    const { home, controller } = await openApp({ servers: [serverSetting({ command: 'no-such-command-anywhere' })] });
    await controller.turnOn();
    const client = new LineClient([], { HOME: home });
    expect(await client.initialize()).toMatchObject({
      error: { message: expect.stringContaining('no-such-command-anywhere was not found') },
    });
  });

  test('goes with -p to the instance on that port, though it asks for a token', async () => {
    const HOME = temporaryDirectory();
    const { port } = await startCli(['--token', TOKEN, '--sse', process.execPath, '-e', ''], { env: { HOME } });
    const controller = await operate({ token: TOKEN });
    await openIn(HOME, controlledOperation(controller));
    await controller.turnOn();
    const client = new LineClient(['-p', String(controller.settings.port)], { HOME });
    expect(await client.initialize()).toMatchObject({ result: { serverInfo: { name: 'echo' } } });
    const other = new LineClient(['echo', '-p', String(port)], { HOME });
    expect(await other.initialize()).toMatchObject({
      error: { message: 'There is no MCP server named echo. There are: default.' },
    });
  });

  test('with two headless instances and no port names both ports', async () => {
    const HOME = temporaryDirectory();
    await Promise.all([startCli([], { env: { HOME } }), startCli([], { env: { HOME } })]);
    const client = new LineClient([], { HOME });
    expect(await client.initialize()).toMatchObject({
      error: { message: expect.stringContaining('Say which one: -p') },
    });
  });
});

describe('a connection that became something else', () => {
  /** A headless process, and what a killed client leaves of a connection: answers that it never read. */
  async function killedWith(method: 'connect' | 'tunnel', params: object, sent: string) {
    const HOME = temporaryDirectory();
    const { cli } = await startCli(['--sse', process.execPath, ECHO_SERVER], { env: { HOME } });
    const [path = ''] = socketsIn(HOME);
    const client = await ControlClient.open(path, '1');
    const socket = await client.handOver(method, params);
    socket.write(sent);
    let received = 0;
    for await (const chunk of socket) {
      received += chunk.length;
      // Leaving the loop destroys the socket, and more is on its way.
      if (received > 100_000) break;
    }
    const later = await ControlClient.open(path, '1');
    onTestFinished(() => later.close());
    return { cli, later };
  }

  test('is a session, and its client is killed with an answer unread: only the session ends', async () => {
    const clientInfo = { name: 'test', version: '1' };
    const sent = [
      { id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo } },
      { id: 2, method: 'tools/call', params: { name: 'echo', arguments: { text: 'x'.repeat(4_000_000) } } },
    ];
    const lines = sent.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    const { cli, later } = await killedWith('connect', {}, lines.join(''));
    await expect.poll(() => later.request('status')).toMatchObject({ bridge: { servers: [{ sessions: [] }] } });
    expect(cli.child.exitCode).toBeNull();
    expect(cli.err).not.toContain('ECONNRESET');
  });

  test('is a tunnel, and its client is killed with bytes unread: only the tunnel ends', async () => {
    await using flood = await startOrigin((socket) => void socket.write(Buffer.alloc(8_000_000)));
    const { cli, later } = await killedWith('tunnel', { authority: flood.authority }, 'x');
    await expect.poll(() => later.request('status')).toMatchObject({ tunnels: [] });
    expect(cli.child.exitCode).toBeNull();
    expect(cli.err).not.toContain('ECONNRESET');
  });

  test('is a tunnel, and its target resets it: only the tunnel ends, and so does one that stopping finds open', async () => {
    await using origin = await startOrigin((socket) => void socket.once('data', () => socket.resetAndDestroy()));
    const HOME = temporaryDirectory();
    const { cli } = await startCli([], { env: { HOME } });
    const [path = ''] = socketsIn(HOME);
    const [one, other] = await Promise.all([ControlClient.open(path, '1'), ControlClient.open(path, '1')]);
    const socket = await one.handOver('tunnel', { authority: origin.authority });
    socket.write('x');
    socket.resume();
    await once(socket, 'close');
    const open = await other.handOver('tunnel', { authority: origin.authority });
    cli.child.kill('SIGTERM');
    open.resume();
    await once(open, 'close');
    if (cli.child.exitCode === null) await once(cli.child, 'exit');
    expect([cli.child.exitCode, cli.err]).toEqual([0, expect.not.stringContaining('internal error')]);
  });
});

test('a connection that became a session outlives the control socket, and no descriptor is left', async () => {
  const { home, controller, client } = await openApp();
  await controller.turnOn();
  const sessions = () => controller.state().bridge.servers[0]?.sessions.length;
  const before = process.getActiveResourcesInfo().filter((kind) => kind === 'PipeWrap').length;
  const shims = Array.from({ length: 3 }, () => new LineClient([], { HOME: home }));
  await Promise.all(shims.map((shim) => shim.initialize()));
  expect(sessions()).toBe(3);
  await Promise.all(shims.map((shim) => shim.end()));
  await until('the sessions are over', () => sessions() === 0);
  for (let n = 0; n < 50; n++) {
    const one = await ControlClient.open(socketsIn(home)[0] ?? '', '1');
    await one.request('status');
    one.close();
  }
  await until(
    'all pipes are closed',
    () => process.getActiveResourcesInfo().filter((kind) => kind === 'PipeWrap').length <= before,
  );
  expect(process.getActiveResourcesInfo().filter((kind) => kind === 'PipeWrap').length).toBeLessThanOrEqual(before);
  client.close();
});
