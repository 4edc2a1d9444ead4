import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { type BridgeHost, hostBridge, remoteSetting } from '../../support/bridge-host.ts';
import { modernAnswer, postModern } from '../../support/modern-request.ts';
import { openSession, refusalAt, type SessionClient } from '../../support/raw-mcp.ts';
import {
  type Hook,
  type RemoteOrigin,
  resultFor,
  sendEvents,
  sendJson,
  startRemote,
} from '../../support/remote-origin.ts';
import { until } from '../../support/until.ts';

const hosted = (far: RemoteOrigin) => hostBridge({ servers: [remoteSetting({ url: far.url })] });

async function opened({ url }: BridgeHost): Promise<SessionClient> {
  const session = await openSession(url);
  await session.post({ method: 'notifications/initialized' });
  return session;
}

const call = (session: SessionClient) => session.call('tools/call', { name: 'echo', arguments: { a: 1 } });
const works = { result: { content: [{ type: 'text', text: '{"a":1}' }] } };
const initializations = (far: RemoteOrigin) => far.posted().filter((method) => method === 'initialize').length;

/** Answers messages with this method so; the rest goes its usual way. */
const onMethod =
  (method: string, answer: (response: ServerResponse) => void): Hook =>
  ({ message }, response) => {
    if (message?.method !== method) return false;
    answer(response);
    return true;
  };

/** Begins an answer that never ends. */
const unended =
  (status: number, fields: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, fields).write('x');

describe('A remote server that answers oddly, and has its session still', () => {
  test.each<[string, (response: ServerResponse) => void]>([
    ['refuses with 404', (response) => response.writeHead(404).end()],
    ['takes, and never ends its answer', unended(202)],
    ['answers with a stream that stays open', unended(200, { 'Content-Type': 'text/event-stream' })],
  ])('is used though it %s to notifications/initialized', async (_, answer) => {
    await using far = await startRemote();
    far.hook = onMethod('notifications/initialized', answer);
    await using host = await hosted(far);
    expect(await call(await opened(host))).toMatchObject(works);
    expect(initializations(far)).toBe(1);
  });

  test.each([
    [400, { error: 'no such thing' }, 'it answered 400'],
    [500, { error: { type: 'internal', message: 'broken' } }, 'it answered 500'],
    [200, { error: 'no such thing' }, 'gave no answer'],
  ])(
    'with %i and an error that is none of JSON-RPC, %j, is no answer that a client drops',
    async (status, body, words) => {
      await using far = await startRemote();
      await using host = await hosted(far);
      const session = await opened(host);
      far.hook = onMethod('tools/call', (response) => void sendJson(response, status, body));
      const answer = await call(session);
      expect(answer.error?.message).toContain(words);
      expect(answer).toMatchObject({ jsonrpc: '2.0', error: { code: -32603 } });
    },
  );

  test('is not initialized again for a notification that it does not know', async () => {
    await using far = await startRemote();
    far.hook = onMethod('notifications/roots/list_changed', (response) => response.writeHead(404).end());
    await using host = await hosted(far);
    const session = await opened(host);
    await session.post({ method: 'notifications/roots/list_changed' });
    await until('it was told', () => far.posted().includes('notifications/roots/list_changed'));
    expect(await call(session)).toMatchObject(works);
    expect(initializations(far)).toBe(1);
  });

  test('has its word on a method delivered, which later revisions send with 404', async () => {
    await using far = await startRemote();
    const error = { code: -32601, message: 'Method not found' };
    far.hook = ({ message }, response) =>
      message?.method === 'prompts/list' && sendJson(response, 404, { jsonrpc: '2.0', id: message.id, error });
    await using host = await hosted(far);
    const session = await opened(host);
    expect(await session.call('prompts/list')).toMatchObject({ error });
    expect(initializations(far)).toBe(1);
  });

  test('is initialized once for a request that it has no page for, and its answer is delivered', async () => {
    await using far = await startRemote();
    far.hook = onMethod('prompts/list', (response) => response.writeHead(404).end('<p>'));
    await using host = await hosted(far);
    const session = await opened(host);
    expect((await session.call('prompts/list')).error?.message).toContain('it answered 404 Not Found');
    expect(await call(session)).toMatchObject(works);
    expect(initializations(far)).toBe(2);
  });

  test('is not initialized without end for what the session was set up with', async () => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await opened(host);
    await session.call('logging/setLevel', { level: 'debug' });
    far.sessions.clear();
    far.hook = onMethod('logging/setLevel', (response) => response.writeHead(404).end());
    expect(await call(session)).toMatchObject(works);
    await until('it is set up', () => far.posted().filter((method) => method === 'logging/setLevel').length === 2);
    expect(await call(session)).toMatchObject(works);
    expect(initializations(far)).toBe(2);
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['goes on for ever', (response) => response.writeHead(500).write('x'.repeat(128 * 1024))],
    ['does not come', unended(500)],
  ])('gives an error though the page of that %s', async (_, answer) => {
    await using far = await startRemote();
    far.hook = onMethod('tools/call', answer);
    await using host = await hosted(far);
    expect(await refusalAt(host.url)).toContain('it answered 500 Internal Server Error');
  });

  test('is followed where a redirect comes with a page that never ends', async () => {
    await using far = await startRemote();
    far.hook = ({ path }, response) => {
      if (path !== '/mcp') return false;
      unended(307, { Location: '/mcp/' })(response);
      return true;
    };
    await using host = await hosted(far);
    expect(await call(await opened(host))).toMatchObject(works);
  });

  test('is asked on and on though it never ends the stream of an answer, of a cancelled call or not', async () => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await opened(host);
    far.hook = ({ message }, response) => {
      if (message?.method !== 'tools/call') return false;
      if (String(message.id).startsWith('cancelled')) sendEvents(response);
      else sendEvents(response, { jsonrpc: '2.0', id: message.id, result: resultFor(message) });
      return true;
    };
    const ids = Array.from({ length: 64 }, (_, n) => `cancelled-${n}`);
    const params = { name: 'echo' };
    const given = ids.map((id) => session.stream({ id, method: 'tools/call', params }).catch(() => null));
    await until('they are under way', () => far.posted().filter((method) => method === 'tools/call').length === 64);
    const cancel = (requestId: string) => session.post({ method: 'notifications/cancelled', params: { requestId } });
    await Promise.all(ids.map(cancel));
    // As many as may be under way at one time are, if those count.
    const answers = await Promise.all(Array.from({ length: 64 }, () => call(session)));
    for (const answer of [...answers, await call(session)]) expect(answer).toMatchObject(works);
    await session.end();
    await Promise.all(given);
  });

  test('takes what waits behind a long call that is cancelled while as many as may be are under way', async () => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const held: ServerResponse[] = [];
    far.hook = onMethod('tools/call', (response) => void held.push(response));
    const calls: AbortController[] = [];
    const begin = (text: string): AbortController => {
      const call = new AbortController();
      const params = { name: 'echo', arguments: { text } };
      const id = calls.push(call);
      postModern(`${host.url}/mcp`, { method: 'tools/call', id, params }, call.signal).catch(() => undefined);
      return call;
    };
    for (let count = 0; count < 128; count++) begin('');
    await until('they are under way', () => held.length === 128);
    const long = begin('x'.repeat(100_000));
    const written = (): number => host.bridge.snapshot().servers[0]?.traffic.toChildren ?? 0;
    await until('it waits', () => written() > 100_000);
    const behind = modernAnswer(host.url, { method: 'tools/list', id: 200 });
    // Comes behind that request.
    expect((await fetch(`${host.url}/nothing`)).status).toBe(404);
    const before = written();
    long.abort();
    await until('it is cancelled', () => written() > before);
    held[0]?.writeHead(500).end();
    expect(await behind).toMatchObject({ result: { tools: [{ name: 'echo' }] } });
    expect(far.seen.every(({ body }) => body.length < 100_000)).toBe(true);
    for (const call of calls) call.abort();
  });

  test.each([429, 401])('has the stream for what is unasked back after it was refused with %i once', async (status) => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await opened(host);
    await until('there is a stream', () => far.streams.size === 1);
    let refusals = 0;
    far.hook = ({ method }, response) => {
      if (method !== 'GET' || refusals > 0) return false;
      refusals++;
      response.writeHead(status).end();
      return true;
    };
    host.bridge.forgetNetwork();
    await until('it was refused', () => refusals === 1);
    await until('there is one again', async () => {
      expect(await call(session)).toMatchObject(works);
      return far.streams.size === 1;
    });
  });
});

test('A remote server that answers server/discover, and names earlier revisions alone, is used in those', async () => {
  await using far = await startRemote();
  const supported = ['2025-11-25', '2025-06-18'];
  far.hook = ({ message, headers }, response) => {
    if (message === null || headers['mcp-protocol-version'] !== '2026-07-28') return false;
    const { id, method } = message;
    const result = { resultType: 'complete', supportedVersions: supported, capabilities: { tools: {} } };
    if (method === 'server/discover') return sendJson(response, 200, { jsonrpc: '2.0', id, result });
    const error = { code: -32022, message: 'not supported', data: { supported, requested: '2026-07-28' } };
    return sendJson(response, 400, { jsonrpc: '2.0', id, error });
  };
  await using host = await hostBridge({ servers: [remoteSetting({ url: far.url, era: 'auto' })] });
  const params = { name: 'echo', arguments: { a: 1 } };
  expect(await modernAnswer(host.url, { method: 'tools/call', params })).toMatchObject(works);
  expect(await call(await opened(host))).toMatchObject(works);
});

test('What a remote server answers arrives byte by byte as it has written it', async () => {
  await using far = await startRemote();
  const result = String.raw`{ "n":12345678901234567890,"z":1.50,"u":"\u0041\/","u":null }`;
  far.hook = ({ message }, response) => {
    if (message?.method !== 'tools/call') return false;
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(`{"result":${result},  "id":${message.id},"jsonrpc":"2.0"}`);
    return true;
  };
  await using host = await hosted(far);
  const session = await opened(host);
  const { body } = await session.post({ id: 7, method: 'tools/call', params: { name: 'echo' } });
  expect(body).toContain(`{"result":${result},  "id":7,"jsonrpc":"2.0"}`);
});

test('A remote server of HTTP+SSE that has forgotten a session, and keeps its stream, is sent the call in another', async () => {
  await using far = await startRemote('/sse');
  let sessions = 0;
  far.hook = ({ method, path, message }, response) => {
    if (method === 'GET') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(`event: endpoint\ndata: /messages?session=${++sessions}\n\n`);
      far.streams.add(response);
    } else if (message?.method === 'tools/call' && path === '/messages?session=1') {
      response.writeHead(404).end('Session not found');
    } else {
      response.writeHead(202).end('Accepted');
      const reply = { jsonrpc: '2.0', id: message?.id, result: resultFor(message ?? {}) };
      if (message?.id !== undefined) [...far.streams].at(-1)?.write(`data: ${JSON.stringify(reply)}\n\n`);
    }
    return true;
  };
  await using host = await hosted(far);
  expect(await call(await opened(host))).toMatchObject(works);
  expect(sessions).toBe(2);
});

test('A remote server of HTTP+SSE that ends each session at its start is initialized again three times at once, and then now and then', async () => {
  await using far = await startRemote('/sse');
  far.hook = ({ method, message }, response) => {
    if (method === 'GET') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('event: endpoint\ndata: /messages\n\n');
      far.streams.add(response);
      return true;
    }
    response.writeHead(202).end('Accepted');
    const stream = [...far.streams].at(-1);
    const reply = { jsonrpc: '2.0', id: message?.id, result: resultFor(message ?? {}) };
    if (message?.id !== undefined) stream?.write(`data: ${JSON.stringify(reply)}\n\n`);
    else stream?.end();
    return true;
  };
  await using host = await hosted(far);
  await opened(host);
  await until('it was initialized again', () => initializations(far) >= 4);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(initializations(far)).toBe(4);
});

describe('What says nothing of transports', () => {
  test.each([503, 403])(
    'and of revisions leaves open what a server speaks: %i to the question for that',
    async (status) => {
      await using far = await startRemote();
      far.hook = onMethod('server/discover', (response) => response.writeHead(status).end());
      await using host = await hostBridge({ servers: [remoteSetting({ url: far.url, era: 'auto' })] });
      const params = { name: 'echo', arguments: { a: 1 } };
      expect(await modernAnswer(host.url, { method: 'tools/call', params })).toMatchObject(works);
      expect(host.log).toContainEqual(
        expect.objectContaining({
          message: 'The era of the server is known',
          fields: expect.objectContaining({ provisional: true }),
        }),
      );
    },
  );

  test.each<[string, (response: ServerResponse) => void]>([
    ['403', (response) => response.writeHead(403).end()],
    ['503', (response) => response.writeHead(503).end()],
    ['a connection that breaks', (response) => response.destroy()],
  ])('makes nobody ask for HTTP+SSE: %s', async (_, answer) => {
    await using far = await startRemote();
    far.hook = onMethod('initialize', answer);
    await using host = await hostBridge(
      { servers: [remoteSetting({ url: far.url })] },
      { times: { remotePatience: 50 } },
    );
    await refusalAt(host.url);
    expect(new Set(far.seen.map(({ method }) => method))).toEqual(new Set(['POST']));
    far.hook = () => false;
    expect(await call(await opened(host))).toMatchObject(works);
  });
});
