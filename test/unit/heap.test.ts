import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const MODULE = JSON.stringify(new URL('../../app/base/heap.ts', import.meta.url).href);

/** Runs a program in a process of its own, with `young()` for the size of V8's young generation in MB. Returns the JSON that it prints. */
async function run(program: string, ...flags: readonly string[]): Promise<unknown> {
  const prelude = `
    const { getHeapSpaceStatistics } = await import('node:v8');
    const young = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size / 2 ** 20;
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const kept = new Array(200_000);
    /** Replaces objects of any age, as messages in flight do. */
    const work = (round) => {
      for (let n = 0; n < 20_000; n++) kept[(n * 7 + round * 20_000) % kept.length] = { n, text: 'x' + n, pair: [n, round] };
    };
  `;
  const args = [...flags, '--no-warnings', '--input-type=module', '-e', prelude + program];
  return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout);
}

const LARGEST = `
  let largest = 0;
  for (let round = 0; round < 60; round++) {
    work(round);
    await turn();
    largest = Math.max(largest, young());
  }
  console.log(largest);
`;

test('V8’s young generation stays near 8 MB however many messages are in flight', async () => {
  const alone = await run(LARGEST);
  const bounded = await run(`(await import(${MODULE})).keepHeapSmall(); ${LARGEST}`);
  expect(alone, 'without the bound, or this test would show nothing').toBeGreaterThan(48);
  expect(bounded).toBeGreaterThan(4);
  // V8 may take one step more before it is told to stop, and part of another on a machine whose threads wait for each other.
  expect(bounded).toBeLessThanOrEqual(24);
});

test('What work has left in memory is given back once the process has become quiet', async () => {
  const [before, after] = Object(
    await run(`
      (await import(${MODULE})).keepHeapSmall(200);
      for (let round = 0; round < 30; round++) {
        work(round);
        await turn();
      }
      const before = process.memoryUsage().heapTotal;
      kept.length = 0;
      for (let waited = 0; waited < 100 && process.memoryUsage().heapTotal > before / 2; waited++) await wait(100);
      console.log(JSON.stringify([before, process.memoryUsage().heapTotal]));
    `),
  );
  expect(after).toBeLessThan(before / 2);
});

/** Whether V8's compiler in the middle has compiled a function that is called again and again. Its bit of V8's `OptimizationStatus`. */
const MAGLEVVED = `
  const MAGLEVVED = 1 << 5;
  const add = (a, b) => { let sum = 0; for (let n = 0; n < 50; n++) sum += a * n + b; return sum; };
  let seen = false;
  for (let round = 0; round < 300 && !seen; round++) {
    for (let n = 0; n < 200; n++) add(n, round);
    seen = (%GetOptimizationStatus(add) & MAGLEVVED) !== 0;
    await turn();
  }
  console.log(seen);
`;

test('V8 compiles the hot code of a process for one client without Maglev', async () => {
  const alone = await run(MAGLEVVED, '--allow-natives-syntax');
  const without = await run(
    `(await import(${MODULE})).keepHeapSmallForOneClient(); ${MAGLEVVED}`,
    '--allow-natives-syntax',
  );
  expect(alone, 'without it, or this test would show nothing').toBe(true);
  expect(without).toBe(false);
});
