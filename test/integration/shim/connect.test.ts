import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, inject, test } from 'vitest';
import { serverSetting } from '../../support/bridge-host.ts';
import { fixtureServer } from '../../support/fixture-servers.ts';
import { startEchoGateway, startGangway } from '../../support/gangway.ts';
import { LineClient, onPort } from '../../support/line-client.ts';
import { isAlive, until, untilGone } from '../../support/until.ts';

describe('mcp-gangway connect', () => {
  test('is a stdio server: the answers come, the gateway shows the session, and nothing is left at the end', async () => {
    await using gangway = await startEchoGateway();
    const client = new LineClient(onPort(gangway.port));
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
    const client = new LineClient(onPort(gangway.port, 'echo'));
    client.send({ id: 1, method: 'tools/call', params: { name: 'wait', arguments: { milliseconds: 200 } } });
    expect(await client.end()).toBe(0);
    expect(client.messages).toMatchObject([{ id: 1, result: { content: [{ text: 'waited' }] } }]);
  });

  test('takes a last line without a line break, and waits for a slow answer with a closed input', async () => {
    await using gangway = await startGangway({ servers: [serverSetting()], defaultServer: null });
    const client = new LineClient(onPort(gangway.port, 'echo'));
    const slow = { id: 2, method: 'tools/call', params: { name: 'wait', arguments: { milliseconds: 2500 } } };
    client.send({ id: 1, method: 'ping' });
    client.write(JSON.stringify({ jsonrpc: '2.0', ...slow }));
    expect(await client.end()).toBe(0);
    expect(client.messages).toMatchObject([{ id: 1 }, { id: 2, result: { content: [{ text: 'waited' }] } }]);
  });

  test('answers what a server leaves open when the time after the end of the input is over', async () => {
    await using gangway = await startEchoGateway();
    const client = new LineClient(onPort(gangway.port, '--drain', '1'));
    await client.initialize();
    client.send({ id: 'never', method: 'tools/call', params: { name: 'never' } });
    expect(await client.end()).toBe(0);
    expect(client.messages.at(-1)).toMatchObject({
      id: 'never',
      error: { code: -32603, message: expect.stringContaining('--drain') },
    });
  });

  test.each(['SIGTERM', 'closed output'])(
    'goes at once on %s, whatever is under way with a closed input',
    async (how) => {
      await using gangway = await startEchoGateway();
      const client = new LineClient(onPort(gangway.port));
      const pid = Number(await client.tool('pid'));
      client.send({ id: 'never', method: 'tools/call', params: { name: 'never' } });
      const sessions = () => gangway.engine.snapshot().bridge.servers[0]?.sessions;
      await until('the call is under way', () => sessions()?.[0]?.calls === 1);
      client.child.stdin.end();
      if (how === 'SIGTERM') client.child.kill('SIGTERM');
      else client.child.stdout.destroy();
      expect(await client.exit()).toBe(0);
      await untilGone(pid);
    },
  );

  test('passes frames as they are, however the reads fall', async () => {
    await using gangway = await startEchoGateway();
    const client = new LineClient(onPort(gangway.port));
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
    const client = new LineClient(onPort(gangway.port));
    await client.initialize();
    const text = 'one\u2028two\u2029three\u0085four';
    expect(await client.tool('echo', { text })).toBe(text);
    expect(client.lines.at(-1)).toContain(text);
  });

  test('says that a line is no JSON, and goes on', async () => {
    await using gangway = await startEchoGateway();
    const client = new LineClient(onPort(gangway.port));
    client.write('hello?\n');
    expect(await client.message(({ id }) => id === null)).toMatchObject({ error: { code: -32700 } });
    expect(await client.tool('echo', { text: 'still here' })).toBe('still here');
  });

  test('carries megabytes both ways and a thousand calls at once', async () => {
    await using gangway = await startEchoGateway();
    const client = new LineClient(onPort(gangway.port));
    const big = 'ü'.repeat(2_500_000);
    expect((await client.tool('echo', { text: big })) === big).toBe(true);
    const calls = Array.from({ length: 1000 }, (_, index) => client.tool('echo', { text: `no. ${index}` }));
    expect(await Promise.all(calls)).toEqual(calls.map((_, index) => `no. ${index}`));
  });

  test('lets a client that does not read wait, and loses nothing', async () => {
    await using gangway = await startEchoGateway();
    const client = new LineClient(onPort(gangway.port));
    await client.initialize();
    client.child.stdout.pause();
    client.send({
      id: 'burst',
      method: 'tools/call',
      params: { name: 'burst', arguments: { count: 10_000, bytes: 2000 } },
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
    expect(numbers).toEqual(Array.from({ length: 10_000 }, (_, index) => String(index)));
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('ends at %s, its server with it', async (signal) => {
    await using gangway = await startEchoGateway();
    const client = new LineClient(onPort(gangway.port));
    const pid = Number(await client.tool('pid'));
    client.child.kill(signal);
    expect(await client.exit()).toBe(0);
    await untilGone(pid);
  });

  test('ends when its answers are not read any more', async () => {
    await using gangway = await startEchoGateway();
    const client = new LineClient(onPort(gangway.port));
    await client.initialize();
    client.child.stdout.destroy();
    client.send({ id: 2, method: 'ping' });
    expect(await client.exit()).toBe(0);
  });

  test('takes the spare process, so that the client waits for no start', async () => {
    const servers = [serverSetting({ spare: true })];
    await using gangway = await startEchoGateway({ servers });
    const children = () => gangway.engine.snapshot().bridge.servers[0]?.children ?? [];
    await until('the spare runs', () => children()[0]?.use === 'spare' && children()[0]?.pid !== null);
    const [spare] = children();
    const client = new LineClient(onPort(gangway.port));
    expect(Number(await client.tool('pid'))).toBe(spare?.pid);
  });

  test('offers completion and everything else a server of the SDK has', async () => {
    await using gangway = await startGangway({ servers: [fixtureServer('legacy')], defaultServer: null });
    const client = new LineClient(onPort(gangway.port, 'legacy'));
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

test('a client of the shell gets its answers: printf … | mcp-gangway connect', async () => {
  await using gangway = await startEchoGateway();
  const command = `printf '%s\\n' '{"jsonrpc":"2.0","id":1,"method":"ping"}' | '${process.execPath}' '${inject('cli')}' connect -p ${gangway.port}`;
  const shell = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  await once(shell, 'close');
  // While the last answer is waited for, blanks show whether anything reads: the machine may have been slow.
  expect(out.trimStart()).toBe('{"jsonrpc":"2.0","result":{},"id":1}\n');
  expect(isAlive(shell.pid ?? 0)).toBe(false);
});
