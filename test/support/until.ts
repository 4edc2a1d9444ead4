import { setTimeout as delay } from 'node:timers/promises';

/** Looks until something holds; fails after `deadline` milliseconds. For outcomes that announce themselves by no event. */
export async function until(holds: () => boolean | Promise<boolean>, deadline = 20_000): Promise<void> {
  const end = performance.now() + deadline;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('It did not come to hold in time.');
    await delay(10);
  }
}
