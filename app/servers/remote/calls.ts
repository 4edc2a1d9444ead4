import {
  editMembers,
  type Frame,
  idText,
  type JsonRpcId,
  meantId,
  type RequestFrame,
  type ResponseFrame,
  writtenIdIn,
} from '../../mcp/jsonrpc/index.ts';
import { type Channel, hasError } from './channel.ts';

/** A request of the client that has no answer yet. */
export interface Call {
  readonly request: RequestFrame;
  /** Where it was sent; null while it waits. */
  channel: Channel | null;
  /** How often it was sent again. */
  again: number;
}

/** The requests of one session that wait for an answer, the client's and our own, and which answer belongs to which. */
export class Calls {
  readonly #open = new Map<JsonRpcId, Call>();
  readonly #own = new Set<JsonRpcId>();
  #lastOwn = 0;

  /** Whether no client waits for an answer. */
  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  begin(request: RequestFrame): void {
    this.#open.set(request.id, { request, channel: null, again: 0 });
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

  /** Whether it was a request of our own, which is over now. */
  endOwn(id: JsonRpcId): boolean {
    return this.#own.delete(id);
  }

  /** The call whose answer would have such an id. */
  meant(id: JsonRpcId): Call | undefined {
    const meant = meantId(id, (one) => this.#open.has(one));
    return meant === undefined ? undefined : this.#open.get(meant);
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

  clear(): void {
    this.#open.clear();
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
