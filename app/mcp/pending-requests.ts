import { isObject } from '../base/schema/index.ts';
import { type JsonObject, meantId, memberOf, parsedJson, type ResponseFrame } from './jsonrpc/index.ts';

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

  /** The id towards the child that a response is under; see `ourId`. `others` are those of requests that we pass on. */
  idOf(response: ResponseFrame, others: Iterable<number>): number | undefined {
    return ourId(response, () => [...this.#waiting.keys(), ...others]);
  }

  /** Whether an id was ever used towards the child. */
  wasUsed(id: unknown): boolean {
    return typeof id === 'number' && id >= 1 && id <= this.#lastId;
  }

  /** False when the response is not to a request of ours. */
  takes(id: number | undefined, { bytes }: ResponseFrame): boolean {
    const answered = id === undefined ? undefined : this.#waiting.get(id);
    if (answered === undefined || id === undefined) return false;
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

/**
 * The id of ours that a response is under. Some servers write numbers as strings. An error without an id is the answer to the only
 * open request, if there is just one (JSON-RPC 2.0 section 5).
 */
function ourId({ id, bytes }: ResponseFrame, open: () => readonly number[]): number | undefined {
  if (typeof id === 'number') return id;
  if (id !== null) {
    const meant = meantId(id, (one) => typeof one === 'number');
    return typeof meant === 'number' ? meant : undefined;
  }
  const [only, another] = open();
  const isError = memberOf(bytes, 'error') !== undefined && memberOf(bytes, 'result') === undefined;
  return another === undefined && isError ? only : undefined;
}

/** The result in a response; null when there is none, or when the child was gone first. */
export function resultIn(response: Buffer | null): JsonObject | null {
  const result = response === null ? null : parsedJson(memberOf(response, 'result'));
  return isObject(result) ? result : null;
}
