/** A number of things that may exist at one time: children, sessions. The limit may change while some exist. */
export class Quota {
  readonly #limit: () => number;
  #taken = 0;

  constructor(limit: () => number) {
    this.#limit = limit;
  }

  get limit(): number {
    return this.#limit();
  }

  get taken(): number {
    return this.#taken;
  }

  /** False when the limit is reached. */
  take(): boolean {
    if (this.#taken >= this.#limit()) return false;
    this.#taken++;
    return true;
  }

  giveBack(): void {
    this.#taken--;
  }
}
