import { expect, test } from 'vitest';
import { LegacyToModern } from '../../../../app/bridge/translate/index.ts';
import { textIn } from '../../../../app/i18n/index.ts';
import { frame, type Message, message, TestClock } from '../../../support/translation-doubles.ts';

const CAPABILITIES = {
  tools: { listChanged: true },
  resources: { subscribe: true },
  logging: {},
};

/** A legacy client and a modern-only child, both played by the test. */
function translator() {
  const clock = new TestClock();
  const toChild: Message[] = [];
  const toClient: Message[] = [];
  const translating = new LegacyToModern({
    text: () => textIn('en'),
    clock,
    toChild: (json) => toChild.push(message(json)),
    toClient: (json) => toClient.push(message(json)),
    standIn: () => false,
  });
  return {
    clock,
    toChild,
    toClient,
    client: (content: object) => translating.fromClient(Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...content }))),
    child: (...contents: object[]) => translating.fromChild(contents.map(frame)),
    /** The last request the child got. */
    asked: (method: string) => toChild.findLast((said) => said.method === method && said.id !== undefined),
  };
}

function session(capabilities: object = { elicitation: {}, sampling: {}, roots: { listChanged: true } }) {
  const both = translator();
  const clientInfo = { name: 'old', version: '1' };
  both.client({ id: 0, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities, clientInfo } });
  const result = {
    resultType: 'complete',
    supportedVersions: ['2026-07-28'],
    capabilities: CAPABILITIES,
    instructions: 'Be kind.',
    _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'new', version: '3' } },
  };
  both.child({ id: both.asked('server/discover')?.id, result });
  return both;
}

const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId';

test("a legacy client's handshake is answered with what the modern child says of itself", () => {
  const { toClient } = session();
  expect(toClient).toEqual([
    {
      jsonrpc: '2.0',
      id: 0,
      result: {
        protocolVersion: '2025-06-18',
        capabilities: CAPABILITIES,
        serverInfo: { name: 'new', version: '3' },
        instructions: 'Be kind.',
      },
    },
  ]);
});

test("a legacy client's handshake is refused when the child is not modern either", () => {
  const both = translator();
  both.client({ id: 0, method: 'initialize', params: {} });
  both.child({ id: both.asked('server/discover')?.id, error: { code: -32601, message: 'What?' } });
  expect(both.toClient).toMatchObject([{ id: 0, error: { code: -32603 } }]);
});

test('messages that a legacy client sends right behind its handshake wait for it', () => {
  const both = translator();
  both.client({ id: 0, method: 'initialize', params: {} });
  both.client({ id: 1, method: 'tools/list' });
  expect(both.asked('tools/list')).toBeUndefined();
  const result = { resultType: 'complete', supportedVersions: ['2026-07-28'], capabilities: {} };
  both.child({ id: both.asked('server/discover')?.id, result });
  expect(both.toClient).toMatchObject([{ id: 0, result: {} }]);
  expect(both.asked('tools/list')).toBeDefined();
});

test('a request to a modern child gets the envelope, and its result loses the modern members', () => {
  const { client, child, asked, toClient } = session();
  const params = { name: 'tool', _meta: { progressToken: 'p' } };
  client({ id: 'x', method: 'tools/call', params });
  const sent = asked('tools/call');
  expect(sent?.params).toEqual({
    name: 'tool',
    _meta: {
      progressToken: 'p',
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'old', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': { elicitation: {}, sampling: {}, roots: {} },
    },
  });
  const progress = { method: 'notifications/progress', params: { progressToken: 'p', progress: 1 } };
  const signature = { 'io.modelcontextprotocol/serverInfo': { name: 'new' } };
  const result = { content: [], resultType: 'complete', ttlMs: 5, cacheScope: 'public', _meta: signature };
  child(progress, { id: sent?.id, result });
  expect(toClient.slice(1)).toEqual([
    { jsonrpc: '2.0', ...progress },
    { jsonrpc: '2.0', id: 'x', result: { content: [] } },
  ]);
});

test('methods that the modern revision no longer has are answered in the place of the child', () => {
  const { client, toClient, asked } = session();
  client({ id: 1, method: 'ping' });
  client({ id: 2, method: 'logging/setLevel', params: { level: 'warning' } });
  client({ id: 3, method: 'logging/setLevel', params: { level: 'loud' } });
  expect(toClient.slice(1)).toMatchObject([
    { id: 1, result: {} },
    { id: 2, result: {} },
    { id: 3, error: { code: -32602 } },
  ]);
  client({ id: 4, method: 'tools/list' });
  expect(asked('tools/list')?.params?.['_meta']).toMatchObject({ 'io.modelcontextprotocol/logLevel': 'warning' });
});

test('input that a modern child requires is requested of the legacy client, and the call is made again with it', () => {
  const { client, child, asked, toClient } = session();
  client({ id: 'x', method: 'tools/call', params: { name: 'tool' } });
  const first = asked('tools/call');
  const inputRequests = {
    one: { method: 'elicitation/create', params: { message: 'Name?', requestedSchema: {} } },
    two: { method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } },
  };
  child({ id: first?.id, result: { resultType: 'input_required', inputRequests, requestState: 's\u0041' } });
  const [elicitation, sampling] = toClient.slice(1);
  expect(elicitation).toMatchObject({ method: 'elicitation/create', params: { message: 'Name?' } });
  client({ id: sampling?.id, result: { role: 'assistant' } });
  expect(asked('tools/call')).toBe(first);
  client({ id: elicitation?.id, error: { code: -1, message: 'No window.' } });
  const second = asked('tools/call');
  expect(second?.id).not.toBe(first?.id);
  expect(second?.params).toMatchObject({
    name: 'tool',
    requestState: 'sA',
    inputResponses: { one: { action: 'cancel' }, two: { role: 'assistant' } },
  });
  // In the order of the questions, whichever was answered first.
  expect(Object.keys(Object(second?.params?.['inputResponses']))).toEqual(['one', 'two']);
  child({ id: second?.id, result: { resultType: 'complete', content: [] } });
  expect(toClient.at(-1)).toEqual({ jsonrpc: '2.0', id: 'x', result: { content: [] } });
});

test('a call ends with an error when the legacy client refuses to sample', () => {
  const { client, child, asked, toClient } = session();
  client({ id: 'x', method: 'tools/call', params: { name: 'tool' } });
  const inputRequests = {
    one: { method: 'sampling/createMessage', params: {} },
    two: { method: 'roots/list' },
  };
  child({ id: asked('tools/call')?.id, result: { resultType: 'input_required', inputRequests } });
  const [sampling, roots] = toClient.slice(1);
  client({ id: sampling?.id, error: { code: -1, message: 'The user said no.' } });
  expect(toClient.slice(3)).toMatchObject([
    { method: 'notifications/cancelled', params: { requestId: roots?.id } },
    { id: 'x', error: { code: -1, message: 'The user said no.' } },
  ]);
});

test('input that the legacy client has not declared is not requested of it', () => {
  const { client, child, asked, toClient } = session({});
  client({ id: 'x', method: 'tools/call', params: { name: 'tool' } });
  const inputRequests = { one: { method: 'roots/list' } };
  child({ id: asked('tools/call')?.id, result: { resultType: 'input_required', inputRequests } });
  expect(toClient.slice(1)).toMatchObject([{ id: 'x', error: { code: -32603 } }]);
});

test('a call that a modern child puts off is made again later, but at most ten times', () => {
  const { client, child, asked, clock, toClient } = session();
  client({ id: 'x', method: 'tools/call', params: { name: 'tool' } });
  for (let round = 0; round <= 10; round++) {
    child({ id: asked('tools/call')?.id, result: { resultType: 'input_required', requestState: `r${round}` } });
    clock.pass(250);
  }
  expect(asked('tools/call')?.params?.['requestState']).toBe('r9');
  expect(toClient.at(-1)).toMatchObject({ id: 'x', error: { code: -32603 } });
});

test('a cancelled call is cancelled in the child or withdrawn from the client, wherever it is', () => {
  const { client, child, asked, toChild, toClient } = session();
  const cancel = { method: 'notifications/cancelled', params: { requestId: 'x', reason: 'enough' } };
  client({ id: 'x', method: 'tools/call', params: { name: 'tool' } });
  const { id } = asked('tools/call') ?? {};
  client(cancel);
  expect(toChild.at(-1)).toMatchObject({
    method: 'notifications/cancelled',
    params: { requestId: id, reason: 'enough' },
  });
  client({ id: 'x', method: 'tools/call', params: { name: 'tool' } });
  const inputRequests = { one: { method: 'roots/list' } };
  child({ id: asked('tools/call')?.id, result: { resultType: 'input_required', inputRequests } });
  const asking = toClient.at(-1)?.id;
  client(cancel);
  expect(toClient.at(-1)).toMatchObject({ method: 'notifications/cancelled', params: { requestId: asking } });
});

test('a subscription stands in for what a legacy client gets unasked, and its changes arrive without the tag', () => {
  const { client, child, asked, toClient } = session();
  client({ method: 'notifications/initialized' });
  const listening = asked('subscriptions/listen');
  expect(listening?.params?.['notifications']).toEqual({ toolsListChanged: true });
  const _meta = { [SUBSCRIPTION]: listening?.id };
  child(
    { method: 'notifications/subscriptions/acknowledged', params: { notifications: {}, _meta } },
    { method: 'notifications/tools/list_changed', params: { _meta } },
  );
  expect(toClient.slice(1)).toEqual([{ jsonrpc: '2.0', method: 'notifications/tools/list_changed', params: {} }]);
});

test('a wider subscription replaces the one before without a gap and without a change twice', () => {
  const { client, child, asked, toChild, toClient } = session();
  client({ method: 'notifications/initialized' });
  const acknowledge = (id: unknown) => ({
    method: 'notifications/subscriptions/acknowledged',
    params: { notifications: {}, _meta: { [SUBSCRIPTION]: id } },
  });
  const change = (id: unknown) => ({
    method: 'notifications/tools/list_changed',
    params: { _meta: { [SUBSCRIPTION]: id } },
  });
  const narrow = asked('subscriptions/listen')?.id;
  child(acknowledge(narrow));
  client({ id: 5, method: 'resources/subscribe', params: { uri: 'file:///a' } });
  const wide = asked('subscriptions/listen');
  expect(wide?.params?.['notifications']).toEqual({ toolsListChanged: true, resourceSubscriptions: ['file:///a'] });
  child(change(narrow));
  expect(toClient.at(-1)?.method).toBe('notifications/tools/list_changed');
  child(acknowledge(wide?.id));
  expect(toClient.at(-1)).toMatchObject({ id: 5, result: {} });
  expect(toChild.at(-1)).toMatchObject({ method: 'notifications/cancelled', params: { requestId: narrow } });
  const heard = toClient.length;
  child(change(narrow), change(wide?.id));
  expect(toClient).toHaveLength(heard + 1);
});

test.each(['an answer', 'an error', 'a cancellation'])(
  'a subscription that the child ends by %s is opened anew, and its client hears that lists may have changed',
  (way) => {
    const { client, child, asked, toChild, toClient, clock } = session();
    const listens = () => toChild.filter(({ method }) => method === 'subscriptions/listen');
    const acknowledge = () => {
      const _meta = { [SUBSCRIPTION]: listens().at(-1)?.id };
      child({ method: 'notifications/subscriptions/acknowledged', params: { notifications: {}, _meta } });
    };
    const end = () => {
      const id = asked('subscriptions/listen')?.id;
      if (way === 'an answer') child({ id, result: { resultType: 'complete' } });
      else if (way === 'an error') child({ id, error: { code: -32603, message: 'gone' } });
      else child({ method: 'notifications/cancelled', params: { requestId: id } });
    };
    client({ method: 'notifications/initialized' });
    acknowledge();
    client({ id: 5, method: 'resources/subscribe', params: { uri: 'file:///a' } });
    acknowledge();
    const told = toClient.length;
    end();
    clock.pass(999);
    expect(listens()).toHaveLength(2);
    clock.pass(1);
    expect(listens()).toHaveLength(3);
    expect(listens().at(-1)?.params?.['notifications']).toEqual(listens().at(-2)?.params?.['notifications']);
    end();
    clock.pass(1999);
    expect(listens()).toHaveLength(3);
    clock.pass(1);
    expect([listens().length, toClient.length]).toEqual([4, told]);
    acknowledge();
    expect(toClient.slice(told)).toEqual([{ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }]);
  },
);

test('a subscription that the child never takes is not opened again', () => {
  const { client, child, asked, toChild, clock } = session();
  client({ method: 'notifications/initialized' });
  child({ id: asked('subscriptions/listen')?.id, error: { code: -32601, message: 'Method not found' } });
  clock.pass(600_000);
  expect(toChild.filter(({ method }) => method === 'subscriptions/listen')).toHaveLength(1);
});
