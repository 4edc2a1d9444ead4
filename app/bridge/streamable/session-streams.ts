import type { ServerResponse } from 'node:http';
import { BackPressureGate } from '../../base/back-pressure.ts';
import { hasPriming } from '../../mcp/index.ts';
import type { Frame } from '../../mcp/jsonrpc/index.ts';
import type { Peer } from '../../servers/index.ts';
import type { BridgeContext } from '../context.ts';
import { EventStream } from '../http/index.ts';
import { type EventPosition, type Missed, Replay } from './replay.ts';

/** Milliseconds after which a client that lost its stream should come back, as the `retry` field tells it. */
const RETRY = 1000;

/** Number of the stream that GET opens and that belongs to no request. */
export const STANDALONE = 0;

/**
 * The event streams of one session: how they are opened, what is sent on them, and what is kept for a client that resumes one.
 * While one client connection is slow to read, the server is paused.
 */
export class SessionStreams {
  /** Header fields of the next response, names and values in turn. */
  fields: readonly string[] = [];
  /** The revision client and server use. */
  revision: string;
  readonly #context: BridgeContext;
  readonly #gate: BackPressureGate;
  readonly #replay: Replay;

  constructor(peer: Peer, revision: string, context: BridgeContext) {
    this.revision = revision;
    this.#context = context;
    this.#gate = new BackPressureGate(
      () => peer.pause(),
      () => peer.resume(),
    );
    this.#replay = new Replay(() => context.limits().replayBytes, context.slabs);
  }

  /** Number of the newest event. */
  get newest(): number {
    return this.#replay.newest;
  }

  /** The session is over: what is kept goes. What was sent still leaves. */
  end(): void {
    this.#replay.end();
  }

  /** What is kept of a stream after an event. */
  since(position: EventPosition): Missed {
    return this.#replay.since(position);
  }

  /** Turns a response into a stream whose congestion stops the server. */
  open(response: ServerResponse): EventStream {
    const { ticker, times } = this.#context;
    const stream: EventStream = new EventStream(
      response,
      this.fields,
      {
        congested: () => this.#gate.congested(stream),
        drained: () => this.#gate.relieved(stream),
        closed: () => this.#gate.relieved(stream),
      },
      ticker,
      times,
    );
    return stream;
  }

  /** The event that opens a stream; null in revisions without one. */
  priming(stream: number): string | null {
    return hasPriming(this.revision) ? `id: ${this.#replay.mark(stream)}\nretry: ${RETRY}\ndata: \n\n` : null;
  }

  /** Sends frames as events of a stream, and keeps them for a client that asks again; only keeps them when `to` is null. */
  send(stream: number, frames: readonly Frame[], to: EventStream | null): void {
    const named = this.#replay.add(stream, frames);
    if ('events' in named) to?.sendEvents(named.events);
    else to?.send(frames, named.ids);
  }
}

/** What the server sends outside of any request. It waits, as far as the replay reaches, until a client watches. */
export class StandaloneStream {
  readonly #streams: SessionStreams;
  #watched: { readonly response: ServerResponse; readonly stream: EventStream } | null = null;
  /** Number of the newest event that went to a client. */
  #sent = 0;

  constructor(streams: SessionStreams) {
    this.#streams = streams;
  }

  get isWatched(): boolean {
    return this.#watched !== null;
  }

  /** A client watches from here on, and gets what followed event `after`. It takes over from one that watches already. */
  watch(response: ServerResponse, after: number = this.#sent): void {
    const before = this.#watched?.stream;
    const stream = this.#streams.open(response);
    this.#watched = { response, stream };
    response.once('close', () => {
      if (this.#watched?.response === response) this.#watched = null;
    });
    const { events } = this.#streams.since({ stream: STANDALONE, number: after });
    const priming = this.#streams.priming(STANDALONE);
    for (const piece of events) stream.sendEvents(piece);
    if (events.length === 0 && priming !== null) stream.sendText(priming);
    if (events.length === 0 && priming === null) stream.flush();
    this.#sent = this.#streams.newest;
    before?.end();
  }

  deliver(frames: readonly Frame[]): void {
    this.#streams.send(STANDALONE, frames, this.#watched?.stream ?? null);
    if (this.#watched !== null) this.#sent = this.#streams.newest;
  }

  end(): void {
    this.#watched?.stream.end();
  }
}
