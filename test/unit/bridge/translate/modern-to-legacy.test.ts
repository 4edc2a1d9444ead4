import { expect, test } from 'vitest';
import { Subscriptions } from '../../../../app/bridge/translate/index.ts';
import { textIn } from '../../../../app/i18n/index.ts';
import { legacyChild } from '../../../support/legacy-child.ts';
import { modernRequest, RecordedReply } from '../../../support/translation-doubles.ts';

test('a request to a legacy child loses the envelope, and its result gets the modern members', () => {
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

test('a list of a legacy child is marked as not to be cached', () => {
  const child = legacyChild();
  const reply = new RecordedReply();
  child.translator.start(modernRequest('tools/list'), reply);
  child.hear({ id: child.said[0]?.id, result: { tools: [] } });
  expect(reply.only.result).toMatchObject({ ttlMs: 0, cacheScope: 'private' });
});

test.each([
  [-32002, -32602, 200],
  [-32601, -32601, 404],
  [-32000, -32000, 200],
])('error %i of a legacy child arrives as %i under HTTP status %i', (code, passedOn, status) => {
  const child = legacyChild();
  const { reply, id } = child.call();
  child.hear({ id, error: { code, message: 'No.', data: { uri: 'x' } } });
  expect(reply.responses).toMatchObject([
    { status, message: { error: { code: passedOn, message: 'No.', data: { uri: 'x' } } } },
  ]);
});

test('a call whose modern client has gone is cancelled in the legacy child', () => {
  const child = legacyChild();
  const { reply, id } = child.call();
  reply.watcher?.closed();
  expect(child.said.at(-1)).toMatchObject({ method: 'notifications/cancelled', params: { requestId: id } });
  child.hear({ id, result: {} });
  expect(reply.responses).toEqual([]);
});

test('a log message of a legacy child is delivered only while a single call is under way', () => {
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

test('a legacy child is paused while one of its clients does not read', () => {
  const child = legacyChild();
  const { reply } = child.call();
  reply.watcher?.congested();
  reply.watcher?.relieved();
  reply.watcher?.congested();
  reply.watcher?.closed();
  expect(child.pauses).toEqual(['pause', 'resume', 'pause', 'resume']);
});

test('a ping of a legacy child is answered, and a request of another method is refused', () => {
  const child = legacyChild();
  child.hear({ id: 5, method: 'ping' }, { id: 6, method: 'tasks/list' });
  expect(child.said).toMatchObject([
    { id: 5, result: {} },
    { id: 6, error: { code: -32601 } },
  ]);
});

test('a request whose client has gone is not sent to a legacy child', () => {
  const child = legacyChild();
  const gone = new RecordedReply();
  gone.watch = (watcher) => watcher.closed();
  child.translator.start(modernRequest('tools/call', { name: 'x' }), gone);
  expect(child.said).toEqual([]);
  expect(child.translator.size).toBe(0);
});

test('changes of what a legacy child has are listened to though it announces none, and resources if it agrees', async () => {
  const child = legacyChild();
  const subscriptions = new Subscriptions(() => textIn('en'));
  subscriptions.attach(child.translator);
  const reply = new RecordedReply();
  const notifications = { toolsListChanged: true, promptsListChanged: true, resourceSubscriptions: ['a:1', 'a:2'] };
  // As version 1 of the official SDK for Python writes it, whatever its server does.
  const capabilities = { tools: { listChanged: false }, resources: { subscribe: false, listChanged: false } };
  const face = { capabilities, serverInfo: {}, instructions: null };
  const opening = subscriptions.open(modernRequest('subscriptions/listen', { notifications }), reply, face);
  expect(child.said).toMatchObject([
    { method: 'resources/subscribe', params: { uri: 'a:1' } },
    { method: 'resources/subscribe', params: { uri: 'a:2' } },
  ]);
  child.hear({ id: child.said[0]?.id, result: {} }, { id: child.said[1]?.id, error: { code: -32601, message: 'No.' } });
  await opening;
  subscriptions.changed(
    'notifications/tools/list_changed',
    null,
    Buffer.from('{"method":"notifications/tools/list_changed"}'),
  );
  expect(reply.notifications).toMatchObject([
    { params: { notifications: { toolsListChanged: true, resourceSubscriptions: ['a:1'] } } },
    { method: 'notifications/tools/list_changed' },
  ]);
  expect(reply.notifications[0]?.params?.['notifications']).not.toHaveProperty('promptsListChanged');
});
