import { StringDecoder } from 'node:string_decoder';

/** Reads `text/event-stream` as it comes in, in pieces of any size. */
export class EventStream {
  /** Comment lines so far: what keeps an idle stream alive. */
  comments = 0;
  readonly #onEvent: (data: string, event: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  /** Pieces of a line whose end has not come yet; joined once, because a line may be megabytes long. */
  #pieces: string[] = [];
  #event = 'message';
  #data: string | null = null;

  constructor(onEvent: (data: string, event: string) => void) {
    this.#onEvent = onEvent;
  }

  push(chunk: Buffer): void {
    const text = this.#decoder.write(chunk);
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.#line(this.#complete(text.slice(start, end)));
      start = end + 1;
    }
    if (start < text.length) this.#pieces.push(start === 0 ? text : text.slice(start));
  }

  #complete(lastPiece: string): string {
    let line = lastPiece;
    if (this.#pieces.length > 0) {
      line = this.#pieces.join('') + lastPiece;
      this.#pieces = [];
    }
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }

  #line(line: string): void {
    if (line.startsWith('data:')) {
      const value = line.slice(line[5] === ' ' ? 6 : 5);
      this.#data = this.#data === null ? value : `${this.#data}\n${value}`;
    } else if (line === '') {
      // An event without data, or with empty data, only carries an id: nothing for a reader of messages.
      if (this.#data !== null && this.#data !== '') this.#onEvent(this.#data, this.#event);
      this.#data = null;
      this.#event = 'message';
    } else if (line.startsWith('event:')) {
      this.#event = line.slice(6).trim();
    } else if (line.startsWith(':')) {
      this.comments++;
    }
  }
}
