import { type Entry, readEntries } from '../entry/index.ts';
import type { Client } from '../table/index.ts';
import { type EntryKey, isSameEntry } from './record.ts';

/** The entry with this key, wherever it stands by now; null when it is not there. */
export function entryAt(client: Client, value: unknown, key: EntryKey): Entry | null {
  return readEntries(client, value).find((entry) => isSameEntry(keyOf(entry), key)) ?? null;
}

export function keyOf({ name, path }: Entry): EntryKey {
  return { holder: path.slice(0, -1), name };
}
