import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Deadlines } from '../../app/base/deadlines.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lets time pass, and what lies ready be read. */
async function pass(milliseconds: number): Promise<void> {
  vi.advanceTimersByTime(milliseconds);
  await nextTurn();
}

it('A deadline passes when its own time is over, whatever has been added and cancelled beside it', async () => {
  const passed: string[] = [];
  const deadlines = new Deadlines<string>(1000, (name) => passed.push(name));
  const first = deadlines.add('first');
  await pass(400);
  deadlines.add('second');
  deadlines.cancel(first);
  await pass(400);
  deadlines.add('third');
  await pass(599);
  expect(passed).toEqual([]);
  await pass(1);
  expect(passed).toEqual(['second']);
  await pass(399);
  expect(passed).toEqual(['second']);
  await pass(1);
  expect(passed).toEqual(['second', 'third']);
});

it('Deadlines have one timer for all, and none once there is nothing left to wait for', async () => {
  const deadlines = new Deadlines<number>(1000, () => undefined);
  const waiting = Array.from({ length: 100 }, (_, index) => deadlines.add(index));
  expect(vi.getTimerCount()).toBe(1);
  for (const deadline of waiting) deadlines.cancel(deadline);
  await pass(1000);
  expect(vi.getTimerCount()).toBe(0);
  deadlines.add(1);
  expect(vi.getTimerCount()).toBe(1);
});

it('What adds a deadline while another one passes gets all of its time', async () => {
  const passed: number[] = [];
  const deadlines = new Deadlines<number>(1000, (value) => {
    passed.push(value);
    if (value === 1) deadlines.add(2);
  });
  deadlines.add(1);
  await pass(1000);
  expect(passed).toEqual([1]);
  await pass(999);
  expect(passed).toEqual([1]);
  await pass(1);
  expect(passed).toEqual([1, 2]);
});
