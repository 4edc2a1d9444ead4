import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { hostBridge, STDLIB_SERVER, serverSetting } from '../../support/bridge-host.ts';
import { events, send } from '../../support/http-client.ts';
import { openSse, responseTo } from '../../support/raw-mcp.ts';
import { isAlive, until, untilGone } from '../../support/until.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('HTTP+SSE', () => {
  test('curl sees the endpoint event, and breaking it ends the child', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ command: 'python3', args: [STDLIB_SERVER] })] });
    const curl = spawn('curl', ['-sN', `${host.url}/sse`], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: curl.stdout })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe('event: endpoint');
    expect((await lines.next()).value).toMatch(/^data: \/messages\?session_id=[A-Za-z0-9_-]{43}$/);
    const pid = host.bridge.snapshot().servers[0]?.children[0]?.pid ?? 0;
    expect(isAlive(pid)).toBe(true);
    curl.kill('SIGINT');
    await once(curl, 'close');
    await untilGone(pid);
    await until('nothing is left', () => host.bridge.snapshot().servers[0]?.sessions.length === 0);
  });

  test('serves a server of the Python standard library', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ command: 'python3', args: [STDLIB_SERVER] })] });
    const client = await openSse(host.url);
    const { result } = await client.call('initialize', { protocolVersion: '2024-11-05' });
    expect(result).toMatchObject({ serverInfo: { name: 'stdlib' } });
    expect(await client.tool('upper', { text: 'grüße, 台灣' })).toBe('GRÜSSE, 台灣');
    client.close();
  });

  test('answers with the headers a proxy in between needs', async () => {
    await using host = await hostBridge();
    const { response } = await events(`${host.url}/sse`);
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    response.destroy();
  });

  test('says how to add a server when there is none', async () => {
    await using host = await hostBridge({ servers: [] });
    const { status, body } = await send(`${host.url}/sse`, { method: 'GET' });
    expect(status).toBe(400);
    expect(JSON.parse(body).error.message).toContain('--sse COMMAND');
    expect((await send(`${host.url}/servers/other/sse`, { method: 'GET' })).status).toBe(404);
  });

  test('reaches every server by its name, and the default one without', async () => {
    const servers = ['one', 'two'].map((name) => serverSetting({ name, env: { SECRET: name } }));
    await using host = await hostBridge({ servers, defaultServer: 'two' });
    for (const [path, secret] of [
      ['/sse', 'two'],
      ['/servers/one/sse', 'one'],
      ['/servers/two/sse', 'two'],
    ] as const) {
      const client = await openSse(host.url, path);
      expect(client.endpoint).toContain(path.replace('sse', 'messages'));
      expect(await client.tool('secret')).toBe(secret);
      client.close();
    }
  });

  test('puts the prefix of a reverse proxy before the endpoint, if it is a plain path', async () => {
    // The endpoint is told before the server says anything: cat is a server that starts at once.
    await using host = await hostBridge({ servers: [serverSetting({ command: 'cat', args: [] })] });
    const endpointBehind = async (prefix: string) => {
      const reader = await events(`${host.url}/sse`, { headers: { 'x-forwarded-prefix': prefix } });
      const { data } = await reader.next();
      reader.close();
      return data;
    };
    expect(await endpointBehind('/tools/mcp/')).toMatch(/^\/tools\/mcp\/messages\?session_id=/);
    const evil = [
      '//evil.example',
      'https://evil.example',
      '/a?b',
      '/a\\b',
      '/%2F/',
      '/a//evil.example',
      '/..',
      '/a/../b',
    ];
    const odd = ['/./a', 'a', '/', '', '/a b', '/a, /b', '/a\u00a0b', '/@evil.example:80', `/${'a'.repeat(256)}`];
    for (const prefix of [...evil, ...odd]) {
      expect([prefix, await endpointBehind(prefix)]).toEqual([
        prefix,
        expect.stringMatching(/^\/messages\?session_id=/),
      ]);
    }
    for (const good of ['/..a/b..', '/~me/mcp-1.0', `/${'a'.repeat(255)}`]) {
      expect(await endpointBehind(good)).toMatch(new RegExp(`^${good.replaceAll('.', '\\.')}/messages\\?`));
    }
  });

  test('answers posts with the status codes clients act on', async () => {
    await using host = await hostBridge();
    const { endpoint, close, post } = await openSse(host.url);
    const statusOf = async (body: string, path = endpoint) =>
      (await send(host.url + path, { headers: JSON_TYPE, body })).status;
    expect((await post({ id: 1, method: 'ping' })).status).toBe(202);
    expect((await post({ method: 'notifications/initialized' })).status).toBe(202);
    expect(await statusOf('{"id":1', endpoint)).toBe(400);
    expect(await statusOf('"text"', endpoint)).toBe(400);
    expect(await statusOf('[]', endpoint)).toBe(400);
    expect(await statusOf('{"jsonrpc":"2.0","id":1}', endpoint)).toBe(400);
    expect(await statusOf('{}', '/messages?session_id=unknown')).toBe(404);
    expect(await statusOf('{}', '/messages')).toBe(404);
    expect(await statusOf('{}', '/messages?session_id=__proto__')).toBe(404);
    expect((await send(`${host.url}/sse`)).status).toBe(405);
    expect((await send(host.url + endpoint, { method: 'GET' })).status).toBe(405);
    close();
  });

  test('hands on a message written over several lines, a batch, and what follows a byte order mark, one line each', async () => {
    await using host = await hostBridge();
    const { endpoint, reader } = await openSse(host.url);
    const body = '{\r\n  "jsonrpc": "2.0",\n\t"id": 1,\n  "method": "ping"\n}\n';
    await send(host.url + endpoint, { headers: JSON_TYPE, body });
    expect(await reader.nextMessage()).toEqual({ jsonrpc: '2.0', result: {}, id: 1 });
    await send(host.url + endpoint, {
      headers: JSON_TYPE,
      body: '[{"id":2,"method":"ping"},\n{"id":3,"method":"ping"}]',
    });
    expect((await reader.nextMessage()).id).toBe(2);
    expect((await reader.nextMessage()).id).toBe(3);
    const long = `[${'{"id":1,"method":"ping"},'.repeat(100)}{"id":2,"method":"ping"}]`;
    expect((await send(host.url + endpoint, { headers: JSON_TYPE, body: long })).status).toBe(400);
    await send(host.url + endpoint, { headers: JSON_TYPE, body: '\ufeff{"id":4,"method":"ping"}' });
    expect((await reader.nextMessage()).id).toBe(4);
    reader.close();
  });

  test('passes frames untouched that parsers of the SDK drop', async () => {
    await using host = await hostBridge();
    const client = await openSse(host.url);
    const lines = [
      '{"jsonrpc":"2.0","id":99,"result":{"a":1},"error":null,"extra":[1, 2]}',
      '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"?"}}',
      '{"jsonrpc":"2.0","id":1.50,"result":null}',
    ];
    // With two requests open, an error without an id is the answer to neither.
    await client.post({ id: 'open', method: 'tools/call', params: { name: 'never' } });
    await client.post({
      id: 1,
      method: 'tools/call',
      params: { name: 'raw', arguments: { lines: ['not json', ...lines] } },
    });
    for (const line of lines) expect((await client.reader.next()).data).toBe(line);
    await responseTo(client.reader, 1);
    const logged = host.log.find(({ level, source }) => level === 'warn' && source === 'server:echo');
    expect(logged?.fields).toEqual({ bytes: 8, text: { excerpt: 'not json', characters: 200 } });
    client.close();
  });

  test('ends the stream and forgets the session when the server leaves', async () => {
    await using host = await hostBridge();
    const client = await openSse(host.url);
    await client.post({ id: 'a', method: 'tools/call', params: { name: 'never' } });
    await client.post({
      id: 'b',
      method: 'tools/call',
      params: { name: 'die', arguments: { code: 7, stderr: 'first\nlast' } },
    });
    const rest = (await client.reader.rest()).map(({ data }) => JSON.parse(data));
    expect(rest.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(rest[0].error).toMatchObject({
      code: -32603,
      data: { server: 'echo', exitCode: 7, stderr: ['first', 'last'] },
    });
    expect((await client.post({ id: 3, method: 'ping' })).status).toBe(404);
  });

  test('keeps silent streams alive with comments', async () => {
    await using host = await hostBridge({}, { times: { keepAlive: 20, tick: 10 } });
    const { reader } = await openSse(host.url);
    await until('two comments came', () => reader.comments.length >= 2);
    expect(reader.comments[0]).toBe('keep-alive');
    reader.close();
  });

  test("is not there for another principal's session", async () => {
    await using host = await hostBridge();
    const client = await openSse(host.url, '/sse', { 'x-principal': 'a' });
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
    const asOther = await send(host.url + client.endpoint, { headers: { ...JSON_TYPE, 'x-principal': 'b' }, body });
    expect(asOther.status).toBe(404);
    expect((await client.call('ping')).result).toEqual({});
    client.close();
  });
});
