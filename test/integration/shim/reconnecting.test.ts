import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ECHO_SERVER } from '../../support/bridge-host.ts';
import { startCli } from '../../support/cli-process.ts';
import { startEchoGateway } from '../../support/gangway.ts';
import { LineClient, onPort } from '../../support/line-client.ts';
import { portOf } from '../../support/raw-http.ts';
import { freePort } from '../../support/tcp.ts';
import { until } from '../../support/until.ts';

describe('a server that ends while its gateway goes on', () => {
  test('is not called a restart of the gateway: the client hears why it ended, and goes on with a new process', async () => {
    const port = await freePort();
    await startCli(['-p', String(port), '--sse', process.execPath, ECHO_SERVER]);
    const client = new LineClient(onPort(port));
    await client.initialize();
    const pid = Number(await client.tool('pid'));
    process.kill(pid, 'SIGKILL');
    const news = await client.message(({ method }) => method === 'notifications/message');
    expect(news.params).toMatchObject({ data: expect.stringContaining('was ended by SIGKILL. This session goes on') });
    expect(Number(await client.tool('pid'))).not.toBe(pid);
    expect(client.err).toContain('was ended by SIGKILL');
    expect(client.err).not.toContain('MCP Gangway was restarted');
    expect(client.messages.filter(({ method }) => method?.includes('server_ended'))).toEqual([]);
    expect(await client.end()).toBe(0);
  });
});

test('What a client asks once its server has ended waits for the next one, however late the old connection closes', async () => {
  const asked: string[][] = [];
  const connections: Socket[] = [];
  const gateway = createServer((socket) => {
    const heard: string[] = [];
    const isFirst = asked.push(heard) === 1;
    connections.push(socket);
    const say = (...messages: readonly object[]) =>
      socket.write(messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join(''));
    const lines = createInterface({ input: socket });
    let isSwitched = false;
    lines.on('line', (line) => {
      if (!isSwitched) {
        isSwitched = line === '';
        if (isSwitched)
          socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: mcp-stdio\r\n\r\n');
        return;
      }
      const { id, method, params } = JSON.parse(line);
      heard.push(params?.name ?? method);
      if (method === 'initialize') {
        const { protocolVersion } = params;
        say({ id, result: { protocolVersion, capabilities: {}, serverInfo: { name: 'x', version: '1' } } });
      } else if (params?.name === 'last' && isFirst) {
        say(
          { method: 'notifications/mcp-gangway/server_ended', params: { message: 'It has ended.' } },
          { id, error: { code: -32_603, message: 'It has ended.' } },
        );
      } else if (id !== undefined) say({ id, result: { content: [{ type: 'text', text: method }] } });
    });
  });
  gateway.listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  onTestFinished(() => void gateway.close());
  const client = new LineClient(onPort(portOf(gateway)));
  await client.initialize();
  expect(await client.call('tools/call', { name: 'last' })).toMatchObject({ error: { message: 'It has ended.' } });
  client.send({ id: 'next', method: 'tools/call', params: { name: 'next' } });
  // It is answered before the connection closes: the shim has read what was asked before it.
  await client.call('ping');
  connections[0]?.end();
  expect(await client.answerTo('next')).toMatchObject({ result: { content: [{ text: 'tools/call' }] } });
  expect(asked[0]).toEqual(['initialize', 'notifications/initialized', 'last']);
  expect(asked[1]).toEqual(['initialize', 'notifications/initialized', 'next']);
});

describe('a server that ends its older process', () => {
  /** Like servers that free "their" port first: the newcomer kills whatever process has written its pid before. */
  const LAST_ONE = `
    import { existsSync, readFileSync, writeFileSync } from 'node:fs';
    const file = process.env.PID_FILE;
    if (existsSync(file)) try { process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL'); } catch {}
    writeFileSync(file, String(process.pid));
    await import(${JSON.stringify(ECHO_SERVER)});
  `;

  test('is not taken from each other for ever by two clients that ask nothing, and each gets it back by asking', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gangway-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { port, url } = await startCli(
      ['--no-spare', '--sse', process.execPath, '--input-type=module', '-e', LAST_ONE],
      { env: { PID_FILE: join(folder, 'pid') } },
    );
    const spawns = async (): Promise<number> => {
      const status: unknown = await (await fetch(`${url}/status`)).json();
      return Object(status).bridge.servers[0].spawns;
    };
    const [first, second] = [new LineClient(onPort(port)), new LineClient(onPort(port))];
    await first.initialize();
    await second.initialize();
    // Each is given one more process by itself, and one that ends in its handshake is started once more; then there is quiet.
    for (let before = await spawns(), quiet = 0; quiet < 4; ) {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const now = await spawns();
      expect(now).toBeLessThanOrEqual(6);
      quiet = now === before ? quiet + 1 : 0;
      before = now;
    }
    for (const client of [first, second]) {
      // What is asked for ends the other client's process, which that one may replace once, at the cost of this call.
      const asked: unknown[] = [];
      while (asked.length < 3 && !(Number(asked.at(-1)) > 0)) asked.push(await client.tool('pid').catch(String));
      expect(Number(asked.at(-1)), asked.join(' | ')).toBeGreaterThan(0);
    }
    for (const client of [first, second]) expect(await client.end()).toBe(0);
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
    const client = new LineClient(onPort(port));
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
    const client = new LineClient(onPort(port));
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
    await using gangway = await startEchoGateway();
    const client = new LineClient(onPort(gangway.port));
    await client.initialize();
    expect(
      await client.call('tools/call', { name: 'die', arguments: { code: 9, stderr: 'out of paper' } }),
    ).toMatchObject({
      error: {
        message: 'The MCP server echo ended with exit code 9. It wrote: out of paper',
        data: { exitCode: 9, stderr: ['out of paper'] },
      },
    });
    expect(await client.tool('echo', { text: 'again' })).toBe('again');
    expect(client.messages.some(({ method }) => method === 'notifications/tools/list_changed')).toBe(true);
  });

  test('a cancelled call that waits for the gateway is not made any more', async () => {
    const port = await freePort();
    const first = await serve(port);
    const client = new LineClient(onPort(port));
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
    const client = new LineClient(onPort(port));
    await client.initialize();
    cli.kill('SIGKILL');
    await cli.exit();
    await start('2024-11-05');
    expect(await client.call('tools/list')).toMatchObject({
      error: { message: expect.stringContaining('another revision') },
    });
  });
});
