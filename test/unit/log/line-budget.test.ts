import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LineBudget } from '../../../app/base/line-budget.ts';

describe('A budget of lines', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const taken = (budget: LineBudget, lines: number): number =>
    Array.from({ length: lines }, () => budget.take()).filter((passed) => passed).length;

  it('lets a burst through, then so many lines a second', () => {
    const budget = new LineBudget({ burst: 100, perSecond: 10 }, () => undefined);
    expect(taken(budget, 1000)).toBe(100);
    vi.advanceTimersByTime(1000);
    expect(taken(budget, 1000)).toBe(10);
    vi.advanceTimersByTime(3_600_000);
    expect(taken(budget, 1000)).toBe(100);
  });

  it('counts what it left out, and reports it once a second', () => {
    const reports: number[] = [];
    const budget = new LineBudget({ burst: 10, perSecond: 1 }, (leftOut) => reports.push(leftOut));
    taken(budget, 50);
    expect(reports).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(reports).toEqual([40]);
    vi.advanceTimersByTime(5000);
    expect(reports).toEqual([40]);
    taken(budget, 20);
    budget.settle();
    expect(reports.reduce((sum, count) => sum + count, 0)).toBe(40 + 20 - 6);
    budget.settle();
    expect(reports).toHaveLength(2);
  });

  it('loses no count when lines come for a long time', () => {
    let leftOut = 0;
    let passed = 0;
    const budget = new LineBudget({ burst: 10, perSecond: 5 }, (count) => {
      leftOut += count;
    });
    for (let tick = 0; tick < 500; tick++) {
      passed += taken(budget, 7);
      vi.advanceTimersByTime(20);
    }
    budget.settle();
    expect(passed + leftOut).toBe(3500);
    expect(passed).toBeLessThanOrEqual(10 + 50);
  });

  it('does not go by the time of day', () => {
    const budget = new LineBudget({ burst: 10, perSecond: 1 }, () => undefined);
    taken(budget, 10);
    vi.setSystemTime(Date.now() + 7_200_000);
    expect(taken(budget, 10)).toBe(0);
    vi.setSystemTime(Date.now() - 14_400_000);
    vi.advanceTimersByTime(2000);
    expect(taken(budget, 10)).toBe(2);
  });
});
