import type { ServerResponse } from 'node:http';
import type { Frame } from '../../mcp/jsonrpc/index.ts';
import type { EventStream } from '../http/index.ts';
import type { AnswerSession } from './post-response.ts';
import type { Replay } from './replay.ts';

/** Number of the stream that GET opens and that belongs to no request. */
export const STANDALONE = 0;

/** What the server says outside of any request. It waits, as far as the replay reaches, until a client watches. */
export class StandaloneStream {
  readonly #replay: Replay;
  readonly #session: AnswerSession;
  #watched: { readonly response: ServerResponse; readonly stream: EventStream } | null = null;
  /** Number of the newest event that went to a client. */
  #sent = 0;

  constructor(replay: Replay, session: AnswerSession) {
    this.#replay = replay;
    this.#session = session;
  }

  get isWatched(): boolean {
    return this.#watched !== null;
  }

  /** A client watches from here on, and gets what followed event `after`. It takes over from one that watches already. */
  watch(response: ServerResponse, after: number = this.#sent): void {
    const before = this.#watched?.stream;
    const stream = this.#session.openStream(response);
    this.#watched = { response, stream };
    response.once('close', () => {
      if (this.#watched?.response === response) this.#watched = null;
    });
    const { events } = this.#replay.since({ stream: STANDALONE, number: after });
    const priming = this.#session.priming(STANDALONE);
    for (const piece of events) stream.sendEvents(piece);
    if (events.length === 0 && priming !== null) stream.sendText(priming);
    if (events.length === 0 && priming === null) stream.flush();
    this.#sent = this.#replay.newest;
    before?.end();
  }

  deliver(frames: readonly Frame[]): void {
    this.#session.send(STANDALONE, frames, this.#watched?.stream ?? null);
    if (this.#watched !== null) this.#sent = this.#replay.newest;
  }

  end(): void {
    this.#watched?.stream.end();
  }
}
