import { rmSync } from 'node:fs';
import { MANY, tellMany } from '../../e2e/support/activity-flood.ts';
import { openWindow, runApp } from '../../e2e/support/running-app.ts';
import type { Row } from '../common/results.ts';
import { numberCell } from '../common/rounds.ts';
import { percentile } from '../common/statistics.ts';
import { APP } from './subjects.ts';

const FRAMES = 240;

interface Scrolled {
  /** Milliseconds from one frame to the next. */
  readonly frames: readonly number[];
  /** Milliseconds of tasks above 50 ms, as Chromium counts them. */
  readonly long: readonly number[];
  /** Rows in the document at the end. */
  readonly rows: number;
}

/** The Activity window with as many rows as are kept, scrolled through from end to end, each frame somewhere else. */
export async function activityRows(): Promise<readonly Row[]> {
  const app = await runApp({ habits: { on: true } });
  try {
    const page = await openWindow(app, 'activity');
    await tellMany(app, 0);
    await page.locator('.activity-row').first().waitFor();
    const { frames, long, rows } = await page.evaluate<Scrolled>(SCROLL);
    const row = (label: string, value: number, unit: string): Row => ({
      label: `Activity with ${MANY} rows: ${label}`,
      cells: new Map([[APP, numberCell(value, unit)]]),
    });
    return [
      row('frame time, p50', percentile(frames, 0.5), 'ms'),
      row('frame time, p99', percentile(frames, 0.99), 'ms'),
      row('tasks above 50 ms', long.length, ''),
      { ...row('rows in the document', rows, ''), target: { atMost: 200 } },
    ];
  } finally {
    await app.stop();
    rmSync(app.home, { recursive: true, force: true });
  }
}

/** In the window, whose types the bench does not have. */
const SCROLL = `(async () => {
  const list = [...document.querySelectorAll('*')].find((one) => one.clientHeight > 0 && one.scrollHeight > 100000);
  const long = [];
  const observer = new PerformanceObserver((seen) => long.push(...seen.getEntries().map(({ duration }) => duration)));
  observer.observe({ type: 'longtask' });
  const frames = [];
  let last = await new Promise(requestAnimationFrame);
  for (let at = 0; at < ${FRAMES}; at++) {
    list.scrollTop = (list.scrollHeight * ((at * 97) % ${FRAMES})) / ${FRAMES};
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
  }
  observer.disconnect();
  return { frames, long, rows: document.querySelectorAll('.activity-row').length };
})()`;
