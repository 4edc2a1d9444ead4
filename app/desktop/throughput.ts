import type { Rate } from '../ipc/index.ts';
import type { Totals } from '../proxy/index.ts';

/** Seconds of history: a minute is what a glance wants to know about. */
const KEPT = 60;
const SECOND = 1000;

/** Turns the sums into rates, once a second while bytes flow and until the last of them has left the picture. */
export class Throughput {
  readonly #totals: () => Pick<Totals, 'up' | 'down'>;
  readonly #changed: () => void;
  #rates: readonly Rate[] = [];
  #last: Rate = { up: 0, down: 0 };
  #timer: NodeJS.Timeout | undefined;

  constructor(totals: () => Pick<Totals, 'up' | 'down'>, changed: () => void) {
    this.#totals = totals;
    this.#changed = changed;
  }

  get rates(): readonly Rate[] {
    return this.#rates;
  }

  /** Called when the sums may have moved; starts the clock if they have. */
  wake(): void {
    const { up, down } = this.#totals();
    if (this.#timer !== undefined || (up === this.#last.up && down === this.#last.down)) return;
    this.#timer = setInterval(() => this.#tick(), SECOND).unref();
  }

  /** Forgets everything: the sums begin at nought again. */
  reset(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#rates = [];
    this.#last = { up: 0, down: 0 };
  }

  #tick(): void {
    const { up, down } = this.#totals();
    const rate = { up: Math.max(0, up - this.#last.up), down: Math.max(0, down - this.#last.down) };
    this.#last = { up, down };
    this.#rates = [...this.#rates, rate].slice(-KEPT);
    if (this.#rates.every((one) => one.up === 0 && one.down === 0)) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#rates = [];
    }
    this.#changed();
  }
}
