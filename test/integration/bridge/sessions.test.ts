import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { hostBridge, serverSetting } from '../../support/bridge-host.ts';
import { events, send } from '../../support/http-client.ts';
import { answerIn, openSession, postTo } from '../../support/raw-mcp.ts';
import { until, untilGone } from '../../support/until.ts';

const BOTH_TYPES = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const INITIALIZE = { id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {} } };

describe('Streamable HTTP with sessions', () => {
  test('opens a session with 256 bits of id, and ends it and its child on DELETE', async () => {
    await using host = await hostBridge();
    const session = await openSession(host.url);
    expect(session.headers['mcp-session-id']).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const pid = Number(await session.tool('pid'));
    expect((await session.end()).status).toBe(200);
    expect((await session.post({ id: 9, method: 'ping' })).status).toBe(404);
    expect((await session.end()).status).toBe(404);
    await untilGone(pid);
  });

  test('answers a quick request with plain JSON, and one that takes a moment: some clients take no event that is as long', async () => {
    await using host = await hostBridge();
    const session = await openSession(host.url);
    const quick = await session.post({ id: 1, method: 'ping' });
    expect(quick.headers['content-type']).toBe('application/json');
    expect(quick.headers['mcp-session-id']).toBeUndefined();
    expect(quick.body).toBe('{"jsonrpc":"2.0","result":{},"id":1}');
    const params = { name: 'wait', arguments: { milliseconds: 200 } };
    const later = await session.post({ id: 2, method: 'tools/call', params });
    expect(later.headers['content-type']).toBe('application/json');
  });

  test('answers a slow request with a stream', async () => {
    await using host = await hostBridge({}, { times: { decide: 50 } });
    const session = await openSession(host.url);
    const slow = await session.post({
      id: 2,
      method: 'tools/call',
      params: { name: 'wait', arguments: { milliseconds: 300 } },
    });
    expect(slow.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
      'cache-control': 'no-store, no-transform',
    });
    expect(slow.body).toMatch(
      /^id: \d+-\d+\nretry: 1000\ndata: \n\nid: \d+-\d+\nevent: message\ndata: \{.*"id":2\}\n\n$/,
    );
  });

  test('opens streams without priming for clients before 2025-11-25', async () => {
    await using host = await hostBridge({}, { times: { decide: 0 } });
    const session = await openSession(host.url, { revision: '2025-06-18' });
    const { body } = await session.post({
      id: 2,
      method: 'tools/call',
      params: { name: 'wait', arguments: { milliseconds: 100 } },
    });
    expect(body).toMatch(/^id: \d+-\d+\nevent: message\ndata: /);
  });

  test('gives each client the kind of answer it takes', async () => {
    await using host = await hostBridge();
    const session = await openSession(host.url);
    const progress = {
      id: 1,
      method: 'tools/call',
      params: { name: 'progress', arguments: { count: 2 }, _meta: { progressToken: 5 } },
    };
    const json = await session.post(progress, { accept: 'application/json' });
    expect(json.headers['content-type']).toBe('application/json');
    expect(JSON.parse(json.body).id).toBe(1);
    const stream = await session.post({ id: 2, method: 'ping' }, { accept: 'text/event-stream' });
    expect(stream.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(answerIn(stream, 2).result).toEqual({});
    expect((await session.post({ id: 3, method: 'ping' }, { accept: '*/*' })).status).toBe(200);
    expect((await session.post({ id: 4, method: 'ping' }, { accept: 'text/html' })).status).toBe(406);
    expect((await session.get({ accept: 'application/json' })).status).toBe(406);
    // Clients compare this one with exactly that: mcp-go did until July 2026.
    const listening = await session.get();
    expect(listening.response.headers['content-type']).toBe('text/event-stream');
    listening.close();
  });

  test('answers what cannot be taken with the status codes clients act on', async () => {
    await using host = await hostBridge();
    const session = await openSession(host.url);
    const { 'mcp-session-id': _, ...withoutSession } = session.headers;
    const url = `${host.url}/mcp`;
    const ping = { id: 1, method: 'ping' };
    const unknown = { ...session.headers, 'mcp-session-id': 'unknown' };
    const rpcOf = async (reply: Promise<{ status: number; body: string }>) => {
      const { status, body } = await reply;
      return [status, JSON.parse(body).error.code];
    };
    expect(await rpcOf(postTo(url, ping, withoutSession))).toEqual([400, -32000]);
    expect(await rpcOf(postTo(url, ping, unknown))).toEqual([404, -32001]);
    expect(await rpcOf(postTo(url, INITIALIZE, session.headers))).toEqual([400, -32600]);
    expect(await rpcOf(session.post(ping, { 'mcp-protocol-version': '1999-01-01' }))).toEqual([400, -32000]);
    expect(await rpcOf(send(url, { headers: session.headers, body: '{"id":' }))).toEqual([400, -32700]);
    expect(await rpcOf(send(url, { headers: session.headers, body: Buffer.from([0x22, 0xff, 0x22]) }))).toEqual([
      400, -32700,
    ]);
    const coded = { ...session.headers, 'content-encoding': 'gzip' };
    const compressed = await send(url, { headers: coded, body: gzipSync('{"jsonrpc":"2.0","id":1,"method":"ping"}') });
    expect([compressed.status, compressed.headers['accept-encoding']]).toEqual([415, 'identity']);
    expect(compressed.body).toContain('compressed');
    expect(await rpcOf(send(url, { headers: session.headers, body: '{"jsonrpc":"2.0","id":1}' }))).toEqual([
      400, -32600,
    ]);
    expect(await rpcOf(send(url, { headers: session.headers, body: '{"id":null,"method":"ping"}' }))).toEqual([
      400, -32600,
    ]);
    expect(await rpcOf(send(url, { method: 'PUT', headers: session.headers }))).toEqual([405, -32000]);
    expect((await send(url, { method: 'PUT' })).headers['allow']).toBe('GET, POST, DELETE');
    expect((await events(url, { headers: withoutSession })).status).toBe(400);
    expect((await events(url, { headers: unknown })).status).toBe(404);
    expect((await session.post({ method: 'notifications/initialized' })).status).toBe(202);
    expect((await session.post({ id: 7, result: {} })).status).toBe(202);
  });

  test('makes no session of an initialize that the server refuses', async () => {
    await using host = await hostBridge();
    const params = { ...INITIALIZE.params, clientInfo: { name: 'refuse me', version: '1' } };
    const { status, headers, body } = await postTo(`${host.url}/mcp`, { ...INITIALIZE, params });
    expect(status).toBe(200);
    expect(headers['mcp-session-id']).toBeUndefined();
    expect(body).toContain('"error"');
    await until('the child is gone', () => host.bridge.snapshot().servers[0]?.children.length === 0);
  });

  test("is not there for another principal, nor under another server's path", async () => {
    await using host = await hostBridge({ servers: [serverSetting({ name: 'one' }), serverSetting({ name: 'two' })] });
    const session = await openSession(host.url, { headers: { 'x-principal': 'a' } });
    const asOther = { 'x-principal': 'b' };
    expect((await session.post({ id: 1, method: 'ping' }, asOther)).status).toBe(404);
    expect((await session.get(asOther)).status).toBe(404);
    expect(
      (await send(`${host.url}/mcp`, { method: 'DELETE', headers: { ...session.headers, ...asOther } })).status,
    ).toBe(404);
    expect((await postTo(`${host.url}/servers/two/mcp`, { id: 1, method: 'ping' }, session.headers)).status).toBe(404);
    expect((await postTo(`${host.url}/servers/one/mcp`, { id: 1, method: 'ping' }, session.headers)).status).toBe(200);
  });

  test('takes batches in 2025-03-26 and in no later revision', async () => {
    await using host = await hostBridge();
    const batch = JSON.stringify([
      { jsonrpc: '2.0', id: 1, method: 'ping' },
      { jsonrpc: '2.0', method: 'notifications/x' },
      { jsonrpc: '2.0', id: 2, method: 'ping' },
    ]);
    const old = await openSession(host.url, { revision: '2025-03-26' });
    const stream = await send(`${host.url}/mcp`, { headers: old.headers, body: batch });
    expect([answerIn(stream, 1).result, answerIn(stream, 2).result]).toEqual([{}, {}]);
    const json = await send(`${host.url}/mcp`, {
      headers: { ...old.headers, accept: 'application/json' },
      body: batch,
    });
    expect(JSON.parse(json.body)).toHaveLength(2);
    const notices = await send(`${host.url}/mcp`, {
      headers: old.headers,
      body: '[{"jsonrpc":"2.0","method":"notifications/x"}]',
    });
    expect(notices.status).toBe(202);
    const twice = '[{"id":1,"method":"ping"},{"id":1,"method":"ping"}]';
    expect((await send(`${host.url}/mcp`, { headers: old.headers, body: twice })).status).toBe(400);
    const later = await openSession(host.url, { revision: '2025-06-18' });
    expect((await send(`${host.url}/mcp`, { headers: later.headers, body: batch })).status).toBe(400);
  });

  test('refuses a second request with an id that is under way', async () => {
    await using host = await hostBridge();
    const session = await openSession(host.url);
    const first = await session.stream({ id: 5, method: 'tools/call', params: { name: 'never' } });
    expect((await session.post({ id: 5, method: 'ping' })).status).toBe(400);
    expect((await session.post({ id: '5', method: 'ping' })).status).toBe(200);
    first.close();
  });

  test('sends each message to the stream it belongs to, and to no other', async () => {
    await using host = await hostBridge({}, { times: { decide: 0 } });
    const session = await openSession(host.url);
    const watching = await session.get();
    const slow = await session.stream({
      id: 101,
      method: 'tools/call',
      params: { name: 'wait', arguments: { milliseconds: 400 } },
    });
    const progress = await session.post({
      id: 102,
      method: 'tools/call',
      params: { name: 'progress', arguments: { count: 3 }, _meta: { progressToken: 'p' } },
    });
    const seen = [...progress.body.matchAll(/^data: (\{.+)$/gm)].map(([, text = '']) => JSON.parse(text));
    expect(seen.map(({ params, id }) => params?.progress ?? id)).toEqual([1, 2, 3, 102]);
    await session.tool('change');
    expect((await watching.nextMessage()).method).toBe('notifications/tools/list_changed');
    const rest = (await slow.rest()).filter(({ data }) => data !== '').map(({ data }) => JSON.parse(data));
    expect(rest.map(({ id }) => id)).toEqual([101]);
    watching.close();
  });

  test("carries the server's questions to the client and the answers back", async () => {
    await using host = await hostBridge();
    const session = await openSession(host.url);
    const stream = await session.stream({
      id: 1,
      method: 'tools/call',
      params: { name: 'ask', arguments: { method: 'roots/list' } },
    });
    const question = await stream.nextMessage();
    expect(question).toMatchObject({ method: 'roots/list', id: 0 });
    expect((await session.post({ id: question.id, result: { roots: [{ uri: 'file:///x' }] } })).status).toBe(202);
    const answer = await stream.nextMessage();
    expect(answer.result?.content?.[0]?.text).toBe('{"roots":[{"uri":"file:///x"}]}');
  });

  test('lets a second GET take the watching over', async () => {
    await using host = await hostBridge();
    const session = await openSession(host.url);
    const first = await session.get();
    const second = await session.get();
    await first.rest();
    await session.tool('change');
    expect((await second.nextMessage()).method).toBe('notifications/tools/list_changed');
    expect(await session.tool('echo', { text: 'still here' })).toBe('still here');
    second.close();
  });

  test('keeps for the GET stream what was said before it came', async () => {
    await using host = await hostBridge();
    const session = await openSession(host.url);
    await session.tool('change');
    const watching = await session.get();
    expect((await watching.nextMessage()).method).toBe('notifications/tools/list_changed');
    watching.close();
  });

  test('ends the answer to a request that its client cancelled', async () => {
    await using host = await hostBridge();
    const session = await openSession(host.url);
    const stream = await session.stream({ id: 1, method: 'tools/call', params: { name: 'never' } });
    await session.post({ method: 'notifications/cancelled', params: { requestId: 1 } });
    expect((await stream.rest()).filter(({ data }) => data !== '')).toEqual([]);
    expect(host.bridge.snapshot().servers[0]?.sessions[0]?.calls).toBe(0);
  });

  test('names the ceiling that a session meets, and when to come back', async () => {
    const limits = {
      messageBytes: 1000,
      sessions: 1,
      children: 5,
      parkedCalls: 1,
      sessionIdle: 300_000,
      replayBytes: 1000,
    };
    await using host = await hostBridge({ limits });
    const session = await openSession(host.url);
    await session.tool('pid');
    const second = await postTo(`${host.url}/mcp`, INITIALIZE);
    expect(second.status).toBe(503);
    // When the session that is there ends if nobody uses it.
    expect(Number(second.headers['retry-after'])).toBeGreaterThan(250);
    expect(Number(second.headers['retry-after'])).toBeLessThanOrEqual(300);
    expect(JSON.parse(second.body)).toMatchObject({ id: 0, error: { code: -32000 } });
    expect((await send(`${host.url}/sse`, { method: 'GET' })).status).toBe(503);
    await session.end();
    const again = await openSession(host.url);
    await again.end();
    await until('all are gone', () => host.bridge.snapshot().servers[0]?.children.length === 0);
    host.bridge.apply({
      ...host.settings,
      servers: [serverSetting()],
      defaultServer: 'echo',
      limits: { ...limits, sessions: 5, children: 1 },
    });
    const third = await openSession(host.url);
    await third.tool('pid');
    expect((await send(`${host.url}/sse`, { method: 'GET' })).status).toBe(503);
    await third.end();
  });

  test.each(['from-before', '', 'a, b'])(
    'begins a session under a new id for an initialize that names %j',
    async (id) => {
      await using host = await hostBridge();
      const opened = await postTo(`${host.url}/mcp`, INITIALIZE, { ...BOTH_TYPES, 'mcp-session-id': id });
      expect(opened.status).toBe(200);
      expect(opened.headers['mcp-session-id']).toMatch(/^[A-Za-z0-9_-]{43}$/);
    },
  );

  test('refuses an initialize within a live session, and leaves that as it was', async () => {
    await using host = await hostBridge();
    const session = await openSession(host.url);
    const pid = await session.tool('pid');
    const again = await session.post(INITIALIZE);
    expect(again.status).toBe(400);
    expect(again.headers['mcp-session-id']).toBeUndefined();
    expect(await session.tool('pid')).toBe(pid);
    expect(host.bridge.snapshot().servers[0]?.sessions).toHaveLength(1);
    // Of another principal, the id is as unknown as any, and what begins has nothing to do with it.
    const foreign = await postTo(`${host.url}/mcp`, INITIALIZE, {
      ...BOTH_TYPES,
      'mcp-session-id': String(session.headers['mcp-session-id']),
      'x-principal': 'other',
    });
    expect(foreign.status).toBe(200);
    expect(foreign.headers['mcp-session-id']).not.toBe(session.headers['mcp-session-id']);
  });

  test.each(['DRAFT-2026-v1', '2099-01-01', '2026-07-28', ''])(
    'settles on a known revision with a client that asks for %j',
    async (asked) => {
      await using host = await hostBridge();
      const initialize = { ...INITIALIZE, params: { ...INITIALIZE.params, protocolVersion: asked } };
      const opened = await postTo(`${host.url}/mcp`, initialize, BOTH_TYPES);
      expect(JSON.parse(opened.body).result.protocolVersion).toBe('2025-11-25');
      const own = { ...BOTH_TYPES, 'mcp-session-id': String(opened.headers['mcp-session-id']) };
      expect((await postTo(`${host.url}/mcp`, { id: 1, method: 'ping' }, own)).status).toBe(200);
      const draft = { ...own, 'mcp-protocol-version': 'DRAFT-2026-v1' };
      expect((await postTo(`${host.url}/mcp`, { id: 2, method: 'ping' }, draft)).status).toBe(400);
    },
  );

  test('lives on without its GET stream as long as it is used', async () => {
    await using host = await hostBridge({}, { times: { grace: 2000, tick: 50 } });
    const used = await openSession(host.url);
    const left = await openSession(host.url);
    for (const session of [used, left]) (await session.get()).close();
    const pid = await used.tool('pid');
    await until('the one that nothing uses is closed', () => host.bridge.snapshot().servers[0]?.sessions.length === 1);
    expect((await left.post({ id: 1, method: 'ping' })).status).toBe(404);
    expect(await used.tool('pid')).toBe(pid);
  });

  test('answers a GET of the stateless era with 405', async () => {
    await using host = await hostBridge();
    const headers = { ...BOTH_TYPES, 'mcp-protocol-version': '2026-07-28' };
    const reply = await send(`${host.url}/mcp`, { method: 'GET', headers });
    expect([reply.status, reply.headers['allow']]).toEqual([405, 'POST']);
    expect((await send(`${host.url}/mcp`, { method: 'DELETE', headers })).status).toBe(405);
  });
});
