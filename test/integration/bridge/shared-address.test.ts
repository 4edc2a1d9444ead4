import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { KnownLists } from '../../../app/servers/index.ts';
import { hostBridge, remoteSetting } from '../../support/bridge-host.ts';
import { FIXTURES, type FixtureName, fixtureServer } from '../../support/fixture-servers.ts';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import type { EventReader, Message } from '../../support/http-client.ts';
import { CLIENT_KINDS, STDIO_CLIENT_KINDS } from '../../support/mcp-clients.ts';
import { type ModernCall, modernAnswer, modernStream } from '../../support/modern-request.ts';
import { testFlows } from '../../support/official-flows.ts';
import { rememberingLog } from '../../support/quiet-log.ts';
import { openSession, type SessionClient } from '../../support/raw-mcp.ts';
import type { RemoteOrigin } from '../../support/remote-origin.ts';
import { failingServer, ofAlias, sharedServer, silentServer, startPagedRemote } from '../../support/shared-address.ts';
import { shimProgram } from '../../support/shim-program.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

/** The result of a request, whatever it holds. */
async function ask(session: SessionClient, method: string, params: object = {}) {
  const { result, error } = await session.call(method, params);
  if (result === undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
  return Object(result);
}

/** The next message of this method. Lists may change in between: a server that grew in another test was started afresh. */
async function nextOf(stream: EventReader, method: string): Promise<Message> {
  for (;;) {
    const message = await stream.nextMessage();
    if (message.method === method || !message.method?.endsWith('/list_changed')) return message;
  }
}

/** The names of the tools on the first page. */
async function toolsOf(session: SessionClient): Promise<string[]> {
  const { tools } = await ask(session, 'tools/list');
  return tools.map(({ name }: { name: string }) => name);
}

/** Every transport and every revision once, each in front of another kind of server. */
const PAIRS: readonly (readonly [label: string, fixture: FixtureName])[] = [
  ['SDK v1 over HTTP+SSE', 'legacy'],
  ['SDK v1 over Streamable HTTP', 'modern'],
  ['SDK v2 (legacy) over Streamable HTTP', 'dual'],
  ['SDK v2 (auto) over Streamable HTTP', 'modern'],
  ['SDK v2 (modern only) over Streamable HTTP', 'legacy'],
];

describe('one address in front of six servers of all kinds', () => {
  let gangway: Gangway;
  let remote: RemoteOrigin;

  beforeAll(async () => {
    remote = await startPagedRemote(300, 70);
    gangway = await startGangway({
      servers: [
        ...FIXTURES.map((name) => fixtureServer(name)),
        silentServer('silent'),
        failingServer('failing'),
        remoteSetting({ name: 'remote', url: remote.url, era: 'auto' }),
      ],
      groups: FIXTURES.map((name) => ({ name: `with-${name}`, servers: [name, 'silent', 'remote'] })),
    });
  });
  afterAll(async () => {
    await gangway[Symbol.asyncDispose]();
    await remote[Symbol.asyncDispose]();
  });

  describe.each(PAIRS)('%s, in front of a %s server among them', (label, fixture) => {
    const kind = CLIENT_KINDS.find((one) => one.label === label);
    testFlows(
      async (who) => {
        if (kind === undefined) throw new Error(`No client: ${label}`);
        return ofAlias(await kind.connect(`${gangway.url}/groups/with-${fixture}`, who), fixture);
      },
      { announces: false },
    );
  });

  test('lists the tools of all servers that answer, to the last page of each, in the order of the settings', async () => {
    const session = await openSession(`${gangway.url}/all`);
    const names = await toolsOf(session);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.startsWith('remote__')).length).toBe(300);
    expect([...new Set(names.map((name) => name.split('__')[0]))]).toEqual(['legacy', 'dual', 'modern', 'remote']);
    expect(names.every((name) => /^[A-Za-z0-9_]{1,50}$/.test(name))).toBe(true);
    for (const cursor of ['none', '', 7]) {
      expect((await session.call('tools/list', { cursor })).error?.code).toBe(-32602);
    }
    await session.end();
  });

  test('answers calls of servers whose neighbours fail or hang, and names the one that a failed call was for', async () => {
    const session = await openSession(`${gangway.url}/all`);
    expect(await session.tool('dual__echo', { text: 'there' })).toBe('there');
    const unknown = await session.call('tools/call', { name: 'dual__ecko', arguments: {} });
    expect(unknown.error).toMatchObject({ code: -32602, data: { near: expect.arrayContaining(['dual__echo']) } });
    const shared = await session.call('resources/read', { uri: 'test://static-text' });
    expect(shared.error).toMatchObject({ code: -32602, data: { servers: ['legacy', 'dual', 'modern'] } });
    await session.end();
  });

  test('speak the modern revision to a server that does, in its own words: what it asks, refuses and logs', async () => {
    const url = `${gangway.url}/groups/with-dual`;
    const call = (name: string, more: Partial<ModernCall> = {}) =>
      modernAnswer(url, { method: 'tools/call', params: { name: `dual__${name}`, arguments: {} }, ...more });
    const name = 'test_input_required_result_elicitation';
    const listed = async () => JSON.stringify((await modernAnswer(url, { method: 'tools/list' })).result);
    await expect.poll(listed, { timeout: 30_000 }).toContain(`dual__${name}`);
    const asked = await call(name, { capabilities: { elicitation: {} } });
    expect(asked.result).toMatchObject({
      resultType: 'input_required',
      inputRequests: { user_name: { method: 'elicitation/create' } },
    });
    const { requestState } = Object(asked.result);
    const inputResponses = { user_name: { action: 'accept', content: { name: 'Ada' } } };
    const params = { name: `dual__${name}`, arguments: {}, inputResponses, ...(requestState ? { requestState } : {}) };
    const answered = await modernAnswer(url, { method: 'tools/call', params, capabilities: { elicitation: {} } });
    expect(answered.result?.content?.[0]?.text).toContain('Ada');
    expect((await call('test_missing_capability')).error).toMatchObject({
      code: -32021,
      data: { requiredCapabilities: { sampling: {} } },
    });
    const log = await modernStream(url, {
      method: 'tools/call',
      params: { name: 'dual__test_tool_with_logging', arguments: {} },
      meta: { 'io.modelcontextprotocol/logLevel': 'debug' },
    });
    expect((await log.nextMessage()).params).toMatchObject({ logger: expect.stringMatching(/^dual(?:\/|$)/) });
    log.close();
    const rows = gangway.engine.recorder
      .activity()
      .calls.filter(({ target }) => target.endsWith('_missing_capability'));
    expect(rows.map(({ server, transport, side }) => [server, transport, side])).toEqual([
      ['/groups/with-dual', 'stateless', 'client'],
      ['dual', 'aggregate', 'client'],
      ['dual', 'aggregate', 'server'],
    ]);
  });

  test('says how names are made, who is not there and why, before what each server has to say', async () => {
    const { result } = await (await fetchInitialize(`${gangway.url}/all/mcp`)).json();
    expect(result.capabilities).toMatchObject({
      tools: { listChanged: true },
      prompts: { listChanged: true },
      resources: { listChanged: true, subscribe: true },
    });
    expect(result.instructions).toMatch(/^This is MCP Gangway.*legacy are legacy__NAME/);
    expect(result.instructions).toContain('- failing: The MCP server failing ended with exit code 3.');
    expect(result.instructions).toContain('- silent: The MCP server silent has not answered yet.');
  });

  test('are no servers of their own for those who count servers', async () => {
    const { bridge } = gangway.engine.snapshot();
    expect(bridge.servers.map(({ name }) => name)).toEqual([...FIXTURES, 'silent', 'failing', 'remote']);
    expect(bridge.groups?.map(({ name }) => name)).toContain(null);
    const ready: unknown = await (await fetch(`${gangway.url}/readyz`)).json();
    expect(JSON.stringify(ready)).not.toContain('/all');
    const metrics = await (await fetch(`${gangway.url}/metrics`)).text();
    expect(metrics).not.toContain('server="/all"');
  });

  test('are refused by a sentence where there is no such group', async () => {
    const response = await fetchInitialize(`${gangway.url}/groups/nothing/mcp`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('There is no group named nothing. There are: with-legacy, with-dual');
  });
});

function fetchInitialize(url: string): Promise<Response> {
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }),
  });
}

describe('two servers with the same names behind one address', () => {
  let gangway: Gangway;

  beforeAll(async () => {
    gangway = await startGangway({
      servers: [sharedServer('one'), sharedServer('two', { alias: 'zwei' }), sharedServer('plain', {}, '--plain')],
      groups: [{ name: 'pair', servers: ['two', 'one', 'gone'] }],
    });
  });
  afterAll(() => gangway[Symbol.asyncDispose]());

  const open = () => openSession(`${gangway.url}/all`);

  test('are called by their own, each under its alias, with all that is said of a tool but its name untouched', async () => {
    const session = await open();
    expect(await session.tool('one__who')).toBe('one');
    expect(await session.tool('zwei__who')).toBe('two');
    const { tools } = await ask(session, 'tools/list');
    expect(tools).toContainEqual({
      name: 'zwei__who',
      title: 'who of two',
      inputSchema: { type: 'object' },
    });
    expect((await ask(session, 'tools/call', { name: 'one__fail' })).isError).toBe(true);
    await session.end();
  });

  test('are in a group in the order of the group, without a server that is not set up', async () => {
    const session = await openSession(`${gangway.url}/groups/pair`);
    const names = await toolsOf(session);
    expect([...new Set(names.map((name) => name.split('__')[0]))]).toEqual(['zwei', 'one']);
    await session.end();
  });

  test('give their prompts, resources and completions to whom they name, and nothing where two have one address', async () => {
    const session = await open();
    const prompt = await ask(session, 'prompts/get', { name: 'zwei__greet' });
    expect(prompt.messages[0].content.text).toBe('greet from two');
    const read = async (uri: string) => (await ask(session, 'resources/read', { uri })).contents[0].text;
    expect(await read('one://thing')).toBe('one://thing from one');
    expect(await read('two://by-id/7')).toBe('two://by-id/7 from two');
    expect((await session.call('resources/read', { uri: 'same://thing' })).error).toMatchObject({
      code: -32602,
      data: { servers: ['one', 'two'] },
    });
    expect((await session.call('resources/read', { uri: 'three://thing' })).error?.code).toBe(-32002);
    const complete = async (ref: object) =>
      (await ask(session, 'completion/complete', { ref, argument: { name: 'whom', value: 'A' } })).completion.values;
    expect(await complete({ type: 'ref/prompt', name: 'zwei__greet' })).toEqual(['two greet A']);
    expect(await complete({ type: 'ref/resource', uri: 'one://by-id/{id}' })).toEqual(['one one://by-id/{id} A']);
    expect(await complete({ type: 'ref/prompt', name: 'nobody' })).toEqual([]);
    await session.end();
  });

  test('fail alone: a death in mid-call is told with the server, and its next call is of a new process', async () => {
    const session = await open();
    const [died, other] = await Promise.all([
      session.call('tools/call', { name: 'one__die', arguments: {} }),
      session.call('tools/call', { name: 'zwei__count', arguments: { to: 1 } }),
    ]);
    expect(died.error).toMatchObject({ message: expect.stringContaining('one'), data: { server: 'one', exitCode: 7 } });
    expect(other.result?.content?.[0]?.text).toBe('two 1');
    expect(await session.tool('one__who')).toBe('one');
    await session.end();
  });

  test('announce a change of the merged list, and serve what is new of both', async () => {
    const session = await open();
    const before = (await toolsOf(session)).length;
    const stream = await session.get();
    await Promise.all([
      session.tool('one__grow', { tool: 'new_one' }),
      session.tool('zwei__grow', { tool: 'new_two' }),
    ]);
    expect((await stream.nextMessage()).method).toBe('notifications/tools/list_changed');
    // On a busy machine the second server may be read after the first change was told.
    await until('both are listed', async () => (await toolsOf(session)).length === before + 2);
    expect(await toolsOf(session)).toEqual(expect.arrayContaining(['one__new_one', 'zwei__new_two']));
    await session.tool('one__log', { level: 'info', data: 'behind it' });
    stream.close();
    await session.end();
  });

  test('ask the client of their own session, under ids that do not collide', async () => {
    const session = await open();
    await session.call('tools/list');
    const calls = ['one', 'zwei'].map((alias, index) =>
      session.stream({
        id: `call ${alias}`,
        method: 'tools/call',
        params: { name: `${alias}__ask`, arguments: { method: 'roots/list', params: { of: index } } },
      }),
    );
    const streams = await Promise.all(calls);
    const asked = [];
    const answers = [];
    for (const stream of streams) {
      for (let message = await stream.nextMessage(); ; message = await stream.nextMessage()) {
        if (message.method !== 'roots/list') {
          answers.push(message);
          break;
        }
        asked.push(message.id);
        await session.post({ id: message.id, result: { roots: [{ uri: `file:///${Object(message.params).of}` }] } });
      }
    }
    expect(new Set(asked).size).toBe(2);
    expect(answers.map(({ id, result }) => [id, JSON.parse(result?.content?.[0]?.text ?? '').roots[0].uri])).toEqual([
      ['call one', 'file:///0'],
      ['call zwei', 'file:///1'],
    ]);
    await session.end();
  });

  test('send what a client has subscribed to and asked for, and log messages under the name of their server', async () => {
    const session = await open();
    await session.call('tools/list');
    await session.call('logging/setLevel', { level: 'warning' });
    await session.call('resources/subscribe', { uri: 'one://thing' });
    const stream = await session.get();
    expect(await session.tool('zwei__log', { level: 'info', data: 'too light' })).toBe('warning');
    await session.tool('zwei__touch', { uri: 'two://thing' });
    await session.call('resources/subscribe', { uri: 'two://by-id/1' });
    // In the name of the other: it never arrives.
    await session.tool('zwei__touch', { uri: 'one://thing' });
    await session.tool('zwei__touch', { uri: 'two://by-id/1' });
    await session.tool('one__touch', { uri: 'one://thing' });
    for (const uri of ['two://by-id/1', 'one://thing']) {
      const updated = 'notifications/resources/updated';
      expect(await nextOf(stream, updated)).toMatchObject({ method: updated, params: { uri } });
    }
    const log = await session.stream({
      id: 'log',
      method: 'tools/call',
      params: { name: 'zwei__log', arguments: { level: 'error', data: 'grave' } },
    });
    expect(await log.nextMessage()).toMatchObject({ params: { level: 'error', logger: 'zwei/inner', data: 'grave' } });
    stream.close();
    log.close();
    await session.end();
  });

  test('hear of a cancelled call where it was made, and nowhere else', async () => {
    const session = await open();
    expect(await session.tool('one__who')).toBe('one');
    const held = await session.stream({
      id: 'held',
      method: 'tools/call',
      params: { name: 'one__hold', arguments: {} },
    });
    await session.post({ method: 'notifications/cancelled', params: { requestId: 'held' } });
    held.close();
    expect(await session.tool('one__held')).toBe('1');
    expect(await session.tool('zwei__held')).toBe('0');
    await session.end();
  });

  test('twenty clients at once see their own progress and answers alone', async () => {
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const session = await open();
        const alias = index % 2 === 0 ? 'one' : 'zwei';
        const stream = await session.stream({
          id: 1,
          method: 'tools/call',
          params: { name: `${alias}__count`, arguments: { to: 2 + index }, _meta: { progressToken: 1 } },
        });
        const seen: number[] = [];
        for (;;) {
          const message = await stream.nextMessage();
          if (message.method === undefined) {
            expect(message.result?.content?.[0]?.text).toBe(`${index % 2 === 0 ? 'one' : 'two'} ${2 + index}`);
            break;
          }
          seen.push(Object(message.params).progress);
        }
        expect(seen).toEqual(Array.from({ length: 2 + index }, (_unused, step) => step + 1));
        await session.end();
      }),
    );
  });

  test('are shown in Activity with both: the shared address as the client asked it, the server as it was asked', async () => {
    const session = await open();
    await session.tool('zwei__who');
    const rows = gangway.engine.recorder.activity().calls.filter(({ method }) => method === 'tools/call');
    expect(rows.findLast(({ server }) => server === '/all')?.target).toBe('zwei__who');
    expect(rows.findLast(({ server }) => server === 'two')).toMatchObject({ target: 'who', transport: 'aggregate' });
    const counted = gangway.engine.recorder.tools().map(({ server }) => server);
    expect(counted).toContain('two');
    expect(counted).not.toContain('/all');
    await session.end();
  });

  test('are gone from the lists while a person has stopped them', async () => {
    const session = await open();
    await session.call('tools/list');
    const stream = await session.get();
    const stopped = gangway.engine.stopServer('plain');
    expect((await stream.nextMessage()).method).toBe('notifications/tools/list_changed');
    await stopped;
    const names = await toolsOf(session);
    expect(names.some((name: string) => name.startsWith('plain__'))).toBe(false);
    expect((await session.call('tools/call', { name: 'plain__who', arguments: {} })).error?.code).toBe(-32602);
    gangway.engine.startServer('plain');
    expect((await stream.nextMessage()).method).toBe('notifications/tools/list_changed');
    expect(await session.tool('plain__who')).toBe('plain');
    stream.close();
    await session.end();
  });
});

test('what servers listed before a restart is served although they do not answer since', async () => {
  const file = join(temporaryDirectory(), 'known-lists.json');
  const kept = () => new KnownLists(file, rememberingLog().log);
  const before = await hostBridge({ servers: [sharedServer('one'), sharedServer('two')] }, { lists: kept() });
  const first = await openSession(`${before.url}/all`);
  const names = await toolsOf(first);
  expect(names).toContain('two__who');
  await before[Symbol.asyncDispose]();
  await using after = await hostBridge({ servers: [sharedServer('one'), silentServer('two')] }, { lists: kept() });
  const second = await openSession(`${after.url}/all`);
  expect(await toolsOf(second)).toEqual(names);
  expect(await second.tool('one__who')).toBe('one');
});

test('a list that a server does not answer keeps none of its others back, and counts once it comes', async () => {
  await using host = await hostBridge({ servers: [sharedServer('one'), sharedServer('two', {}, '--slow')] });
  const session = await openSession(`${host.url}/all`);
  await session.post({ method: 'notifications/initialized' });
  await until('its tools are listed', async () => (await toolsOf(session)).includes('two__who'));
  expect((await ask(session, 'prompts/list')).prompts).toHaveLength(2);
  const urisOf = async () =>
    (await ask(session, 'resources/list')).resources.map(({ uri }: { uri: string }) => uri).toSorted();
  expect(await urisOf()).toEqual(['one://thing', 'same://thing']);
  const stream = await session.get();
  await session.tool('two__grow', { tool: 'new_two' });
  await until('what is new is listed', async () => (await toolsOf(session)).includes('two__new_two'));
  await session.tool('two__list');
  const changed = 'notifications/resources/list_changed';
  while ((await stream.nextMessage()).method !== changed);
  expect(await urisOf()).toContain('two://thing');
  await session.end();
});

test('a client on stdio, and one that is connected by the path of a group, sees the servers as one', async () => {
  await using gangway = await startGangway({
    servers: [sharedServer('one'), sharedServer('two')],
    groups: [{ name: 'work', servers: ['two'] }],
  });
  for (const [target, names] of [
    ['--all', ['one__who', 'two__who']],
    ['--group=work', ['two__who']],
  ] as const) {
    const connected = STDIO_CLIENT_KINDS[0].connect(shimProgram(inject('cli'), gangway.port, target), 'Ada');
    await using client = await connected;
    expect((await client.listTools()).filter((name) => name.endsWith('__who'))).toEqual(names);
    expect(await client.call('two__who')).toBe('two');
  }
});

test('what a client of one server alone has asked it for is not taken for all that the server has', async () => {
  await using host = await hostBridge({ servers: [sharedServer('one')] });
  const own = await openSession(`${host.url}/servers/one`);
  await ask(own, 'tools/list');
  const shared = await openSession(`${host.url}/all`);
  expect(await toolsOf(shared)).toContain('one__who');
  expect((await ask(shared, 'prompts/list')).prompts).toEqual([expect.objectContaining({ name: 'one__greet' })]);
});
