import type { ServerResponse } from 'node:http';
import type { Frame } from '../frame/index.ts';
import type { EventStream } from '../http/index.ts';
import type { AnswerSession } from './post-answer.ts';
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
    const missed = this.#replay.since({ stream: STANDALONE, number: after });
    const priming = this.#session.priming(STANDALONE);
    if (missed.frames.length > 0) stream.send(missed.frames, missed.ids);
    else if (priming !== null) stream.sendText(priming);
    else stream.flush();
    this.#sent = this.#replay.newest;
    before?.end();
  }

  deliver(frames: readonly Frame[]): void {
    const ids = this.#session.keep(STANDALONE, frames);
    if (this.#watched === null) return;
    this.#watched.stream.send(frames, ids);
    this.#sent = this.#replay.newest;
  }

  end(): void {
    this.#watched?.stream.end();
  }
}
