import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallFacts } from '../../../app/inspect/index.ts';
import { serverSetting } from '../../support/bridge-host.ts';
import { fixtureServer } from '../../support/fixture-servers.ts';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { modernAnswer, modernStream } from '../../support/modern-request.ts';
import { openSession, openSse } from '../../support/raw-mcp.ts';
import { startEcho } from '../../support/tcp.ts';
import { until } from '../../support/until.ts';

let gangway: Gangway;

beforeAll(async () => {
  gangway = await startGangway({
    defaultServer: 'echo',
    servers: [
      serverSetting(),
      fixtureServer('modern', { name: 'modern', era: 'modern' }),
      fixtureServer('legacy', { name: 'legacy', era: 'legacy' }),
    ],
  });
});

afterAll(() => gangway[Symbol.asyncDispose]());

const activity = () => gangway.engine.recorder.activity();

/** The requests that were recorded of a server, of a side of it. */
function calls(server: string, side: CallFacts['side'] = 'client'): readonly CallFacts[] {
  return activity().calls.filter((call) => call.server === server && call.side === side && call.kind === 'request');
}

describe('of a client with sessions, the recorder remembers', () => {
  test('each call with its tool, its outcome and its times, by Streamable HTTP', async () => {
    const client = await openSession(gangway.url);
    await client.tool('echo', { text: 'hello' });
    await client.call('no/such');
    await client.stream({ id: 'slow', method: 'tools/call', params: { name: 'never' } });
    await client.post({ method: 'notifications/cancelled', params: { requestId: 'slow' } });
    await client.post({ id: 'cut', method: 'tools/call', params: { name: 'die', arguments: { code: 3 } } });
    const mine = calls('echo').filter(({ transport }) => transport === 'streamable');
    expect(mine).toMatchObject([
      { method: 'initialize', id: '0', outcome: 'ok' },
      { method: 'tools/call', target: 'echo', outcome: 'ok', of: null },
      { method: 'no/such', outcome: 'error', code: -32601 },
      { method: 'tools/call', target: 'never', id: '"slow"', outcome: 'cancelled' },
      { method: 'tools/call', target: 'die', outcome: 'cut' },
    ]);
    expect(new Set(mine.map(({ session }) => session)).size).toBe(1);
    for (const { queue, firstByte, total, sent } of mine) {
      expect(queue).toBeGreaterThanOrEqual(0);
      expect(total).toBeGreaterThanOrEqual(firstByte ?? 0);
      expect(sent).toBeGreaterThan(40);
    }
  });

  test('each call and what the server asks, by HTTP+SSE, with the name of the client', async () => {
    const client = await openSse(gangway.url);
    const clientInfo = { name: 'test-client', version: '1' };
    await client.call('initialize', { protocolVersion: '2024-11-05', capabilities: {}, clientInfo });
    await client.post({ id: 'a', method: 'tools/call', params: { name: 'ask' } });
    const { id } = await client.reader.nextMessage();
    await client.post({ id, result: { role: 'user' } });
    await client.reader.nextMessage();
    await client.post({ id: 'b', method: 'tools/call', params: { name: 'never' } });
    client.close();
    const mine = () => calls('echo').filter(({ transport }) => transport === 'http-sse');
    await until('the end of the session is seen', () => mine().at(-1)?.outcome === 'cut');
    expect(mine()).toMatchObject([
      { from: 'client', method: 'initialize', client: 'test-client', outcome: 'ok' },
      { from: 'client', target: 'ask', outcome: 'ok' },
      { from: 'server', method: 'sampling/createMessage', client: 'test-client', outcome: 'ok' },
      { from: 'client', target: 'never', outcome: 'cut' },
    ]);
  });

  test('both sides of a call that is translated', async () => {
    const client = await openSession(gangway.url, { path: '/servers/modern/mcp' });
    await client.tool('echo', { text: 'hello' });
    const outer = calls('modern').find(({ target }) => target === 'echo');
    const inner = calls('modern', 'server').find(({ target }) => target === 'echo');
    expect(inner).toMatchObject({ of: outer?.sequence, session: outer?.session, outcome: 'ok' });
    expect(inner?.sent).toBeGreaterThan(outer?.sent ?? 0);
    expect(calls('modern', 'server')[0]).toMatchObject({ method: 'server/discover', of: null, outcome: 'ok' });
    await client.end();
  });
});

describe('of a client without sessions, the recorder remembers', () => {
  const url = () => `${gangway.url}/servers/legacy`;
  const clientInfo = { name: 'modern-client', version: '1' };

  test('both sides of a call, a failed tool, a refusal, and the end of a stream as what it is', async () => {
    await modernAnswer(url(), { clientInfo, id: 'x', method: 'tools/call', params: { name: 'test_error_handling' } });
    await modernAnswer(url(), { clientInfo, method: 'tools/call', headers: { 'Mcp-Method': 'other' } });
    const params = { name: 'wait' };
    const stream = await modernStream(url(), { clientInfo, method: 'tools/call', params, meta: { progressToken: 1 } });
    await stream.nextMessage();
    stream.close();
    const mine = () => calls('legacy');
    await until('the end of the stream is seen', () => mine().at(-1)?.outcome === 'cancelled');
    expect(mine()).toMatchObject([
      { session: 0, transport: 'stateless', client: 'modern-client', id: '"x"', outcome: 'tool-error' },
      { method: 'tools/call', outcome: 'error', code: -32020 },
      { client: 'modern-client', target: 'wait', outcome: 'cancelled' },
    ]);
    const inner = calls('legacy', 'server').filter(({ method }) => method === 'tools/call');
    expect(inner).toMatchObject([
      { of: mine()[0]?.sequence, client: 'modern-client', outcome: 'tool-error' },
      { of: mine()[2]?.sequence, outcome: 'cancelled' },
    ]);
  });

  test('a subscription as one that listens, and not as a call that takes long', async () => {
    const params = { notifications: { toolsListChanged: true } };
    const stream = await modernStream(url(), { clientInfo, method: 'subscriptions/listen', params });
    await stream.nextMessage();
    expect(calls('legacy').at(-1)).toMatchObject({ method: 'subscriptions/listen', outcome: 'listening', total: null });
    stream.close();
    await until('its end is seen', () => calls('legacy').at(-1)?.outcome === 'cancelled');
  });
});

describe('of the requests of a server through the proxy, the recorder remembers', () => {
  async function tunnel(authority: string, label: string): Promise<Socket> {
    const client = connect(gangway.port, '127.0.0.1');
    client.write(`CONNECT ${authority} HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic ${btoa(`${label}:`)}\r\n\r\n`);
    await once(client, 'data');
    return client;
  }

  const requests = (label: string) => activity().requests.filter((request) => request.label === label);

  test('a tunnel, with the calls it was opened during, its times and its bytes', async () => {
    await using echo = await startEcho();
    const session = await openSession(gangway.url);
    const pending = session.stream({ id: 1, method: 'tools/call', params: { name: 'never' } });
    const under = () => calls('echo').findLast(({ target }) => target === 'never');
    await until('the call is under way', () => under()?.outcome === 'pending');
    const client = await tunnel(echo.authority, 'claude.echo');
    client.write('hello');
    await once(client, 'data');
    expect(requests('claude.echo')).toMatchObject([
      { server: 'echo', kind: 'connect', outcome: 'open', calls: 1, during: [under()?.sequence], total: null },
    ]);
    expect(under()?.requests).toEqual(requests('claude.echo').map(({ sequence }) => sequence));
    client.end();
    await until('the tunnel is closed', () => requests('claude.echo')[0]?.outcome === 'done');
    const [row] = requests('claude.echo');
    expect(row).toMatchObject({ up: 5, down: 5, status: null, path: '', target: { host: '127.0.0.1' } });
    expect(row?.connect).toBeGreaterThan(0);
    expect(row?.firstByte).toBeGreaterThanOrEqual(row?.connect ?? 0);
    expect(row?.total).toBeGreaterThanOrEqual(row?.firstByte ?? 0);
    await session.end();
    (await pending).close();
  });

  test('a failure, with its sentence', async () => {
    const client = await tunnel('127.0.0.1:1', 'a-stranger');
    client.destroy();
    expect(requests('a-stranger')).toMatchObject([
      { server: null, outcome: 'failed', code: 'ECONNREFUSED', sentence: expect.stringContaining('127.0.0.1:1') },
    ]);
  });

  test('an absolute-form request, its path without the query', async () => {
    const client = connect(gangway.port, '127.0.0.1');
    client.write(
      `GET http://127.0.0.1:${gangway.port}/healthz?key=secret HTTP/1.1\r\nHost: x\r\nConnection: close\r\nProxy-Authorization: Basic ${btoa('echo:')}\r\n\r\n`,
    );
    await once(client, 'data');
    client.destroy();
    const [row] = requests('echo');
    expect(row).toMatchObject({ server: 'echo', kind: 'http', method: 'GET', path: '/healthz?…' });
    expect(JSON.stringify(activity())).not.toContain('secret');
  });
});

test('each tool has a histogram among the metrics', async () => {
  const client = await openSession(gangway.url);
  await client.tool('big', { bytes: 10 });
  await client.end();
  const page = await (await fetch(`${gangway.url}/metrics`)).text();
  expect(page).toContain('# TYPE gangway_tool_call_seconds histogram\n');
  expect(page).toContain('gangway_tool_call_seconds_bucket{server="echo",tool="big",le="+Inf"} 1\n');
  expect(page).toContain('gangway_tool_call_seconds_count{server="echo",tool="big"} 1\n');
  expect(page).toContain('gangway_tool_call_failures_total{server="echo",tool="big"} 0\n');
});

/** A server with one tool, whose name would colour the terminal that it is written to. */
const COLOURED = `
  const results = {
    initialize: { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'x', version: '1' } },
    'tools/list': { tools: [{ name: '\\u001b[31mred "\\n', inputSchema: { type: 'object' } }] },
    'tools/call': { content: [] },
  };
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { id, method } = JSON.parse(line);
    if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result: results[method] ?? {} }));
  });`;

test('no name among the metrics steers the terminal that they are read in', async () => {
  const server = serverSetting({ name: 'coloured', command: process.execPath, args: ['-e', COLOURED] });
  await using own = await startGangway({ servers: [server], defaultServer: 'coloured' });
  const client = await openSession(own.url);
  await client.call('tools/list');
  await client.call('tools/call', { name: '\u001b[31mred "\n' });
  await client.end();
  const page = await (await fetch(`${own.url}/metrics`)).text();
  expect(page).toContain(String.raw`server="coloured",tool="\\u{1b}[31mred \"\\u{a}",le="+Inf"} 1`);
  expect(page).not.toContain('\u001b');
});
