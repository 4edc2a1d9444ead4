import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cell } from '../../common/results.ts';
import { inRounds, plainRow, project, ratioRow, WARM_UPS } from '../../common/rounds.ts';
import { sum } from '../../common/statistics.ts';
import type { Session } from '../client/session.ts';
import type { Bridge } from '../subjects/bridge.ts';
import { FLOOR, type Measure } from './measure.ts';

const NOTIFICATIONS = 50_000;
const BYTES = 200;
const ANSWER_WITHIN_MS = 20_000;
/** How long notifications may still trickle in behind the answer, on another stream, one to the next. */
const QUIET_MS = 500;
/** Time for what a session leaves behind, a child that ends and a spare that starts, before the next subject is asked. */
const SETTLE_MS = 300;

export interface Delivery {
  /** From the call to its answer and the last notification, ms. */
  readonly ms: number;
  readonly sent: number;
  readonly delivered: number;
  /** Notifications that came behind a younger one. */
  readonly outOfOrder: number;
}

/** A server that talks a lot: numbered notifications in one go, behind them the answer to the call that asked for them. */
export const burstMeasure: Measure = {
  name: 'burst of notifications',
  async rows({ bridges, pace }) {
    const count = NOTIFICATIONS * pace.share;
    const samples = await inRounds(bridges, pace.rounds, (bridge) => burstOf(bridge, count), WARM_UPS);
    return [
      ratioRow({
        label: `burst of ${count} x ${BYTES} B notifications`,
        samples: project(samples, ({ ms }) => ms),
        base: FLOOR,
        format: (ms) => `${ms.toFixed(1)} ms`,
        target: { atMost: 2 },
      }),
      plainRow('lost / out of order', samples, ofDeliveries, { atMost: 0 }),
    ];
  },
};

/** What was lost and what came out of order, over all rounds. */
export function ofDeliveries(deliveries: readonly Delivery[]): Cell {
  const lost = sum(deliveries.map(({ sent, delivered }) => sent - delivered));
  const outOfOrder = sum(deliveries.map((delivery) => delivery.outOfOrder));
  return { text: `${lost} / ${outOfOrder}`, value: lost + outOfOrder };
}

async function burstOf(bridge: Bridge, count: number): Promise<Delivery> {
  const session = await bridge.connect();
  const delivery = await burst(session, count, BYTES);
  await session.transport.close();
  await delay(SETTLE_MS);
  return delivery;
}

/** One call for `count` notifications of `bytes` each, until the last has come or nothing comes any more. */
export async function burst(session: Session, count: number, bytes: number): Promise<Delivery> {
  let delivered = 0;
  let outOfOrder = 0;
  let youngest = -1;
  let lastAt = 0;
  session.onNotification = (text) => {
    const seq = Number(/"seq":(\d+)/.exec(text)?.[1]);
    delivered++;
    if (seq < youngest) outOfOrder++;
    youngest = Math.max(youngest, seq);
    if (delivered === count) lastAt = performance.now();
  };
  const started = performance.now();
  await session.callTool('burst', { count, bytes }, ANSWER_WITHIN_MS);
  let end = performance.now();
  for (let before = -1; delivered < count && delivered > before; ) {
    before = delivered;
    await delay(QUIET_MS);
  }
  end = Math.max(end, lastAt);
  return { ms: end - started, sent: count, delivered, outOfOrder };
}
