import type { ResponseFrame } from '../frame/index.ts';

/** Requests towards a child, ours and those we pass on, under one sequence of ids. */
export class OwnRequests {
  readonly #write: (json: Buffer) => void;
  readonly #waiting = new Map<number, (response: Buffer | null) => void>();
  #lastId = 0;

  constructor(write: (json: Buffer) => void) {
    this.#write = write;
  }

  /** An id nobody has used towards this child. */
  newId(): number {
    return ++this.#lastId;
  }

  /** Sends a request of our own; `answered` gets null when the child is gone first. */
  ask(text: (id: number) => Buffer, answered: (response: Buffer | null) => void): void {
    const id = this.newId();
    this.#waiting.set(id, answered);
    this.#write(text(id));
  }

  /** False when the response is not to a request of ours. */
  takes({ id, bytes }: ResponseFrame): boolean {
    const answered = typeof id === 'number' ? this.#waiting.get(id) : undefined;
    if (answered === undefined || typeof id !== 'number') return false;
    this.#waiting.delete(id);
    answered(bytes);
    return true;
  }

  /** The child is gone. */
  end(): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const answered of waiting) answered(null);
  }
}
