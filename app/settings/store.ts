import { DEFAULT_STORED, type Stored } from './stored.ts';

/** Where settings outlive the program. */
export interface SettingsStore {
  read(): Stored;
  /** Replaces what is stored, in one step. Throws when it cannot be written; the old one is kept then. */
  write(stored: Stored): void;
}

/** Settings that are gone with the program. */
export function memoryStore(initial: Partial<Stored> = {}): SettingsStore {
  let stored: Stored = { ...DEFAULT_STORED, ...initial };
  return {
    read: () => stored,
    write(next) {
      stored = next;
    },
  };
}
