import type { BackPressureGate } from '../../../base/back-pressure.ts';
import type { Clock } from '../../../base/clock.ts';
import { isObject } from '../../../base/schema/index.ts';
import type { Text } from '../../../i18n/index.ts';
import {
  errorText,
  faceFromInitialize,
  type McpLogLevel,
  messageText,
  methodNotFound,
  resultFrame,
  type ServerFace,
} from '../../../mcp/index.ts';
import {
  CODE,
  type Frame,
  idIn,
  idText,
  type JsonObject,
  type JsonRpcError,
  memberOf,
  parsedJson,
  type RequestFrame,
  type ResponseFrame,
  stringIn,
} from '../../../mcp/jsonrpc/index.ts';
import { type InteractivityCache, isServerRequestMethod } from '../interactivity.ts';
import type { ModernRequest, ProtocolTranslator, Reply } from '../request.ts';
import { OwnRequests } from '../request-ids.ts';
import { LegacyCalls } from './calls.ts';
import { INITIALIZED, type Introduction, initializeText } from './messages.ts';
import type { SuspendedCalls } from './suspended-calls.ts';

export interface ModernToLegacyContext {
  readonly text: () => Text;
  readonly write: (json: Buffer) => void;
  readonly clock: Clock;
  readonly flow: BackPressureGate;
  readonly suspended: SuspendedCalls;
  readonly interactivity: InteractivityCache;
  readonly introduction: Introduction;
  /** Hears of answers that are to no request. */
  readonly unexpected: (answer: ResponseFrame) => void;
  /** A change for the clients that have subscribed; `uri` is null for changes of a list. */
  readonly changed: (method: string, uri: string | null, notification: Buffer) => void;
}

/** The outcome of the handshake. */
export interface Greeting {
  greeted(face: ServerFace): void;
  /** The child answered with an error, or ended. */
  refused(error: JsonRpcError): void;
}

type Stage =
  | { readonly kind: 'greeting'; readonly greeting: Greeting }
  | { readonly kind: 'open'; readonly face: ServerFace; readonly calls: LegacyCalls }
  | { readonly kind: 'ended'; readonly error: JsonRpcError };

/**
 * One legacy child, spoken to in the name of one modern client: introduced with exactly what that client declares, since
 * capabilities are per request in one revision and per process in the other. Frames in, frames out; it does not own the
 * process.
 */
export class ModernToLegacy implements ProtocolTranslator {
  readonly #context: ModernToLegacyContext;
  readonly #own: OwnRequests;
  #stage: Stage;
  #logLevel: McpLogLevel | null = null;

  /** Begins with the handshake; `greeting` hears of its outcome once, and not before the constructor is done. */
  constructor(context: ModernToLegacyContext, greeting: Greeting) {
    this.#context = context;
    this.#own = new OwnRequests(context.write);
    this.#stage = { kind: 'greeting', greeting };
    this.#own.greet(
      (id) => initializeText(id, context.introduction),
      (response) => this.#introduced(response),
    );
  }

  /** Requests that have no final response yet. */
  get size(): number {
    return this.#stage.kind === 'open' ? this.#stage.calls.size : 0;
  }

  /** Whether a request is under way that may cause a server request: no other such should join it. */
  get mayInteract(): boolean {
    return this.#stage.kind === 'open' && this.#stage.calls.mayInteract;
  }

  /** Takes on a request after the handshake. */
  start(request: ModernRequest, reply: Reply): void {
    if (this.#stage.kind === 'greeting') throw new Error('The handshake is not over.');
    if (this.#stage.kind === 'ended') {
      reply.respond(errorText(request.idText, this.#stage.error), 200);
      return;
    }
    this.#wantLogs(request.envelope.logLevel, this.#stage.face);
    this.#stage.calls.start(request, reply);
  }

  /** A request of our own. `answered` gets the whole response, or null when the child is gone first. */
  request(method: string, params: JsonObject, answered: (response: Buffer | null) => void): void {
    this.#own.send((id) => messageText({ id, method, params }), answered);
  }

  /** Subscribes to a resource (2025-11-25, server/resources, Subscriptions); `done` hears whether the child agreed. */
  subscribe(uri: string, done: (agreed: boolean) => void): void {
    this.request('resources/subscribe', { uri }, (response) =>
      done(response !== null && memberOf(response, 'result') !== undefined),
    );
  }

  unsubscribe(uri: string): void {
    this.request('resources/unsubscribe', { uri }, () => undefined);
  }

  frames(frames: readonly Frame[]): void {
    for (const frame of frames) this.#frame(frame);
  }

  /** The child is gone: every waiting request is answered with `error`. */
  ended(error: JsonRpcError): void {
    const stage = this.#stage;
    if (stage.kind === 'ended') return;
    this.#stage = { kind: 'ended', error };
    if (stage.kind === 'greeting') stage.greeting.refused(error);
    else stage.calls.ended(error);
    this.#own.end();
  }

  #frame(frame: Frame): void {
    switch (frame.kind) {
      case 'response':
        this.#answered(frame);
        break;
      case 'request':
        this.#request(frame);
        break;
      case 'notification':
        this.#notification(frame.method, frame.bytes);
        break;
      default:
        frame satisfies never;
    }
  }

  #answered(frame: ResponseFrame): void {
    const calls = this.#stage.kind === 'open' ? this.#stage.calls : null;
    const id = this.#own.idOf(frame, calls?.ids() ?? []);
    if (frame.id === null || !this.#own.wasUsed(id)) this.#context.unexpected(frame);
    if (!this.#own.takes(id, frame) && id !== undefined) calls?.answered(id, frame.bytes);
  }

  #request(frame: RequestFrame): void {
    const { method } = frame;
    const written = idText(frame.id);
    if (method === 'ping') this.#context.write(resultFrame(written, {}));
    else if (this.#stage.kind === 'open' && isServerRequestMethod(method)) this.#stage.calls.requested(frame, method);
    else this.#context.write(errorText(written, methodNotFound(method)));
  }

  /** What has no place in the modern revision, such as notifications of a method of its own without a request, ends here. */
  #notification(method: string, bytes: Buffer): void {
    if (this.#stage.kind !== 'open') return;
    const { calls } = this.#stage;
    switch (method) {
      case 'notifications/progress':
        calls.progressed(bytes);
        break;
      case 'notifications/message':
        calls.logged(bytes);
        break;
      case 'notifications/cancelled':
        calls.withdrawn(idIn(memberOf(bytes, 'params'), 'requestId'));
        break;
      case 'notifications/tools/list_changed':
      case 'notifications/prompts/list_changed':
      case 'notifications/resources/list_changed':
        this.#context.changed(method, null, bytes);
        break;
      case 'notifications/resources/updated':
        this.#context.changed(method, stringIn(paramsOf(bytes), 'uri') ?? '', bytes);
        break;
    }
  }

  #introduced(response: Buffer | null): void {
    if (this.#stage.kind !== 'greeting' || response === null) return;
    const { greeting } = this.#stage;
    const face = faceFromInitialize(parsedJson(memberOf(response, 'result')));
    if (face === null) {
      const error: JsonRpcError = {
        code: CODE.internalError,
        message: this.#context.text().bridge.translation.handshakeRefused,
      };
      this.#stage = { kind: 'ended', error };
      greeting.refused(error);
      return;
    }
    this.#own.notify(INITIALIZED);
    const { text, write, clock, flow, suspended, interactivity, introduction } = this.#context;
    const { capabilities } = introduction;
    const calls = new LegacyCalls({
      text,
      write,
      clock,
      flow,
      suspended,
      interactivity,
      capabilities,
      face,
      newId: () => this.#own.newId(),
      notify: (json) => this.#own.notify(json),
    });
    this.#stage = { kind: 'open', face, calls };
    greeting.greeted(face);
  }

  /** Set once per change, since a legacy child has one level for everything it does. */
  #wantLogs(level: McpLogLevel | null, face: ServerFace): void {
    if (level === null || level === this.#logLevel || !isObject(face.capabilities['logging'])) return;
    this.#logLevel = level;
    this.request('logging/setLevel', { level }, () => undefined);
  }
}

function paramsOf(bytes: Buffer): Readonly<Record<string, unknown>> {
  const params = parsedJson(memberOf(bytes, 'params'));
  return isObject(params) ? params : {};
}
