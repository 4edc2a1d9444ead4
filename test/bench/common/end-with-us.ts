import type { ChildProcess } from 'node:child_process';

const living = new Set<ChildProcess>();

/**
 * Sees to it that a child never outlives the bench, also when that is interrupted: Ctrl+C reaches only our own process
 * group, and programs under test have groups of their own.
 */
export function endWithUs(child: ChildProcess): void {
  watch();
  living.add(child);
  child.once('exit', () => living.delete(child));
}

let watching = false;

function watch(): void {
  if (watching) return;
  watching = true;
  process.once('exit', () => {
    for (const child of living) killTree(child);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
}

/** The whole group where the child leads one, else the child alone. */
function killTree(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It leads no group.
    child.kill('SIGKILL');
  }
}
