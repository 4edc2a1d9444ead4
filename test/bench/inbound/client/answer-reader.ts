import { EventStream } from './event-stream.ts';
import type { HttpHead, HttpReceiver } from './http-connection.ts';

/** Takes the answer to one POST: a stream of messages, one message as JSON, or nothing of interest. */
export class AnswerReader implements HttpReceiver {
  readonly #onMessage: (text: string) => void;
  readonly #onHead: (head: HttpHead) => void;
  #stream: EventStream | null = null;
  #json: Buffer[] | null = null;

  constructor(onMessage: (text: string) => void, onHead: (head: HttpHead) => void = () => undefined) {
    this.#onMessage = onMessage;
    this.#onHead = onHead;
  }

  head(head: HttpHead): void {
    this.#onHead(head);
    const type = head.header('content-type') ?? '';
    if (type.startsWith('text/event-stream')) this.#stream = new EventStream((data) => this.#onMessage(data));
    else if (type.startsWith('application/json')) this.#json = [];
  }

  chunk(chunk: Buffer): void {
    this.#stream?.push(chunk);
    this.#json?.push(chunk);
  }

  end(): void {
    if (this.#json && this.#json.length > 0) this.#onMessage(Buffer.concat(this.#json).toString());
  }
}
