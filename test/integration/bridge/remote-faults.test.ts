import { describe, expect, test } from 'vitest';
import { hostBridge, remoteSetting } from '../../support/bridge-host.ts';
import { answerIn, openSession, postTo, type SessionClient } from '../../support/raw-mcp.ts';
import { type RemoteOrigin, sendEvents, sendJson, startRemote } from '../../support/remote-origin.ts';
import { until } from '../../support/until.ts';

async function hosted(far: RemoteOrigin, setting: Partial<Parameters<typeof remoteSetting>[0]> = {}) {
  const host = await hostBridge({ servers: [remoteSetting({ url: far.url, ...setting })] });
  return Object.assign(host, {
    async open(): Promise<SessionClient> {
      const session = await openSession(host.url);
      await session.post({ method: 'notifications/initialized' });
      return session;
    },
  });
}

/** Does this to the next tools/call. */
function once(far: RemoteOrigin, hook: RemoteOrigin['hook']): void {
  far.hook = (seen, response) => {
    if (seen.message?.method !== 'tools/call') return false;
    far.hook = () => false;
    return hook(seen, response);
  };
}

const call = (session: SessionClient) => session.call('tools/call', { name: 'echo', arguments: { a: 1 } });
const works = { result: { content: [{ type: 'text', text: '{"a":1}' }] } };

describe('A remote server that fails', () => {
  test.each([404, 400])(
    'with %i for a forgotten session is initialized again, and the call is answered',
    async (status) => {
      await using far = await startRemote();
      await using host = await hosted(far);
      const session = await host.open();
      far.sessions.clear();
      if (status === 400) {
        once(far, (_, response) =>
          sendJson(response, 400, {
            jsonrpc: '2.0',
            id: null,
            error: { code: -32000, message: 'Bad Request: No valid session ID provided' },
          }),
        );
      }
      expect(await call(session)).toMatchObject(works);
      expect(far.posted().filter((method) => method === 'initialize')).toHaveLength(2);
      expect(far.posted().filter((method) => method === 'notifications/initialized')).toHaveLength(2);
    },
  );

  test('by being away answers a call with an error that says so, and works again when it is back', async () => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await host.open();
    await far.stop();
    const answer = await call(session);
    expect(answer.error?.message).toMatch(
      /^The MCP server remote cannot be reached: 127\.0\.0\.1:\d+ refused the connection\./,
    );
    expect(host.bridge.readiness()[0]).toMatchObject({ ready: false, lastEnd: { kind: 'unreachable' } });
    await far.start();
    expect(await call(session)).toMatchObject(works);
    expect(host.bridge.readiness()[0]).toMatchObject({ ready: true });
  });

  test('is waited for when it is away at the start', async () => {
    await using far = await startRemote();
    await using host = await hosted(far);
    await far.stop();
    const opening = host.open();
    await until('the log says so', () => host.log.some(({ message }) => message.includes('cannot be reached')));
    await far.start();
    expect(await call(await opening)).toMatchObject(works);
  });

  test('with a page of a proxy that cannot reach it answers with the status and not with the page', async () => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await host.open();
    once(far, (_, response) => {
      response.writeHead(502, { 'Content-Type': 'text/html' }).end('<html>secret page</html>');
      return true;
    });
    const answer = await call(session);
    expect(answer.error?.message).toContain('it answered 502 Bad Gateway.');
    expect(answer.error?.message).not.toContain('secret page');
    expect(await call(session)).toMatchObject(works);
  });

  test('by cutting the stream of an answer without event ids gives an error at once', async () => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await host.open();
    once(far, (_, response) => {
      sendEvents(response, { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } });
      setTimeout(() => response.destroy(), 20);
      return true;
    });
    expect((await call(session)).error?.message).toContain('the stream that its answer was to come by was cut');
  });

  test('by closing a stream that has event ids is asked for the rest, after the time it names', async () => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await host.open();
    let answered = 0;
    once(far, ({ message }, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end('id: e1\nretry: 30\ndata:\n\n');
      far.hook = (seen, again) => {
        if (seen.method !== 'GET' || seen.headers['last-event-id'] !== 'e1') return false;
        answered++;
        const reply = { jsonrpc: '2.0', id: message?.id, result: { content: [{ type: 'text', text: '{"a":1}' }] } };
        again.writeHead(200, { 'Content-Type': 'text/event-stream' });
        again.end(`id: e2\rdata: ${JSON.stringify(reply)}\r\r`);
        return true;
      };
      return true;
    });
    expect(await call(session)).toMatchObject(works);
    expect(answered).toBe(1);
  });

  test.each([
    [
      '202 without an answer',
      (response: import('node:http').ServerResponse) => response.writeHead(202).end(),
      'gave no answer',
    ],
    ['an empty 200', (response: import('node:http').ServerResponse) => response.writeHead(200).end(), 'gave no answer'],
    [
      'a web page',
      (response: import('node:http').ServerResponse) =>
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>'),
      'answered with text/html',
    ],
    [
      'a compressed body',
      (response: import('node:http').ServerResponse) =>
        response.writeHead(200, { 'Content-Encoding': 'gzip' }).end('x'),
      'compressed (gzip)',
    ],
    [
      'a broken connection',
      (response: import('node:http').ServerResponse) => response.destroy(),
      'closed the connection',
    ],
  ])('with %s gives an error', async (_, fail, sentence) => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await host.open();
    let failures = 0;
    far.hook = ({ message }, response) => {
      if (message?.method !== 'tools/call') return false;
      failures++;
      fail(response);
      return true;
    };
    expect((await call(session)).error?.message).toContain(sentence);
    expect(failures).toBe(sentence === 'closed the connection' ? failures : 1);
  });

  test.each([
    ['an extra member and an error that is null', { jsonrpc: '2.0', result: { content: [] }, error: null, extra: 1 }],
    ['a result that is a list', { jsonrpc: '2.0', result: [1, 2] }],
    ['no jsonrpc member', { result: { content: [] } }],
  ])('to be exact, with %s, has its answer delivered as it is', async (_, reply) => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await host.open();
    once(far, ({ message }, response) => sendJson(response, 200, { ...reply, id: message?.id }));
    expect(await call(session)).toMatchObject(reply);
  });

  test('by naming the id as a string, or none in an error, still answers the request that was posted', async () => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await host.open();
    once(far, ({ message }, response) =>
      sendJson(response, 200, { jsonrpc: '2.0', id: String(message?.id), result: { ok: true } }),
    );
    expect(await call(session)).toMatchObject({ id: 1, result: { ok: true } });
    once(far, (_, response) =>
      sendJson(response, 400, { jsonrpc: '2.0', id: null, error: { code: -32602, message: 'bad arguments' } }),
    );
    expect(await call(session)).toMatchObject({ id: 2, error: { code: -32602, message: 'bad arguments' } });
  });

  test('with 401 or 403 says what to do, and nothing is tried by itself', async () => {
    await using far = await startRemote();
    far.hook = (_, response) => {
      response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end();
      return true;
    };
    await using host = await hosted(far);
    const initialize = { id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {} } };
    const refused = answerIn(await postTo(`${host.url}/mcp`, initialize), 0);
    expect(refused.error?.message).toBe(
      'The MCP server remote asks for a sign-in; give it a token under headers, as "Authorization": "Bearer …".',
    );
    expect(host.bridge.readiness()[0]).toMatchObject({ ready: false, lastEnd: { kind: 'signed-out' } });
    // A GET would be the fallback to 2024-11-05: 401 says nothing of transports.
    expect(far.seen.every(({ method }) => method === 'POST')).toBe(true);
  });

  test('with a redirect within its origin is followed, method and headers kept; to another origin it is refused', async () => {
    await using far = await startRemote('/mcp');
    await using other = await startRemote('/mcp');
    far.hook = ({ path }, response) => {
      if (path !== '/mcp') return false;
      response.writeHead(307, { Location: '/mcp/' }).end();
      return true;
    };
    await using host = await hosted(far, { headers: { 'X-Api-Key': 'secret-key' } });
    expect(await call(await host.open())).toMatchObject(works);
    far.hook = (_, response) => {
      response.writeHead(307, { Location: other.url }).end();
      return true;
    };
    const initialize = { id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {} } };
    const refused = answerIn(await postTo(`${host.url}/mcp`, initialize), 0);
    expect(refused.error?.message).toContain(`it redirects to http://127.0.0.1:${other.port}`);
    expect(other.seen).toEqual([]);
  });

  test('by closing idle connections loses no call', async () => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await host.open();
    for (let round = 0; round < 5; round++) {
      once(far, ({ message }, response) => {
        response.once('finish', () => setImmediate(() => response.socket?.destroy()));
        return sendJson(response, 200, { jsonrpc: '2.0', id: message?.id, result: works.result });
      });
      expect(await call(session)).toMatchObject(works);
    }
  });
});
