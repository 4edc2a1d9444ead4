import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BridgeSettings } from '../../../app/bridge/index.ts';
import { KnownLists } from '../../../app/servers/index.ts';
import type { ServerRules } from '../../../app/settings/settings.ts';
import { type BridgeHost, hostBridge, serverSetting } from '../../support/bridge-host.ts';
import { startGangway } from '../../support/gangway.ts';
import { type Message, type Reply, send } from '../../support/http-client.ts';
import { modernAnswer, modernStream } from '../../support/modern-request.ts';
import { rememberingLog } from '../../support/quiet-log.ts';
import { rawClient } from '../../support/raw-http.ts';
import { answerIn, openSession, openSse } from '../../support/raw-mcp.ts';
import { type Ask, WAYS } from '../../support/ways.ts';

const CUPBOARD = fileURLToPath(new URL('../../fixtures/cupboard-server.mjs', import.meta.url));
const SERIAL = fileURLToPath(new URL('../../fixtures/serial-server.mjs', import.meta.url));

const RULES: ServerRules = {
  tools: { deny: ['wipe', 'er*'] },
  prompts: { deny: ['rude'] },
  resources: { deny: ['db://secret/*'] },
};

function settings(rules: ServerRules = RULES): Pick<BridgeSettings, 'servers' | 'defaultServer' | 'sets'> {
  const program = { command: process.execPath, args: [CUPBOARD] };
  return {
    servers: [
      { ...serverSetting({ ...program, name: 'old', era: 'legacy' }), ...rules },
      { ...serverSetting({ ...program, name: 'new', era: 'modern' }), ...rules },
    ],
    defaultServer: 'old',
    sets: [
      { name: 'read', servers: { old: { tools: { allow: ['open', 'seen', 'wipe'] } }, new: {} } },
      { name: 'one', servers: { new: { tools: { allow: ['seen'] } } } },
    ],
  };
}

const PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
const INITIALIZE =
  '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}';

function namesIn(answer: Message, member: string, key = 'name'): readonly unknown[] {
  const list: unknown = Reflect.get(answer.result ?? {}, member);
  return Array.isArray(list) ? list.map((item) => item[key]) : [];
}

async function allTools(ask: Ask): Promise<readonly unknown[]> {
  const first = await ask('tools/list');
  return [...namesIn(first, 'tools'), ...namesIn(await ask('tools/list', { cursor: '' }), 'tools')];
}

/** What the server has seen of its clients so far. */
async function seenBy(ask: Ask): Promise<readonly string[]> {
  const { result } = await ask('tools/call', { name: 'seen', arguments: {} });
  return JSON.parse(result?.content?.[0]?.text ?? '[]');
}

let host: BridgeHost;
beforeAll(async () => {
  host = await hostBridge(settings());
});
afterAll(() => host[Symbol.asyncDispose]());

describe.each(WAYS)('By %s', (_way, server, open, notThere) => {
  let ask: Ask;
  beforeAll(async () => {
    ask = await open(host);
  });

  test('what is denied is not listed, on no page, and cursors stay', async () => {
    const first = await ask('tools/list');
    expect(first.result).toMatchObject({ nextCursor: '' });
    expect(await allTools(ask)).toEqual(['open', 'seen', 'change']);
    expect(namesIn(await ask('prompts/list'), 'prompts')).toEqual(['kind']);
    expect(namesIn(await ask('resources/list'), 'resources', 'uri')).toEqual(['db://public/1']);
    expect(namesIn(await ask('resources/templates/list'), 'resourceTemplates', 'uriTemplate')).toEqual([
      'db://public/{id}',
    ]);
  });

  test('what is denied cannot be used, and its server never hears of it', async () => {
    const refused = [
      await ask('tools/call', { name: 'wipe', arguments: {} }),
      await ask('tools/call', { name: 'erase', arguments: {} }),
      await ask('prompts/get', { name: 'rude' }),
      await ask('resources/read', { uri: 'db://secret/1' }),
      await ask('resources/read', { uri: 'db:%2F%2Fsecret/1' }),
      await ask('resources/read', { uri: 'db://%73ecret/1' }),
      await ask('completion/complete', {
        ref: { type: 'ref/prompt', name: 'rude' },
        argument: { name: 'a', value: '' },
      }),
      await ask('completion/complete', {
        ref: { type: 'ref/resource', uri: 'db://secret/{id}' },
        argument: { name: 'id', value: '' },
      }),
    ];
    expect(refused.map(({ error }) => error?.code)).toEqual([
      ...[-32602, -32602, -32602],
      ...[notThere, notThere, notThere],
      ...[-32602, notThere],
    ]);
    expect(refused[0]?.error).toMatchObject({
      message: expect.stringMatching(/^Unknown tool: wipe\. It is switched off for the MCP server .* Settings/),
      data: { reason: 'switched-off', server, name: 'wipe' },
    });
    const seen = (await seenBy(ask)).join();
    expect(seen).not.toMatch(/wipe|erase|rude|ecret/);
    expect((await ask('tools/call', { name: 'open', arguments: {} })).result?.content?.[0]?.text).toBe('open');
    expect((await ask('resources/read', { uri: 'db://public/1' })).error).toBeUndefined();
    expect((await ask('prompts/get', { name: 'kind' })).error).toBeUndefined();
  });

  test('an unknown method does not reach it either', async () => {
    const answer = await ask('tools/invoke', { name: 'wipe' });
    expect(answer.error).toMatchObject({ code: -32601, message: expect.stringContaining('tools/invoke') });
    expect(await seenBy(ask)).not.toContain('tools/invoke wipe');
  });

  test('the address of a set lets through what both it and the server do', async () => {
    const inSet = await open(host, '/set/read');
    const expected = server === 'old' ? ['open', 'seen'] : ['open', 'seen', 'change'];
    expect(await allTools(inSet)).toEqual(expected);
    const { error } = await inSet('tools/call', { name: 'wipe', arguments: {} });
    expect(error?.code).toBe(-32602);
    const other = await inSet('tools/call', { name: 'change', arguments: {} });
    const denied = { reason: 'switched-off', server, set: 'read', name: 'change' };
    expect(other.error?.data).toEqual(server === 'old' ? denied : undefined);
  });
});

describe('A policy', () => {
  test('leaves every byte of what stays in a list', async () => {
    const { body } = await (await openSession(host.url)).post({ id: 7, method: 'tools/list' });
    const kept =
      '{"name":"open","description":"open","limit":12345678901234567890,"x-own":{"b":1,"a":2},"inputSchema":{"type":"object"}}';
    expect(body).toContain(`"tools":[${kept}]`);
    expect(body).toContain('"own":1.0');
  });

  test('judges each message of a batch', async () => {
    const session = await openSession(host.url, { revision: '2025-03-26' });
    const batch = [
      { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'wipe', arguments: {} } },
      { jsonrpc: '2.0', id: 2, method: 'prompts/list' },
      { jsonrpc: '2.0', method: 'tools/call', params: { name: 'wipe', arguments: {} } },
    ];
    const reply = await post(`${host.url}/mcp`, session.headers, JSON.stringify(batch));
    expect(answerIn(reply, 1).error?.code).toBe(-32602);
    expect(namesIn(answerIn(reply, 2), 'prompts')).toEqual(['kind']);
    expect(await session.tool('seen')).not.toContain('wipe');
  });

  test.each([
    ['a second name', '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"open","name":"wipe"}}'],
    ['a name in another case', '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"open","Name":"wipe"}}'],
    ['a second method', '{"jsonrpc":"2.0","id":5,"method":"ping","params":{"name":"wipe"},"method":"tools/call"}'],
    [
      'a method in another case',
      '{"jsonrpc":"2.0","id":5,"method":"ping","params":{"name":"wipe"},"METHOD":"tools/call"}',
    ],
    ['a name with escapes', '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"n\\u0061me":"w\\u0069pe"}}'],
    [
      'a result in front of the method',
      '{"jsonrpc":"2.0","id":5,"result":{},"method":"tools/call","params":{"name":"wipe"}}',
    ],
    [
      'an error behind the method',
      '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"wipe"},"error":{},"id":5}',
    ],
    [
      'a name with an invisible character',
      '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"wi\\u200bpe"}}',
    ],
  ])('is not got round by %s', async (_how, text) => {
    const session = await openSession(host.url);
    const answer = answerIn(await post(`${host.url}/mcp`, session.headers, text), 5);
    expect([-32600, -32602]).toContain(answer.error?.code);
    expect(await session.tool('seen')).not.toContain('wipe');
  });

  test.each(['Tools/Call', ' tools/call', 'tools/call\u0000'])('is not got round by the method %j', async (method) => {
    const session = await openSession(host.url);
    const text = JSON.stringify({ jsonrpc: '2.0', id: 5, method, params: { name: 'wipe', arguments: {} } });
    expect(answerIn(await post(`${host.url}/mcp`, session.headers, text), 5).error?.code).toBe(-32601);
    expect(await session.tool('seen')).not.toContain('wipe');
  });

  test('refuses a retry of a modern call like the call itself, whatever state it shows', async () => {
    const answer = await modernAnswer(`${host.url}/servers/new`, {
      method: 'tools/call',
      params: { name: 'wipe', arguments: {}, requestState: 'forged', inputResponses: {} },
    });
    expect(answer.error?.code).toBe(-32602);
  });

  test('keeps news of what is denied from those who may not see it', async () => {
    const session = await openSession(host.url);
    const watching = await session.get();
    await session.tool('open');
    const news = await watching.nextMessage();
    expect(news.params).toEqual({ uri: 'db://public/1' });
    const stream = await modernStream(`${host.url}/servers/new`, {
      method: 'subscriptions/listen',
      params: { notifications: { resourceSubscriptions: ['db://secret/1', 'db://public/1'] } },
    });
    const acknowledged = await stream.nextMessage();
    expect(acknowledged.params).toMatchObject({ notifications: { resourceSubscriptions: ['db://public/1'] } });
    watching.close();
    stream.close();
  });

  test('says at the handshake that lists may change, where it limits them', async () => {
    const { body } = await post(`${host.url}/mcp`, {}, INITIALIZE);
    expect(body).toContain('"tools":{"listChanged":true}');
    const discovered = await modernAnswer(`${host.url}/servers/new`, { method: 'server/discover' });
    expect(discovered.result).toMatchObject({ capabilities: { tools: { listChanged: true } } });
  });

  test('in front of a set has sessions of its own, which no other address reaches', async () => {
    const inSet = await openSession(host.url, { path: '/set/read/mcp' });
    expect((await inSet.call('tools/list')).result).toMatchObject({ tools: [{ name: 'open' }] });
    const elsewhere = await post(`${host.url}/mcp`, inSet.headers);
    expect(elsewhere.status).toBe(404);
    const outside = await openSession(host.url);
    expect((await post(`${host.url}/set/read/mcp`, outside.headers)).status).toBe(404);
  });

  test('of a set leads to its only server, and names them where there are several', async () => {
    const one = await openSession(host.url, { path: '/set/one/mcp' });
    expect(namesIn(await one.call('tools/list', { cursor: '' }), 'tools')).toEqual(['seen']);
    const outside = await post(`${host.url}/set/one/servers/old/mcp`, {});
    expect(outside.status).toBe(404);
    const unknown = await post(`${host.url}/set/none/mcp`, {});
    expect([unknown.status, JSON.parse(unknown.body).error.message]).toEqual([
      404,
      'There is no set called none. Sets here: read, one.',
    ]);
  });
});

describe('The address of all servers', () => {
  test('leaves out what the rules of each deny', async () => {
    const session = await openSession(host.url, { path: '/all/mcp' });
    await session.post({ method: 'notifications/initialized' });
    const names = namesIn(await session.call('tools/list'), 'tools');
    expect(names).toContain('old__open');
    expect(names.filter((name) => /wipe|erase/.test(String(name)))).toEqual([]);
    const { error } = await session.call('tools/call', { name: 'old__wipe', arguments: {} });
    expect(error).toMatchObject({
      code: -32602,
      message: expect.stringMatching(/^Unknown tool: old__wipe\. It is switched off for the MCP server /),
      data: { reason: 'switched-off', server: 'old', name: 'old__wipe' },
    });
    expect(await session.tool('old__seen')).not.toContain('wipe');
  });

  const ASKED = [
    ['tool', { method: 'tools/call', params: { name: 'asking__ask', arguments: {} } }, { tools: { deny: ['ask'] } }],
    ['resource', { method: 'resources/read', params: { uri: 'kept://listed' } }, { resources: { deny: ['kept://*'] } }],
    [
      'resource that is in no list',
      { method: 'resources/read', params: { uri: 'kept://other' } },
      { resources: { deny: ['kept://other'] } },
    ],
  ] as const;

  test.each(ASKED)(
    'lets no call go on with the answers of its client whose %s is switched off while it waits for them',
    async (_, call, rules) => {
      const program = { command: process.execPath, args: [SERIAL, '--reads'], name: 'asking' };
      const asking = serverSetting({ ...program, era: 'legacy' });
      await using changing = await hostBridge({ servers: [asking], defaultServer: null, sets: [] });
      const url = `${changing.url}/all`;
      const capabilities = { elicitation: { form: {} } };
      await modernAnswer(url, { method: 'tools/list' });
      const states = [];
      for (const _ of ['one that goes on', 'one that does not']) {
        const asked = await modernAnswer(url, { ...call, capabilities });
        expect(asked.result).toMatchObject({ resultType: 'input_required', requestState: expect.any(String) });
        states.push(Object(asked.result));
      }
      const answer = ({
        requestState,
        inputRequests,
      }: {
        readonly requestState: string;
        readonly inputRequests: object;
      }) => {
        const inputResponses = Object.fromEntries(
          Object.keys(inputRequests).map((key) => [key, { action: 'accept', content: {} }]),
        );
        return modernAnswer(url, { ...call, params: { ...call.params, inputResponses, requestState }, capabilities });
      };
      const goneOn = expect.objectContaining({ text: 'accept' });
      const answeredWith = (result: unknown) => Object(result).content ?? Object(result).contents;
      expect(answeredWith((await answer(states[0])).result)).toEqual([goneOn]);
      changing.bridge.apply({ ...changing.settings, servers: [{ ...asking, ...rules }] });
      expect((await answer(states[1])).error).toMatchObject({
        code: -32602,
        data: { reason: 'switched-off', server: 'asking' },
      });
      changing.bridge.apply({ ...changing.settings, servers: [asking] });
      expect(answeredWith((await answer(states[1])).result)).toEqual([goneOn]);
    },
  );

  const SLOW_START = { timeout: 30_000 };

  /** What each kind of client gets at an address: it lists tools, and calls them. */
  const CLIENTS: readonly (readonly [string, (path: string) => Promise<Ask>])[] = [
    [
      'HTTP+SSE',
      async (path) => {
        const client = await openSse(host.url, `${path}/sse`);
        await client.call('initialize', { protocolVersion: '2024-11-05', capabilities: {} });
        await client.post({ method: 'notifications/initialized' });
        return client.call;
      },
    ],
    [
      'Streamable HTTP of 2025-11-25',
      async (path) => {
        const client = await openSession(host.url, { path: `${path}/mcp` });
        await client.post({ method: 'notifications/initialized' });
        return client.call;
      },
    ],
    [
      'Streamable HTTP of 2026-07-28',
      async (path) =>
        (method, params = {}) =>
          modernAnswer(`${host.url}${path}`, { method, params: { ...params } }),
    ],
  ];

  test.each(CLIENTS)(
    'under a set holds by %s what the set leaves of each server, and nothing else',
    async (_, open) => {
      const all = await open('/all');
      await all('tools/list');
      const ask = await open('/set/read/all');
      const tools = async (by: Ask) => namesIn(await by('tools/list'), 'tools');
      const left = ['old__open', 'old__seen', 'new__open', 'new__seen', 'new__change'];
      // A server that starts slowly is added when it has answered.
      await expect.poll(() => tools(ask), SLOW_START).toEqual(left);
      const denied = async (name: string) => (await ask('tools/call', { name, arguments: {} })).error?.code;
      expect([await denied('old__change'), await denied('old__wipe'), await denied('new__wipe')]).toEqual([
        -32602, -32602, -32602,
      ]);
      for (const name of ['old__open', 'new__open']) {
        expect((await ask('tools/call', { name, arguments: {} })).result?.content?.[0]?.text).toBe('open');
      }
      await expect.poll(() => tools(all), SLOW_START).toContain('old__change');
      const one = await open('/set/one/all');
      await expect.poll(() => tools(one), SLOW_START).toEqual(['new__seen']);
      expect((await one('tools/call', { name: 'old__open', arguments: {} })).error?.code).toBe(-32602);
    },
  );

  test('is refused by a sentence under a set that holds none of its servers, or is not there', async () => {
    const known = settings();
    await using other = await hostBridge({
      ...known,
      sets: [{ name: 'gone', servers: { removed: {} } }],
    });
    const none = await post(`${other.url}/set/gone/all/mcp`, {}, INITIALIZE);
    expect([none.status, JSON.parse(none.body).error.message]).toEqual([
      400,
      'None of the servers at this address is in the set that you use it with. Add one to the set in the settings.',
    ]);
    expect((await post(`${other.url}/set/nowhere/all/mcp`, {}, INITIALIZE)).status).toBe(404);
  });
});

describe('A stdio connection, as connect makes it', () => {
  test('is judged message by message, under the address of a set too', async () => {
    await using gangway = await startGangway(settings());
    const peer = await rawClient(gangway.port);
    const head = 'Host: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: mcp-stdio\r\n\r\n';
    peer.write(`GET /set/read/servers/old/stdio HTTP/1.1\r\n${head}`);
    expect((await peer.head()).start).toContain(' 101 ');
    const ask = async (id: number, method: string, params: object): Promise<Message> => {
      peer.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
      return JSON.parse(await peer.until('\n'));
    };
    await ask(1, 'initialize', { protocolVersion: '2025-11-25', capabilities: {} });
    expect(namesIn(await ask(2, 'tools/list', {}), 'tools')).toEqual(['open']);
    expect((await ask(3, 'tools/call', { name: 'wipe', arguments: {} })).error?.code).toBe(-32602);
    const { result } = await ask(4, 'tools/call', { name: 'seen', arguments: {} });
    expect(result?.content?.[0]?.text).not.toContain('wipe');
    peer.destroy();
  });
});

describe('A policy that changes', () => {
  test('counts from the next call of sessions that are open, which are told; open ones without any are told, too', async () => {
    await using changing = await hostBridge(settings({}));
    const session = await openSession(changing.url);
    await session.post({ method: 'notifications/initialized' });
    const watching = await session.get();
    expect(await session.tool('wipe')).toBe('wipe');
    const stream = await modernStream(`${changing.url}/servers/new`, {
      method: 'subscriptions/listen',
      params: { notifications: { toolsListChanged: true } },
    });
    await stream.nextMessage();
    const children = () => changing.bridge.snapshot().servers.map(({ spawns }) => spawns);
    const before = children();

    changing.bridge.apply({ ...changing.settings, ...settings({ tools: { deny: ['wipe'] } }) });
    expect((await watching.nextMessage()).method).toBe('notifications/tools/list_changed');
    expect((await stream.nextMessage()).method).toBe('notifications/tools/list_changed');
    expect((await session.call('tools/call', { name: 'wipe', arguments: {} })).error?.code).toBe(-32602);
    expect(namesIn(await session.call('tools/list'), 'tools')).toEqual(['open']);

    changing.bridge.apply({ ...changing.settings, ...settings({}) });
    expect((await watching.nextMessage()).method).toBe('notifications/tools/list_changed');
    expect(await session.tool('wipe')).toBe('wipe');
    // Another rule makes no other server: nothing was started anew.
    expect(children()).toEqual(before);
    watching.close();
    stream.close();
  });

  test('is not told of where it decides as before', async () => {
    await using changing = await hostBridge(settings({}));
    const session = await openSession(changing.url);
    await session.post({ method: 'notifications/initialized' });
    const watching = await session.get();
    changing.bridge.apply({ ...changing.settings, ...settings({ prompts: { deny: ['rude'] } }) });
    expect((await watching.nextMessage()).method).toBe('notifications/prompts/list_changed');
    changing.bridge.apply({ ...changing.settings, ...settings({ prompts: { deny: ['rude'] } }) });
    changing.bridge.apply({ ...changing.settings, ...settings({}) });
    // The next word is of the last change, and nothing came in between.
    expect((await watching.nextMessage()).method).toBe('notifications/prompts/list_changed');
    watching.close();
  });
});

describe('What a server lists', () => {
  test('shows which rules fit nothing: the log names each of them once', async () => {
    const rules = { tools: { deny: ['wipe', 'Erase', 'no_*'] }, prompts: { allow: ['kind'] } };
    await using fresh = await hostBridge(settings(rules));
    const warnings = () =>
      fresh.log.filter(({ message }) => message.startsWith('Rules for the')).map((line) => line.message);
    const session = await openSession(fresh.url);
    await allTools(session.call);
    await session.call('prompts/list');
    await allTools(session.call);
    fresh.bridge.apply({ ...fresh.settings, ...settings(rules) });
    expect(warnings()).toEqual([expect.stringContaining('server old fit none that it lists: Erase, no_*.')]);
  });

  test.each([
    ['a policy cuts it', RULES],
    ['there is no policy', {}],
  ] as const)('is remembered whole, as it was sent, where %s', async (_when, rules) => {
    const { log } = rememberingLog();
    const lists = new KnownLists(null, log);
    await using host = await hostBridge(settings(rules), { lists });
    await allTools((await openSession(host.url)).call);
    await allTools((method, params = {}) => modernAnswer(`${host.url}/servers/new`, { method, params: { ...params } }));
    for (const server of ['old', 'new']) {
      const { tools, face } = lists.of(server);
      const names = tools?.items.map((item) => JSON.parse(item).name);
      expect(names).toEqual(['open', 'wipe', 'erase', 'seen', 'change']);
      expect(tools?.items[0]).toContain('12345678901234567890');
      if (server === 'old') expect(face?.serverInfo).toMatchObject({ name: 'cupboard' });
    }
  });
});

function post(url: string, headers: Readonly<Record<string, string>>, body = PING): Promise<Reply> {
  const types = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  return send(url, { headers: { ...types, ...headers }, body });
}
