import { afterEach, describe, expect, test, vi } from 'vitest';
import { type BridgeHost, hostBridge, idleAfter } from '../../support/bridge-host.ts';
import { begin } from '../../support/http-client.ts';
import { modernAnswer } from '../../support/modern-request.ts';
import { openSession, openSse } from '../../support/raw-mcp.ts';
import { until } from '../../support/until.ts';

const HOUR = 3_600_000;
const TICK = 20;

/** The machine's clocks, moved on by a sleep, or as time passes while it is awake: four seconds a tick. */
class TestClocks {
  #monotonic = 0;
  #wall = 0;

  constructor() {
    const { now } = performance;
    const wall = Date.now;
    vi.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + this.#monotonic);
    vi.spyOn(Date, 'now').mockImplementation(() => wall() + this.#wall);
  }

  /** As on macOS, where the monotonic clock goes on, or as on Linux, where it stands still. */
  sleep(milliseconds: number, goesOn: boolean): void {
    this.#wall += milliseconds;
    if (goesOn) this.#monotonic += milliseconds;
  }

  async awake(milliseconds: number): Promise<void> {
    for (let passed = 0; passed < milliseconds; passed += 4000) {
      this.#wall += 4000;
      this.#monotonic += 4000;
      await pause(TICK * 2);
    }
  }
}

afterEach(() => {
  vi.restoreAllMocks();
});

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const sessionsOf = (host: BridgeHost) => host.bridge.snapshot().servers[0]?.sessions.length;
const childrenOf = (host: BridgeHost) => host.bridge.snapshot().servers[0]?.children.length;

describe.each([
  ['goes on', true],
  ['stands still', false],
])('A sleep of an hour during which the monotonic clock %s', (_, goesOn) => {
  test('ends no idle session at once: it has half a minute at least, and then ends', async () => {
    const clocks = new TestClocks();
    await using host = await hostBridge(idleAfter(60_000), { times: { tick: TICK } });
    const session = await openSession(host.url);
    await clocks.awake(52_000);
    clocks.sleep(HOUR, goesOn);
    await pause(TICK * 4);
    await clocks.awake(20_000);
    expect(sessionsOf(host)).toBe(1);
    expect(await session.tool('echo', { text: 'still here' })).toBe('still here');
    await clocks.awake(52_000);
    expect(sessionsOf(host)).toBe(1);
    await clocks.awake(20_000);
    await until('it has ended', () => sessionsOf(host) === 0);
  });

  test('shows a stream at once that it lives, and leaves a client that lost its stream time to come back', async () => {
    const clocks = new TestClocks();
    const times = { tick: TICK, keepAlive: 600_000, grace: 5000 };
    await using host = await hostBridge({}, { times });
    const session = await openSession(host.url);
    const stream = await session.get();
    const sse = await openSse(host.url);
    clocks.sleep(HOUR, goesOn);
    await until('both streams have had a comment', () => stream.comments.length > 0 && sse.reader.comments.length > 0);
    stream.close();
    clocks.sleep(HOUR, goesOn);
    await pause(TICK * 4);
    await clocks.awake(16_000);
    expect(sessionsOf(host)).toBe(2);
    await clocks.awake(40_000);
    await until('the session that was left has ended', () => sessionsOf(host) === 1);
    expect(await sse.tool('echo', { text: 'on' })).toBe('on');
    sse.close();
  });

  test('does not cut a stream whose client had stopped reading before', async () => {
    const clocks = new TestClocks();
    await using host = await hostBridge({}, { times: { tick: TICK, stall: 60_000 } });
    const session = await openSession(host.url);
    const response = await begin(`${host.url}/mcp`, {
      headers: { ...session.headers },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 7,
        method: 'tools/call',
        params: { name: 'burst', arguments: { count: 10_000, bytes: 2000 } },
      }),
    });
    let isCut = false;
    response.on('aborted', () => {
      isCut = true;
    });
    response.pause();
    await pause(500);
    clocks.sleep(HOUR, goesOn);
    await pause(TICK * 4);
    await clocks.awake(20_000);
    expect(isCut).toBe(false);
    let bytes = 0;
    for await (const chunk of response) bytes += chunk.length;
    expect(bytes).toBeGreaterThan(10_000 * 2000);
  });

  test('ends no idle process of stateless clients at once, and does after ten minutes', async () => {
    const clocks = new TestClocks();
    await using host = await hostBridge({}, { times: { tick: TICK } });
    await modernAnswer(host.url, { method: 'tools/list' });
    clocks.sleep(HOUR, goesOn);
    await pause(TICK * 4);
    expect(childrenOf(host)).toBe(1);
    await clocks.awake(11 * 60_000);
    await until('it has ended', () => childrenOf(host) === 0);
  });
});

test('Without a sleep an idle session ends in its time', async () => {
  const clocks = new TestClocks();
  await using host = await hostBridge(idleAfter(60_000), { times: { tick: TICK } });
  await openSession(host.url);
  await clocks.awake(72_000);
  await until('it has ended', () => sessionsOf(host) === 0);
  expect(sessionsOf(host)).toBe(0);
});
