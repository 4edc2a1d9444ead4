import { bytes } from '../../app/ipc/index.ts';
import { state, text } from '../shared/store.ts';

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

const WIDTH = 328;
const HEIGHT = 36;
const SECONDS = 60;

/** The last minute at a glance: down as a filled curve, up as a line. */
export function Traffic() {
  const { rates } = state.value;
  const words = text.value.popover;
  const last = rates.at(-1) ?? { up: 0, down: 0 };
  const top = Math.max(1, ...rates.map(({ up, down }) => Math.max(up, down)));
  const shape = { width: WIDTH, height: HEIGHT, count: SECONDS, top };
  const down = sparkline(
    rates.map((rate) => rate.down),
    shape,
  );
  const isQuiet = rates.length === 0;
  return (
    <section class="traffic">
      <div class="section-head">
        <h2>{words.traffic}</h2>
        {isQuiet ? (
          <span class="figures">{words.noTraffic}</span>
        ) : (
          <span class="figures" role="img" aria-label={words.trafficNow(bytes(last.up), bytes(last.down))}>
            <span>↑ {bytes(last.up)}/s</span>
            <span>↓ {bytes(last.down)}/s</span>
          </span>
        )}
      </div>
      <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <path class="spark-base" d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} />
        {!isQuiet && (
          <>
            <path class="spark-area" d={`${down}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z`} />
            <path class="spark-down" d={down} />
            <path
              class="spark-up"
              d={sparkline(
                rates.map((rate) => rate.up),
                shape,
              )}
            />
          </>
        )}
      </svg>
    </section>
  );
}
