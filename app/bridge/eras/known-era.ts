import type { ServerSetting } from '../../settings/settings.ts';
import type { Verdict } from './find-era.ts';

/** What is known of a server's era: what a person has set, else what was found out since it was last defined. */
export class KnownEra {
  readonly #setting: () => ServerSetting;
  #judged: ServerSetting | null = null;
  #verdict: Verdict | null = null;

  constructor(setting: () => ServerSetting) {
    this.#setting = setting;
  }

  /** Null while nobody knows. */
  get verdict(): Verdict | null {
    const { era } = this.#setting();
    switch (era) {
      case 'legacy':
        return { kind: 'legacy' };
      case 'modern':
      case 'dual':
        return { kind: 'modern', face: null, legacyToo: era === 'dual' };
      case 'auto':
        return this.#found;
      default:
        return era satisfies never;
    }
  }

  learn(verdict: Verdict): void {
    this.#judged = this.#setting();
    this.#verdict = verdict;
  }

  /** The server may speak otherwise when it is next started, an update for instance. */
  forget(): void {
    this.#verdict = null;
  }

  /** Another definition is another server, even under the same name. */
  get #found(): Verdict | null {
    return this.#judged === this.#setting() ? this.#verdict : null;
  }
}
