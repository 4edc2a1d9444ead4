import type { Clock } from '../../../base/clock.ts';
import { isObject } from '../../../base/schema/index.ts';
import type { Text } from '../../../i18n/index.ts';
import {
  errorText,
  faceFromDiscover,
  isLogLevel,
  type McpLogLevel,
  MODERN_REVISION,
  messageText,
  methodNotFound,
  resultFrame,
  type ServerFace,
} from '../../../mcp/index.ts';
import {
  CODE,
  type Frame,
  frameFrom,
  idIn,
  type JsonObject,
  type JsonRpcError,
  memberOf,
  objectIn,
  parsedJson,
  type RequestFrame,
  type ResponseFrame,
  stringIn,
} from '../../../mcp/jsonrpc/index.ts';
import { OwnRequests } from '../request-ids.ts';
import { ModernCalls } from './calls.ts';
import { type ClientFace, changeTowardClient, clientFace, envelopeOf, initializeResult } from './messages.ts';
import { Subscription } from './subscription.ts';

export interface TranslatorContext {
  readonly text: () => Text;
  /** One message to the child. */
  readonly toChild: (json: Buffer) => void;
  /** One message to the client. */
  readonly toClient: (json: Buffer) => void;
  readonly clock: Clock;
  /**
   * Takes the client over where the server is not there: its `initialize`, and what it has said since. False when that cannot be
   * done: then the handshake is refused.
   */
  readonly standIn: (initialize: RequestFrame, since: readonly Buffer[]) => boolean;
}

/** What follows from the handshake. */
interface Session {
  readonly server: ServerFace;
  readonly calls: ModernCalls;
  readonly subscription: Subscription;
}

/**
 * Lets a legacy client use a child that knows the modern revision only: answers in the child's place what that no longer has,
 * gives every other request its envelope, and sends the client's input requests as requests of its own
 * (2025-11-25 on one side, 2026-07-28 on the other). One session, one child; frames in, frames out.
 */
export class LegacyToModern {
  readonly #context: TranslatorContext;
  readonly #own: OwnRequests;
  #session: Session | null = null;
  /** What the client says while its handshake is under way: a child of its own revision would read it after that. */
  #early: Buffer[] | null = null;
  #logLevel: McpLogLevel | null = null;
  /** Ids, as JSON text, of requests whose client has its answer. */
  readonly #answered = new Set<string>();

  constructor(context: TranslatorContext) {
    this.#context = context;
    this.#own = new OwnRequests(context.toChild);
  }

  fromClient(json: Buffer): void {
    if (this.#early !== null) {
      this.#early.push(json);
      return;
    }
    const frame = frameFrom(json);
    if (frame === null) return;
    switch (frame.kind) {
      case 'request':
        this.#request(frame);
        break;
      case 'response':
        this.#session?.calls.answeredByClient(frame);
        break;
      case 'notification':
        this.#notification(frame.method, json);
        break;
      default:
        frame satisfies never;
    }
  }

  /** Goes on with a session whose handshake was answered in the place of `server`: nothing of it is answered again. */
  resume(handshake: readonly Buffer[], server: ServerFace): void {
    const [initialize, ...rest] = handshake;
    if (initialize === undefined) return;
    this.#begin(server, clientFace(parsedJson(memberOf(initialize, 'params'))));
    for (const json of rest) {
      const id = memberOf(json, 'id');
      if (id !== undefined) this.#answered.add(String(id));
      this.fromClient(json);
    }
  }

  fromChild(frames: readonly Frame[]): void {
    for (const frame of frames) {
      if (frame.kind === 'response') this.#fromServer(frame);
      else if (frame.kind === 'notification') this.#notified(frame.method, frame.bytes);
      // A child of the modern revision must not send requests.
    }
  }

  #request(frame: RequestFrame): void {
    const { method, bytes } = frame;
    const idText = memberOf(bytes, 'id') ?? Buffer.from('null');
    const params = parsedJson(memberOf(bytes, 'params'));
    if (method === 'initialize') {
      this.#initialize(frame, idText, params);
    } else if (method === 'ping') {
      this.#answer(idText, {});
    } else if (this.#session === null) {
      this.#refuse(idText, { code: CODE.invalidParams, message: this.#words.notInitialized });
    } else {
      this.#inSession(this.#session, frame, idText, isObject(params) ? params : {});
    }
  }

  #inSession({ server, calls, subscription }: Session, frame: RequestFrame, idText: Buffer, params: JsonObject): void {
    const { capabilities } = server;
    switch (frame.method) {
      case 'logging/setLevel': {
        const level = params['level'];
        if (!isObject(capabilities['logging'])) this.#refuse(idText, methodNotFound(frame.method));
        else if (!isLogLevel(level))
          this.#refuse(idText, { code: CODE.invalidParams, message: this.#words.noSuchLevel });
        else {
          this.#logLevel = level;
          this.#answer(idText, {});
        }
        break;
      }
      case 'resources/subscribe':
      case 'resources/unsubscribe': {
        const uri = stringIn(params, 'uri') ?? '';
        if (objectIn(capabilities, 'resources')['subscribe'] !== true) {
          this.#refuse(idText, methodNotFound(frame.method));
        } else if (frame.method === 'resources/subscribe') {
          subscription.add(uri, () => this.#answer(idText, {}));
        } else {
          subscription.remove(uri);
          this.#answer(idText, {});
        }
        break;
      }
      default:
        calls.start(frame, idText, this.#logLevel);
    }
  }

  #notification(method: string, bytes: Buffer): void {
    switch (method) {
      case 'notifications/initialized':
        this.#session?.subscription.open();
        break;
      case 'notifications/cancelled':
        this.#session?.calls.cancelled(bytes);
        break;
      case 'notifications/roots/list_changed':
        // The modern revision has none: a server asks for the roots when it needs them.
        break;
      default:
        this.#own.notify(bytes);
    }
  }

  #initialize(initialize: RequestFrame, idText: Buffer, params: unknown): void {
    const client = clientFace(params);
    this.#early = [];
    this.#discover(client, true, (server) => {
      if (server === null && this.#context.standIn(initialize, this.#early ?? [])) return;
      if (server === null) {
        const message = this.#words.noCommonRevision;
        this.#refuse(idText, { code: CODE.internalError, message });
      } else {
        this.#begin(server, client);
        this.#answer(idText, initializeResult(params, server));
      }
      const early = this.#early ?? [];
      this.#early = null;
      for (const json of early) this.fromClient(json);
    });
  }

  /** A server that refuses the revision and names it among its own is asked once more (2026-07-28, basic/versioning). */
  #discover(client: ClientFace, again: boolean, found: (server: ServerFace | null) => void): void {
    this.#ask('server/discover', {}, client, (response) => {
      if (again && response !== null && isOffered(response)) this.#discover(client, false, found);
      else found(faceFromDiscover(response === null ? null : parsedJson(memberOf(response, 'result'))));
    });
  }

  #begin(server: ServerFace, client: ClientFace): void {
    const { text, toChild, toClient, clock } = this.#context;
    const calls = new ModernCalls({
      text,
      toChild,
      toClient,
      clock,
      client,
      newId: () => this.#own.newId(),
      notify: (json) => this.#own.notify(json),
    });
    const subscription = new Subscription(server.capabilities, {
      listen: (notifications) => this.#listen(notifications, client),
      cancel: (requestId) => {
        this.#own.forget(requestId);
        this.#own.notify(messageText({ method: 'notifications/cancelled', params: { requestId } }));
      },
      missed: (lists) => {
        for (const list of lists) toClient(messageText({ method: `notifications/${list}/list_changed` }));
      },
      clock,
    });
    this.#session = { server, calls, subscription };
  }

  #fromServer(frame: ResponseFrame): void {
    const calls = this.#session?.calls;
    const id = this.#own.idOf(frame, calls?.ids() ?? []);
    if (!this.#own.takes(id, frame) && id !== undefined) calls?.answeredByChild(id, frame.bytes);
  }

  #notified(method: string, bytes: Buffer): void {
    const session = this.#session;
    switch (method) {
      case 'notifications/progress':
      case 'notifications/message':
        this.#context.toClient(bytes);
        break;
      case 'notifications/subscriptions/acknowledged':
        session?.subscription.acknowledged(bytes);
        break;
      case 'notifications/cancelled': {
        // The other way to end a subscription (2026-07-28, basic/patterns/cancellation).
        const id = idIn(memberOf(bytes, 'params'), 'requestId');
        if (typeof id !== 'number') break;
        this.#own.forget(id);
        session?.subscription.ended(id);
        break;
      }
      default:
        if (session?.subscription.carries(bytes)) this.#context.toClient(changeTowardClient(bytes));
    }
  }

  #listen(notifications: JsonObject, client: ClientFace): number {
    const id = this.#ask('subscriptions/listen', { notifications }, client, () =>
      this.#session?.subscription.ended(id),
    );
    return id;
  }

  #ask(method: string, params: JsonObject, client: ClientFace, answered: (response: Buffer | null) => void): number {
    const whole = { ...params, _meta: envelopeOf(client) };
    return this.#own.send((id) => messageText({ id, method, params: whole }), answered);
  }

  get #words(): Text['bridge']['translation'] {
    return this.#context.text().bridge.translation;
  }

  #answer(idText: Buffer, result: object): void {
    if (!this.#answered.delete(String(idText))) this.#context.toClient(resultFrame(idText, result));
  }

  #refuse(idText: Buffer, error: JsonRpcError): void {
    if (!this.#answered.delete(String(idText))) this.#context.toClient(errorText(idText, error));
  }
}

/** Whether an error is -32022, and offers the very revision that was asked in. */
function isOffered(response: Buffer): boolean {
  const error = parsedJson(memberOf(response, 'error'));
  if (!isObject(error) || error['code'] !== CODE.unsupportedRevision) return false;
  const { supported } = objectIn(error, 'data');
  return Array.isArray(supported) && supported.includes(MODERN_REVISION);
}
