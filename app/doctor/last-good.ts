import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../base/make-folder.ts';
import { integer, nullable, object, read, text } from '../base/schema/index.ts';
import { type Facts, type LastGood, observedValue } from './facts.ts';

/** Remembers that the local network was reached once, so that a change since then can be told. */
export interface Memory {
  /** Null when there is nothing to remember, or it cannot be read. */
  read(): LastGood | null;
  write(last: LastGood): void;
}

const schema = object<LastGood>({
  at: integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  macos: nullable(text({ max: 64 })),
});

/** A small file of ours. It is best effort: it only makes one finding more certain. */
export function fileMemory(path: string): Memory {
  return {
    read() {
      try {
        const reading = read(schema, JSON.parse(readFileSync(path, 'utf8')));
        return reading.ok ? reading.value : null;
      } catch {
        // Missing, or edited by hand.
        return null;
      }
    },
    write(last) {
      try {
        makeFolder(dirname(path), 0o700);
        writeFileSync(path, JSON.stringify(last), { mode: 0o600 });
      } catch {
        // Best effort: a full or read-only disk only loses this hint.
      }
    },
  };
}

/** What to remember of a run; null when it has not reached a neighbour. */
export function lastGoodOf({ at, seen }: Facts): LastGood | null {
  const reached = observedValue(seen.connect)?.some(
    ({ outcome, way }) => outcome === 'connected' && way.kind === 'on-link',
  );
  return reached === true ? { at, macos: observedValue(seen.macos)?.version ?? null } : null;
}
