import { idText, type JsonRpcId } from '../mcp/jsonrpc/index.ts';
import { answeredBy, isTimeout } from './read.ts';
import type { Sized } from './ring.ts';
import { shownText } from './shown.ts';

/** How a client reached us; `aggregate` is an address that several servers share, behind which each is seen once more. */
export type Transport = 'http-sse' | 'streamable' | 'stdio' | 'stateless' | 'aggregate';

/** What became of a call, as far as is known. */
export type CallOutcome =
  | 'pending'
  /** `subscriptions/listen`: it stays open for as long as its client listens. */
  | 'listening'
  | 'ok'
  /** A JSON-RPC error. */
  | 'error'
  /** A result that says that the tool failed. */
  | 'tool-error'
  | 'cancelled'
  /** Its sender has waited too long, by its own account. */
  | 'timed-out'
  /** The connection or the process ended before there was an answer. */
  | 'cut';

/** The client and its session that a call belongs to. */
export interface CallSession {
  readonly server: string;
  /** Counted from 1 since the start; 0 where there are no sessions. */
  readonly number: number;
  readonly transport: Transport;
  /** What the client calls itself; empty before it has said so. */
  client: string;
}

/** A call as viewers get it. Times are milliseconds, sizes are bytes. */
export interface CallFacts {
  readonly sequence: number;
  readonly server: string;
  readonly session: number;
  readonly transport: Transport;
  readonly client: string;
  /** Which of our two connections it was seen on. Only where a translation stands between is it seen on both. */
  readonly side: 'client' | 'server';
  /** Who asks: a server asks its client for input. */
  readonly from: 'client' | 'server';
  readonly kind: 'request' | 'notification';
  readonly method: string;
  /** The tool, prompt or resource; empty where there is none. */
  readonly target: string;
  /** JSON text, or the beginning of it; empty for a notification. */
  readonly id: string;
  /** Since the epoch. */
  readonly startedAt: number;
  /** From its arrival until it was passed on; null while that is not known. */
  readonly queue: number | null;
  /** From its arrival to the first that came back: news of it or its answer. */
  readonly firstByte: number | null;
  readonly total: number | null;
  readonly sent: number;
  readonly received: number;
  readonly outcome: CallOutcome;
  /** Of a JSON-RPC error. */
  readonly code: number | null;
  /** The call of the client that this one of ours is for; null where it is for none. */
  readonly of: number | null;
  /** Requests through the proxy of its server that were begun while it was under way. */
  readonly requests: readonly number[];
  /** More of them than are kept. */
  readonly moreRequests: number;
}

/** Who hears of the course of a call. */
export interface CallOwner {
  changed(call: Call): void;
  ended(call: Call): void;
  answered(call: Call, json: Buffer): void;
}

export interface CallStart {
  readonly session: CallSession;
  readonly side: 'client' | 'server';
  readonly from: 'client' | 'server';
  readonly kind: 'request' | 'notification';
  readonly method: string;
  readonly target: string;
  readonly id: JsonRpcId;
  readonly json: Buffer;
  /** When it arrived, as performance.now() tells it. */
  readonly since: number;
}

/** Requests of the proxy that one call lists. */
const MOST_REQUESTS = 50;
/** Near enough for a bound: the fields of a row without its texts. */
const ROW_BYTES = 400;

/** One request or notification on its way, without its contents. The endpoint that passes it on says what becomes of it; the first end counts. */
export class Call implements Sized {
  readonly sequence: number;
  readonly session: CallSession;
  readonly side: 'client' | 'server';
  readonly from: 'client' | 'server';
  readonly kind: 'request' | 'notification';
  readonly method: string;
  readonly target: string;
  readonly id: JsonRpcId;
  readonly since: number;
  readonly startedAt: number;
  readonly sent: number;
  received = 0;
  queue: number | null = null;
  firstByte: number | null = null;
  total: number | null = null;
  outcome: CallOutcome = 'pending';
  code: number | null = null;
  /** The one on the other side of the translation: the call of the client for one of ours, and the other way round. */
  other: Call | null = null;
  moreRequests = 0;
  readonly #owner: CallOwner;
  #requests: number[] | null = null;

  constructor(start: CallStart, sequence: number, owner: CallOwner) {
    this.sequence = sequence;
    this.session = start.session;
    this.side = start.side;
    this.from = start.from;
    this.kind = start.kind;
    this.method = shownText(start.method);
    this.target = start.target;
    this.id = start.id;
    this.since = start.since;
    this.startedAt = Date.now();
    this.sent = start.json.length;
    this.#owner = owner;
  }

  get bytes(): number {
    const id = typeof this.id === 'string' ? this.id.length : 0;
    return ROW_BYTES + 2 * (this.method.length + this.target.length + id);
  }

  /** It has been given to the server. */
  passedOn(now: number = performance.now()): void {
    this.queue ??= now - this.since;
  }

  /** Something has come back that is not its answer. */
  progressed(bytes: number): void {
    if (this.total !== null) return;
    this.received += bytes;
    if (this.firstByte !== null) return;
    this.firstByte = performance.now() - this.since;
    this.#owner.changed(this);
  }

  answered(json: Buffer): void {
    if (this.total !== null) return;
    this.received += json.length;
    const answer = answeredBy(this.method, json);
    if (answer.kind === 'error') this.code = answer.code;
    const now = performance.now();
    this.firstByte ??= now - this.since;
    this.#owner.answered(this, json);
    this.#end(answer.kind, now);
  }

  /** Its sender wants no answer any more; `notification` says why. */
  cancelled(notification: Buffer | null): void {
    this.#end(notification !== null && isTimeout(notification) ? 'timed-out' : 'cancelled', performance.now());
  }

  /** There will be no answer of its server. `listening` is not what is cut: it ends like that. */
  cut(): void {
    this.#end('cut', performance.now());
  }

  /** For the life of a subscription. */
  listens(): void {
    if (this.total === null) this.outcome = 'listening';
  }

  /** A request of its server through the proxy has begun. */
  sawRequest(sequence: number): void {
    this.#requests ??= [];
    if (this.#requests.length < MOST_REQUESTS) this.#requests.push(sequence);
    else this.moreRequests++;
    this.#owner.changed(this);
  }

  facts(): CallFacts {
    const { sequence, session, side, from, kind, method, target, id, startedAt, queue, firstByte, total } = this;
    const { sent, received, outcome, code, moreRequests } = this;
    return {
      sequence,
      server: session.server,
      session: session.number,
      transport: session.transport,
      client: session.client,
      side,
      from,
      kind,
      method,
      target,
      id: kind === 'notification' ? '' : shownText(idText(id)),
      startedAt,
      queue,
      firstByte,
      total,
      sent,
      received,
      outcome,
      code,
      of: side === 'server' && this.other !== null ? this.other.sequence : null,
      requests: this.#requests ?? [],
      moreRequests,
    };
  }

  #end(outcome: CallOutcome, now: number): void {
    if (this.total !== null) return;
    this.total = now - this.since;
    this.outcome = outcome;
    this.#owner.ended(this);
  }
}
