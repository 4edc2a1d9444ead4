import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { appFolder, writeAnnouncement } from '../../../app/shim/index.ts';
import { ECHO_SERVER, serverSetting } from '../../support/bridge-host.ts';
import { startCli } from '../../support/cli-process.ts';
import { fixtureServer } from '../../support/fixture-servers.ts';
import { startGangway } from '../../support/gangway.ts';
import { LineClient } from '../../support/line-client.ts';
import { addressOf, freePort } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { isAlive, until, untilGone } from '../../support/until.ts';

const TOKEN = 'a-token-that-is-long-enough';
const to = (port: number, ...args: string[]) => [...args, '-p', String(port)];

describe('mcp-gangway connect', () => {
  test('is a stdio server: the answers come, the gateway shows the session, and nothing is left at the end', async () => {
    await using gangway = await startGangway({ servers: [serverSetting()], defaultServer: 'echo' });
    const client = new LineClient(to(gangway.port));
    expect(await client.initialize()).toMatchObject({ result: { serverInfo: { name: 'echo' } } });
    expect(await client.tool('echo', { text: 'grüße, 台灣' })).toBe('grüße, 台灣');
    const pid = Number(await client.tool('pid'));
    client.send({ id: 'open', method: 'tools/call', params: { name: 'never' } });
    const sessions = () => gangway.engine.snapshot().bridge.servers[0]?.sessions;
    await until('the open call is counted', () => sessions()?.[0]?.calls === 1);
    expect(sessions()).toEqual([{ transport: 'stdio', startedAt: expect.any(Number), calls: 1 }]);
    expect(gangway.engine.snapshot().bridge).toMatchObject({ sessionsOpened: 1, latency: { count: 3 } });
    client.send({ method: 'notifications/cancelled', params: { requestId: 'open' } });
    expect(await client.end()).toBe(0);
    await untilGone(pid);
    await until('the session is over', () => sessions()?.length === 0);
    expect(client.err).toBe('');
  });

  test('answers what was asked before its input ended', async () => {
    await using gangway = await startGangway({ servers: [serverSetting()], defaultServer: null });
    const client = new LineClient(to(gangway.port, 'echo'));
    client.send({ id: 1, method: 'tools/call', params: { name: 'wait', arguments: { milliseconds: 200 } } });
    expect(await client.end()).toBe(0);
    expect(client.messages).toMatchObject([{ id: 1, result: { content: [{ text: 'waited' }] } }]);
  });

  test('passes frames as they are, however the reads fall', async () => {
    await using gangway = await startGangway({ servers: [serverSetting()], defaultServer: 'echo' });
    const client = new LineClient(to(gangway.port));
    const odd = [
      '{"jsonrpc":"2.0","id":99,"result":{"a":1},"error":null,"extra":[1, 2]}',
      '{"jsonrpc":"2.0","id":1.50,"result":null}',
    ];
    await client.tool('raw', { lines: odd });
    expect(client.lines.slice(0, odd.length)).toEqual(odd);
    const call = {
      jsonrpc: '2.0',
      id: 'cut',
      method: 'tools/call',
      params: { name: 'echo', arguments: { text: '台灣 🎏' } },
    };
    for (const byte of Buffer.from(`\r\n${JSON.stringify(call)}\r\n`)) {
      client.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await client.answerTo('cut')).toMatchObject({ result: { content: [{ text: '台灣 🎏' }] } });
  });

  test('takes no character of Unicode for the end of a line', async () => {
    await using gangway = await startGangway({ servers: [fixtureServer('legacy')], defaultServer: 'legacy' });
    const client = new LineClient(to(gangway.port));
    await client.initialize();
    const text = 'one\u2028two\u2029three\u0085four';
    expect(await client.tool('echo', { text })).toBe(text);
    expect(client.lines.at(-1)).toContain(text);
  });

  test('says that a line is no JSON, and goes on', async () => {
    await using gangway = await startGangway({ servers: [serverSetting()], defaultServer: 'echo' });
    const client = new LineClient(to(gangway.port));
    client.write('hello?\n');
    expect(await client.message(({ id }) => id === null)).toMatchObject({ error: { code: -32700 } });
    expect(await client.tool('echo', { text: 'still here' })).toBe('still here');
  });

  test('carries megabytes both ways and a thousand calls at once', async () => {
    await using gangway = await startGangway({ servers: [serverSetting()], defaultServer: 'echo' });
    const client = new LineClient(to(gangway.port));
    const big = 'ü'.repeat(2_500_000);
    expect((await client.tool('echo', { text: big })) === big).toBe(true);
    const calls = Array.from({ length: 1000 }, (_, index) => client.tool('echo', { text: `no. ${index}` }));
    expect(await Promise.all(calls)).toEqual(calls.map((_, index) => `no. ${index}`));
  });

  test('lets a client that does not read wait, and loses nothing', async () => {
    await using gangway = await startGangway({ servers: [serverSetting()], defaultServer: 'echo' });
    const client = new LineClient(to(gangway.port));
    await client.initialize();
    client.child.stdout.pause();
    client.send({
      id: 'burst',
      method: 'tools/call',
      params: { name: 'burst', arguments: { count: 50_000, bytes: 400 } },
    });
    const passed = () => gangway.engine.snapshot().bridge.servers[0]?.traffic.fromChildren ?? 0;
    let before = -1;
    await until('the flow has stopped', async () => {
      const now = passed();
      await new Promise((resolve) => setTimeout(resolve, 150));
      const stopped = now > 1000 && now === passed() && now === before;
      before = now;
      return stopped;
    });
    expect(passed()).toBeLessThan(10_000_000);
    client.child.stdout.resume();
    await client.answerTo('burst');
    const numbers = client.messages
      .filter(({ method }) => method !== undefined)
      .map(({ params }) => Object(params).logger);
    expect(numbers).toEqual(Array.from({ length: 50_000 }, (_, index) => String(index)));
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('ends at %s, its server with it', async (signal) => {
    await using gangway = await startGangway({ servers: [serverSetting()], defaultServer: 'echo' });
    const client = new LineClient(to(gangway.port));
    const pid = Number(await client.tool('pid'));
    client.child.kill(signal);
    expect(await client.exit()).toBe(0);
    await untilGone(pid);
  });

  test('ends when nobody reads its answers any more', async () => {
    await using gangway = await startGangway({ servers: [serverSetting()], defaultServer: 'echo' });
    const client = new LineClient(to(gangway.port));
    await client.initialize();
    client.child.stdout.destroy();
    client.send({ id: 2, method: 'ping' });
    expect(await client.exit()).toBe(0);
  });

  test('takes the spare process, so that nobody waits for a start', async () => {
    const servers = [serverSetting({ spare: true })];
    await using gangway = await startGangway({ servers, defaultServer: 'echo' });
    const children = () => gangway.engine.snapshot().bridge.servers[0]?.children ?? [];
    await until('the spare runs', () => children()[0]?.use === 'spare' && children()[0]?.pid !== null);
    const [spare] = children();
    const client = new LineClient(to(gangway.port));
    expect(Number(await client.tool('pid'))).toBe(spare?.pid);
  });

  test('offers completion and everything else a server of the SDK has', async () => {
    await using gangway = await startGangway({ servers: [fixtureServer('legacy')], defaultServer: null });
    const client = new LineClient(to(gangway.port, 'legacy'));
    await client.initialize();
    const params = {
      ref: { type: 'ref/prompt', name: 'test_prompt_with_arguments' },
      argument: { name: 'arg1', value: 'a' },
    };
    expect(await client.call('completion/complete', params)).toMatchObject({
      result: { completion: { values: expect.any(Array) } },
    });
  });
});

describe('where the gateway is', () => {
  function home(port: number, token: string | null): { readonly HOME: string } {
    const directory = temporaryDirectory();
    const folder = appFolder({ platform: process.platform, home: directory, env: {} });
    writeAnnouncement(folder, { pid: process.pid, place: { host: '0.0.0.0', port, token } });
    return { HOME: directory };
  }

  test('is read from what the running app has written down, the token as well', async () => {
    await using gangway = await startGangway({ servers: [serverSetting()], defaultServer: 'echo', token: TOKEN });
    const client = new LineClient([], home(gangway.port, TOKEN));
    expect(await client.tool('echo', { text: 'found' })).toBe('found');
  });

  test('is read again for each attempt', async () => {
    const { HOME } = home(await freePort(), null);
    const client = new LineClient([], { HOME });
    client.send({ id: 'early', method: 'tools/call', params: { name: 'echo', arguments: { text: 'patience' } } });
    await until('it has said that nobody is there', () => client.err.includes('is not running'));
    await using gangway = await startGangway({ servers: [serverSetting()], defaultServer: 'echo' });
    const folder = appFolder({ platform: process.platform, home: HOME, env: {} });
    writeAnnouncement(folder, { pid: process.pid, place: { host: '127.0.0.1', port: gangway.port, token: null } });
    expect(await client.answerTo('early')).toMatchObject({ result: { content: [{ text: 'patience' }] } });
  });

  test('does not have its token shown to a port that it was not written down for', async () => {
    await using gangway = await startGangway({ servers: [serverSetting()], defaultServer: 'echo', token: TOKEN });
    const client = new LineClient(to(gangway.port), home(await freePort(), TOKEN));
    expect(await client.call('initialize')).toMatchObject({
      error: { message: expect.stringContaining('MCP_GANGWAY_TOKEN') },
    });
  });

  test('is known by options, and the token by the environment or a file', async () => {
    await using gangway = await startGangway({ servers: [serverSetting()], defaultServer: 'echo', token: TOKEN });
    const byEnvironment = new LineClient(to(gangway.port, '--host', '::1'), { MCP_GANGWAY_TOKEN: TOKEN });
    expect(await byEnvironment.tool('echo', { text: 'one' })).toBe('one');
    const file = join(temporaryDirectory(), 'token');
    writeFileSync(file, `${TOKEN}\n`);
    const byFile = new LineClient(to(gangway.port, '--token-file', file));
    expect(await byFile.tool('echo', { text: 'two' })).toBe('two');
  });

  test('a damaged note is as good as none', async () => {
    const directory = temporaryDirectory();
    const folder = appFolder({ platform: process.platform, home: directory, env: {} });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'running.json'), '{"port":"no');
    await using gangway = await startGangway({ servers: [serverSetting()], defaultServer: 'echo' });
    const client = new LineClient(to(gangway.port), { HOME: directory });
    expect(await client.tool('echo', { text: 'found' })).toBe('found');
  });
});

describe('what cannot be', () => {
  test('a server that nobody has set up is answered with the names there are, and later found', async () => {
    const servers = ['nas', 'home'].map((name) => serverSetting({ name }));
    await using gangway = await startGangway({ servers, defaultServer: null });
    const client = new LineClient(to(gangway.port, 'Printer 3'));
    expect(await client.initialize()).toMatchObject({
      error: {
        code: -32000,
        message: 'There is no MCP server named Printer 3. There are: nas, home.',
        data: { servers: ['nas', 'home'] },
      },
    });
    await until('stderr says so', () => client.err.includes('There is no MCP server named Printer 3.'));
    expect(client.child.exitCode).toBeNull();
    const late = new LineClient(to(gangway.port, 'late'));
    await late.initialize();
    await gangway.engine.apply({ ...gangway.settings, servers: [...servers, serverSetting({ name: 'late' })] });
    expect(await late.initialize()).toMatchObject({ result: { serverInfo: { name: 'echo' } } });
  });

  test.each([
    ['no token', {}, 'asks for its token'],
    ['the wrong token', { MCP_GANGWAY_TOKEN: 'not-the-token-at-all' }, 'does not accept this token'],
  ])('%s is said clearly', async (_what, env, sentence) => {
    await using gangway = await startGangway({ servers: [serverSetting()], defaultServer: 'echo', token: TOKEN });
    const client = new LineClient(to(gangway.port), env);
    expect(await client.initialize()).toMatchObject({ error: { message: expect.stringContaining(sentence) } });
    await until('stderr says so', () => client.err.includes(sentence));
  });

  test('a command that does not exist is the answer of its server', async () => {
    const servers = [serverSetting({ command: 'no-such-command-anywhere' })];
    await using gangway = await startGangway({ servers, defaultServer: 'echo' });
    const client = new LineClient(to(gangway.port));
    expect(await client.initialize()).toMatchObject({
      error: { message: expect.stringContaining('no-such-command-anywhere was not found') },
    });
  });

  test('another program on the port is not taken for the gateway', async () => {
    const stranger = createServer((socket) => socket.end('220 mail.lan ESMTP\r\n')).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    onTestFinished(() => void stranger.close());
    const client = new LineClient(to(addressOf(stranger).port));
    expect(await client.initialize()).toMatchObject({
      error: { message: expect.stringContaining('is not MCP Gangway') },
    });
  });

  test('a gateway that is not there is said to be so within ten seconds, and found when it comes', async () => {
    const port = await freePort();
    const client = new LineClient(to(port));
    const start = performance.now();
    expect(await client.initialize()).toMatchObject({
      error: { message: expect.stringContaining('MCP Gangway is not running') },
    });
    expect(performance.now() - start).toBeLessThan(15_000);
    expect(client.child.exitCode).toBeNull();
    await using gangway = await startGangway({ servers: [serverSetting()], defaultServer: 'echo', port });
    expect(gangway.port).toBe(port);
    expect(await client.initialize()).toMatchObject({ result: { serverInfo: { name: 'echo' } } });
  });

  test('--start is for macOS', async () => {
    const client = new LineClient(['--start']);
    expect(await client.exit()).toBe(process.platform === 'darwin' ? 0 : 2);
  });
});

describe('a gateway that comes back', () => {
  const serve = async (port: number) => {
    const { cli } = await startCli(['-p', String(port), '--sse', process.execPath, ECHO_SERVER]);
    return cli;
  };

  test('finds the session as it was: open calls are told, the handshake is repeated, the client hears of it', async () => {
    const port = await freePort();
    const first = await serve(port);
    const client = new LineClient(to(port));
    await client.initialize();
    await client.call('logging/setLevel', { level: 'info' });
    await client.call('resources/subscribe', { uri: 'test://kept' });
    await client.call('resources/subscribe', { uri: 'test://left' });
    await client.call('resources/unsubscribe', { uri: 'test://left' });
    client.send({ id: 'ask', method: 'tools/call', params: { name: 'ask' } });
    const question = await client.message(({ method }) => method === 'sampling/createMessage');
    first.kill('SIGKILL');
    expect(await client.answerTo('ask')).toMatchObject({
      error: { code: -32603, message: expect.stringContaining('broke before the answer') },
    });
    expect(await client.message(({ method }) => method === 'notifications/cancelled')).toMatchObject({
      params: { requestId: question.id },
    });
    expect(await client.call('ping')).toMatchObject({ result: {} });
    // Meant for a server that is gone: the new one must not take it for the answer to a question of its own.
    client.send({ id: question.id, result: { role: 'assistant' } });
    const held = client.tool('heard');
    await serve(port);
    expect(await held).toBe('initialize notifications/initialized logging/setLevel resources/subscribe tools/call');
    const methods = client.messages.map(({ method }) => method).filter((method) => method !== undefined);
    expect(methods).toEqual([
      'sampling/createMessage',
      'notifications/cancelled',
      'notifications/tools/list_changed',
      'notifications/message',
    ]);
    const ids = client.messages.filter(({ method }) => method === undefined).map(({ id }) => id);
    expect(ids).toEqual([1, 2, 3, 4, 5, 'ask', 6, 7]);
    expect(client.err).toContain('MCP Gangway is not running');
    expect(client.err).toContain('MCP Gangway was restarted');
    expect(await client.end()).toBe(0);
  });

  test('finds the session again without being asked, so that the server can speak', async () => {
    const port = await freePort();
    let running = await serve(port);
    const client = new LineClient(to(port));
    await client.initialize();
    for (let round = 1; round <= 3; round++) {
      const said = client.messages.length;
      running.kill('SIGKILL');
      running = await serve(port);
      await until('the client has heard of the restart', () => client.messages.length >= said + 2);
    }
    expect(await client.tool('echo', { text: 'here' })).toBe('here');
  });
  test('a server that dies in the middle costs its open calls and no more', async () => {
    await using gangway = await startGangway({ servers: [serverSetting()], defaultServer: 'echo' });
    const client = new LineClient(to(gangway.port));
    await client.initialize();
    expect(
      await client.call('tools/call', { name: 'die', arguments: { code: 9, stderr: 'out of paper' } }),
    ).toMatchObject({
      error: {
        message: 'The MCP server echo ended with exit code 9.',
        data: { exitCode: 9, stderr: ['out of paper'] },
      },
    });
    expect(await client.tool('echo', { text: 'again' })).toBe('again');
    expect(client.messages.some(({ method }) => method === 'notifications/tools/list_changed')).toBe(true);
  });

  test('a cancelled call that waits for the gateway is not made any more', async () => {
    const port = await freePort();
    const first = await serve(port);
    const client = new LineClient(to(port));
    await client.initialize();
    first.kill('SIGKILL');
    await first.exit();
    client.send({ id: 'unwanted', method: 'tools/call', params: { name: 'store', arguments: { value: 'x' } } });
    client.send({ method: 'notifications/cancelled', params: { requestId: 'unwanted' } });
    await serve(port);
    expect(await client.tool('stored')).toBe('');
    expect(client.messages.some(({ id }) => id === 'unwanted')).toBe(false);
  });

  test('one with another revision in it is not passed off as the same', async () => {
    const port = await freePort();
    const source = (revision: string) =>
      `require('readline').createInterface({input:process.stdin}).on('line',(l)=>{const {id,method}=JSON.parse(l);if(id!==undefined)console.log(JSON.stringify({jsonrpc:'2.0',id,result:method==='initialize'?{protocolVersion:'${revision}',capabilities:{},serverInfo:{name:'x',version:'1'}}:{}}))})`;
    const start = (revision: string) =>
      startCli(['-p', String(port), '--sse', process.execPath, '-e', source(revision)]);
    const { cli } = await start('2025-06-18');
    const client = new LineClient(to(port));
    await client.initialize();
    cli.kill('SIGKILL');
    await cli.exit();
    await start('2024-11-05');
    expect(await client.call('tools/list')).toMatchObject({
      error: { message: expect.stringContaining('another revision') },
    });
  });
});

test('a client of the shell gets its answers: printf … | mcp-gangway connect', async () => {
  await using gangway = await startGangway({ servers: [serverSetting()], defaultServer: 'echo' });
  const command = `printf '%s\\n' '{"jsonrpc":"2.0","id":1,"method":"ping"}' | '${process.execPath}' '${inject('cli')}' connect -p ${gangway.port}`;
  const shell = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  await once(shell, 'close');
  expect(out).toBe('{"jsonrpc":"2.0","result":{},"id":1}\n');
  expect(isAlive(shell.pid ?? 0)).toBe(false);
});
