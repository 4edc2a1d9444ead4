import { AnswerableNotifications, meantId, memberOf, type ResponseFrame } from '../../mcp/jsonrpc/index.ts';

/**
 * Requests towards a child, ours and those we pass on, under one sequence of ids: each call that is translated gets its new id
 * here, and the answers to requests of our own are told from those that go on to a client.
 */
export class OwnRequests {
  readonly #write: (json: Buffer) => void;
  readonly #waiting = new Map<number, (response: Buffer | null) => void>();
  readonly #notifications = new AnswerableNotifications();
  #lastId = 0;
  /** The handshake, while it waits for its answer. */
  #handshake: number | null = null;

  constructor(write: (json: Buffer) => void) {
    this.#write = write;
  }

  /** An id that was not used towards this child. */
  newId(): number {
    const id = ++this.#lastId;
    this.#notifications.asked(id);
    return id;
  }

  /** Sends a notification, which the child may answer. */
  notify(json: Buffer): void {
    this.#notifications.sent();
    this.#write(json);
  }

  /** Sends a request of our own and answers its id; `answered` gets null when the child is gone first. */
  send(text: (id: number) => Buffer, answered: (response: Buffer | null) => void): number {
    const id = this.newId();
    this.#waiting.set(id, answered);
    this.#write(text(id));
    return id;
  }

  /** Sends the handshake. An error without an id is no answer to it: a server may complain of anything before. */
  greet(text: (id: number) => Buffer, answered: (response: Buffer | null) => void): void {
    this.#handshake = this.send(text, (response) => {
      this.#handshake = null;
      answered(response);
    });
  }

  /** Drops the callback of a request: its response is ignored. */
  forget(id: number): void {
    this.#waiting.delete(id);
  }

  /** The id towards the child that a response is under; see `ourId`. `others` are those of requests that we pass on. Once a response. */
  idOf(response: ResponseFrame, others: Iterable<number>): number | undefined {
    const isStray = response.id === null && (this.#notifications.any || this.#handshake !== null);
    const id = isStray ? undefined : ourId(response, () => [...this.#waiting.keys(), ...others]);
    this.#notifications.answered(id ?? response.id);
    return id;
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
