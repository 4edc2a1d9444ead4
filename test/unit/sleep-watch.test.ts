import { describe, expect, test } from 'vitest';
import { movedBySleep, SleepWatch } from '../../app/base/clock.ts';

const HOUR = 3_600_000;

/** Clocks at any hour, and a watch that expects a tick each second. */
function watched() {
  const at = { monotonic: 5000, wall: 1_700_000_000_000 };
  const watch = new SleepWatch(1000, { monotonic: () => at.monotonic, wall: () => at.wall });
  watch.start();
  const tick = (monotonic: number, wall = monotonic) => {
    at.monotonic += monotonic;
    at.wall += wall;
    return watch.tick();
  };
  return tick;
}

describe('A watch for sleeps', () => {
  test('sees none while its ticks come about in time, however often', () => {
    const tick = watched();
    const missed = [1000, 1003, 4000, 5999, 20].map((passed) => tick(passed).missed);
    expect(missed).toEqual([null, null, null, null, null]);
  });

  test('tells what was missed where the monotonic clock goes on during a sleep, once', () => {
    const tick = watched();
    expect(tick(HOUR).missed).toBe(HOUR - 1000);
    expect(tick(1000).missed).toBeNull();
  });

  test('notices a sleep during which the monotonic clock stands still', () => {
    const tick = watched();
    expect(tick(1000, HOUR).missed).toBe(0);
    expect(tick(1000).missed).toBeNull();
  });

  test('takes a time of day that was set back for none', () => {
    expect(watched()(1000, -HOUR).missed).toBeNull();
  });

  test('takes a process that was stopped for one', () => {
    expect(watched()(8000).missed).toBe(7000);
  });
});

describe('A moment that silence is counted from', () => {
  test('moves by what was missed', () => {
    expect(movedBySleep(1000, 600_000, HOUR, HOUR - 200_000)).toBe(HOUR - 199_000);
  });

  test('leaves half a minute at least, also where nothing of the clock was missed', () => {
    expect(movedBySleep(0, 60_000, 59_000, 0)).toBe(29_000);
    expect(movedBySleep(0, 5000, HOUR, HOUR)).toBe(HOUR + 25_000);
  });

  test('does not move beyond the present by what was missed before it', () => {
    expect(movedBySleep(HOUR - 10, 600_000, HOUR, HOUR)).toBe(HOUR);
  });
});
