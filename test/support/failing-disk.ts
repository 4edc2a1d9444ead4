import { writeFileSync } from 'node:fs';
import { type Disk, systemDisk } from '../../app/clients/index.ts';

/** The machine goes dark: no step after this one happens any more. */
export class PowerLoss extends Error {}

/** What befalls a disk at one of its steps. */
export type Fate = 'power-loss' | 'disk-full' | 'changed-meanwhile';

export interface FailingDisk extends Disk {
  /** Steps asked for so far. */
  readonly steps: () => number;
}

/** The real disk, up to its step number `at` (from 1). A file that is being made then is left half made. */
export function failingDisk(fate: Fate, at: number, meddle: () => void = () => undefined): FailingDisk {
  let steps = 0;
  const step = async <T>(work: () => Promise<T>, half: () => void = () => undefined): Promise<T> => {
    steps += 1;
    if (fate === 'power-loss' && steps >= at) {
      if (steps === at) half();
      throw new PowerLoss(`at step ${at}`);
    }
    if (fate === 'disk-full' && steps === at) {
      half();
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    }
    if (fate === 'changed-meanwhile' && steps === at) meddle();
    return work();
  };
  return {
    steps: () => steps,
    read: (path) => step(() => systemDisk.read(path)),
    realPath: (path) => step(() => systemDisk.realPath(path)),
    facts: (path) => step(() => systemDisk.facts(path)),
    list: (path) => systemDisk.list(path),
    create: (path, bytes, facts) =>
      step(
        () => systemDisk.create(path, bytes, facts),
        () => writeFileSync(path, bytes.subarray(0, bytes.length / 2)),
      ),
    rename: (from, to) => step(() => systemDisk.rename(from, to)),
    syncFolder: (path) => step(() => systemDisk.syncFolder(path)),
    remove: (path) => step(() => systemDisk.remove(path)),
    makeFolder: (path) => step(() => systemDisk.makeFolder(path)),
  };
}
