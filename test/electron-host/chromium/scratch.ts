import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const prefix = 'electron-host-';

/** A folder of this process, gone when the process is. */
export function scratchFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `${prefix}${process.pid}-`));
  process.on('exit', () => removeFolder(folder));
  return folder;
}

/** Removes the folders of stand-ins that were killed outright: playwright kills the whole process group. */
export function sweepScratchFolders(): void {
  for (const name of fs.readdirSync(os.tmpdir())) {
    const [, pid] = new RegExp(`^${prefix}(\\d+)-`).exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) removeFolder(path.join(os.tmpdir(), name));
  }
}

function removeFolder(folder: string): void {
  try {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    // A dying renderer may still write into its profile; the next start sweeps what is left.
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
