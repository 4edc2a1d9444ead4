import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf, reasonOf } from '../base/errno.ts';
import { makeFolder } from '../base/make-folder.ts';
import { read } from '../base/schema/index.ts';
import type { AppText } from '../i18n/app.ts';
import { inEach } from '../i18n/index.ts';
import type { ChangeOutcome } from '../ipc/index.ts';
import { replaceFile } from '../platform/file/index.ts';
import { LockBusyError, withLock } from '../platform/lock/index.ts';
import { decodedText } from '../servers/index.ts';
import {
  checkAllowedHosts,
  checkNoProxy,
  checkSettings,
  DEFAULT_STORED,
  readStored,
  type Settings,
  type Stored,
  settingsSchema,
} from '../settings/index.ts';

/** The id of the problem that the app has started since it was looked for. */
export const APP_STARTED = 'app-started';

/** The app's settings file, for as long as the app does not run: it reads the file when it starts. */
export class StoredSettings {
  readonly #file: string;
  readonly #text: AppText;
  readonly #isAppThere: () => Promise<boolean>;
  #stored: Stored;

  private constructor(file: string, text: AppText, stored: Stored, isAppThere: () => Promise<boolean>) {
    this.#file = file;
    this.#isAppThere = isAppThere;
    this.#text = text;
    this.#stored = stored;
  }

  /**
   * The settings of a file, or those that the app would begin with; a sentence where they cannot be had.
   * @param isAppThere asked before each write, in our turn: an app that has come up meanwhile owns the file
   */
  static open(file: string, text: AppText, isAppThere: () => Promise<boolean>): StoredSettings | string {
    const stored = storedIn(file, text);
    return typeof stored === 'string' ? stored : new StoredSettings(file, text, stored, isAppThere);
  }

  get settings(): Settings {
    return this.#stored.settings;
  }

  /** Replaces the file in one step. What is refused leaves it as it was. */
  async change(patch: Partial<Settings> | ((now: Settings) => Partial<Settings>)): Promise<ChangeOutcome> {
    try {
      return await withLock(`${this.#file}.lock`, () => this.#change(patch));
    } catch (error) {
      if (error instanceof LockBusyError) return this.#failed('busy', this.#text.commandLine.settings.busy(this.#file));
      if (codeOf(error) === null) throw error;
      return this.#failed('not-saved', this.#text.commandLine.settings.notSaved(this.#file, reasonOf(error)));
    }
  }

  async #change(patch: Partial<Settings> | ((now: Settings) => Partial<Settings>)): Promise<ChangeOutcome> {
    if (await this.#isAppThere()) return this.#failed(APP_STARTED, this.#text.commandLine.settings.appStarted);
    const stored = storedIn(this.#file, this.#text);
    if (typeof stored === 'string') return this.#failed('unreadable', stored);
    const given = typeof patch === 'function' ? patch(stored.settings) : patch;
    const wanted = read(settingsSchema, { ...stored.settings, ...given });
    if (!wanted.ok) return { ok: false, faults: wanted.faults, problem: null };
    const faults = [
      ...checkSettings(wanted.value),
      ...checkNoProxy(given.noProxy ?? ''),
      ...checkAllowedHosts(given.allowedHosts ?? []),
    ];
    if (faults.length > 0) return { ok: false, faults, problem: null };
    const next = { ...stored, settings: wanted.value };
    makeFolder(dirname(this.#file), 0o700);
    replaceFile(this.#file, `${JSON.stringify(next, null, '\t')}\n`);
    this.#stored = next;
    return { ok: true };
  }

  #failed(id: string, sentence: string): ChangeOutcome {
    // The command line has one language.
    const problem = inEach(() => ({ id, weight: 'attention', at: 0, sentence, hint: '', fix: null }) as const);
    return { ok: false, faults: [], problem };
  }
}

function storedIn(file: string, text: AppText): Stored | string {
  let content: string;
  try {
    content = decodedText(readFileSync(file));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      const settings = { ...DEFAULT_STORED.settings, language: text.language };
      return { ...DEFAULT_STORED, settings };
    }
    return text.commandLine.settings.unreadable(file, reasonOf(error));
  }
  try {
    const reading = readStored(JSON.parse(content));
    if (reading.ok) return reading.value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return text.commandLine.settings.damaged(file);
}
