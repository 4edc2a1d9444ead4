/** Does one thing at a time, in the order it was asked for. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  /** What goes wrong in one thing must not keep the next from its turn. */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
