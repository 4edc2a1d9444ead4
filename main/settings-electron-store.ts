import { existsSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import Store, { type Schema } from 'electron-store';
import {
  DEFAULT_STORED,
  readStored,
  type Settings,
  type SettingsStore,
  SharedFile,
  type Stored,
  storedSchema,
} from '../app/settings/index.ts';

export interface OpenedStore {
  readonly store: SettingsStore;
  readonly file: string;
  /** Where a file went that could not be read; null when all was well. */
  readonly keptAside: string | null;
  /** Whether there was no file yet. */
  readonly isNew: boolean;
  /** What the command line has written since the file was opened, once; null for nothing. */
  takeOver(): Settings | null;
}

/** Only its owner may read the file: it holds the token and the servers' environments. */
const OWNER_ONLY = 0o600;

/**
 * Settings in electron-store. A file of an earlier version is migrated, one that cannot be understood is kept under another
 * name: electron-store alone would either refuse to start or throw it away.
 */
export function openStore(folder: string): OpenedStore {
  const file = path.join(folder, 'settings.json');
  const isNew = !existsSync(file);
  const found = isNew ? DEFAULT_STORED : readFile(file);
  const keptAside = found === null ? keepAside(file) : null;
  const store = new Store<Stored>({
    cwd: folder,
    name: 'settings',
    defaults: DEFAULT_STORED,
    schema: propertiesOf(storedSchema.json),
    configFileMode: OWNER_ONLY,
    // The file as it was found may lack what is new; it was completed above, and is written below.
    clearInvalidConfig: true,
  });
  let stored = found ?? DEFAULT_STORED;
  store.store = stored;
  const shared = new SharedFile(stored, () => contentOf(file));
  return {
    file,
    keptAside,
    isNew,
    takeOver: () => shared.takeOver(),
    store: {
      read: () => stored,
      prepare: async () => undefined,
      write(next) {
        shared.beforeWrite(next);
        store.store = next;
        stored = next;
      },
    },
  };
}

/** Undefined while it cannot be read. */
function contentOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Null when it is no JSON, or not ours. */
function readFile(file: string): Stored | null {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const reading = readStored(value);
  return reading.ok ? reading.value : null;
}

function keepAside(file: string): string {
  const aside = file.replace(/\.json$/, `.corrupt-${Date.now()}.json`);
  renameSync(file, aside);
  return aside;
}

/** electron-store takes the properties alone, in ajv's own types. */
function propertiesOf(json: Readonly<Record<string, unknown>>): Schema<Stored> {
  return json['properties'] as Schema<Stored>;
}
