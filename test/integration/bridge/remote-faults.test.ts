import { describe, expect, test } from 'vitest';
import { hostBridge, remoteSetting } from '../../support/bridge-host.ts';
import { openSession, refusalAt, type SessionClient } from '../../support/raw-mcp.ts';
import { type RemoteOrigin, resultFor, sendEvents, sendJson, startRemote } from '../../support/remote-origin.ts';
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
  test.each([
    [404, ''],
    [400, 'Bad Request: No valid session ID provided'],
    // The official SDK, of a server with one transport that was restarted.
    [400, 'Bad Request: Server not initialized'],
  ])('with %i %s for a forgotten session is initialized again, and the call is answered', async (status, message) => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await host.open();
    far.sessions.clear();
    if (status === 400) {
      once(far, (_, response) =>
        sendJson(response, 400, {
          jsonrpc: '2.0',
          id: null,
          error: { code: -32000, message },
        }),
      );
    }
    expect(await call(session)).toMatchObject(works);
    expect(far.posted().filter((method) => method === 'initialize')).toHaveLength(2);
    expect(far.posted().filter((method) => method === 'notifications/initialized')).toHaveLength(2);
  });

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

  test('by repeating events from before the last one is heard once, and its answer all the same', async () => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await host.open();
    const told = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 1 } };
    const asked = { jsonrpc: '2.0', id: 'ask-1', method: 'roots/list' };
    const more = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 2 } };
    const event = (id: number, message: object): string => `id: ${id}\ndata: ${JSON.stringify(message)}\n\n`;
    const before = event(1, told) + event(2, asked);
    let resumed = 0;
    once(far, ({ message }, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(before);
      far.hook = ({ method, headers }, again) => {
        if (method !== 'GET' || headers['last-event-id'] === undefined) return false;
        const next = event(3, ++resumed === 1 ? more : { jsonrpc: '2.0', id: message?.id, result: works.result });
        again.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(`retry: 50\n${before}${next}`);
        return true;
      };
      return true;
    });
    const answers = await (await session.stream({ id: 7, method: 'tools/call', params: { name: 'echo' } })).rest();
    const messages = answers.flatMap(({ data }) => (data === '' ? [] : [JSON.parse(data)]));
    expect(messages).toEqual([told, asked, more, { jsonrpc: '2.0', id: 7, ...works }]);
  });

  test('by closing a stream that has event ids is not asked for the rest of a call that was cancelled meanwhile', async () => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await host.open();
    let isCut = false;
    once(far, (_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end('id: e1\nretry: 300\ndata:\n\n');
      response.once('finish', () => {
        isCut = true;
      });
      return true;
    });
    const waiting = session.stream({ id: 'mine-8', method: 'tools/call', params: { name: 'echo' } });
    await until('the stream is cut', () => isCut);
    await session.post({ method: 'notifications/cancelled', params: { requestId: 'mine-8' } });
    const resumed = () => far.seen.filter(({ headers }) => headers['last-event-id'] !== undefined);
    // The next call is cut too, and asked for: what was to be asked for before it would have been seen.
    once(far, ({ message }, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end('id: e9\nretry: 600\ndata:\n\n');
      far.hook = ({ method, headers }, again) => {
        if (method !== 'GET' || headers['last-event-id'] !== 'e9') return false;
        sendEvents(again, { jsonrpc: '2.0', id: message?.id, result: works.result });
        return true;
      };
      return true;
    });
    expect(await call(session)).toMatchObject(works);
    expect(resumed().map(({ headers }) => headers['last-event-id'])).toEqual(['e9']);
    await session.end();
    await waiting.catch(() => undefined);
  });

  test.each([
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
    [
      'brings it by the stream for what is unasked',
      (stream: import('node:http').ServerResponse, reply: object) =>
        stream.write(`data: ${JSON.stringify({ jsonrpc: '2.0', ...reply })}\n\n`),
      works,
    ],
    [
      'ends the stream for what is unasked',
      (stream: import('node:http').ServerResponse) => stream.end(),
      { error: { message: expect.stringContaining('was cut') } },
    ],
  ])('by taking a call with 202 is waited for until it %s', async (_, then, answer) => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await host.open();
    await until('the stream is open', () => far.streams.size === 1);
    once(far, ({ message }, response) => {
      response.writeHead(202).end();
      const reply = { id: message?.id, result: works.result };
      response.once('close', () =>
        setTimeout(() => {
          for (const stream of far.streams) then(stream, reply);
        }, 50),
      );
      return true;
    });
    expect(await call(session)).toMatchObject(answer);
    expect(await call(session)).toMatchObject(works);
  });

  test('by taking a call with 202 is not waited for where it has no stream for what is unasked', async () => {
    await using far = await startRemote();
    far.hook = ({ method, message }, response) => {
      if (method === 'GET') response.writeHead(405).end();
      else if (message?.method === 'tools/call') response.writeHead(202).end();
      else return false;
      return true;
    };
    await using host = await hosted(far);
    expect((await call(await host.open())).error?.message).toContain('gave no answer');
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
    expect(await refusalAt(host.url)).toBe(
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
    expect(await refusalAt(host.url)).toContain(`it redirects to http://127.0.0.1:${other.port}`);
    expect(other.seen).toEqual([]);
  });

  test('with redirects in a circle says so, and does not take its own address for a foreign one', async () => {
    await using far = await startRemote('/mcp');
    far.hook = (_, response) => {
      response.writeHead(308, { Location: '/mcp/' }).end();
      return true;
    };
    await using host = await hosted(far);
    expect(await refusalAt(host.url)).toBe(
      'The MCP server remote cannot be used: it redirects again and again. Check the path in its URL, and the proxy in front of it.',
    );
  });

  test('with 429 asks for patience, and not for another path', async () => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await host.open();
    once(far, (_, response) => {
      response.writeHead(429).end();
      return true;
    });
    expect(await call(session)).toMatchObject({
      error: {
        message: expect.stringMatching(/it answered 429 Too Many Requests\. It is asked too often: wait before/),
      },
    });
  });

  test.each([
    [429, '60'],
    // Its clock is a year behind.
    [503, 'Fri, 28 Nov 2025 10:01:00 GMT'],
  ])('with %i and the time to wait, %s, is asked no more before, and its caller is told', async (status, after) => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await host.open();
    const fields = { 'Retry-After': after, Date: 'Fri, 28 Nov 2025 10:00:00 GMT' };
    far.hook = ({ message }, response) =>
      message?.method === 'tools/list' && response.writeHead(status, fields).end() !== undefined;
    const answer = await session.call('tools/list');
    expect(answer.error?.message).toMatch(/It wants to be asked again in 60 s\.$/);
    expect(far.posted().filter((method) => method === 'tools/list')).toHaveLength(1);
  });

  test('with 429 and a second to wait is asked once more for what only reads, a second later', async () => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await host.open();
    const asked: number[] = [];
    far.hook = ({ message }, response) => {
      if (message?.method !== 'tools/list') return false;
      asked.push(performance.now());
      return asked.length === 1 && response.writeHead(429, { 'Retry-After': '1' }).end() !== undefined;
    };
    expect((await session.call('tools/list')).result).toMatchObject({ tools: [{ name: 'echo' }] });
    const [first = 0, second = 0] = asked;
    // A timer may end a millisecond early.
    expect(second - first).toBeGreaterThan(990);
    expect(asked).toHaveLength(2);
  });

  test('with 413 says that the message was too long, and not that its path is wrong', async () => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await host.open();
    once(far, (_, response) => {
      response
        .writeHead(413, { 'Content-Type': 'text/html' })
        .end('<html><h1>413 Request Entity Too Large</h1></html>');
      return true;
    });
    expect(await call(session)).toMatchObject({
      error: { message: expect.stringMatching(/answered 413 .*\. The message is longer than it, or a proxy in front/) },
    });
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

  test('by cutting the stream for what is unasked has it opened again, from the last event on, and nothing is lost', async () => {
    await using far = await startRemote();
    const asked: (string | undefined)[] = [];
    far.hook = ({ method, headers }, response) => {
      if (method !== 'GET') return false;
      asked.push(headers['last-event-id']?.toString());
      const n = asked.length;
      const message = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: n } };
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(`id: e${n}\nretry: 20\ndata: ${JSON.stringify(message)}\n\n`);
      if (n < 3) setTimeout(() => response.destroy(), 20);
      return true;
    };
    await using host = await hosted(far);
    const session = await host.open();
    const stream = await session.get();
    const heard = [];
    while (heard.length < 3) heard.push((await stream.nextMessage()).params);
    expect(heard.map((params) => Object(params).data)).toEqual([1, 2, 3]);
    expect(asked).toEqual([undefined, 'e1', 'e2']);
    stream.close();
  });

  test('to go on from the last event is asked for the stream of what is unasked without that', async () => {
    await using far = await startRemote();
    const asked: (string | undefined)[] = [];
    far.hook = ({ method, headers }, response) => {
      if (method !== 'GET') return false;
      const n = asked.push(headers['last-event-id']?.toString());
      if (n === 2) return sendJson(response, 400, { error: 'Invalid event ID' });
      const message = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: n } };
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(`id: e${n}\nretry: 20\ndata: ${JSON.stringify(message)}\n\n`);
      if (n === 1) setTimeout(() => response.destroy(), 20);
      return true;
    };
    await using host = await hosted(far);
    const session = await host.open();
    const stream = await session.get();
    expect((await stream.nextMessage()).params).toMatchObject({ data: 1 });
    expect((await stream.nextMessage()).params).toMatchObject({ data: 3 });
    expect(asked).toEqual([undefined, 'e1', undefined]);
    stream.close();
  });

  test('to take the first message, and speaks HTTP+SSE only, is asked for its stream', async () => {
    await using far = await startRemote();
    let stream: import('node:http').ServerResponse | null = null;
    far.hook = ({ method, path, message }, response) => {
      if (method === 'GET') {
        stream = response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        stream.write('event: endpoint\ndata: /messages?sessionId=1\n\n');
        return true;
      }
      if (!path.startsWith('/messages')) {
        response.writeHead(400).end('Bad Request');
        return true;
      }
      response.writeHead(202).end('Accepted');
      if (message?.id === undefined) return true;
      const reply = { jsonrpc: '2.0', id: message.id, result: resultFor(message) };
      stream?.write(`data: ${JSON.stringify(reply)}\n\n`);
      return true;
    };
    await using host = await hosted(far);
    expect(await call(await host.open())).toMatchObject(works);
  });

  test('with 401 for the Authorization of its entry says that this one was refused, and no registration is tried', async () => {
    await using far = await startRemote();
    far.hook = (_, response) => {
      response.writeHead(401, { 'WWW-Authenticate': 'Bearer resource_metadata="/none"' }).end();
      return true;
    };
    await using host = await hosted(far, { headers: { Authorization: 'Bearer old-token-1' } });
    expect(await refusalAt(host.url)).toContain('does not take the Authorization under its headers (401)');
    expect(new Set(far.seen.map(({ method, path }) => `${method} ${path}`))).toEqual(new Set(['POST /mcp']));
  });

  test('to be heard of again is told of a cancelled call under the id that the client has given it', async () => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await host.open();
    far.hook = ({ message }) => message?.method === 'tools/call' && new Promise(() => undefined);
    const waiting = session.stream({ id: 'mine-7', method: 'tools/call', params: { name: 'echo' } });
    await until('the call is there', () => far.posted().includes('tools/call'));
    await session.post({ method: 'notifications/cancelled', params: { requestId: 'mine-7' } });
    await until('it is told', () => far.posted().includes('notifications/cancelled'));
    const [called, cancelled] = far.seen.filter(({ message }) => /call|cancel/.test(message?.method ?? ''));
    expect([called?.message?.id, cancelled?.message?.params]).toEqual(['mine-7', { requestId: 'mine-7' }]);
    await session.end();
    await waiting.catch(() => undefined);
  });
});
