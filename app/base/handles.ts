/** Values that a window may name by a number, for a while: the oldest is forgotten when there are too many. */
export class Handles<Value> {
  readonly #values = new Map<number, Value>();
  readonly #most: number;
  #last = 0;

  /** @param most the number of values kept */
  constructor(most: number) {
    this.#most = most;
  }

  keep(value: Value): number {
    this.#last += 1;
    this.#values.set(this.#last, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size > this.#most && oldest !== undefined) this.#values.delete(oldest);
    return this.#last;
  }

  get(number: number): Value | undefined {
    return this.#values.get(number);
  }

  forget(number: number): void {
    this.#values.delete(number);
  }
}
