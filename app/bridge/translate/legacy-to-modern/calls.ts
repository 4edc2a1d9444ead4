import type { Clock } from '../../../base/clock.ts';
import { isObject } from '../../../base/schema/index.ts';
import type { Text } from '../../../i18n/index.ts';
import { errorText, type McpLogLevel, messageText } from '../../../mcp/index.ts';
import {
  CODE,
  editMembers,
  idFrom,
  idIn,
  type JsonRpcError,
  memberOf,
  parsedJson,
  type RequestFrame,
  type ResponseFrame,
} from '../../../mcp/jsonrpc/index.ts';
import { isServerRequestMethod, missingFor, type ServerRequestMethod } from '../interactivity.ts';
import { type ClientFace, type Retry, responseTowardClient, towardChild } from './messages.ts';

/** How often a child may require input before one call is given up; what the official SDK's client takes. */
const ROUND_LIMIT = 10;

/** What the child asks of the client in `inputRequests`. */
interface InputRequest {
  readonly key: string;
  readonly method: ServerRequestMethod;
  /** JSON text. */
  readonly params: Buffer;
}

/** A child's `input_required` result. */
interface InputRequired {
  readonly inputRequests: readonly InputRequest[];
  readonly requestState: Retry['requestState'];
}

/** Reads a child's response; null when it is no `input_required`. */
function inputRequired(response: Buffer): InputRequired | null {
  const result = memberOf(response, 'result');
  if (result === undefined || parsedJson(memberOf(result, 'resultType')) !== 'input_required') return null;
  const requests = memberOf(result, 'inputRequests');
  const inputRequests: InputRequest[] = [];
  for (const key of Object.keys(Object(parsedJson(requests)))) {
    const request = requests && memberOf(requests, key);
    const method = request && parsedJson(memberOf(request, 'method'));
    if (request === undefined || typeof method !== 'string' || !isServerRequestMethod(method)) continue;
    inputRequests.push({ key, method, params: memberOf(request, 'params') ?? Buffer.from('{}') });
  }
  return { inputRequests, requestState: memberOf(result, 'requestState') };
}

/** Whether the client has declared what it takes to answer this. */
function canAnswer(inputRequest: InputRequest, { capabilities }: ClientFace): boolean {
  const params = parsedJson(inputRequest.params);
  return missingFor(inputRequest.method, isObject(params) ? params : {}, capabilities) === null;
}

/**
 * The answer to an input request in what the client has responded; an error where that ends the call. The modern revision has no
 * error in the place of an answer: a form that could not be shown counts as closed.
 */
function answerIn(inputRequest: InputRequest, response: Buffer, noAnswer: string): Buffer | JsonRpcError {
  const result = memberOf(response, 'result');
  if (result?.[0] === 0x7b) return result;
  if (inputRequest.method === 'elicitation/create') return Buffer.from('{"action":"cancel"}');
  const error = parsedJson(memberOf(response, 'error'));
  const message = isObject(error) && typeof error['message'] === 'string' ? error['message'] : noAnswer;
  const code = isObject(error) && typeof error['code'] === 'number' ? error['code'] : CODE.internalError;
  return { code, message };
}

/** Milliseconds before a call is made again that the child has put off without an input request. */
const PUT_OFF = 250;

export interface ModernCallsContext {
  readonly text: () => Text;
  readonly toChild: (json: Buffer) => void;
  readonly toClient: (json: Buffer) => void;
  readonly clock: Clock;
  readonly client: ClientFace;
  /** An id not used towards the child. */
  readonly newId: () => number;
  /** Sends the child a notification. */
  readonly notify: (json: Buffer) => void;
}

/** Whose turn it is. */
type Stage =
  | { readonly kind: 'child'; readonly id: number }
  | {
      readonly kind: 'client';
      /** Input requests without an answer yet, by the id under which the client was asked. */
      readonly open: Map<string, InputRequest>;
      readonly answers: Map<string, Buffer>;
      readonly requestState: Retry['requestState'];
    }
  | { readonly kind: 'put-off'; readonly stop: () => void };

interface TranslatedCall {
  readonly idText: Buffer;
  readonly request: Buffer;
  readonly logLevel: McpLogLevel | null;
  rounds: number;
  stage: Stage;
}

/** Stands where the answer of a client belongs until it is there. */
const UNANSWERED = Buffer.alloc(0);

/**
 * A legacy client's requests on their way through a modern child. Where the child answers that it needs input, we ask the client
 * by requests of our own, and make the call again with the answers under a new id (2026-07-28, basic/patterns/mrtr);
 * the client sees one request and one response.
 */
export class ModernCalls {
  readonly #context: ModernCallsContext;
  readonly #calls = new Set<TranslatedCall>();
  readonly #atChild = new Map<number, TranslatedCall>();
  readonly #atClient = new Map<string, TranslatedCall>();
  #lastId = 0;

  constructor(context: ModernCallsContext) {
    this.#context = context;
  }

  start({ bytes }: RequestFrame, idText: Buffer, logLevel: McpLogLevel | null): void {
    const id = this.#context.newId();
    const call: TranslatedCall = { idText, request: bytes, logLevel, rounds: 0, stage: { kind: 'child', id } };
    this.#calls.add(call);
    this.#send(call, null, id);
  }

  /** Ids towards the child. */
  ids(): Iterable<number> {
    return this.#atChild.keys();
  }

  answeredByChild(id: number, bytes: Buffer): void {
    const call = this.#atChild.get(id);
    if (call === undefined) return;
    this.#atChild.delete(id);
    const required = inputRequired(bytes);
    if (required === null) this.#finish(call, responseTowardClient(bytes, call.idText));
    else if (++call.rounds > ROUND_LIMIT) this.#fail(call, this.#words.asksTooOften(ROUND_LIMIT));
    else this.#askClient(call, required);
  }

  answeredByClient({ id, bytes }: ResponseFrame): void {
    const call = typeof id === 'string' ? this.#atClient.get(id) : undefined;
    if (call?.stage.kind !== 'client' || typeof id !== 'string') return;
    const { open, answers, requestState } = call.stage;
    const inputRequest = open.get(id);
    if (inputRequest === undefined) return;
    this.#atClient.delete(id);
    open.delete(id);
    const answer = answerIn(inputRequest, bytes, this.#words.noAnswer);
    if (!Buffer.isBuffer(answer)) {
      this.#withdraw(open);
      this.#finish(call, errorText(call.idText, answer));
      return;
    }
    answers.set(inputRequest.key, answer);
    if (open.size === 0) this.#send(call, { answers, requestState });
  }

  /** The client has cancelled one of its requests (2025-11-25, basic/utilities/cancellation). */
  cancelled(notification: Buffer): void {
    const params = memberOf(notification, 'params');
    const requestId = idIn(params, 'requestId');
    for (const call of this.#calls) {
      if (idFrom(call.idText, 0, call.idText.length) !== requestId) continue;
      this.#calls.delete(call);
      this.#stop(call, params ?? Buffer.from('{}'));
    }
  }

  get #words(): Text['bridge']['translation'] {
    return this.#context.text().bridge.translation;
  }

  #send(call: TranslatedCall, retry: Retry | null, id = this.#context.newId()): void {
    call.stage = { kind: 'child', id };
    this.#atChild.set(id, call);
    this.#context.toChild(towardChild(call.request, id, this.#context.client, call.logLevel, retry));
  }

  #askClient(call: TranslatedCall, { inputRequests, requestState }: InputRequired): void {
    const unanswerable = inputRequests.find((inputRequest) => !canAnswer(inputRequest, this.#context.client));
    if (unanswerable !== undefined) {
      this.#fail(call, this.#words.clientCannotAnswer(unanswerable.method));
      return;
    }
    if (inputRequests.length === 0) {
      const again = () => this.#send(call, { answers: new Map(), requestState });
      call.stage = { kind: 'put-off', stop: this.#context.clock.after(PUT_OFF, again) };
      return;
    }
    const open = new Map(inputRequests.map((inputRequest) => [`gangway-${++this.#lastId}`, inputRequest]));
    // Each has its place from the start: the server gets the answers in the order in which it asked.
    const answers = new Map(inputRequests.map(({ key }) => [key, UNANSWERED]));
    call.stage = { kind: 'client', open, answers, requestState };
    for (const [id, { method, params }] of open) {
      this.#atClient.set(id, call);
      const legacy = legacyParams(params, id);
      this.#context.toClient(
        Buffer.from(
          `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":${JSON.stringify(method)},"params":${legacy}}`,
        ),
      );
    }
  }

  #fail(call: TranslatedCall, message: string): void {
    const error: JsonRpcError = { code: CODE.internalError, message };
    this.#finish(call, errorText(call.idText, error));
  }

  #finish(call: TranslatedCall, response: Buffer): void {
    this.#calls.delete(call);
    this.#context.toClient(response);
  }

  #stop(call: TranslatedCall, params: Buffer): void {
    switch (call.stage.kind) {
      case 'child': {
        const { id } = call.stage;
        this.#atChild.delete(id);
        const ours = editMembers(params, new Map([['requestId', String(id)]]));
        this.#context.notify(Buffer.from(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":${ours}}`));
        break;
      }
      case 'client':
        this.#withdraw(call.stage.open);
        break;
      case 'put-off':
        call.stage.stop();
        break;
      default:
        call.stage satisfies never;
    }
  }

  /** The client need not answer any more. */
  #withdraw(open: ReadonlyMap<string, InputRequest>): void {
    for (const requestId of open.keys()) {
      this.#atClient.delete(requestId);
      this.#context.toClient(messageText({ method: 'notifications/cancelled', params: { requestId } }));
    }
  }
}

/** Revision 2025-11-25 wants an id for a page to be opened; the modern revision has none to give. */
function legacyParams(params: Buffer, id: string): Buffer {
  if (parsedJson(memberOf(params, 'mode')) !== 'url') return params;
  return editMembers(params, new Map([['elicitationId', JSON.stringify(id)]]));
}
