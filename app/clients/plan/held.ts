import { sameValue, valueAt } from '../document/index.ts';
import type { Client } from '../table/index.ts';
import { entryAt } from './entry-at.ts';
import { formatOf } from './plan.ts';
import type { FileRecord, Patch } from './record.ts';

/** Whether every patch of a record can still be seen in a file. */
export function isHeld(client: Client, text: string, { patches }: FileRecord): boolean {
  const reading = formatOf(client).read(text);
  return reading.kind === 'value' && patches.every((patch) => isSeen(client, reading.value, patch));
}

function isSeen(client: Client, value: unknown, { entry, kind, changes }: Patch): boolean {
  const path = entryAt(client, value, entry)?.path;
  if (path === undefined) return false;
  return (
    kind === 'added' ||
    changes.some(({ path: below, before, after }) => {
      const now = valueAt(value, [...path, ...below]);
      return !sameValue(before, after) && sameValue(now, after);
    })
  );
}
