import fs from 'node:fs';
import path from 'node:path';

/** What a second instance tells the first. */
export interface SecondInstance {
  readonly argv: readonly string[];
  readonly workingDirectory: string;
  readonly additionalData: unknown;
}

/**
 * One lock file a data folder, holding the pid of its owner. A second instance leaves a note beside it, which the
 * first one is woken by.
 */
export class InstanceLock {
  #file: string | undefined;

  get held(): boolean {
    return this.#file !== undefined;
  }

  /** False when another process holds the lock; it has been told then. */
  acquire(dataFolder: string, note: SecondInstance, onSecond: (second: SecondInstance) => void): boolean {
    if (this.held) return true;
    const folder = path.join(dataFolder, 'ElectronHostLock');
    const file = path.join(folder, 'owner');
    fs.mkdirSync(folder, { recursive: true });
    while (!claim(file)) {
      if (isOwnerAlive(file)) {
        leaveNote(folder, note);
        return false;
      }
      fs.rmSync(file, { force: true });
    }
    this.#file = file;
    fs.watch(folder, { persistent: false }, (_event, name) => {
      const second = name?.endsWith('.note') ? takeNote(path.join(folder, name)) : undefined;
      if (second !== undefined) onSecond(second);
    });
    return true;
  }

  release(): void {
    if (this.#file !== undefined) fs.rmSync(this.#file, { force: true });
    this.#file = undefined;
  }
}

function claim(file: string): boolean {
  try {
    fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function isOwnerAlive(file: string): boolean {
  try {
    process.kill(Number(fs.readFileSync(file, 'utf8')), 0);
    return true;
  } catch (error) {
    if (hasCode(error, 'ESRCH') || hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Renamed into place, so that the first instance never reads half of it. */
function leaveNote(folder: string, note: SecondInstance): void {
  const draft = path.join(folder, `${process.pid}.draft`);
  fs.writeFileSync(draft, JSON.stringify(note));
  fs.renameSync(draft, path.join(folder, `${process.pid}.note`));
}

/** Undefined when it has been taken already: the system reports a file more than once. */
function takeNote(file: string): SecondInstance | undefined {
  if (!fs.existsSync(file)) return undefined;
  const note: SecondInstance = JSON.parse(fs.readFileSync(file, 'utf8'));
  fs.rmSync(file);
  return note;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
