import { expect, test } from 'vitest';
import { hostBridge, serverSetting } from '../../support/bridge-host.ts';
import { modernAnswer, modernStream } from '../../support/modern-request.ts';
import { until } from '../../support/until.ts';

const MEBIBYTE = 1024 * 1024;

/** As many log messages as make 38 MB, for a client that wants them. */
const burst = {
  method: 'tools/call',
  params: { name: 'burst', arguments: { count: 20_000, bytes: 1800 } },
  meta: { 'io.modelcontextprotocol/logLevel': 'debug' },
};

/** 30 MB of progress: unlike log messages it keeps coming, whoever else has the child do something. */
const progress = {
  method: 'tools/call',
  params: { name: 'progress', arguments: { count: 30_000 } },
  meta: { progressToken: 'p'.repeat(900) },
};

test('a client that does not read is given up, so that others do not have to wait for long', async () => {
  const times = { tick: 50, stall: 1000 };
  await using host = await hostBridge({ servers: [serverSetting()] }, { times });
  const slow = await modernStream(host.url, progress);
  slow.response.pause();
  const answer = await modernAnswer(host.url, {
    method: 'tools/call',
    params: { name: 'echo', arguments: { text: 'still here' } },
    id: 2,
  });
  expect(answer.result).toMatchObject({ content: [{ text: 'still here' }] });
  slow.response.resume();
  const events = await slow.rest();
  expect(events.length).toBeLessThan(30_000);
  expect(events.some(({ data }) => data.includes('"result"'))).toBe(false);
});

test('what a client does not read waits in the child, not in us', async () => {
  await using host = await hostBridge({ servers: [serverSetting()] }, { times: { stall: 60_000 } });
  const fromChildren = () => host.bridge.snapshot().servers[0]?.traffic.fromChildren ?? 0;
  const slow = await modernStream(host.url, burst);
  slow.response.pause();
  let before = -1;
  await until('nothing more is read', () => {
    const now = fromChildren();
    const still = now === before && now > 0;
    before = now;
    return still;
  });
  expect(fromChildren()).toBeLessThan(16 * MEBIBYTE);
  slow.response.resume();
  const events = await slow.rest();
  expect(events.filter(({ data }) => data.includes('notifications/message'))).toHaveLength(20_000);
  expect(JSON.parse(events.at(-1)?.data ?? '')).toMatchObject({ id: 1, result: { resultType: 'complete' } });
});

test('an answer that is more than the buffers in between take does not stop its server for good', async () => {
  await using host = await hostBridge({ servers: [serverSetting()] }, { times: { keepAlive: 50, tick: 10 } });
  const tool = (name: string, input: object) =>
    modernAnswer(host.url, { method: 'tools/call', params: { name, arguments: input } });
  // Long enough for the next answer to become a stream.
  await tool('deafen', { milliseconds: 400 });
  const { result } = await tool('big', { bytes: 20 * MEBIBYTE });
  expect(result?.content?.[0]?.text).toHaveLength(20 * MEBIBYTE);
  expect((await tool('echo', { text: 'still here' })).result?.content?.[0]?.text).toBe('still here');
});
