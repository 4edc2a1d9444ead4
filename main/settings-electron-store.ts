import { existsSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import Store, { type Schema } from 'electron-store';
import { decodedText } from '../app/servers/index.ts';
import {
  DEFAULT_STORED,
  isOfLaterVersion,
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
  /** A file that is not used; null when all was well. */
  readonly keptAside: KeptAside | null;
  /** Why the settings could not be written when they were opened, or may not be; null when they were. */
  readonly fault: unknown;
  /** Whether there was no file yet. */
  readonly isNew: boolean;
  /** What the command line has written since the file was opened, once; null for nothing. */
  takeOver(): Settings | null;
}

export interface KeptAside {
  /** Where it is now. */
  readonly file: string;
  /** Whether a later version has written it; else it could not be read. */
  readonly isLater: boolean;
}

/** Only its owner may read the file: it holds the token and the servers' environments. */
const OWNER_ONLY = 0o600;

/**
 * Settings in electron-store. A file of an earlier version is migrated, one that cannot be used is kept under another
 * name: electron-store alone would either refuse to start or throw it away. Where nothing can be written the app runs all the same.
 */
export function openStore(folder: string): OpenedStore {
  const file = path.join(folder, 'settings.json');
  const isNew = !existsSync(file);
  const found = isNew ? DEFAULT_STORED : readFile(file);
  let stored = typeof found === 'string' ? DEFAULT_STORED : found;
  let fault: unknown = null;
  let keptAside: KeptAside | null = null;
  let electronStore: Store<Stored> | null = null;
  // Its constructor writes already.
  const write = (next: Stored): void => {
    electronStore ??= newStore(folder);
    electronStore.store = next;
  };
  try {
    if (typeof found === 'string') keptAside = { file: keepAside(file, found), isLater: found === 'later' };
    write(stored);
  } catch (error) {
    fault = error;
  }
  const isInTheWay = typeof found === 'string' && keptAside === null;
  const shared = new SharedFile(stored, () => contentOf(file));
  return {
    file,
    keptAside,
    fault,
    isNew,
    takeOver: () => shared.takeOver(),
    store: {
      read: () => stored,
      prepare: async () => undefined,
      write(next) {
        // What it holds is not known, and may be all that there is of the settings.
        if (isInTheWay) throw fault;
        shared.beforeWrite(next);
        write(next);
        stored = next;
      },
    },
  };
}

function newStore(folder: string): Store<Stored> {
  return new Store<Stored>({
    cwd: folder,
    name: 'settings',
    defaults: DEFAULT_STORED,
    schema: propertiesOf(storedSchema.json),
    configFileMode: OWNER_ONLY,
    // The file as it was found may lack what is new; it was completed before, and is written right after.
    clearInvalidConfig: true,
  });
}

/** Undefined while it cannot be read. */
function contentOf(file: string): unknown {
  try {
    return JSON.parse(decodedText(readFileSync(file)));
  } catch {
    return undefined;
  }
}

/** `corrupt` when it cannot be read, is no JSON, or not ours; `later` when a later version has written it. */
function readFile(file: string): Stored | 'corrupt' | 'later' {
  const value = contentOf(file);
  const reading = readStored(value);
  if (reading.ok) return reading.value;
  return isOfLaterVersion(value) ? 'later' : 'corrupt';
}

function keepAside(file: string, why: 'corrupt' | 'later'): string {
  const aside = file.replace(/\.json$/, `.${why}-${Date.now()}.json`);
  renameSync(file, aside);
  return aside;
}

/** electron-store takes the properties alone, in ajv's own types. */
function propertiesOf(json: Readonly<Record<string, unknown>>): Schema<Stored> {
  return json['properties'] as Schema<Stored>;
}
