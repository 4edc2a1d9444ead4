import { isObject } from '../../schema/index.ts';
import { type JsonObject, memberOf, parsedJson, type ResponseFrame } from '../frame/index.ts';

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

  /** Sends a request of our own and answers its id; `answered` gets null when the child is gone first. */
  ask(text: (id: number) => Buffer, answered: (response: Buffer | null) => void): number {
    const id = this.newId();
    this.#waiting.set(id, answered);
    this.#write(text(id));
    return id;
  }

  /** Nobody waits for the response any more. */
  forget(id: number): void {
    this.#waiting.delete(id);
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

/** The result in a response; null when there is none, or when the child was gone first. */
export function resultIn(response: Buffer | null): JsonObject | null {
  const result = response === null ? null : parsedJson(memberOf(response, 'result'));
  return isObject(result) ? result : null;
}
