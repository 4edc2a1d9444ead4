import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BridgeHost, hostBridge, serverSetting } from '../../support/bridge-host.ts';
import { send } from '../../support/http-client.ts';
import { modernAnswer, postModern } from '../../support/modern-request.ts';
import { openSession, openSse } from '../../support/raw-mcp.ts';
import { until } from '../../support/until.ts';

const SERVER = fileURLToPath(new URL('../../fixtures/raw-lines-server.mjs', import.meta.url));
const raw = () => hostBridge({ servers: [serverSetting({ args: [SERVER] })] });
const INITIALIZED = { method: 'notifications/initialized' };
const RESULT = '"result":{"content":[{"type":"text","text":"yes"}]}';

/** The body of a POST whose id stands in it as this text. */
const written = (id: string, text: string, name = 'write') =>
  `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"${name}","arguments":${JSON.stringify({ text })}}}`;

const warnings = (host: BridgeHost, part: string) =>
  host.log.filter(({ level, message }) => level === 'warn' && message.includes(part));

/** Calls the server, and gives back everything its client got for it, as text. */
type Call = (id: string, text: string) => Promise<string>;

/** Ways to the server, each with a session of its own where there are sessions. */
const WAYS: Readonly<Record<string, (host: BridgeHost) => Promise<Call>>> = {
  'Streamable HTTP': async (host) => {
    const { headers, post } = await openSession(host.url);
    await post(INITIALIZED);
    return async (id, text) => (await send(`${host.url}/mcp`, { headers, body: written(id, text) })).body;
  },
  'HTTP+SSE': async (host) => {
    const client = await openSse(host.url);
    await client.call('initialize', { protocolVersion: '2024-11-05' });
    await client.post(INITIALIZED);
    const headers = { 'content-type': 'application/json' };
    return async (id, text) => {
      await send(host.url + client.endpoint, { headers, body: written(id, text) });
      for (;;) {
        const { data } = await client.reader.next();
        if (!data.includes('"id":null')) return data;
      }
    };
  },
  'stateless HTTP': async (host) => async (id, text) => {
    const params = { name: 'write', arguments: { text } };
    return (await postModern(`${host.url}/mcp`, { method: 'tools/call', params, rawId: id })).text();
  },
};

describe.each(Object.entries(WAYS))('over %s', (_, open) => {
  let shared: BridgeHost;
  let callShared: Call;

  beforeAll(async () => {
    shared = await raw();
    callShared = await open(shared);
  });
  afterAll(() => shared[Symbol.asyncDispose]());

  test.each([
    ['its type changed', '1', (id: string) => JSON.stringify(id)],
    ['another notation', '12', (id: string) => `${id}.0`],
    ['more digits than a double holds', '9007199254740993', (id: string) => id],
    ['more digits than a double holds, as a string', '1732796000000000001', (id: string) => `"${id}"`],
    ['a fraction of its own', '1.0', (id: string) => id],
    ['an exponent of its own', '1e400', (id: string) => id],
  ])('an answer whose id has %s arrives under the id of the request', async (_name, id, answered) => {
    // The stateless child is asked under an id of ours, so there the answer's text is made of that one.
    const body = await callShared(id, `{"jsonrpc":"2.0","id":${answered('$ID')},${RESULT}}\n`);
    expect(body).toMatch(new RegExp(`"id": ?${id.replaceAll('.', '\\.')}[,}]`));
    expect(body).toContain('yes');
  });

  test('an error without an id ends the only open request, and is logged', async () => {
    await using host = await raw();
    const call = await open(host);
    await call('1', `{"jsonrpc":"2.0","id":$ID,${RESULT}}\n`);
    const body = await call('"only"', '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"what?"}}\n');
    expect(body).toContain('"id":"only"');
    expect(body).toContain('what?');
    expect(warnings(host, 'names no open request')[0]?.fields).toMatchObject({ id: { excerpt: 'null' } });
  });

  test('an error without an id that answers a notification ends no request', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ args: [SERVER, 'refuses'] })] });
    const call = await open(host);
    // The refusal of `notifications/initialized` comes just before this answer.
    expect(await call('1', `{"jsonrpc":"2.0","id":$ID,${RESULT}}\n`)).toContain('yes');
  });

  test('an error without an id that comes before the handshake does not end it', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ args: [SERVER, 'complains'] })] });
    const call = await open(host);
    expect(await call('1', `{"jsonrpc":"2.0","id":$ID,${RESULT}}\n`)).toContain('yes');
  });

  test('lines that only look like answers reach no client, and the log shows how they begin', async () => {
    await using host = await raw();
    const noise = [
      '{"level":"info","id":$ID,"msg":"tool ran","result":"a log line"}',
      '{"jsonrpc":"2.0","id":$ID,"result":{"a":NaN}}',
      `INFO {"jsonrpc":"2.0","id":$ID,"result":{"log":1}}`,
      '{\n  "jsonrpc": "2.0",\n  "id": $ID,\n  "result": {}\n}',
      '[]',
    ];
    const call = await open(host);
    const body = await call('7', `${noise.join('\n')}\n\u001b[32m{"jsonrpc":"2.0","id":$ID,${RESULT}}\u001b[0m\r\n`);
    expect(body).toContain('yes');
    expect(body).not.toMatch(/log|NaN/);
    const shown = warnings(host, 'no JSON-RPC message');
    expect(shown).toHaveLength(5);
    expect(shown[0]?.fields).toMatchObject({ text: { excerpt: expect.stringContaining('tool ran'), characters: 200 } });
  });

  test('text that is not UTF-8 and halves of surrogate pairs arrive as replacement characters', async () => {
    await using host = await raw();
    const call = await open(host);
    const body = await call(
      '1',
      `{"jsonrpc":"2.0","id":$ID,"result":{"content":[{"type":"text","text":"a\\ud83d b"}]}}\n`,
    );
    expect(body).not.toContain('ud83d');
    expect(body).toMatch(/a(?:\\ufffd|\ufffd) b/);
  });
});

describe('nesting without end', () => {
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;

  test.each(Object.entries(WAYS))('of an error of the server passes over %s', async (_, open) => {
    await using host = await raw();
    const call = await open(host);
    // Made by the server, so that it is the server's alone.
    const line = `{"jsonrpc":"2.0","id":$ID,"error":{"code":-32001,"message":"deep","data":$DEEP}}\n`;
    expect(await call('1', line)).toContain(deep);
    expect(await call('2', `{"jsonrpc":"2.0","id":$ID,${RESULT}}\n`)).toContain('yes');
  });

  test('of a stateless request is refused, and of a request in a session the server’s affair', async () => {
    await using host = await raw();
    const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"seen","arguments":{"a":${deep}}}}`;
    const { headers } = await openSession(host.url);
    expect((await send(`${host.url}/mcp`, { headers, body })).body).toContain('"result"');
    const params = { name: 'seen', arguments: {} };
    const refused = await postModern(`${host.url}/mcp`, { method: 'tools/call', params, rawId: `1,"deep":${deep}` });
    expect(await refused.json()).toMatchObject({
      id: 1,
      error: { code: -32602, message: expect.stringContaining('1000') },
    });
  });
});

test('two frames on one line are two messages', async () => {
  await using host = await raw();
  const session = await openSession(host.url);
  const news = '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"news"}}';
  const { body } = await session.post({
    id: 1,
    method: 'tools/call',
    params: { name: 'write', arguments: { text: `${news}{"jsonrpc":"2.0","id":$ID,${RESULT}}\n` } },
  });
  const messages = [...body.matchAll(/^data: (.+)$/gm)].map(([, text]) => JSON.parse(text ?? ''));
  expect(messages).toMatchObject([{ method: 'notifications/message' }, { id: 1 }]);
});

test('the last line of a server that ends counts without a line break', async () => {
  await using host = await raw();
  const session = await openSession(host.url);
  const text = `{"jsonrpc":"2.0","id":$ID,${RESULT}}`;
  const { body } = await session.post({
    id: 1,
    method: 'tools/call',
    params: { name: 'write', arguments: { text, exit: true } },
  });
  expect(body).toContain('yes');
});

test('an answer that comes twice, or to no request, is logged, five times a minute at most', async () => {
  await using host = await raw();
  const session = await openSession(host.url);
  const answer = `{"jsonrpc":"2.0","id":$ID,${RESULT}}\n`;
  const stray = '{"jsonrpc":"2.0","id":"nobody\'s","result":{}}\n'.repeat(200);
  const { body } = await session.post({
    id: 1,
    method: 'tools/call',
    params: { name: 'write', arguments: { text: answer.repeat(2) + stray } },
  });
  expect(body).toContain('yes');
  await until('the answers are logged', () => warnings(host, 'names no open request').length === 5);
  await session.post({ id: 2, method: 'ping' });
  expect(warnings(host, 'names no open request')).toHaveLength(5);
});

test('the answer to a request that was cancelled is no surprise', async () => {
  await using host = await raw();
  const session = await openSession(host.url);
  const pending = session.stream({ id: 5, method: 'tools/call', params: { name: 'write', arguments: { text: ' ' } } });
  await until('it is under way', () => host.bridge.snapshot().servers[0]?.sessions[0]?.calls === 1);
  await session.post({ method: 'notifications/cancelled', params: { requestId: 5 } });
  await (await pending).rest();
  const late = `{"jsonrpc":"2.0","id":5,"result":{}}\n{"jsonrpc":"2.0","id":$ID,${RESULT}}\n`;
  await session.post({ id: 6, method: 'tools/call', params: { name: 'write', arguments: { text: late } } });
  expect(warnings(host, 'names no open request')).toEqual([]);
});

describe('a notification that comes with an id', () => {
  const stray = '{"jsonrpc":"2.0","id":"n","method":"notifications/initialized"}';

  test('is answered over Streamable HTTP, and reaches the server without the id', async () => {
    await using host = await raw();
    const session = await openSession(host.url);
    const { status, body } = await send(`${host.url}/mcp`, { headers: session.headers, body: stray });
    expect({ status, body }).toEqual({ status: 200, body: '{"jsonrpc":"2.0","id":"n","result":{}}' });
    expect(await session.tool('seen')).toContain(
      JSON.stringify('{"jsonrpc":"2.0","method":"notifications/initialized"}').slice(1, -1),
    );
  });

  test('is answered over HTTP+SSE', async () => {
    await using host = await raw();
    const client = await openSse(host.url);
    await client.call('initialize', { protocolVersion: '2024-11-05' });
    await client.post({ id: 8, method: 'notifications/cancelled', params: { requestId: 99 } });
    expect(await client.reader.nextMessage()).toEqual({ jsonrpc: '2.0', id: 8, result: {} });
    expect(await client.tool('seen')).not.toContain('"id\\":8');
  });

  test('is refused where no session is, with its id', async () => {
    await using host = await raw();
    expect(
      await modernAnswer(host.url, { method: 'notifications/initialized', rawId: '9007199254740993' }),
    ).toMatchObject({
      error: { code: -32600 },
    });
  });
});

test('faults of our own name a big id exactly, in every part of the endpoint', async () => {
  await using host = await raw();
  const id = '1732796000000000001';
  const gone = await send(`${host.url}/mcp`, {
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: `{"jsonrpc":"2.0","id":${id},"method":"ping"}`,
  });
  expect(gone.body).toContain(`"id":${id},`);
  const mismatch = await postModern(`${host.url}/mcp`, {
    method: 'tools/list',
    rawId: id,
    headers: { 'Mcp-Method': 'x' },
  });
  expect(await mismatch.text()).toContain(`"id":${id},`);
});

test('line separators of Unicode are escaped in event streams', async () => {
  await using host = await raw();
  const text = `{"jsonrpc":"2.0","id":$ID,"result":{"content":[{"type":"text","text":"a\u2028b\u2029c\u0085d “é”"}]}}\n`;
  const client = await openSse(host.url);
  await client.call('initialize', { protocolVersion: '2024-11-05' });
  const session = await openSession(host.url);
  const call = { id: 4, method: 'tools/call', params: { name: 'write', arguments: { text } } };
  await client.post(call);
  const bodies = [(await client.reader.next()).data, (await session.post(call, { accept: 'text/event-stream' })).body];
  // What is said when no request is open goes to the GET stream.
  const watch = await session.get();
  const news = `{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"a\u2028b\u2029c\u0085d “é”"}}\n`;
  await session.post({ ...call, id: 5, params: { name: 'write', arguments: { text: text + news } } });
  // The first event names an id alone.
  await watch.next();
  bodies.push((await watch.next()).data);
  for (const body of bodies) {
    expect(body).not.toMatch(/[\u2028\u2029\u0085]/);
    expect(body).toContain('a\\u2028b\\u2029c\\u0085d “é”');
  }
});
