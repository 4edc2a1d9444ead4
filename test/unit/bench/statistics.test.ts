import { describe, expect, it } from 'vitest';
import { median, percentile, slope } from '../../bench/common/statistics.ts';

describe('the bench statistics', () => {
  it('take the middle value, or the mean of the two middle ones', () => {
    expect(median([30, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 30])).toBe(3);
    expect(median([])).toBeNaN();
  });

  it('take percentiles by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile(hundred, 1)).toBe(100);
    expect(percentile([7], 0.99)).toBe(7);
  });

  it('fit a line through points that do not lie on one', () => {
    expect(
      slope([
        { x: 0, y: 10 },
        { x: 1, y: 13 },
        { x: 2, y: 14 },
      ]),
    ).toBe(2);
  });
});
