import type { Log } from '../../base/log.ts';
import type { Text } from '../../i18n/index.ts';
import {
  CODE,
  editMembers,
  errorFor,
  type Frame,
  idText,
  type JsonRpcId,
  meantId,
  type RequestFrame,
  type ResponseFrame,
  scanEnds,
  writtenIdIn,
} from '../../mcp/jsonrpc/index.ts';
import { type Channel, hasError } from './channel.ts';
import { faultSentence, isPassingFault, kindOf, pauseIn, type RemoteFault } from './end.ts';
import type { KeptAnswers } from './kept-answers.ts';
import { isRead } from './streamable.ts';

/** Milliseconds before what only reads is asked for once more, and how often. */
const READ_AGAIN = [250, 1000, 3000] as const;

/** A request of the client that has no answer yet. */
export interface Call {
  readonly request: RequestFrame;
  /** Where it was sent; null while it waits. */
  channel: Channel | null;
  /** How often it was asked for once more. */
  again: number;
  /** Its session was gone, and it went to the next one. */
  isMoved: boolean;
}

/** What a session's calls know of its server. */
export interface CallsOptions {
  /** The server's. */
  readonly name: string;
  readonly log: Log;
  readonly text: () => Text;
  /** Bytes of the longest message taken. */
  readonly limit: () => number;
  readonly kept: KeptAnswers;
  /** Milliseconds for which a remote that cannot be reached is tried again before `initialize` is given up; 0 for one attempt. */
  readonly patience: number;
  /** Whether `initialize` is answered in the place of the remote then. Else the session ends. */
  readonly standsIn: boolean;
}

/** The session of the calls. */
export interface CallsOwner {
  /** An answer that the remote did not send in this form, for the client. */
  deliver(answer: ResponseFrame): void;
  /** Sends a request to the session as it is by now. */
  route(request: RequestFrame): void;
  /** Calls back after so many milliseconds, unless the session ends before. */
  later(milliseconds: number, then: () => void): void;
  /** The server has said something. */
  said(): void;
  /** The client was told with an error of ours. */
  gaveUp(request: RequestFrame, fault: RemoteFault): void;
  /** Whether a translator asks in the client's place: it is stood in for otherwise. */
  isTranslated(): boolean;
}

/**
 * The requests of one session that wait for an answer, the client's and our own: which answer belongs to which, and what the client
 * gets where none comes. Each of its requests gets one answer.
 */
export class Calls {
  readonly #options: CallsOptions;
  readonly #owner: CallsOwner;
  readonly #open = new Map<JsonRpcId, Call>();
  readonly #own = new Set<JsonRpcId>();
  #lastOwn = 0;
  #failure: RemoteFault | null = null;

  constructor(options: CallsOptions, owner: CallsOwner) {
    this.#options = options;
    this.#owner = owner;
  }

  /** Why the last request that got an error of ours instead of an answer was given up; null while none was. */
  get failure(): RemoteFault | null {
    return this.#failure;
  }

  /** Whether no client waits for an answer. */
  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  begin(request: RequestFrame): void {
    this.#open.set(request.id, { request, channel: null, again: 0, isMoved: false });
  }

  of({ id }: RequestFrame): Call | undefined {
    return this.#open.get(id);
  }

  /** Whether somewhere an answer to it is waited for. */
  awaits({ id }: RequestFrame): boolean {
    return this.#open.has(id) || this.#own.has(id);
  }

  /** False when it had its answer already. */
  end(id: JsonRpcId): boolean {
    return this.#open.delete(id);
  }

  /** An id for a request of our own, which no client has. */
  newId(): string {
    const id = `mcp-gangway-${++this.#lastOwn}`;
    this.#own.add(id);
    return id;
  }

  get all(): readonly Call[] {
    return [...this.#open.values()];
  }

  /** Those that were sent by this channel. */
  on(channel: Channel): readonly Call[] {
    return this.all.filter((call) => call.channel === channel);
  }

  /** What the client gets of an answer; null for one to a request of ours. `request` is what it came in answer to, where that is known. */
  settle(frame: ResponseFrame, request: RequestFrame | null): ResponseFrame | null {
    const own = meantId(frame.id, (id) => this.#own.has(id));
    if (own !== undefined) {
      this.#own.delete(own);
      return null;
    }
    const id = meantId(frame.id, (one) => this.#open.has(one));
    if (id !== undefined) {
      this.#open.delete(id);
      return frame;
    }
    // An error without an id, on the connection that one request was made by (JSON-RPC 2.0 section 5).
    if (frame.id !== null || request === null || !this.#open.has(request.id)) return frame;
    if (!hasError(frame)) return null;
    this.#open.delete(request.id);
    return underId(frame, request);
  }

  /** It could not be brought to the server, or was not answered; `answer` is the server's own word, where that is JSON-RPC. */
  failed(request: RequestFrame, fault: RemoteFault, answer: ResponseFrame | null): void {
    if (this.#own.delete(request.id)) return;
    const call = this.of(request);
    if (call === undefined) return;
    if (answer !== null && kindOf(fault) !== 'signed-out') {
      this.#owner.said();
      this.end(request.id);
      return this.#owner.deliver(underId(answer, request));
    }
    const kept = this.#keptFor(request);
    if (kept !== null) {
      this.end(request.id);
      return this.#owner.deliver(kept);
    }
    const wait = call.isMoved ? undefined : READ_AGAIN[call.again];
    const pause = pauseIn(fault);
    if (wait !== undefined && pause < this.#options.patience && isRead(request) && isPassingFault(fault)) {
      call.again++;
      return this.#owner.later(Math.max(wait, pause), () => {
        if (this.of(request) === call) this.#owner.route(request);
      });
    }
    this.giveUp(request, fault);
  }

  /** The session that it was sent to is gone, and it waits for the next one, where the remote has not looked at it; once. */
  move(request: RequestFrame): void {
    const call = this.of(request);
    if (call === undefined) return;
    if (call.isMoved) return this.giveUp(request, { kind: 'session-lost' });
    call.isMoved = true;
    this.#owner.route(request);
  }

  /** Answers a request with what has become of it. */
  giveUp(request: RequestFrame, fault: RemoteFault): void {
    if (!this.end(request.id)) return;
    this.#failure = fault;
    this.#owner.gaveUp(request, fault);
    const { name, text } = this.#options;
    const error = { code: CODE.internalError, message: faultSentence(name, fault, text()), data: { server: name } };
    this.#owner.deliver(errorFor({ id: request.id, writtenId: writtenIdIn(request.bytes, request.id) }, error));
  }

  /** A message over the limit was dropped: an error stands in for an answer, a notification is told of in the log. */
  oversized(start: Buffer, end: Buffer): void {
    const limit = this.#options.limit();
    this.#options.log.warn('A message of the remote server is over the limit and was dropped', { limit });
    const head = scanEnds(start, end);
    if (head?.kind !== 'response') return;
    const id = meantId(head.id, (one) => this.#open.has(one));
    const call = id === undefined ? undefined : this.#open.get(id);
    if (call !== undefined) this.giveUp(call.request, { kind: 'too-long', limit });
  }

  clear(): void {
    this.#open.clear();
  }

  #keptFor(request: RequestFrame): ResponseFrame | null {
    const { standsIn, kept } = this.#options;
    const isKept = request.method === 'server/discover' && standsIn && !this.#owner.isTranslated();
    return isKept ? kept.discoverFor(request) : null;
  }
}

/** Messages that wait until there is a session, in order. */
export class Backlog {
  #messages: Frame[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  add(message: Frame): void {
    this.#messages.push(message);
    this.#bytes += message.bytes.length;
  }

  /** Whether a request with this id waited; it does no more. */
  remove(id: JsonRpcId): boolean {
    const index = this.#messages.findIndex((one) => one.kind === 'request' && one.id === id);
    const [removed] = index === -1 ? [] : this.#messages.splice(index, 1);
    this.#bytes -= removed?.bytes.length ?? 0;
    return removed !== undefined;
  }

  take(): readonly Frame[] {
    const messages = this.#messages;
    this.#messages = [];
    this.#bytes = 0;
    return messages;
  }
}

/** The answer under the id that the request has. */
export function underId(answer: ResponseFrame, { id, bytes }: RequestFrame): ResponseFrame {
  if (answer.id === id) return answer;
  const written = writtenIdIn(bytes, id) ?? idText(id);
  return { kind: 'response', id, bytes: editMembers(answer.bytes, new Map([['id', written]])) };
}

/** Whether an answer with the one id is meant for the request with the other. */
export function isSameId(left: JsonRpcId, right: JsonRpcId): boolean {
  return meantId(left, (one) => one === right) !== undefined;
}
