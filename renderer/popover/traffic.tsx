import { bytes } from '../../app/view/index.ts';
import { state, text } from '../shared/store.ts';
import { sparkline } from './sparkline.ts';

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
