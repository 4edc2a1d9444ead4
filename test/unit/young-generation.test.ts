import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const MODULE = new URL('../../app/base/young-generation.ts', import.meta.url).href;

/** Keeps 200,000 objects of changing age alive, as messages in flight would be. Returns how large the young generation became, in MB. */
async function largestAfter(preparation: string): Promise<number> {
  const program = `
    const { getHeapSpaceStatistics } = await import('node:v8');
    ${preparation}
    const kept = new Array(200_000);
    let largest = 0;
    for (let round = 0; round < 60; round++) {
      for (let n = 0; n < 20_000; n++) kept[(n * 7 + round * 20_000) % kept.length] = { n, text: 'x' + n, pair: [n, round] };
      await new Promise((resolve) => setImmediate(resolve));
      const { space_size } = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
      largest = Math.max(largest, space_size / 2 ** 20);
    }
    console.log(largest);
  `;
  const args = ['--no-warnings', '--input-type=module', '-e', program];
  return Number((await promisify(execFile)(process.execPath, args)).stdout);
}

test('V8’s young generation stays near 16 MB however many messages are in flight', async () => {
  const alone = await largestAfter('');
  const bounded = await largestAfter(`(await import(${JSON.stringify(MODULE)})).boundYoungGeneration();`);
  expect(alone, 'without the bound, or this test would show nothing').toBeGreaterThan(48);
  expect(bounded).toBeGreaterThan(8);
  expect(bounded).toBeLessThan(32);
});
