import type { ServerResponse } from 'node:http';
import type { Frame, JsonRpcId } from '../../mcp/jsonrpc/index.ts';
import { answerJson, type EventStream } from '../http/index.ts';
import type { Missed } from './replay.ts';
import type { SessionStreams } from './session-streams.ts';

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
