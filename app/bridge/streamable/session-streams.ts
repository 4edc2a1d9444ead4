import type { ServerResponse } from 'node:http';
import { BackPressureGate } from '../../base/back-pressure.ts';
import { hasPriming } from '../../mcp/index.ts';
import type { Frame, JsonRpcId } from '../../mcp/jsonrpc/index.ts';
import type { Peer } from '../../servers/index.ts';
import type { BridgeContext } from '../context.ts';
import { answerJson, EventStream, WITHOUT_CHARSET } from '../http/index.ts';
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
      response.req.method === 'GET' ? WITHOUT_CHARSET : undefined,
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

/** The content types a client takes. */
export interface Accepted {
  readonly json: boolean;
  readonly stream: boolean;
}

const BOTH: Accepted = { json: true, stream: true };

/**
 * Reads an Accept header (RFC 9110 section 12.5.1). MCP clients must list both kinds; we also serve those that name one
 * of them, and those that take anything, such as curl.
 */
export function acceptedBy(header: string | undefined): Accepted {
  if (header === undefined || header === '*/*' || header === 'application/json, text/event-stream') return BOTH;
  let json = false;
  let stream = false;
  for (const range of header.toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))) continue;
    json ||= type === 'application/json' || type === 'application/*' || type === '*/*';
    stream ||= type === 'text/event-stream' || type === 'text/*' || type === '*/*';
  }
  return { json, stream };
}

type State =
  /** Nothing is sent: the first frame, or `decide` ms, tell which kind of response it becomes. */
  | { readonly kind: 'undecided'; readonly response: ServerResponse }
  | { readonly kind: 'streaming'; readonly response: ServerResponse; readonly stream: EventStream }
  /** The client is gone. What comes is kept for its return if it knows an event to resume from. */
  | { readonly kind: 'away'; readonly resumable: boolean }
  | { readonly kind: 'done' };

export interface PostTerms {
  /** Number of the stream this may become, unique in the session. */
  readonly stream: number;
  readonly accepted: Accepted;
  readonly isBatch: boolean;
  readonly ids: readonly JsonRpcId[];
  /** Milliseconds after which the response becomes a stream. */
  readonly decide: number;
}

/**
 * The HTTP response to one POST with requests in it (2025-11-25 transports, Sending messages to the server): plain JSON when
 * the JSON-RPC response is the first frame of the server, else an event stream.
 */
export class PostResponse {
  readonly stream: number;
  readonly #streams: SessionStreams;
  readonly #terms: PostTerms;
  readonly #waiting: Set<JsonRpcId>;
  readonly #collected: Frame[] = [];
  #timer: NodeJS.Timeout | undefined;
  #state: State;

  constructor(response: ServerResponse, terms: PostTerms, streams: SessionStreams) {
    this.stream = terms.stream;
    this.#terms = terms;
    this.#streams = streams;
    this.#waiting = new Set(terms.ids);
    this.#state = { kind: 'undecided', response };
    if (terms.accepted.stream) this.#timer = setTimeout(() => this.#decide(), terms.decide);
    response.once('close', () => this.#closed(response));
  }

  /** Its client takes plain JSON alone, in which there is room for responses and nothing else. */
  get isBare(): boolean {
    return !this.#terms.accepted.stream;
  }

  /** Its client is connected and takes other messages, too. */
  get isListening(): boolean {
    return !this.isBare && (this.#state.kind === 'undecided' || this.#state.kind === 'streaming');
  }

  /** Takes frames for this client, in order. The last response ends it. */
  deliver(frames: readonly Frame[]): void {
    for (const frame of frames) if (frame.kind === 'response') this.#waiting.delete(frame.id);
    const last = this.#waiting.size === 0;
    const state = this.#state;
    switch (state.kind) {
      case 'undecided':
        this.#deliverFirst(state.response, frames, last);
        break;
      case 'streaming':
        this.#streams.send(this.stream, frames, state.stream);
        if (last) state.stream.end();
        break;
      case 'away':
        if (state.resumable) this.#streams.send(this.stream, frames, null);
        break;
      case 'done':
        break;
      default:
        state satisfies never;
    }
    if (last) this.#finish();
  }

  /** The request was cancelled by its client, and will have no response (basic/utilities/cancellation). */
  cancel(id: JsonRpcId): void {
    if (!this.#waiting.delete(id) || this.#waiting.size > 0) return;
    const state = this.#state;
    if (state.kind === 'undecided') this.#begin(state.response).end();
    if (state.kind === 'streaming') state.stream.end();
    this.#finish();
  }

  /** The client is back on another connection: what it missed goes there, then the rest. */
  resume(response: ServerResponse, missed: Missed): void {
    const before = this.#state;
    const stream = this.#streams.open(response);
    this.#state = { kind: 'streaming', response, stream };
    response.once('close', () => this.#closed(response));
    for (const piece of missed.events) stream.sendEvents(piece);
    if (missed.events.length === 0) stream.flush();
    if (before.kind === 'streaming') before.stream.end();
    if (before.kind === 'undecided') before.response.destroy();
  }

  #deliverFirst(response: ServerResponse, frames: readonly Frame[], last: boolean): void {
    const { accepted, isBatch } = this.#terms;
    if (!accepted.stream) {
      this.#collected.push(...frames);
      if (last) this.#answerWhole(response, this.#collected);
    } else if (accepted.json && last && frames.length === 1 && !isBatch) {
      this.#answerWhole(response, frames);
    } else {
      const stream = this.#begin(response);
      this.#streams.send(this.stream, frames, stream);
      if (last) stream.end();
    }
  }

  #answerWhole(response: ServerResponse, frames: readonly Frame[]): void {
    const [first] = frames;
    const json = first === undefined || this.#terms.isBatch ? jsonArray(frames) : first.bytes;
    answerJson(response, 200, json, this.#streams.fields);
  }

  #begin(response: ServerResponse): EventStream {
    const stream = this.#streams.open(response);
    this.#state = { kind: 'streaming', response, stream };
    const priming = this.#streams.priming(this.stream);
    if (priming !== null) stream.sendText(priming);
    return stream;
  }

  #decide(): void {
    if (this.#state.kind === 'undecided') this.#begin(this.#state.response).flush();
  }

  #closed(response: ServerResponse): void {
    const state = this.#state;
    if (state.kind !== 'undecided' && state.kind !== 'streaming') return;
    if (state.response === response) this.#state = { kind: 'away', resumable: state.kind === 'streaming' };
  }

  #finish(): void {
    clearTimeout(this.#timer);
    this.#state = { kind: 'done' };
  }
}

function jsonArray(frames: readonly Frame[]): Buffer {
  const pieces = frames.flatMap(({ bytes }, index) => (index === 0 ? [bytes] : [COMMA, bytes]));
  return Buffer.concat([OPENING, ...pieces, CLOSING]);
}

const OPENING = Buffer.from('[');
const COMMA = Buffer.from(',');
const CLOSING = Buffer.from(']');
