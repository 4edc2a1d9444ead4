import { isLoopback } from '../base/host.ts';
import {
  NO_UPDATE_RECORD,
  type PermissionRecord,
  permissionSchema,
  type UpdateRecord,
  updateRecordSchema,
} from '../base/records.ts';
import { boolean, integer, isObject, nullable, object, type ParseResult, read, text } from '../base/schema/index.ts';
import { settingsSchema } from './schema.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';

/** What the app remembers of a person beside the settings. */
export interface Habits {
  /** Whether the port was open when the app was last used: it opens again by itself then. */
  readonly on: boolean;
  /** When a port that was closed for a while opens again, in milliseconds since the epoch; null while it is open, or closed for good. */
  readonly backOnAt: number | null;
  /** The first-run window has been seen. */
  readonly welcomed: boolean;
  /** Ask before quitting while something is in use. */
  readonly confirmQuit: boolean;
  /** Show the number of open tunnels beside the icon. */
  readonly countInBar: boolean;
  /** The size of everything in the windows, in per cent. */
  readonly textSize: number;
  /** Look for a newer version once a day. */
  readonly checkUpdates: boolean;
  /** Show a notification for a problem that changes the icon. */
  readonly notifyProblems: boolean;
  /** Show a notification for a newer version. */
  readonly notifyUpdates: boolean;
}

/** The whole settings file of the app. */
export interface Stored {
  readonly schemaVersion: number;
  readonly settings: Settings;
  readonly habits: Habits;
  /** What is known of macOS's permission for the local network; null until it was asked for. */
  readonly permission: PermissionRecord | null;
  readonly update: UpdateRecord;
  /** What headers and sign-ins of servers hold, encrypted; null where there is nothing, and wherever it is joined to the settings. */
  readonly sealed: string | null;
}

export const SCHEMA_VERSION = 2;

export const DEFAULT_STORED: Stored = {
  schemaVersion: SCHEMA_VERSION,
  settings: DEFAULT_SETTINGS,
  habits: {
    on: false,
    backOnAt: null,
    welcomed: false,
    confirmQuit: true,
    countInBar: false,
    textSize: 100,
    checkUpdates: true,
    notifyProblems: true,
    notifyUpdates: true,
  },
  permission: null,
  update: NO_UPDATE_RECORD,
  sealed: null,
};

export const storedSchema = object<Stored>({
  schemaVersion: integer({ min: SCHEMA_VERSION, max: SCHEMA_VERSION }),
  settings: settingsSchema,
  habits: object<Habits>({
    on: boolean,
    backOnAt: nullable(integer({ min: 0, max: Number.MAX_SAFE_INTEGER })),
    welcomed: boolean,
    confirmQuit: boolean,
    countInBar: boolean,
    textSize: integer({ min: 50, max: 300 }),
    checkUpdates: boolean,
    notifyProblems: boolean,
    notifyUpdates: boolean,
  }),
  permission: permissionSchema,
  update: updateRecordSchema,
  sealed: nullable(text({ max: 32 * 1024 * 1024 })),
});

/**
 * Reads a settings file of any earlier version. What an older version did not know yet gets its default; what is wrong
 * is refused as a whole, so that the caller can keep the file aside.
 */
export function readStored(value: unknown): ParseResult<Stored> {
  return read(storedSchema, migrate(value));
}

/** Whether all that is wrong with a file is that it holds more than this version knows: then a later one has written it. */
export function isOfLaterVersion(value: unknown): boolean {
  const version = isObject(value) ? value['schemaVersion'] : null;
  if (typeof version === 'number' && version > SCHEMA_VERSION) return true;
  const reading = readStored(value);
  return !reading.ok && reading.faults.every(({ kind }) => kind === 'unknown');
}

/** One step per version, each a pure function of the file before it. */
const STEPS: readonly ((file: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>)[] = [
  // 0: written by hand or by the command line, the bare settings without a version.
  (file) => ({ schemaVersion: 1, settings: file, habits: {} }),
  // 1: knew one token for all. That stays valid and required. Who had let other machines in let them reach this one, too.
  (file) => ({ ...file, schemaVersion: 2, settings: withLanAsBefore(file['settings']) }),
];

/** The file as this version would have written it. A file of a later version stays as it is, and is refused then. */
export function migrate(value: unknown): unknown {
  if (!isObject(value)) return value;
  const from = value['schemaVersion'] ?? 0;
  if (!Number.isInteger(from) || Number(from) < 0 || Number(from) > SCHEMA_VERSION) return value;
  const file = STEPS.slice(Number(from)).reduce((older, step) => step(older), value);
  return {
    ...file,
    settings: completedSettings(file['settings']),
    habits: completed(DEFAULT_STORED.habits, file['habits']),
    permission: file['permission'] ?? DEFAULT_STORED.permission,
    update: completed(NO_UPDATE_RECORD, file['update']),
    sealed: file['sealed'] ?? null,
  };
}

function withLanAsBefore(settings: unknown): unknown {
  if (!isObject(settings)) return settings;
  const host = settings['host'] ?? DEFAULT_SETTINGS.host;
  const isOpen = typeof host === 'string' && !isLoopback(host);
  return { lanLoopback: isOpen, lanForwards: isOpen, ...settings };
}

function completedSettings(given: unknown): unknown {
  const settings = completed(DEFAULT_STORED.settings, given);
  if (!isObject(settings)) return settings;
  return { ...settings, limits: completed(DEFAULT_STORED.settings.limits, settings['limits']) };
}

function completed(defaults: object, given: unknown): unknown {
  return isObject(given) ? { ...defaults, ...given } : (given ?? defaults);
}

/** Where settings outlive the program. */
export interface SettingsStore {
  read(): Stored;
  /** Gets ready for these settings: what they hold may need a key. Rejects when there is none; `write` throws then. */
  prepare(settings: Settings): Promise<void>;
  /** Replaces what is stored, in one step. Throws when it cannot be written; the old one is kept then. */
  write(stored: Stored): void;
}

/** Settings in memory alone. */
export function memoryStore(initial: Partial<Stored> = {}): SettingsStore {
  let stored: Stored = { ...DEFAULT_STORED, ...initial };
  return {
    read: () => stored,
    prepare: async () => undefined,
    write(next) {
      stored = next;
    },
  };
}

/** Settings and habits, in force and in the file. What cannot be written is in force all the same. */
export class StoredSettings {
  readonly #store: SettingsStore;
  readonly #notSaved: (error: unknown) => void;
  #settings: Settings;
  #habits: Habits;

  constructor(store: SettingsStore, notSaved: (error: unknown) => void) {
    this.#store = store;
    this.#notSaved = notSaved;
    ({ settings: this.#settings, habits: this.#habits } = store.read());
  }

  get settings(): Settings {
    return this.#settings;
  }

  get habits(): Habits {
    return this.#habits;
  }

  settle(settings: Settings): void {
    this.#settings = settings;
  }

  remember(patch: Partial<Habits>): void {
    this.#habits = { ...this.#habits, ...patch };
    this.save();
  }

  save(): void {
    try {
      this.#store.write({ ...this.#store.read(), settings: this.#settings, habits: this.#habits });
    } catch (error) {
      this.#notSaved(error);
    }
  }
}
