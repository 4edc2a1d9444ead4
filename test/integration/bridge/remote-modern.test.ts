import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect, test } from 'vitest';
import { textIn } from '../../../app/i18n/index.ts';
import { Quota, RemoteServer } from '../../../app/servers/index.ts';
import { hostBridge, remoteSetting } from '../../support/bridge-host.ts';
import { fixtureServer } from '../../support/fixture-servers.ts';
import { modernAnswer, postModern } from '../../support/modern-request.ts';
import { rememberingLog } from '../../support/quiet-log.ts';
import { openSession } from '../../support/raw-mcp.ts';
import { sendJson, startRemote } from '../../support/remote-origin.ts';
import { pointingServer } from '../../support/shared-address.ts';
import { startOrigin } from '../../support/tcp.ts';
import { until } from '../../support/until.ts';

describe('A remote whose server knows 2026-07-28 only', () => {
  test('serves a stateless client, and one with a session, by stateless requests', async () => {
    await using far = await hostBridge({ servers: [fixtureServer('modern')] });
    await using host = await hostBridge({ servers: [remoteSetting({ url: `${far.url}/mcp`, era: 'modern' })] });
    const listed = await postModern(`${host.url}/mcp`, { method: 'tools/list' });
    expect(await listed.text()).toContain('"tools":[');
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(Object(new StreamableHTTPClientTransport(new URL(`${host.url}/mcp`))));
    expect((await client.listTools()).tools.length).toBeGreaterThan(0);
    await client.close();
  });
});

test('A task of a remote server is begun by a stateless client, and asked for, by its own address and a shared one', async () => {
  await using far = await hostBridge({ servers: [pointingServer('new', 'modern')] });
  await using host = await hostBridge({
    servers: [remoteSetting({ name: 'far', url: `${far.url}/mcp`, era: 'modern' }), pointingServer('old', 'legacy')],
  });
  const capabilities = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
  for (const [path, tool] of [
    ['/servers/far', 'work'],
    ['/all', 'far__work'],
  ] as const) {
    const ask = (method: string, params: Readonly<Record<string, unknown>>) =>
      modernAnswer(`${host.url}${path}`, { method, params, capabilities });
    await ask('tools/list', {});
    const { taskId } = Object((await ask('tools/call', { name: tool })).result);
    expect(taskId).toMatch('new-');
    const { result } = await ask('tasks/get', { taskId });
    expect(result).toMatchObject({ status: 'completed', result: { content: [{ text: 'done by new' }] } });
  }
});

test('A client with a session hears of changes of a remote server again after its connection was cut', async () => {
  await using far = await hostBridge({ servers: [fixtureServer('modern', { era: 'modern' })] });
  await using host = await hostBridge({ servers: [remoteSetting({ url: `${far.url}/mcp`, era: 'modern' })] });
  const session = await openSession(host.url);
  await session.post({ method: 'notifications/initialized' });
  const stream = await session.get();
  const change = () => session.tool('test_trigger_prompt_change');
  const changed = { method: 'notifications/prompts/list_changed' };
  // Is answered when the changes are listened to.
  expect(await session.call('resources/subscribe', { uri: 'test://watched-resource' })).toHaveProperty('result');
  await change();
  expect(await stream.nextMessage()).toMatchObject(changed);
  far.breakConnections();
  const missed = new Set([(await stream.nextMessage()).method, (await stream.nextMessage()).method]);
  missed.add((await stream.nextMessage()).method);
  expect([...missed].toSorted()).toEqual([
    'notifications/prompts/list_changed',
    'notifications/resources/list_changed',
    'notifications/tools/list_changed',
  ]);
  await change();
  expect(await stream.nextMessage()).toMatchObject(changed);
  stream.close();
  await session.end();
});

function modernAt(url: string): RemoteServer {
  return new RemoteServer(remoteSetting({ url, era: 'modern' }), {
    log: rememberingLog().log,
    text: () => textIn('en'),
    children: new Quota(() => 1, false),
    lineLimit: () => 1024 * 1024,
    patience: 1000,
    changed: () => undefined,
  });
}

test('A remote of 2026-07-28 that does not take a request holds nobody back once that is cancelled', async () => {
  await using far = await startOrigin((socket) => void socket.pause());
  const remote = modernAt(`http://${far.authority}/mcp`);
  const opened = remote.open('session');
  if (!('child' in opened)) throw new Error('no session');
  const { child } = opened;
  const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
  const params = { name: 'go', arguments: { text: 'x'.repeat(16 * 1024 * 1024) }, _meta };
  child.write(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })));
  await until('it is on its way', () => far.sockets.size === 1);
  expect(child.congested).toBe(true);
  const cancelled = { method: 'notifications/cancelled', params: { requestId: 1, _meta } };
  child.write(Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...cancelled })));
  expect(child.congested).toBe(false);
  await remote.stop();
  remote.discard();
});

describe('A remote of 2026-07-28 whose tools want arguments repeated in headers', () => {
  test('refuses a call for headers that have changed, and gets it once more with those of now', async () => {
    await using far = await startRemote();
    let header = 'Region';
    far.hook = ({ message, headers }, response) => {
      if (message?.method === 'tools/list') {
        const inputSchema = { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': header } } };
        const result = {
          resultType: 'complete',
          tools: [{ name: 'go', inputSchema }],
          ttlMs: 0,
          cacheScope: 'private',
        };
        return sendJson(response, 200, { jsonrpc: '2.0', id: message.id, result });
      }
      const isFit = headers[`mcp-param-${header.toLowerCase()}`] === 'eu';
      const error = { code: -32020, message: 'Header mismatch' };
      const result = { resultType: 'complete', content: [] };
      return sendJson(response, isFit ? 200 : 400, {
        jsonrpc: '2.0',
        id: message?.id,
        ...(isFit ? { result } : { error }),
      });
    };
    const remote = modernAt(far.url);
    const opened = remote.open('session');
    if (!('child' in opened)) throw new Error('no session');
    const answers: unknown[] = [];
    opened.child.listen({
      frames: (frames) => answers.push(...frames.map(({ bytes }) => JSON.parse(bytes.toString()))),
      drained: () => undefined,
      ended: () => undefined,
    });
    const call = (id: number) => {
      const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
      const params = { name: 'go', arguments: { region: 'eu' }, _meta };
      opened.child.write(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params })));
    };
    call(1);
    await until('the first call is answered', () => answers.length === 1);
    header = 'Area';
    call(2);
    await until('the second is as well', () => answers.length === 2);
    expect(answers).toMatchObject([
      { id: 1, result: {} },
      { id: 2, result: {} },
    ]);
    expect(far.posted()).toEqual(['tools/call', 'tools/list', 'tools/call', 'tools/call', 'tools/list', 'tools/call']);
    await remote.stop();
    remote.discard();
  });
});
