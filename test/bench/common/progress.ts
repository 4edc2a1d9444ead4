import { performance } from 'node:perf_hooks';

/** Does the work and says on stderr how long it took, so that whoever waits sees how far it is. */
export async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  process.stderr.write(`${name}: ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  return result;
}
