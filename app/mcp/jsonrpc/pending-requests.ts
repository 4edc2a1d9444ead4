import { isObject } from '../../base/schema/index.ts';
import type { JsonRpcError } from './error-codes.ts';
import type { JsonRpcId, ResponseFrame } from './frame.ts';
import { editMembers, type JsonObject, memberOf, parsedJson, stringAt } from './json-text.ts';

/** Digits up to which the value of an id is worked out exactly; no counter or key is longer. */
const LONGEST = 500;

/** Bytes of the longest text that is an id or a progress token: both are remembered for as long as something is under way, and beyond. */
export const LONGEST_ID = 4096;

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;

/**
 * The id that stands in the JSON text from `from` to `to`, as it compares: null when it is neither string nor number, or longer than
 * any real one. Integers beyond 2^53 are bigints, so two of them never become one.
 */
export function idFrom(json: Buffer, from: number, to: number): JsonRpcId {
  if (json[from] === 0x22) return to - from > LONGEST_ID ? null : (stringAt(json, from, to)?.toWellFormed() ?? null);
  const length = to - from;
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = (json[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9 || length > 15)
      return numberIn(json.toString('latin1', from, Math.min(to, from + LONGEST + 1)));
    number = number * 10 + digit;
  }
  return length === 0 ? null : number;
}

/** The id as JSON text. */
export function idText(id: JsonRpcId): string {
  return typeof id === 'bigint' ? String(id) : JSON.stringify(id);
}

/** Whether a number is written as JSON.stringify writes it: typed clients that asked under 1 do not read 1.0 or 1e0 as their id. */
export function isPlainNumber(id: JsonRpcId, from: number, to: number): boolean {
  return typeof id === 'string' || id === null || to - from === String(id).length;
}

/**
 * The one id among those waited for that an answer under `answered` can mean: itself, else the same digits as the other JSON type.
 * Some servers keep ids as strings, others make numbers of them. Undefined when there is none.
 */
export function meantId(answered: JsonRpcId, isWaiting: (id: JsonRpcId) => boolean): JsonRpcId | undefined {
  if (isWaiting(answered)) return answered;
  if (typeof answered === 'number' || typeof answered === 'bigint') {
    return isWaiting(String(answered)) ? String(answered) : undefined;
  }
  if (answered === null) return undefined;
  const number = numberIn(answered.trim());
  return number !== null && isWaiting(number) ? number : undefined;
}

function numberIn(text: string): number | bigint | null {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  if (whole === '' || text.length > LONGEST) return null;
  const digits = `${whole}${fraction}`.replace(/^0+(?=\d)/, '');
  const shift = Number(exponent) - fraction.length;
  const value = Number(text);
  if (Number.isSafeInteger(value) || shift < -LONGEST || shift + digits.length > LONGEST) {
    return Number.isFinite(value) ? value : null;
  }
  if (shift >= 0) return BigInt(`${sign}${digits}${'0'.repeat(shift)}`);
  const rest = digits.slice(shift);
  return /^0*$/.test(rest) ? BigInt(`${sign}${digits.slice(0, shift) || '0'}`) : value;
}

/** A request under the id its sender waits for. */
export interface RequestId {
  readonly id: JsonRpcId;
  /** How the sender wrote the id, where another text would be usual for it; else null. */
  readonly writtenId: Buffer | null;
}

/**
 * Notifications that a server may still answer although it must not: some answer each method that they do not know,
 * `notifications/initialized` among them, with an error under no id. Such an error says nothing about a request.
 */
export class AnswerableNotifications {
  #count = 0;
  /** The first request behind them: once it is answered, a server that takes one message after the other has passed them. */
  #behind: JsonRpcId = null;

  get any(): boolean {
    return this.#count > 0;
  }

  sent(): void {
    this.#count++;
    this.#behind = null;
  }

  asked(id: JsonRpcId): void {
    if (this.#count > 0) this.#behind ??= id;
  }

  answered(id: JsonRpcId): void {
    if (this.#count > 0 && (id === null || id === this.#behind)) this.#count = id === null ? this.#count - 1 : 0;
  }
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
  readonly #notifications = new AnswerableNotifications();
  readonly #isWaiting = (id: JsonRpcId) => this.#byId.has(id);
  /** The handshake, until it is answered; undefined before. */
  #handshake: JsonRpcId | undefined;

  /** @param greets whether the first of them is the handshake: before it, a server may complain of anything, which ends nothing. */
  constructor(greets: boolean) {
    this.#handshake = greets ? undefined : null;
  }

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
    if (this.#handshake === undefined) this.#handshake = request.id;
    this.#notifications.asked(request.id);
  }

  /** The server is sent a notification, which it may answer. */
  notified(): void {
    this.#notifications.sent();
  }

  /** The request that the answer is to, which then waits no more. */
  match(answer: ResponseFrame): Match<Request> {
    const id = this.idOf(answer);
    const request = id === undefined ? undefined : this.#byId.get(id);
    this.#notifications.answered(request === undefined ? answer.id : request.id);
    if (request === undefined) return { kind: this.#wasCancelled(answer.id) ? 'cancelled' : 'unexpected' };
    this.#byId.delete(request.id);
    if (request.id === this.#handshake) this.#handshake = null;
    const isSame = request.id === answer.id && request.writtenId === null && answer.oddId === undefined;
    return { kind: 'found', request, frame: isSame ? answer : underId(answer, request) };
  }

  /**
   * The id of the one request that the answer can mean. An error without an id ends the only one there is (JSON-RPC 2.0 section 5), but
   * where it may be about a notification, and a handshake, which clients go on waiting for.
   */
  idOf(answer: ResponseFrame): JsonRpcId | undefined {
    const id = meantId(answer.id, this.#isWaiting);
    if (id !== undefined || answer.id !== null || this.#byId.size !== 1 || !isError(answer.bytes)) return id;
    if (this.#notifications.any) return undefined;
    const [only] = this.#byId.keys();
    return only === this.#handshake ? undefined : only;
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

/** A JSON-RPC error response of our own making. */
export function errorFrame(id: JsonRpcId, error: JsonRpcError): ResponseFrame {
  return {
    kind: 'response',
    id,
    bytes: Buffer.from(`{"jsonrpc":"2.0","id":${idText(id)},"error":${JSON.stringify(error)}}`),
  };
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

/** The result in a response; null when there is none, or when the child was gone first. */
export function resultIn(response: Buffer | null): JsonObject | null {
  const result = response === null ? null : parsedJson(memberOf(response, 'result'));
  return isObject(result) ? result : null;
}
