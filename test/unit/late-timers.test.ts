import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Deadlines, timeLimit } from '../../app/base/deadlines.ts';
import { HalfClosedSweep } from '../../app/proxy/relay.ts';
import { stall } from '../support/stall.ts';
import { addressOf } from '../support/tcp.ts';

/** Both ends of a connection. */
async function pair(): Promise<readonly [Socket, Socket]> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const near = connect(addressOf(server).port, '127.0.0.1');
  const [far]: [Socket] = await Promise.all([once(server, 'connection'), once(near, 'connect')]).then(([[one]]) => [
    one,
  ]);
  onTestFinished(() => {
    near.destroy();
    far.destroy();
    server.close();
  });
  return [near, far];
}

const LIMIT = 50;

it.each([
  ['a time limit', timeLimit],
  [
    'a deadline',
    (milliseconds: number, passed: () => void) => {
      const deadlines = new Deadlines<null>(milliseconds, passed);
      const deadline = deadlines.add(null);
      return () => deadlines.cancel(deadline);
    },
  ],
])(
  '%s does not pass while what came in time lies ready to be read, and passes where nothing does',
  async (_what, limit) => {
    const [near, far] = await pair();
    const events: string[] = [];
    const cancel = limit(LIMIT, () => events.push('passed'));
    const read = once(near, 'data').then(() => {
      events.push('read');
      cancel();
    });
    far.write('x');
    stall(4 * LIMIT);
    await read;
    const passed = new Promise<void>((resolve) => limit(LIMIT, resolve));
    const keepsRunning = setTimeout(() => undefined, 60_000);
    await passed;
    clearTimeout(keepsRunning);
    expect(events).toEqual(['read']);
  },
);

it('A half-closed tunnel is kept for what lies ready to be read, and closed two minutes after it', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  let passed = 0;
  let closed = false;
  const sweep = new HalfClosedSweep();
  const place = sweep.add({
    passed: () => passed,
    expire() {
      closed = true;
      sweep.delete(place);
    },
  });
  vi.advanceTimersByTime(130_000);
  passed = 7;
  await nextTurn();
  expect(closed).toBe(false);
  vi.advanceTimersByTime(130_000);
  await nextTurn();
  expect(closed).toBe(true);
});
