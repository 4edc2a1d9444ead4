import { expect, test } from 'vitest';
import { BackPressureGate } from '../../../../app/base/back-pressure.ts';
import { ModernToModern } from '../../../../app/bridge/translate/index.ts';
import { textIn } from '../../../../app/i18n/index.ts';
import { frame, type Message, message, modernRequest, RecordedReply } from '../../../support/translation-doubles.ts';

/** A modern child, played by the test, that many clients share. */
function sharedChild() {
  const said: Message[] = [];
  const states: string[] = [];
  const unexpected: unknown[] = [];
  const flow = new BackPressureGate(
    () => undefined,
    () => undefined,
  );
  const translator = new ModernToModern({
    text: () => textIn('en'),
    write: (json) => said.push(message(json)),
    flow,
    unexpected: (answer) => unexpected.push(answer.id),
    stateIssued: (state) => states.push(state),
  });
  return {
    translator,
    said,
    states,
    unexpected,
    hear: (...contents: object[]) => translator.frames(contents.map(frame)),
    start(method: string, params: object = {}, options: Parameters<typeof modernRequest>[2] = {}) {
      const reply = new RecordedReply();
      translator.start(modernRequest(method, params, options), reply);
      return { reply, id: said.at(-1)?.id };
    },
  };
}

test('equal ids and progress tokens of different clients do not meet in a shared modern child', () => {
  const child = sharedChild();
  const clients = ['a', 'b', 'c'].map((name) =>
    child.start('tools/call', { name, arguments: { secret: name } }, { id: 1, meta: { progressToken: 1 } }),
  );
  expect(new Set(child.said.map(({ id }) => id)).size).toBe(3);
  for (const { id } of [...clients].reverse()) {
    child.hear(
      { method: 'notifications/progress', params: { progressToken: id, progress: 0.5, message: `for ${id}` } },
      { id, result: { resultType: 'complete', from: id } },
    );
  }
  for (const { reply, id } of clients) {
    expect(reply.notifications).toEqual([
      {
        jsonrpc: '2.0',
        method: 'notifications/progress',
        params: { progressToken: 1, progress: 0.5, message: `for ${id}` },
      },
    ]);
    expect(reply.only).toEqual({ jsonrpc: '2.0', id: 1, result: { resultType: 'complete', from: id } });
  }
});

test('the id of a subscription is restored in everything that carries it', () => {
  const child = sharedChild();
  const key = 'io.modelcontextprotocol/subscriptionId';
  const { reply, id } = child.start(
    'subscriptions/listen',
    { notifications: { toolsListChanged: true } },
    { id: 'mine' },
  );
  child.hear(
    { method: 'notifications/subscriptions/acknowledged', params: { notifications: {}, _meta: { [key]: id } } },
    { method: 'notifications/tools/list_changed', params: { _meta: { [key]: id } } },
    { method: 'notifications/tools/list_changed', params: { _meta: { [key]: 'of somebody else' } } },
    { method: 'notifications/tools/list_changed' },
    { id, result: { resultType: 'complete', _meta: { [key]: id } } },
  );
  expect(reply.notifications.map(({ params }) => params?.['_meta'])).toEqual([{ [key]: 'mine' }, { [key]: 'mine' }]);
  expect(reply.only).toMatchObject({ id: 'mine', result: { _meta: { [key]: 'mine' } } });
});

test('a subscription ends in order when the modern child cancels it, or is gone', () => {
  const child = sharedChild();
  const [one, two, call] = [
    child.start('subscriptions/listen', {}, { id: 1 }),
    child.start('subscriptions/listen', {}, { id: 2 }),
    child.start('tools/call', { name: 'x' }, { id: 3 }),
  ];
  child.hear({ method: 'notifications/cancelled', params: { requestId: one.id } });
  expect(one.reply.only).toMatchObject({ id: 1, result: { resultType: 'complete' } });
  child.hear({ method: 'notifications/cancelled', params: { requestId: call.id } });
  expect(call.reply.responses).toEqual([]);
  child.translator.ended({ code: -32603, message: 'It ended.' });
  expect(two.reply.only).toMatchObject({ id: 2, result: { resultType: 'complete' } });
  expect(call.reply.only).toMatchObject({ id: 3, error: { code: -32603, message: 'It ended.' } });
});

test('a request that its client has closed is cancelled in the modern child, and its response dropped', () => {
  const child = sharedChild();
  const { reply, id } = child.start('tools/call', { name: 'x' });
  reply.watcher?.closed();
  expect(child.said.at(-1)).toMatchObject({ method: 'notifications/cancelled', params: { requestId: id } });
  child.hear({ id, result: {} });
  expect(reply.responses).toEqual([]);
  expect(child.translator.size).toBe(0);
});

test('log messages of a modern child are delivered only while a single request wants any, and from its level on', () => {
  const child = sharedChild();
  const log = (level: string) => ({ method: 'notifications/message', params: { level, data: 'x' } });
  const meta = { 'io.modelcontextprotocol/logLevel': 'warning' };
  const quiet = child.start('tools/call', { name: 'x' });
  const one = child.start('tools/call', { name: 'x' }, { meta });
  child.hear(log('error'), log('info'));
  expect(one.reply.notifications).toHaveLength(1);
  const two = child.start('tools/call', { name: 'x' }, { meta });
  child.hear(log('error'));
  expect([one, two, quiet].map(({ reply }) => reply.notifications.length)).toEqual([1, 0, 0]);
});

test.each([
  [-32601, 404],
  [-32021, 400],
  [-32020, 400],
  [-32022, 400],
  [-32602, 200],
  [-32603, 200],
])('error %i of a modern child is answered with HTTP status %i', (code, status) => {
  const child = sharedChild();
  const { reply, id } = child.start('tools/call', { name: 'x' });
  child.hear({ id, error: { code, message: 'No.' } });
  expect(reply.responses).toMatchObject([{ status, message: { error: { code } } }]);
});

test('a result with an empty error beside it passes', () => {
  const child = sharedChild();
  const { reply, id } = child.start('tools/call', { name: 'x' });
  child.hear({ id, result: { resultType: 'complete' }, error: null, extra: 1 });
  expect(reply.only).toEqual({ jsonrpc: '2.0', id: 1, result: { resultType: 'complete' }, extra: 1 });
});

test('every requestState that a modern child gives out is reported', () => {
  const child = sharedChild();
  const { id } = child.start('tools/call', { name: 'x' });
  child.hear({ id, result: { resultType: 'input_required', requestState: 'sealed' } });
  expect(child.states).toEqual(['sealed']);
});

test('a request of a modern child is neither passed on nor answered, as its revision has none', () => {
  const child = sharedChild();
  const { reply } = child.start('tools/call', { name: 'x' });
  child.said.length = 0;
  child.hear({ id: 1, method: 'sampling/createMessage', params: {} });
  expect(child.said).toEqual([]);
  expect(reply.responses).toEqual([]);
});

test('a request whose client has gone is not sent to a modern child', () => {
  const child = sharedChild();
  const gone = new RecordedReply();
  gone.watch = (watcher) => watcher.closed();
  child.translator.start(modernRequest('tools/call', { name: 'x' }), gone);
  expect(child.said).toEqual([]);
  expect(child.translator.size).toBe(0);
});
