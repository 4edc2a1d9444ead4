import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes that V8 holds of this process, when everything that nobody holds any more is gone. */
export function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('V8 does not let itself be asked for a collection');
  collect();
  return process.memoryUsage().heapUsed;
}
