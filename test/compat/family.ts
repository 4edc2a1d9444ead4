import { processesAreReadable, processTree } from '../bench/common/processes.ts';
import { isAlive, until } from '../support/until.ts';

/** Longer than Gangway gives a process to leave: the end of input, SIGTERM, SIGKILL, two seconds each, in milliseconds. */
const GONE_WITHIN = 12_000;

/** The processes and all that they have started, where the system tells (Linux). */
export function familyOf(pids: readonly number[]): readonly number[] {
  return processesAreReadable ? pids.flatMap(processTree) : pids;
}

/** Those of the processes that have not ended within the time that they are given. */
export async function leftOf(pids: readonly number[]): Promise<readonly number[]> {
  try {
    await until('the processes have ended', () => !pids.some(isAlive), GONE_WITHIN);
    return [];
  } catch {
    // The deadline.
    return pids.filter(isAlive);
  }
}
