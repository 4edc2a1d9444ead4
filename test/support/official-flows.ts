import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestClient } from './mcp-clients.ts';
import { until } from './until.ts';

/** Nanoseconds between progress and the answer right behind it, less what a timer may be late: app/bridge/one-stream-session.ts. */
const PROGRESS_GAP = 3_000_000;

/**
 * The progress of a call that counts. The SDK loses progress that it reads together with the answer, which therefore comes some
 * milliseconds later; where the machine has let this process stand still for longer, that proves nothing, and it is asked again.
 */
export async function progressOf(client: TestClient, to: number): Promise<readonly number[]> {
  for (;;) {
    const seen: number[] = [];
    const pauses = monitorEventLoopDelay({ resolution: 1 });
    pauses.enable();
    const result = await client.call('count', { to }, { onProgress: (progress) => seen.push(progress) });
    pauses.disable();
    expect(result).toBe(`Counted to ${to}.`);
    if (seen.length === to || pauses.max < PROGRESS_GAP) return seen;
  }
}

export interface FlowOptions {
  /** What the client answers questions with. */
  readonly who?: string;
  /** Whether a change of a list is always announced: an address that servers share announces none that is what it was. */
  readonly announces?: boolean;
  /** Whether the client is used on behind the flows, and closed by whoever has it. */
  readonly isLent?: boolean;
}

/** Every flow of the protocol that a client of any era takes part in, each as a test; one session goes through all of them. */
export function testFlows(
  connect: (who: string) => Promise<TestClient>,
  { who = 'Ada', announces = true, isLent = false }: FlowOptions = {},
): void {
  let client: TestClient;
  beforeAll(async () => {
    client = await connect(who);
  });
  afterAll(async () => {
    if (!isLent) await client[Symbol.asyncDispose]();
  });

  test('lists and calls tools, reads resources, gets prompts', async () => {
    expect(await client.listTools()).toContain('echo');
    expect(await client.call('echo', { text: 'hello' })).toBe('hello');
    expect(await client.readResource('test://static-text')).toBe('This is the content of the static text resource.');
    expect(await client.getPrompt('test_prompt_with_arguments', { arg1: 'a', arg2: 'b' })).toBe(
      `Prompt with arguments: arg1='a', arg2='b'`,
    );
  });

  test('gets all progress, in order, although the result comes in the same breath', async () => {
    expect(await progressOf(client, 5)).toEqual([1, 2, 3, 4, 5]);
  });

  test('answers elicitation, sampling and roots, one after the other and at once', async () => {
    expect(await client.call('test_sampling', { prompt: 'hi' })).toContain(`sampled by ${who}`);
    expect(await client.call('test_input_required_result_list_roots')).toContain(`file:///${who}`);
    expect(await client.call('test_input_required_result_multi_round')).toBe(
      `{"name":"${who} on Step 1: What is your name?"} likes {"color":"${who} on Step 2: What is your favorite color?"}`,
    );
    expect(await client.call('ask_many', { topic: 'tea', count: 3 })).toBe(
      `{"reply":"${who} on tea 0"} {"reply":"${who} on tea 1"} {"reply":"${who} on tea 2"}`,
    );
    expect(await client.getPrompt('test_input_required_result_prompt')).toContain(`${who} on What context`);
    expect(await client.readResource('test://locked')).toContain(`${who} on Which password?`);
  });

  test('asks in parallel calls without mixing them up', async () => {
    const topics = ['tea', 'cake', 'jam', 'milk'];
    const answers = await Promise.all(topics.map((topic) => client.call('ask_many', { topic, count: 1 })));
    expect(answers).toEqual(topics.map((topic) => `{"reply":"${who} on ${topic} 0"}`));
  });

  test('gets the log messages of its call', async () => {
    const before = client.logs.length;
    await client.call('narrate', { text: 'chapter', times: 3 });
    await until('all lines are there', () => client.logs.length === before + 3);
    expect(client.logs.slice(before)).toEqual(['chapter 1', 'chapter 2', 'chapter 3']);
  });

  test('cancels a call, and the child hears of it', async () => {
    const before = Number(await client.call('cancellations'));
    const abort = new AbortController();
    const call = client.call('wait', {}, { signal: abort.signal, onProgress: () => abort.abort() });
    await expect(call).rejects.toThrow();
    await until('the child has counted it', async () => Number(await client.call('cancellations')) === before + 1);
  });

  if (!announces) return;

  test('hears that the list of tools has changed', async () => {
    const before = client.toolChanges;
    await until('the client has heard', async () => {
      await client.call('test_trigger_tool_change');
      return client.toolChanges > before;
    });
  });
}
