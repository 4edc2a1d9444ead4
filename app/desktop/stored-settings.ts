import type { Habits, Settings, SettingsStore } from '../settings/index.ts';

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
