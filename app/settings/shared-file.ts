import type { Settings } from './settings.ts';
import { readStored, type Stored } from './stored.ts';

/**
 * The settings file while the command line may still write it as well: until the app can be found by its control socket. What
 * another process has written since our own last write is noticed, and kept for the app to take over.
 */
export class SharedFile {
  readonly #read: () => unknown;
  #written: string;
  #elsewhere: Settings | null = null;

  /** @param read the JSON of the file now; undefined where it cannot be read */
  constructor(stored: Stored, read: () => unknown) {
    this.#read = read;
    this.#written = contentOf(stored) ?? '';
  }

  /** To be called before each write of our own, with what is about to be written. */
  beforeWrite(next: Stored): void {
    this.#look();
    this.#written = contentOf(next) ?? '';
  }

  /** The settings that another process has written, once; null when none has. Secrets that are sealed are blank in them. */
  takeOver(): Settings | null {
    this.#look();
    const settings = this.#elsewhere;
    this.#elsewhere = null;
    return settings;
  }

  #look(): void {
    const reading = readStored(this.#read());
    if (!reading.ok) return;
    const content = contentOf(reading.value);
    if (content === this.#written || content === null) return;
    this.#written = content;
    this.#elsewhere = reading.value.settings;
  }
}

/** The settings in one form: what was written may have its keys in another order than what is read. */
function contentOf(stored: Stored): string | null {
  const reading = readStored(JSON.parse(JSON.stringify(stored)));
  return reading.ok ? JSON.stringify(reading.value.settings) : null;
}
