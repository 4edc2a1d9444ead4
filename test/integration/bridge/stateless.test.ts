import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BridgeHost, hostBridge, serverSetting } from '../../support/bridge-host.ts';
import { fixtureServer } from '../../support/fixture-servers.ts';
import { modernAnswer, modernStream, postModern } from '../../support/modern-request.ts';
import { openSession } from '../../support/raw-mcp.ts';
import { pointingServer, sharedServer } from '../../support/shared-address.ts';
import { until } from '../../support/until.ts';

const KINDS = ['legacy', 'modern'] as const;

/** A legacy child, or a modern one, with the tools of the catalogue. */
function hostFixture(kind: (typeof KINDS)[number]): Promise<BridgeHost> {
  return hostBridge({ servers: [fixtureServer(kind, { era: kind })] });
}

describe.each(KINDS)('a stateless client in front of a %s child', (kind) => {
  /** For what leaves no trace in the child. */
  let shared: BridgeHost;

  beforeAll(async () => {
    shared = await hostFixture(kind);
  });
  afterAll(() => shared[Symbol.asyncDispose]());

  test('gets every result under its own id, as it wrote it', async () => {
    const ids = ['a', 7, 'a b', '1', 1];
    const answers = await Promise.all(
      ids.map((id) => modernAnswer(shared.url, { id, method: 'tools/call', params: echo(`for ${id}`) })),
    );
    expect(answers.map(({ id }) => id)).toEqual(ids);
    expect(answers.map(({ result }) => Object(result).content[0].text)).toEqual(ids.map((id) => `for ${id}`));
  });

  test('cancels by closing the stream', async () => {
    await using host = await hostFixture(kind);
    const stream = await modernStream(host.url, {
      method: 'tools/call',
      params: { name: 'wait' },
      meta: { progressToken: 'p' },
    });
    expect(await stream.nextMessage()).toMatchObject({ params: { progressToken: 'p' } });
    stream.close();
    await until('the child has heard of it', async () => {
      const { result } = await modernAnswer(host.url, { method: 'tools/call', params: { name: 'cancellations' } });
      return Object(result).content[0].text === '1';
    });
  });

  test('is told why when the child dies, and is served by the next one', async () => {
    await using host = await hostFixture(kind);
    const stream = modernStream(host.url, {
      method: 'tools/call',
      params: { name: 'wait' },
      meta: { progressToken: 1 },
    });
    const waiting = await stream;
    await waiting.nextMessage();
    const dying = await modernAnswer(host.url, { method: 'tools/call', params: { name: 'die' } });
    expect(dying.error).toMatchObject({ code: -32603, data: { exitCode: 7, stderr: ['the fixture was told to die'] } });
    expect(await waiting.nextMessage()).toMatchObject({ error: { code: -32603, data: { exitCode: 7 } } });
    const next = await modernAnswer(host.url, { method: 'tools/call', params: echo('again') });
    expect(next.result).toMatchObject({ content: [{ text: 'again' }] });
  });

  test('shares its child with others of its principal, and with nobody else', async () => {
    await using host = await hostFixture(kind);
    const processOf = async (principal: string) => {
      const headers = { 'x-principal': principal };
      const { result } = await modernAnswer(host.url, { method: 'tools/call', params: { name: 'process' }, headers });
      return Object(result).content[0].text;
    };
    const [one, two, three] = await Promise.all(['a', 'a', 'b'].map(processOf));
    expect(one).toBe(two);
    expect(three).not.toBe(one);
  });

  test('eight at once with the same ids and tokens see their own progress and secrets alone', async () => {
    await using host = await hostFixture(kind);
    const streams = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        modernStream(host.url, {
          id: 1,
          method: 'tools/call',
          params: { name: 'count', arguments: { to: 3 } },
          meta: { progressToken: `secret of ${index}` },
        }),
      ),
    );
    for (const [index, stream] of streams.entries()) {
      const events = (await stream.rest()).map(({ data }) => JSON.parse(data));
      expect(events.slice(0, 3).map(({ params }) => [params.progressToken, params.progress])).toEqual(
        [1, 2, 3].map((progress) => [`secret of ${index}`, progress]),
      );
      expect(events.slice(3)).toMatchObject([{ id: 1, result: { content: [{ text: 'Counted to 3.' }] } }]);
    }
  });

  test('keeps two subscriptions with one id apart, and each to what it asked for', async () => {
    await using host = await hostFixture(kind);
    const listen = (notifications: object) =>
      modernStream(host.url, { id: 9, method: 'subscriptions/listen', params: { notifications } });
    const watched = await listen({ resourceSubscriptions: ['test://watched-resource'], unknown: true });
    const lists = await listen({ toolsListChanged: true, promptsListChanged: true });
    const tag = { _meta: { 'io.modelcontextprotocol/subscriptionId': 9 } };
    expect(await watched.nextMessage()).toMatchObject({
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: { resourceSubscriptions: ['test://watched-resource'] }, ...tag },
    });
    expect(await lists.nextMessage()).toMatchObject({
      params: { notifications: { toolsListChanged: true, promptsListChanged: true }, ...tag },
    });
    for (const uri of ['test://something-else', 'test://watched-resource']) {
      await modernAnswer(host.url, { method: 'tools/call', params: { name: 'touch', arguments: { uri } } });
    }
    await modernAnswer(host.url, { method: 'tools/call', params: { name: 'test_trigger_prompt_change' } });
    expect(await watched.nextMessage()).toMatchObject({
      method: 'notifications/resources/updated',
      params: { uri: 'test://watched-resource', ...tag },
    });
    expect(await lists.nextMessage()).toMatchObject({ method: 'notifications/prompts/list_changed', params: tag });
    await host.bridge.restart(kind);
    for (const stream of [watched, lists]) {
      expect(await stream.rest()).toMatchObject([{ data: expect.stringContaining('"resultType":"complete"') }]);
    }
  });

  test('is refused what it does wrong, with the status the revision gives it', async () => {
    const refusal = async (call: Parameters<typeof postModern>[1]) => {
      const response = await postModern(`${shared.url}/mcp`, { id: 'x', ...call });
      const { id, error } = Object(await response.json());
      expect(id).toBe('x');
      return [response.status, error.code];
    };
    const list = { method: 'tools/list' };
    const version = 'io.modelcontextprotocol/protocolVersion';
    const capabilities = 'io.modelcontextprotocol/clientCapabilities';
    expect(await refusal({ ...list, meta: { [version]: undefined } })).toEqual([400, -32602]);
    expect(await refusal({ ...list, meta: { [capabilities]: 'all' } })).toEqual([400, -32602]);
    expect(await refusal({ ...list, meta: { 'io.modelcontextprotocol/logLevel': 'loud' } })).toEqual([400, -32602]);
    expect(await refusal({ ...list, headers: { 'mcp-method': 'prompts/list' } })).toEqual([400, -32020]);
    expect(await refusal({ ...list, headers: { 'mcp-method': null } })).toEqual([400, -32020]);
    expect(await refusal({ ...list, headers: { 'mcp-protocol-version': null } })).toEqual([400, -32020]);
    expect(await refusal({ ...list, headers: { 'mcp-protocol-version': '2025-11-25' } })).toEqual([400, -32020]);
    const future = { meta: { [version]: '2027-01-01' }, headers: { 'mcp-protocol-version': '2027-01-01' } };
    expect(await refusal({ ...list, ...future })).toEqual([400, -32022]);
    const call = { method: 'tools/call', params: echo('x') };
    expect(await refusal({ ...call, headers: { 'mcp-name': 'other' } })).toEqual([400, -32020]);
    expect(await refusal({ ...call, headers: { 'mcp-name': null } })).toEqual([400, -32020]);
    const mirrored = { method: 'tools/call', params: { name: 'test_header_mirror', arguments: { region: 'eu' } } };
    expect(await refusal(mirrored)).toEqual([400, -32020]);
    expect(await refusal({ ...mirrored, headers: { 'mcp-param-region': 'us' } })).toEqual([400, -32020]);
    const sampling = { method: 'tools/call', params: { name: 'test_missing_capability' } };
    expect(await refusal(sampling)).toEqual([400, -32021]);
    for (const method of ['initialize', 'ping', 'logging/setLevel', 'resources/subscribe', 'nothing/like/it']) {
      expect(await refusal({ method })).toEqual([404, -32601]);
    }
    const forged = { method: 'tools/call', params: { ...echo('x'), requestState: 'forged' } };
    const response = await postModern(`${shared.url}/mcp`, forged);
    expect([response.status, Object(await response.json()).error.code]).toEqual([200, -32602]);
  });

  test('gets its mirrored arguments through', async () => {
    const args = { region: 'Malmö', size: 42, dry: false, place: { zone: 'a' }, note: 'free' };
    const headers = {
      'mcp-param-region': '=?base64?TWFsbcO2?=',
      'mcp-param-size': '42.0',
      'mcp-param-dry-run': 'false',
      'mcp-param-zone': 'a',
    };
    const params = { name: 'test_header_mirror', arguments: args };
    const { result } = await modernAnswer(shared.url, { method: 'tools/call', params, headers });
    expect(JSON.parse(Object(result).content[0].text)).toEqual(args);
  });

  test('is not limited by what JavaScript can count', async () => {
    const answer = await postModern(`${shared.url}/mcp`, {
      method: 'tools/call',
      params: echo('x'),
      rawId: '12345678901234567890',
    });
    expect(await answer.text()).toContain('"id":12345678901234567890');
  });
});

test('a legacy child that ends at server/discover is found to be legacy, and serves', async () => {
  const [strict, mute] = [['strict', []] as const, ['mute', ['--mute']] as const].map(([name, args]) =>
    serverSetting({
      name,
      era: 'auto',
      args: [new URL('../../fixtures/strict-legacy.mjs', import.meta.url).pathname, ...args],
    }),
  );
  await using host = await hostBridge({ servers: [strict, mute].filter((one) => one !== undefined) });
  for (const name of ['strict', 'mute']) {
    const url = `${host.url}/servers/${name}`;
    const call = { method: 'tools/call', params: { name: 'hello' } };
    expect((await modernAnswer(url, call)).result).toMatchObject({ content: [{ text: 'hello' }] });
    expect((await modernAnswer(url, { method: 'server/discover' })).result).toMatchObject({
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: {} },
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'strict' } },
    });
  }
  // That a sibling ended at the question is no fault of the server.
  expect(host.bridge.snapshot().servers).toMatchObject([{ lastEnd: null }, { lastEnd: null }]);
});

test('a server that can not be started says so, and is tried again', async () => {
  await using host = await hostBridge({ servers: [serverSetting({ era: 'auto', command: 'no-such-command-here' })] });
  for (const _attempt of [1, 2]) {
    const { error } = await modernAnswer(host.url, { method: 'tools/list' });
    expect(error).toMatchObject({ code: -32603, message: expect.stringContaining('no-such-command-here') });
  }
});

describe('the tasks extension', () => {
  const asks = (host: BridgeHost, server: string, method: string, params: object, name?: string) =>
    modernAnswer(`${host.url}/servers/${server}`, {
      method,
      params: { ...params },
      capabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } },
      headers: name === undefined ? {} : { 'mcp-name': name },
    });

  test('reaches a modern server: its tasks are asked for, answered and cancelled, with and without the header of their id', async () => {
    await using host = await hostBridge({ servers: [pointingServer('new', 'modern')] });
    const begun = await asks(host, 'new', 'tools/call', { name: 'work' });
    expect(begun.result).toMatchObject({ resultType: 'task', taskId: 'new-1', status: 'working' });
    for (const header of ['new-1', undefined]) {
      const got = await asks(host, 'new', 'tasks/get', { taskId: 'new-1' }, header);
      expect(got.result).toMatchObject({ status: 'completed', result: { content: [{ text: 'done by new' }] } });
    }
    expect(await asks(host, 'new', 'tasks/update', { taskId: 'new-1', inputResponses: {} })).toHaveProperty('result');
    expect(await asks(host, 'new', 'tasks/cancel', { taskId: 'new-1' })).toHaveProperty('result');
    const other = await asks(host, 'new', 'tasks/get', { taskId: 'new-1' }, 'new-2');
    expect(other.error).toMatchObject({ code: -32020 });
  });

  test('is not there in front of a legacy server, whose tasks are of another form', async () => {
    await using host = await hostBridge({ servers: [pointingServer('old', 'legacy')] });
    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel', 'tasks/list', 'tasks/result']) {
      const { error } = await asks(host, 'old', method, { taskId: 'old-1' });
      expect(error).toMatchObject({ code: -32601 });
    }
  });
});

describe('the extensions that a client has', () => {
  const UI = { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } };
  const extensions = { ...UI, 'io.modelcontextprotocol/tasks': {} };

  test('are told to a legacy server by stateless requests, but for those tasks which it cannot have', async () => {
    await using host = await hostBridge({ servers: [pointingServer('old', 'legacy')] });
    const call = { method: 'tools/call', params: { name: 'told' }, capabilities: { extensions } };
    const { result } = await modernAnswer(host.url, call);
    expect(JSON.parse(Object(result).content[0].text)).toEqual(UI);
  });

  test('are told to a modern server by a session, likewise', async () => {
    await using host = await hostBridge({ servers: [pointingServer('new', 'modern')] });
    const session = await openSession(host.url, { capabilities: { extensions } });
    expect(JSON.parse(await session.tool('told'))).toEqual(UI);
  });
});

function echo(text: string) {
  return { name: 'echo', arguments: { text } };
}

test.each([
  ['the address of a legacy server', '', ''],
  ['a shared address', '/all', 'one__'],
])('a stateless client at %s hears of parts of what it has subscribed to', async (_, path, prefix) => {
  await using host = await hostBridge({ servers: [sharedServer('one')] });
  const url = `${host.url}${path}`;
  await modernAnswer(url, { method: 'tools/list' });
  const stream = await modernStream(url, {
    method: 'subscriptions/listen',
    params: { notifications: { resourceSubscriptions: ['one://thing'] } },
  });
  expect(await stream.nextMessage()).toMatchObject({ method: 'notifications/subscriptions/acknowledged' });
  for (const uri of ['one://things', 'one://thing/part', 'one://thin', 'one://thing']) {
    await modernAnswer(url, { method: 'tools/call', params: { name: `${prefix}touch`, arguments: { uri } } });
  }
  for (const uri of ['one://thing/part', 'one://thing']) {
    expect(await stream.nextMessage()).toMatchObject({ method: 'notifications/resources/updated', params: { uri } });
  }
  stream.close();
});
