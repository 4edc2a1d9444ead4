import { expect, test } from 'vitest';
import { InteractivityCache } from '../../../../app/bridge/translate/index.ts';
import { elicit, form, legacyChild } from '../../../support/legacy-child.ts';
import { modernRequest } from '../../../support/translation-doubles.ts';

test('a call with server requests is suspended, and goes on when the client has answered', () => {
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

test('server requests that a retry leaves open are sent again, under another requestState', () => {
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

test('a requestState is accepted once, from its principal, for its own request, as it was given', () => {
  const child = legacyChild();
  const { state } = child.suspendedCall({ name: 'tool', arguments: { a: 1, b: 2 } });
  expect(child.retry(`${state}x`, {}).found).toBe(false);
  expect(child.retry(`g1.${'A'.repeat(22)}.9999999999999.${'A'.repeat(43)}`, {}).found).toBe(false);
  expect(child.retry(state, {}).found).toBe(false);
  const again = (principal: string) => {
    const params = { name: 'tool', arguments: { b: 2, a: 1 }, requestState: state };
    return child.suspended.fetch(modernRequest('tools/call', params, { principal }));
  };
  expect(again('another principal')).toBeNull();
  expect(again('local')).not.toBeNull();
  expect(again('local')).toBeNull();
});

test('a suspended call is given up after five minutes, and the child is told', () => {
  const child = legacyChild();
  const { id, state } = child.suspendedCall();
  child.said.length = 0;
  child.clock.pass(5 * 60_000);
  expect(child.said).toMatchObject([
    { id: 0, error: { code: -32603 } },
    { method: 'notifications/cancelled', params: { requestId: id } },
  ]);
  expect(child.retry(state, { elicitation_1: {} }).found).toBe(false);
  expect(child.translator.size).toBe(0);
});

test('a suspended call is kept half a minute beyond a sleep of the machine, and given up then', () => {
  const [resumed, left] = [legacyChild(), legacyChild()];
  const { state } = resumed.suspendedCall();
  const { state: stale } = left.suspendedCall();
  for (const { clock } of [resumed, left]) {
    clock.pass(3_600_000);
    clock.pass(29_000);
  }
  expect(resumed.retry(state, { elicitation_1: { action: 'accept' } }).found).toBe(true);
  left.clock.pass(1000);
  expect(left.translator.size).toBe(0);
  expect(left.retry(stale, { elicitation_1: {} }).found).toBe(false);
});

test('a server request that the client has not declared is refused, and the call that fails for it says so', () => {
  const child = legacyChild();
  const { reply, id } = child.call({ name: 'tool' }, { capabilities: { elicitation: {} } });
  child.hear({ id: 9, method: 'sampling/createMessage', params: {} });
  expect(child.said.at(-1)).toMatchObject({ id: 9, error: { code: -32601 } });
  child.hear({ id, result: { content: [], isError: true } });
  expect(reply.responses).toMatchObject([
    { status: 400, message: { error: { code: -32021, data: { requiredCapabilities: { sampling: {} } } } } },
  ]);
});

test('a call succeeds that did without a refused server request', () => {
  const child = legacyChild();
  const { reply, id } = child.call({ name: 'tool' }, { capabilities: {} });
  child.hear(elicit(9), { id, result: { content: [] } });
  expect(reply.only.result).toMatchObject({ resultType: 'complete' });
});

test('an ambiguous server request waits until a single call is left that it can belong to', () => {
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

test('a server request that stays ambiguous is refused, and such calls do not share a child again', () => {
  const child = legacyChild();
  child.call({ name: 'one' });
  child.call({ name: 'two' }, { id: 'b' });
  child.hear(elicit('x'));
  child.clock.pass(2000);
  expect(child.said.at(-1)).toMatchObject({ id: 'x', error: { code: -32603 } });
  expect(['one', 'two'].map((name) => child.interactivity.mayInteract(modernRequest('tools/call', { name })))).toEqual([
    true,
    true,
  ]);
});

test('the interactivity cache learns which calls cause no server requests', () => {
  const child = legacyChild();
  const mayInteract = (name: string) => child.interactivity.mayInteract(modernRequest('tools/call', { name }));
  expect([mayInteract('quiet'), mayInteract('asking')]).toEqual([true, true]);
  child.hear({ id: child.call({ name: 'quiet' }).id, result: {} });
  const { id } = child.call({ name: 'asking' });
  child.hear(elicit(0), { id, result: {} });
  expect([mayInteract('quiet'), mayInteract('asking')]).toEqual([false, true]);
  expect(child.interactivity.mayInteract(modernRequest('tools/list'))).toBe(false);
  expect(child.interactivity.mayInteract(modernRequest('tools/call', { name: 'new' }, { capabilities: {} }))).toBe(
    false,
  );
});

test('a server request that belongs to no call is refused', () => {
  const child = legacyChild();
  child.hear(elicit('x'));
  expect(child.said).toMatchObject([{ id: 'x', error: { code: -32603 } }]);
});

test('a request for the roots is kept for the first call, which waits for its answer', () => {
  const child = legacyChild();
  child.hear({ id: 'r', method: 'roots/list' });
  const { reply } = child.call();
  expect(child.said).toEqual([]);
  const state = reply.only.result?.['requestState'];
  expect(reply.only.result?.['inputRequests']).toEqual({ roots_1: { method: 'roots/list', params: {} } });
  child.retry(state, { roots_1: { roots: [] } });
  expect(child.said).toMatchObject([{ id: 'r', result: { roots: [] } }, { method: 'tools/call' }]);
});

test('a call is answered at once when the child did not wait for its server request', () => {
  const child = legacyChild();
  const { reply, id } = child.call();
  child.hear(elicit(0), { id, result: { content: [] } });
  expect(reply.only.result).toMatchObject({ resultType: 'complete' });
  child.clock.pass(5);
  expect(reply.responses).toHaveLength(1);
});

test('progress and the result are kept for a client that is busy answering', () => {
  const child = legacyChild();
  const { id, state } = child.suspendedCall({ name: 'tool' }, { meta: { progressToken: 'old' } });
  child.hear(
    { method: 'notifications/progress', params: { progressToken: id, progress: 1 } },
    { id, result: { content: [] } },
  );
  const second = child.retry(state, { elicitation_1: { action: 'accept' } }, { meta: { progressToken: 'new' } });
  expect(second.reply.notifications).toMatchObject([{ params: { progressToken: 'new', progress: 1 } }]);
  expect(second.reply.only.result).toMatchObject({ resultType: 'complete' });
});

test('a server request that the child cancels is withdrawn', () => {
  const child = legacyChild();
  const { reply, id } = child.call();
  child.hear(elicit(0), { method: 'notifications/cancelled', params: { requestId: 0 } });
  child.clock.pass(5);
  expect(reply.responses).toEqual([]);
  child.hear({ id, result: {} });
  expect(reply.only.result).toMatchObject({ resultType: 'complete' });
});

test('a server request is refused when as many calls are suspended as may be', () => {
  const child = legacyChild({ parkedCalls: 1 });
  const request = modernRequest('tools/call', { name: 'other' });
  child.suspended.add({ resume: () => undefined }, request, () => undefined);
  child.call();
  child.hear(elicit('y'));
  expect(child.said.at(-1)).toMatchObject({ id: 'y', error: { code: -32603 } });
});

test('an error that demands a page to be opened becomes an input request', () => {
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

test('every call learns why its child is gone, also one that is retried later', () => {
  const child = legacyChild();
  const parked = child.suspendedCall({ name: 'one' });
  const running = child.call({ name: 'two' }, { id: 2 });
  child.translator.ended({ code: -32603, message: 'It ended with exit code 7.', data: { exitCode: 7 } });
  const error = { code: -32603, message: 'It ended with exit code 7.', data: { exitCode: 7 } };
  expect(running.reply.only).toMatchObject({ id: 2, error });
  expect(child.retry(parked.state, { elicitation_1: { action: 'accept' } }, { id: 3 }, 'one').reply.only).toMatchObject(
    {
      id: 3,
      error,
    },
  );
});

test('of a call under a name of more than 1,024 characters is not remembered whether it asks back: a client may make up as many as it likes', () => {
  const known = new InteractivityCache();
  const [short, long] = [1024, 1025].map((length) => modernRequest('tools/call', { name: 'x'.repeat(length) }));
  if (short === undefined || long === undefined) throw new Error('no requests');
  for (const request of [short, long]) known.completedAlone(request);
  expect([short, long].map((request) => known.mayInteract(request))).toEqual([false, true]);
});
