/** How many children may live at one time, over all servers. */
export class ChildBudget {
  readonly #limit: () => number;
  #taken = 0;

  constructor(limit: () => number) {
    this.#limit = limit;
  }

  get limit(): number {
    return this.#limit();
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
