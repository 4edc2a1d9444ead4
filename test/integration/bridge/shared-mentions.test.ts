import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BridgeHost, hostBridge } from '../../support/bridge-host.ts';
import type { Message } from '../../support/http-client.ts';
import { modernAnswer } from '../../support/modern-request.ts';
import { answerIn, openSession, openSse, postTo } from '../../support/raw-mcp.ts';
import { pointingServer } from '../../support/shared-address.ts';

type Ask = (method: string, params?: object) => Promise<Message>;

const TASKS = { extensions: { 'io.modelcontextprotocol/tasks': {} } };

describe('what servers behind one address point to, and do not list', () => {
  let host: BridgeHost;

  beforeAll(async () => {
    host = await hostBridge({
      servers: [pointingServer('old', 'legacy'), pointingServer('other', 'legacy'), pointingServer('new', 'modern')],
    });
  });
  afterAll(() => host[Symbol.asyncDispose]());

  async function inSession({ url }: BridgeHost = host): Promise<Ask> {
    const session = await openSession(`${url}/all`);
    await session.post({ method: 'notifications/initialized' });
    await session.call('tools/list');
    return session.call;
  }

  const withoutSession =
    ({ url }: BridgeHost): Ask =>
    (method, params = {}) =>
      modernAnswer(`${url}/all`, { method, params: { ...params }, capabilities: TASKS });
  const stateless: Ask = (method, params) => withoutSession(host)(method, params);

  const uriIn = ({ result }: Message): string => {
    const { content, messages } = Object(result);
    const block = content?.[0] ?? messages[0].content;
    return block.uri ?? block.resource.uri;
  };

  const KINDS = [
    ['a session', inSession],
    ['stateless requests', async (of: BridgeHost = host) => withoutSession(of)],
  ] as const;

  describe.each(KINDS)('by %s', (_kind, open) => {
    test.each(['old', 'other', 'new'])(
      'is read from %s where it has linked, embedded or prompted it',
      async (server) => {
        const ask = await open();
        for (const [method, name] of [
          ['tools/call', 'link'],
          ['tools/call', 'embed'],
          ['prompts/get', 'show'],
        ] as const) {
          const uri = uriIn(await ask(method, { name: `${server}__${name}` }));
          const { result, error } = await ask('resources/read', { uri });
          expect(error).toBeUndefined();
          expect(result).toMatchObject({ contents: [{ text: `${uri} from ${server}` }] });
        }
      },
    );

    test.each(['old', 'other', 'new'])('is read from %s where it is the page of its tool', async (server) => {
      const ask = await open();
      const uri = `ui://${server}/page.html`;
      const { result } = await ask('resources/read', { uri });
      expect(result).toMatchObject({ contents: [{ text: `${uri} from ${server}` }] });
    });

    test('is called by the own names of its tools once the page of one was read, and by no name of two', async () => {
      await using own = await hostBridge({
        servers: [pointingServer('old', 'legacy'), pointingServer('other', 'legacy'), pointingServer('new', 'modern')],
      });
      const ask = await open(own);
      await ask('tools/list');
      const call = async (name: string) => {
        const { result, error } = await ask('tools/call', { name, arguments: {} });
        return result?.content?.[0]?.text ?? error?.code;
      };
      expect(await call('only_old')).toBe(-32602);
      await ask('resources/read', { uri: 'ui://old/page.html' });
      expect([await call('only_old'), await call('told')]).toEqual(['old', expect.any(String)]);
      expect([await call('only_new'), await call('only_other'), await call('work')]).toEqual([-32602, -32602, -32602]);
      await ask('resources/read', { uri: 'ui://new/page.html' });
      expect([await call('only_old'), await call('only_new'), await call('told')]).toEqual(['old', 'new', -32602]);
      expect(await call('other__told')).toEqual(expect.any(String));
      const servers = own.settings.servers.map((server) => ({ ...server, tools: { deny: ['only_*'] } }));
      own.bridge.apply({ ...own.settings, servers });
      expect([await call('only_old'), await call('only_new')]).toEqual([-32602, -32602]);
    });

    test('is read from nobody where two have pointed to it, and from its lister where another has', async () => {
      const ask = await open();
      for (const server of ['old', 'other']) {
        await ask('tools/call', { name: `${server}__point`, arguments: { uri: 'both://of-them' } });
      }
      const { error } = await ask('resources/read', { uri: 'both://of-them' });
      expect(error).toMatchObject({ code: -32602, data: { servers: ['old', 'other'] } });
      await ask('tools/call', { name: 'other__point', arguments: { uri: 'listed://old' } });
      const { result } = await ask('resources/read', { uri: 'listed://old' });
      expect(result).toMatchObject({ contents: [{ text: 'listed://old from old' }] });
    });
  });

  test.each(['old', 'other'])('a task that %s has begun is asked for there', async (server) => {
    const session = await openSession(`${host.url}/all`);
    const begun = await session.call('tools/call', { name: `${server}__work`, task: {} });
    const { taskId } = Object(begun.result).task;
    expect(taskId).toMatch(`${server}-`);
    expect((await session.call('tasks/get', { taskId })).result).toMatchObject({ taskId, status: 'completed' });
    const { result } = await session.call('tasks/result', { taskId });
    expect(result).toMatchObject({ content: [{ text: `done by ${server}` }] });
    expect((await session.call('tasks/cancel', { taskId })).result).toMatchObject({ taskId, status: 'cancelled' });
    expect((await session.call('tasks/get', { taskId: 'nobody-1' })).error).toMatchObject({ code: -32602 });
  });

  test('progress of a task arrives under the token of the call that began it', async () => {
    const client = await openSse(host.url, '/all/sse');
    await client.call('initialize', { protocolVersion: '2024-11-05', capabilities: {} });
    await client.post({ method: 'notifications/initialized' });
    const params = { name: 'old__work', task: {}, _meta: { progressToken: 'p' } };
    const { taskId } = Object((await client.call('tools/call', params)).result).task;
    await client.post({ id: 99, method: 'tasks/get', params: { taskId } });
    const seen: Message[] = [];
    while (seen.at(-1)?.id !== 99) seen.push(await client.reader.nextMessage());
    expect(seen).toContainEqual(
      expect.objectContaining({ method: 'notifications/progress', params: { progressToken: 'p', progress: 1 } }),
    );
    client.close();
  });

  test('a task by the extension is asked for where it was begun', async () => {
    const begun = await stateless('tools/call', { name: 'new__work' });
    const { taskId } = Object(begun.result);
    expect(taskId).toMatch('new-');
    const { result } = await stateless('tasks/get', { taskId });
    expect(result).toMatchObject({ status: 'completed', result: { content: [{ text: 'done by new' }] } });
    expect(await stateless('tasks/cancel', { taskId })).toHaveProperty('result');
  });

  test('both kinds of tasks are declared', async () => {
    const { result } = await stateless('server/discover');
    expect(result).toMatchObject({ capabilities: TASKS });
    const params = { protocolVersion: '2025-11-25', capabilities: {} };
    const greeted = answerIn(await postTo(`${host.url}/all/mcp`, { id: 0, method: 'initialize', params }), 0);
    const tasks = { cancel: {}, requests: { tools: { call: {} } } };
    expect(greeted.result).toMatchObject({ capabilities: { tasks } });
  });
});
