import { expect, test } from 'vitest';
import { Flow, Habits, LegacyConversation, Parking, type Waiting } from '../../../../app/bridge/eras/index.ts';
import { frame, type Message, message, modernRequest, RecordedReply, TestClock } from '../../../support/era-doubles.ts';

/** A legacy child after its handshake, played by the test, and the modern side of it. */
function legacyChild(options: { readonly parkedCalls?: number } = {}) {
  const clock = new TestClock();
  const parking = new Parking<Waiting>(() => options.parkedCalls ?? 8, clock);
  const habits = new Habits();
  const said: Message[] = [];
  const pauses: string[] = [];
  const changes: string[] = [];
  const conversation = new LegacyConversation(
    {
      clock,
      parking,
      habits,
      write: (json) => said.push(message(json)),
      flow: new Flow(
        () => pauses.push('pause'),
        () => pauses.push('resume'),
      ),
      introduction: {
        capabilities: { elicitation: {}, sampling: {}, roots: {} },
        clientInfo: { name: 'client', version: '1' },
      },
      changed: (method, uri) => changes.push(`${method} ${uri}`),
    },
    {
      greeted: () => undefined,
      refused: (error) => {
        throw new Error(error.message);
      },
    },
  );
  const capabilities = { tools: {}, logging: {}, tasks: {} };
  const serverInfo = { name: 'server', version: '2' };
  const hear = (...contents: object[]) => conversation.frames(contents.map(frame));
  hear({ id: said[0]?.id, result: { protocolVersion: '2025-11-25', capabilities, serverInfo } });
  said.length = 0;
  return {
    clock,
    conversation,
    parking,
    habits,
    said,
    pauses,
    changes,
    hear,
    /** Begins a call; answers the reply and the id the child got. */
    call(params: object = { name: 'tool' }, options: Parameters<typeof modernRequest>[2] = {}) {
      const reply = new RecordedReply();
      conversation.start(modernRequest('tools/call', params, options), reply);
      return { reply, id: said.findLast(({ method }) => method === 'tools/call')?.id };
    },
    /** The client comes back with answers. */
    retry(state: unknown, inputResponses: unknown, options: Parameters<typeof modernRequest>[2] = {}, name = 'tool') {
      const reply = new RecordedReply();
      const request = modernRequest('tools/call', { name, requestState: state, inputResponses }, { id: 2, ...options });
      const waiting = parking.fetch(request);
      waiting?.resume(request, reply);
      return { reply, found: waiting !== null };
    },
  };
}

const form = { message: 'Name?', requestedSchema: { type: 'object', properties: {} } };
const elicit = (id: string | number) => ({ id, method: 'elicitation/create', params: form });

test('takes the envelope off a request and puts the modern members into its result', () => {
  const child = legacyChild();
  const { reply, id } = child.call(
    { name: 'tool', arguments: { n: 1 } },
    { id: 'a', meta: { progressToken: 'p', trace: 1 } },
  );
  expect(child.said).toEqual([
    {
      jsonrpc: '2.0',
      id,
      method: 'tools/call',
      params: { name: 'tool', arguments: { n: 1 }, _meta: { trace: 1, progressToken: id } },
    },
  ]);
  child.hear(
    { method: 'notifications/progress', params: { progressToken: id, progress: 1 } },
    { id, result: { content: [], _meta: { own: 1 } } },
  );
  expect(reply.notifications).toMatchObject([{ params: { progressToken: 'p', progress: 1 } }]);
  expect(reply.responses).toEqual([
    {
      status: 200,
      message: {
        jsonrpc: '2.0',
        id: 'a',
        result: {
          content: [],
          resultType: 'complete',
          _meta: { own: 1, 'io.modelcontextprotocol/serverInfo': { name: 'server', version: '2' } },
        },
      },
    },
  ]);
});

test('says that a list may not be kept', () => {
  const child = legacyChild();
  const reply = new RecordedReply();
  child.conversation.start(modernRequest('tools/list'), reply);
  child.hear({ id: child.said[0]?.id, result: { tools: [] } });
  expect(reply.only.result).toMatchObject({ ttlMs: 0, cacheScope: 'private' });
});

test.each([
  [-32002, -32602, 200],
  [-32601, -32601, 404],
  [-32000, -32000, 200],
])('passes error %i on as %i under status %i', (code, passedOn, status) => {
  const child = legacyChild();
  const { reply, id } = child.call();
  child.hear({ id, error: { code, message: 'No.', data: { uri: 'x' } } });
  expect(reply.responses).toMatchObject([
    { status, message: { error: { code: passedOn, message: 'No.', data: { uri: 'x' } } } },
  ]);
});

test('parks a call that asks, and goes on with it when the client has answered', () => {
  const child = legacyChild();
  const first = child.call();
  child.hear(elicit(0), { id: 's', method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } });
  expect(first.reply.responses).toEqual([]);
  child.clock.pass(5);
  const asked = first.reply.only.result;
  expect(asked).toMatchObject({
    resultType: 'input_required',
    inputRequests: {
      elicitation_1: { method: 'elicitation/create', params: form },
      sampling_2: { method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } },
    },
  });
  child.said.length = 0;
  const answers = { elicitation_1: { action: 'accept' }, sampling_2: { role: 'assistant' }, other: { ignored: 1 } };
  const second = child.retry(asked?.['requestState'], answers);
  expect(child.said).toEqual([
    { jsonrpc: '2.0', id: 0, result: { action: 'accept' } },
    { jsonrpc: '2.0', id: 's', result: { role: 'assistant' } },
  ]);
  child.hear({ id: first.id, result: { content: [] } });
  expect(second.reply.only).toMatchObject({ id: 2, result: { resultType: 'complete' } });
});

test('asks again for what a retry leaves open, under another state', () => {
  const child = legacyChild();
  const first = child.call();
  child.hear(elicit(0), elicit(1));
  child.clock.pass(5);
  const state = first.reply.only.result?.['requestState'];
  const second = child.retry(state, { elicitation_1: { action: 'decline' }, elicitation_2: 12345 });
  expect(Object.keys(Object(second.reply.only.result?.['inputRequests']))).toEqual(['elicitation_2']);
  expect(second.reply.only.result?.['requestState']).not.toBe(state);
  const third = child.retry(second.reply.only.result?.['requestState'], null, { id: 3 });
  expect(Object.keys(Object(third.reply.only.result?.['inputRequests']))).toEqual(['elicitation_2']);
});

test('takes a state once, from its principal, for its own request, as it was given', () => {
  const child = legacyChild();
  const { reply } = child.call({ name: 'tool', arguments: { a: 1, b: 2 } });
  child.hear(elicit(0));
  child.clock.pass(5);
  const state = reply.only.result?.['requestState'];
  expect(child.retry(`${state}x`, {}).found).toBe(false);
  expect(child.retry(`g1.${'A'.repeat(22)}.9999999999999.${'A'.repeat(43)}`, {}).found).toBe(false);
  expect(child.retry(state, {}).found).toBe(false);
  const again = (principal: string) => {
    const params = { name: 'tool', arguments: { b: 2, a: 1 }, requestState: state };
    return child.parking.fetch(modernRequest('tools/call', params, { principal }));
  };
  expect(again('somebody else')).toBeNull();
  expect(again('local')).not.toBeNull();
  expect(again('local')).toBeNull();
});

test('gives a call up after five minutes, and tells the child', () => {
  const child = legacyChild();
  const { reply, id } = child.call();
  child.hear(elicit(0));
  child.clock.pass(5);
  child.said.length = 0;
  child.clock.pass(5 * 60_000);
  expect(child.said).toMatchObject([
    { id: 0, error: { code: -32603 } },
    { method: 'notifications/cancelled', params: { requestId: id } },
  ]);
  expect(child.retry(reply.only.result?.['requestState'], { elicitation_1: {} }).found).toBe(false);
  expect(child.conversation.size).toBe(0);
});

test('cancels a call whose client has gone', () => {
  const child = legacyChild();
  const { reply, id } = child.call();
  reply.watcher?.closed();
  expect(child.said.at(-1)).toMatchObject({ method: 'notifications/cancelled', params: { requestId: id } });
  child.hear({ id, result: {} });
  expect(reply.responses).toEqual([]);
});

test('refuses the child what the client can not do, and says so when the call fails for it', () => {
  const child = legacyChild();
  const { reply, id } = child.call({ name: 'tool' }, { capabilities: { elicitation: {} } });
  child.hear({ id: 9, method: 'sampling/createMessage', params: {} });
  expect(child.said.at(-1)).toMatchObject({ id: 9, error: { code: -32601 } });
  child.hear({ id, result: { content: [], isError: true } });
  expect(reply.responses).toMatchObject([
    { status: 400, message: { error: { code: -32021, data: { requiredCapabilities: { sampling: {} } } } } },
  ]);
});

test('lets a call succeed that did without what the client can not do', () => {
  const child = legacyChild();
  const { reply, id } = child.call({ name: 'tool' }, { capabilities: {} });
  child.hear(elicit(9), { id, result: { content: [] } });
  expect(reply.only.result).toMatchObject({ resultType: 'complete' });
});

test('asks nobody while it is in doubt which call a question belongs to', () => {
  const child = legacyChild();
  const [one, two] = [child.call({ name: 'one' }), child.call({ name: 'two' }, { id: 'b' })];
  child.hear(elicit('x'));
  child.clock.pass(1000);
  expect([...one.reply.responses, ...two.reply.responses]).toEqual([]);
  child.hear({ id: one.id, result: { content: [] } });
  child.clock.pass(5);
  expect(one.reply.only.result).toMatchObject({ resultType: 'complete' });
  child.said.length = 0;
  child.retry(two.reply.only.result?.['requestState'], { elicitation_1: { action: 'accept' } }, {}, 'two');
  expect(child.said).toEqual([{ jsonrpc: '2.0', id: 'x', result: { action: 'accept' } }]);
});

test('refuses a question that stays in doubt, and lets such calls meet no more', () => {
  const child = legacyChild();
  child.call({ name: 'one' });
  child.call({ name: 'two' }, { id: 'b' });
  child.hear(elicit('x'));
  child.clock.pass(2000);
  expect(child.said.at(-1)).toMatchObject({ id: 'x', error: { code: -32603 } });
  expect(['one', 'two'].map((name) => child.habits.mayAsk(modernRequest('tools/call', { name })))).toEqual([
    true,
    true,
  ]);
});

test('learns which calls never ask', () => {
  const child = legacyChild();
  const mayAsk = (name: string) => child.habits.mayAsk(modernRequest('tools/call', { name }));
  expect([mayAsk('quiet'), mayAsk('asking')]).toEqual([true, true]);
  child.hear({ id: child.call({ name: 'quiet' }).id, result: {} });
  const { id } = child.call({ name: 'asking' });
  child.hear(elicit(0), { id, result: {} });
  expect([mayAsk('quiet'), mayAsk('asking')]).toEqual([false, true]);
  expect(child.habits.mayAsk(modernRequest('tools/list'))).toBe(false);
  expect(child.habits.mayAsk(modernRequest('tools/call', { name: 'new' }, { capabilities: {} }))).toBe(false);
});

test('refuses a question that belongs to no call: nobody knows who may see it', () => {
  const child = legacyChild();
  child.hear(elicit('x'));
  expect(child.said).toMatchObject([{ id: 'x', error: { code: -32603 } }]);
});

test('keeps the question for the roots for the first call, and lets that wait for the answer', () => {
  const child = legacyChild();
  child.hear({ id: 'r', method: 'roots/list' });
  const { reply } = child.call();
  expect(child.said).toEqual([]);
  const state = reply.only.result?.['requestState'];
  expect(reply.only.result?.['inputRequests']).toEqual({ roots_1: { method: 'roots/list', params: {} } });
  child.retry(state, { roots_1: { roots: [] } });
  expect(child.said).toMatchObject([{ id: 'r', result: { roots: [] } }, { method: 'tools/call' }]);
});

test('answers at once when the child did not wait for its answer', () => {
  const child = legacyChild();
  const { reply, id } = child.call();
  child.hear(elicit(0), { id, result: { content: [] } });
  expect(reply.only.result).toMatchObject({ resultType: 'complete' });
  child.clock.pass(5);
  expect(reply.responses).toHaveLength(1);
});

test('keeps progress and the result for a client that is busy answering', () => {
  const child = legacyChild();
  const { reply, id } = child.call({ name: 'tool' }, { meta: { progressToken: 'old' } });
  child.hear(elicit(0));
  child.clock.pass(5);
  child.hear(
    { method: 'notifications/progress', params: { progressToken: id, progress: 1 } },
    { id, result: { content: [] } },
  );
  const state = reply.only.result?.['requestState'];
  const second = child.retry(state, { elicitation_1: { action: 'accept' } }, { meta: { progressToken: 'new' } });
  expect(second.reply.notifications).toMatchObject([{ params: { progressToken: 'new', progress: 1 } }]);
  expect(second.reply.only.result).toMatchObject({ resultType: 'complete' });
});

test('takes a question back when the child does', () => {
  const child = legacyChild();
  const { reply, id } = child.call();
  child.hear(elicit(0), { method: 'notifications/cancelled', params: { requestId: 0 } });
  child.clock.pass(5);
  expect(reply.responses).toEqual([]);
  child.hear({ id, result: {} });
  expect(reply.only.result).toMatchObject({ resultType: 'complete' });
});

test('lets no more calls wait than it may', () => {
  const child = legacyChild({ parkedCalls: 1 });
  const request = modernRequest('tools/call', { name: 'other' });
  child.parking.park({ resume: () => undefined }, request, () => undefined);
  child.call();
  child.hear(elicit('y'));
  expect(child.said.at(-1)).toMatchObject({ id: 'y', error: { code: -32603 } });
});

test('asks the client to open a page instead of the error that demanded it', () => {
  const child = legacyChild();
  const capabilities = { elicitation: { url: {} } };
  const { reply, id } = child.call({ name: 'tool' }, { capabilities });
  const elicitations = [{ mode: 'url', elicitationId: 'e', message: 'Sign in', url: 'https://a.example' }];
  child.hear({ id, error: { code: -32042, message: 'Open first', data: { elicitations } } });
  expect(reply.only.result?.['inputRequests']).toEqual({
    elicitation_1: {
      method: 'elicitation/create',
      params: { mode: 'url', message: 'Sign in', url: 'https://a.example' },
    },
  });
  child.said.length = 0;
  child.retry(reply.only.result?.['requestState'], { elicitation_1: { action: 'accept' } }, { capabilities });
  expect(child.said).toMatchObject([{ method: 'tools/call', params: { name: 'tool' } }]);
});

test('delivers log messages only while it is clear whose they are', () => {
  const child = legacyChild();
  const meta = { 'io.modelcontextprotocol/logLevel': 'warning' };
  const log = (level: string) => ({ method: 'notifications/message', params: { level, data: 'x' } });
  const one = child.call({ name: 'one' }, { meta });
  expect(child.said[0]).toMatchObject({ method: 'logging/setLevel', params: { level: 'warning' } });
  child.hear(log('error'), log('info'));
  expect(one.reply.notifications).toHaveLength(1);
  child.call({ name: 'two' }, { id: 2 });
  child.hear(log('error'));
  expect(one.reply.notifications).toHaveLength(1);
});

test('tells everybody why when the child is gone, also who comes back later', () => {
  const child = legacyChild();
  const parked = child.call({ name: 'one' });
  child.hear(elicit(0));
  child.clock.pass(5);
  const running = child.call({ name: 'two' }, { id: 2 });
  child.conversation.ended({ code: -32603, message: 'It ended with exit code 7.', data: { exitCode: 7 } });
  const error = { code: -32603, message: 'It ended with exit code 7.', data: { exitCode: 7 } };
  expect(running.reply.only).toMatchObject({ id: 2, error });
  const state = parked.reply.only.result?.['requestState'];
  expect(child.retry(state, { elicitation_1: { action: 'accept' } }, { id: 3 }, 'one').reply.only).toMatchObject({
    id: 3,
    error,
  });
});

test('stops the child while a client does not read', () => {
  const child = legacyChild();
  const { reply } = child.call();
  reply.watcher?.congested();
  reply.watcher?.relieved();
  reply.watcher?.congested();
  reply.watcher?.closed();
  expect(child.pauses).toEqual(['pause', 'resume', 'pause', 'resume']);
});

test('answers a ping of the child, and refuses what it does not know', () => {
  const child = legacyChild();
  child.hear({ id: 5, method: 'ping' }, { id: 6, method: 'tasks/list' });
  expect(child.said).toMatchObject([
    { id: 5, result: {} },
    { id: 6, error: { code: -32601 } },
  ]);
});

test('does not begin what nobody waits for any more', () => {
  const child = legacyChild();
  const gone = new RecordedReply();
  gone.watch = (watcher) => watcher.closed();
  child.conversation.start(modernRequest('tools/call', { name: 'x' }), gone);
  expect(child.said).toEqual([]);
  expect(child.conversation.size).toBe(0);
});
