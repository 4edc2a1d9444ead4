import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { hostBridge, serverSetting } from '../../support/bridge-host.ts';
import { modernAnswer, postModern } from '../../support/modern-request.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const serial = () => hostBridge({ servers: [serverSetting({ args: [fixture('serial-server.mjs')] })] });
const call = (name: string, more: object = {}) => ({
  method: 'tools/call',
  params: { name, arguments: {}, ...more },
  capabilities: { elicitation: {} },
});

/** The state to come back with, and the only question. */
function questionIn(result: unknown): { readonly requestState: unknown; readonly key: string } {
  const { requestState, inputRequests } = Object(result);
  return { requestState, key: Object.keys(Object(inputRequests))[0] ?? '' };
}

describe('a server that does one thing after the other', () => {
  test.each(['ask', 'hidden'])(
    'gets the answer to its question before it is asked anything else (%s)',
    async (name) => {
      await using host = await serial();
      const asked = await modernAnswer(host.url, call(name));
      expect(asked.result).toMatchObject({ resultType: 'input_required' });
      const { requestState, key } = questionIn(asked.result);
      const retry = call(name, { requestState, inputResponses: { [key]: { action: 'decline' } } });
      expect(await modernAnswer(host.url, { ...retry, id: 2 })).toMatchObject({
        id: 2,
        result: { content: [{ text: 'decline' }] },
      });
    },
  );

  test('is not waited for to list its tools while it waits for a client', async () => {
    await using host = await serial();
    const { requestState, key } = questionIn((await modernAnswer(host.url, call('hidden'))).result);
    // Of a tool that is not listed, each call would list anew. It goes to a child of its own when that takes too long.
    expect(await modernAnswer(host.url, { ...call('other'), id: 3 })).toMatchObject({ error: { code: -32601 } });
    const retry = call('hidden', { requestState, inputResponses: { [key]: { action: 'accept' } } });
    expect(await modernAnswer(host.url, { ...retry, id: 4 })).toMatchObject({
      result: { content: [{ text: 'accept' }] },
    });
  });

  test('is not passed a state that is not ours', async () => {
    await using host = await serial();
    await modernAnswer(host.url, call('ask'));
    expect(await modernAnswer(host.url, { ...call('ask', { requestState: 'made up' }), id: 2 })).toMatchObject({
      error: { code: -32602 },
    });
  });
});

describe('-32601 of a server', () => {
  test('is an answer like any other when it is about a tool', async () => {
    await using host = await serial();
    const response = await postModern(`${host.url}/mcp`, call('nope'));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ id: 1, error: { code: -32601, message: 'Unknown tool: nope' } });
  });

  test.each([
    ['a method nobody knows', 'foo/bar', {}],
    ['a method without a name in it', 'resources/list', {}],
    ['a method of a capability the server has not', 'prompts/get', { name: 'x' }],
  ])('is 404 when it is about %s', async (_, method, params) => {
    await using host = await serial();
    expect((await postModern(`${host.url}/mcp`, { method, params })).status).toBe(404);
  });
});
