export interface SparkShape {
  readonly width: number;
  readonly height: number;
  /** Places from left to right; the newest value stands at the right edge. */
  readonly count: number;
  /** The value at the upper edge. */
  readonly top: number;
}

/** A curve as SVG path data. Seconds from before the first value count as nought. */
export function sparkline(values: readonly number[], { width, height, count, top }: SparkShape): string {
  const padded = [...Array.from({ length: Math.max(0, count - values.length) }, () => 0), ...values.slice(-count)];
  const step = width / (count - 1);
  const points = padded.map((value, i) => {
    const x = (i * step).toFixed(1);
    const y = (height - 1 - (value / top) * (height - 3)).toFixed(1);
    return `${x} ${y}`;
  });
  return `M${points.join('L')}`;
}
