import { errorFrame, type JsonRpcError, type JsonRpcId, type ResponseFrame } from './frame.ts';
import { idFrom, idText, meantId } from './id.ts';
import { editMembers, memberOf, parsedJson } from './members.ts';

/** A request under the id its sender waits for. */
export interface RequestId {
  readonly id: JsonRpcId;
  /** How the sender wrote the id, where another text would be usual for it; else null. */
  readonly writtenId: Buffer | null;
}

/** Cancelled requests remembered: their answers may still come, and are no surprise then. */
const CANCELLED = 64;

/** What an answer is: to a request that waits, to one that was cancelled, or to none. */
export type Match<Request> =
  | { readonly kind: 'found'; readonly request: Request; readonly frame: ResponseFrame }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'unexpected' };

/**
 * Requests that wait for their answers, oldest first. An answer may name its request in another JSON type, or in another notation;
 * it is then put under the id that the sender wrote (JSON-RPC 2.0 section 5: the id must be the same value).
 */
export class PendingRequests<Request extends RequestId> {
  readonly #byId = new Map<JsonRpcId, Request>();
  readonly #cancelled = new Set<JsonRpcId>();
  readonly #isWaiting = (id: JsonRpcId) => this.#byId.has(id);

  get size(): number {
    return this.#byId.size;
  }

  has(id: JsonRpcId): boolean {
    return this.#byId.has(id);
  }

  values(): Iterable<Request> {
    return this.#byId.values();
  }

  add(request: Request): void {
    this.#byId.set(request.id, request);
  }

  /** The request that the answer is to, which then waits no more. */
  match(answer: ResponseFrame): Match<Request> {
    const id = this.idOf(answer);
    const request = id === undefined ? undefined : this.#byId.get(id);
    if (request === undefined) return { kind: this.#wasCancelled(answer.id) ? 'cancelled' : 'unexpected' };
    this.#byId.delete(request.id);
    const isSame = request.id === answer.id && request.writtenId === null && answer.oddId === undefined;
    return { kind: 'found', request, frame: isSame ? answer : underId(answer, request) };
  }

  /** The id of the one request that the answer can mean. An error without an id ends the only one there is (JSON-RPC 2.0 section 5). */
  idOf(answer: ResponseFrame): JsonRpcId | undefined {
    const id = meantId(answer.id, this.#isWaiting);
    if (id !== undefined || answer.id !== null || this.#byId.size !== 1 || !isError(answer.bytes)) return id;
    return this.#byId.keys().next().value;
  }

  /** Its sender does not want the answer any more. */
  cancel(id: JsonRpcId): Request | undefined {
    const request = this.#byId.get(id);
    if (request === undefined) return undefined;
    this.#byId.delete(id);
    this.#cancelled.add(id);
    const [oldest] = this.#cancelled;
    if (this.#cancelled.size > CANCELLED && oldest !== undefined) this.#cancelled.delete(oldest);
    return request;
  }

  takeAll(): readonly Request[] {
    const requests = [...this.#byId.values()];
    this.#byId.clear();
    return requests;
  }

  #wasCancelled(id: JsonRpcId): boolean {
    const cancelled = meantId(id, (one) => this.#cancelled.has(one));
    return cancelled !== undefined && this.#cancelled.delete(cancelled);
  }
}

/** How the sender of a message wrote its id, where that is not the usual text for it; else null. */
export function writtenIdIn(json: Buffer, id: JsonRpcId): Buffer | null {
  const text = memberOf(json, 'id');
  if (text === undefined) return null;
  if (typeof id !== 'string') return text.toString('latin1') === idText(id) ? null : text;
  return text.includes(0x5c) && parsedJson(text) !== id ? text : null;
}

/** The id in a member of an object; undefined when there is none. */
export function idIn(object: Buffer | undefined, key: string): string | number | bigint | undefined {
  const text = object && memberOf(object, key);
  return (text && idFrom(text, 0, text.length)) ?? undefined;
}

/** An error as the answer to a request, its id as the sender wrote it. */
export function errorFor(request: RequestId, error: JsonRpcError): ResponseFrame {
  const frame = errorFrame(request.id, error);
  return request.writtenId === null ? frame : underId(frame, request);
}

/** The answer to a request that asks for nothing but a sign of life, under an id that is JSON text. */
export function emptyResult(id: Buffer): ResponseFrame {
  const bytes = Buffer.concat([Buffer.from('{"jsonrpc":"2.0","id":'), id, Buffer.from(',"result":{}}')]);
  return { kind: 'response', id: idFrom(id, 0, id.length), bytes };
}

function underId({ bytes }: ResponseFrame, { id, writtenId }: RequestId): ResponseFrame {
  return { kind: 'response', id, bytes: editMembers(bytes, new Map([['id', writtenId ?? idText(id)]])) };
}

function isError(bytes: Buffer): boolean {
  return memberOf(bytes, 'error') !== undefined && memberOf(bytes, 'result') === undefined;
}
