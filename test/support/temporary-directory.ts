import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A fresh directory that is gone when the running test is over. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'gangway-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
