/**
 * Stops a source while anybody it feeds is slow to read, so that what is not read waits in the source's pipe and not in
 * our memory.
 */
export class Flow {
  readonly #pause: () => void;
  readonly #resume: () => void;
  readonly #slow = new Set<object>();

  constructor(pause: () => void, resume: () => void) {
    this.#pause = pause;
    this.#resume = resume;
  }

  congested(reader: object): void {
    if (this.#slow.size === 0) this.#pause();
    this.#slow.add(reader);
  }

  /** Also to be called when a slow reader is gone. */
  relieved(reader: object): void {
    if (this.#slow.delete(reader) && this.#slow.size === 0) this.#resume();
  }
}
