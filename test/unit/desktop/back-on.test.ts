import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../app/base/clock.ts';
import { BackOn, lengthOf } from '../../../app/desktop/back-on.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A monotonic clock and a time of day that a test moves. */
function clocks() {
  let now = 0;
  let wall = 1_000_000;
  let timer: { readonly at: number; readonly run: () => void } | null = null;
  const clock: Clock = {
    now: () => now,
    after(milliseconds, run) {
      const mine = { at: now + milliseconds, run };
      timer = mine;
      return () => {
        if (timer === mine) timer = null;
      };
    },
  };
  return {
    clock,
    now: () => wall,
    setWall(to: number) {
      wall = to;
    },
    /** Lets time pass awake: timers fire. */
    pass(milliseconds: number) {
      const end = now + milliseconds;
      while (timer !== null && timer.at <= end) {
        const { at, run } = timer;
        timer = null;
        wall += at - now;
        now = at;
        run();
      }
      wall += end - now;
      now = end;
    },
    /** Both clocks go on, and no timer fires. */
    sleep(milliseconds: number) {
      now += milliseconds;
      wall += milliseconds;
    },
    isWaiting: () => timer !== null,
  };
}

function counted() {
  const time = clocks();
  const told: number[] = [];
  let due = 0;
  const backOn = new BackOn({
    clock: time.clock,
    now: time.now,
    due: () => {
      due++;
    },
    passed: (at) => told.push(at),
  });
  return { time, told, backOn, due: () => due };
}

describe('The end of a time that the app is off for', () => {
  it('comes once, after exactly that time, and is told of each minute before', () => {
    const { time, told, backOn, due } = counted();
    const at = backOn.set(HOUR);
    expect(at).toBe(time.now() + HOUR);
    time.pass(HOUR - 1);
    expect(due()).toBe(0);
    expect(new Set(told)).toEqual(new Set([at]));
    expect(told).toHaveLength(59);
    time.pass(1);
    expect(due()).toBe(1);
    expect(time.isWaiting()).toBe(false);
  });

  it('comes at once when the machine wakes up after it', () => {
    const { time, backOn, due } = counted();
    backOn.set(HOUR);
    time.pass(10 * MINUTE);
    time.sleep(3 * HOUR);
    backOn.look();
    expect(due()).toBe(1);
  });

  it('does not move when the time of day is set, and is told by the new time', () => {
    const { time, told, backOn, due } = counted();
    backOn.set(HOUR);
    time.setWall(time.now() + 5 * HOUR);
    time.pass(30 * MINUTE);
    expect(due()).toBe(0);
    expect(told.at(-1)).toBe(time.now() + 30 * MINUTE);
  });

  it('does not come once it was cleared, or set anew', () => {
    const { time, backOn, due } = counted();
    backOn.set(HOUR);
    backOn.set(2 * HOUR);
    time.pass(HOUR + MINUTE);
    expect(due()).toBe(0);
    backOn.clear();
    time.pass(5 * HOUR);
    expect(due()).toBe(0);
  });
});

describe('Until tomorrow', () => {
  it.each([
    ['in the evening', [2026, 10, 29, 20, 30], [2026, 10, 30, 8, 0]],
    ['after midnight', [2026, 10, 30, 1, 0], [2026, 10, 30, 8, 0]],
    ['early in the morning, for the next one', [2026, 10, 30, 6, 0], [2026, 11, 1, 8, 0]],
    ['at noon', [2026, 10, 30, 12, 0], [2026, 11, 1, 8, 0]],
  ] as const)('%s is eight in the morning', (_when, from, to) => {
    const at = (parts: readonly [number, number, number, number, number]): number => new Date(...parts).getTime();
    expect(lengthOf('tomorrow', at(from))).toBe(at(to) - at(from));
  });

  it('is not an hour, which is one', () => {
    expect(lengthOf('hour', 0)).toBe(HOUR);
  });
});
