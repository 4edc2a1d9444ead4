import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Deadlines } from '../../app/base/deadlines.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('A deadline passes when its own time is over, whatever has been added and cancelled beside it', () => {
  const passed: string[] = [];
  const deadlines = new Deadlines<string>(1000, (name) => passed.push(name));
  const first = deadlines.add('first');
  vi.advanceTimersByTime(400);
  deadlines.add('second');
  deadlines.cancel(first);
  vi.advanceTimersByTime(400);
  deadlines.add('third');
  vi.advanceTimersByTime(599);
  expect(passed).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(passed).toEqual(['second']);
  vi.advanceTimersByTime(399);
  expect(passed).toEqual(['second']);
  vi.advanceTimersByTime(1);
  expect(passed).toEqual(['second', 'third']);
});

it('Deadlines have one timer for all, and none once there is nothing left to wait for', () => {
  const deadlines = new Deadlines<number>(1000, () => undefined);
  const waiting = Array.from({ length: 100 }, (_, index) => deadlines.add(index));
  expect(vi.getTimerCount()).toBe(1);
  for (const deadline of waiting) deadlines.cancel(deadline);
  vi.advanceTimersByTime(1000);
  expect(vi.getTimerCount()).toBe(0);
  deadlines.add(1);
  expect(vi.getTimerCount()).toBe(1);
});

it('What adds a deadline while another one passes gets all of its time', () => {
  const passed: number[] = [];
  const deadlines = new Deadlines<number>(1000, (value) => {
    passed.push(value);
    if (value === 1) deadlines.add(2);
  });
  deadlines.add(1);
  vi.advanceTimersByTime(1000);
  expect(passed).toEqual([1]);
  vi.advanceTimersByTime(999);
  expect(passed).toEqual([1]);
  vi.advanceTimersByTime(1);
  expect(passed).toEqual([1, 2]);
});
