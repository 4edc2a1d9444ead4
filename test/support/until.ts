import { readFileSync } from 'node:fs';

/** Milliseconds a test waits for what should happen at once: this machine may be busy with other suites. */
const PATIENCE = 40_000;

/** Resolves when the condition holds; rejects with `what` when it does not within the deadline. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  patience = PATIENCE,
): Promise<void> {
  const deadline = performance.now() + patience;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not within ${patience} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The value, or a rejection when it does not come within the deadline. */
export async function within<Value>(what: string, value: Promise<Value>, patience = PATIENCE): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Not within ${patience} ms: ${what}`)), patience);
  });
  try {
    return await Promise.race([value, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether a process exists and is more than a zombie (proc(5)). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // No such process: the answer.
    return false;
  }
}

export function untilGone(pid: number, patience = PATIENCE): Promise<void> {
  return until(`process ${pid} is gone`, () => !isAlive(pid), patience);
}
