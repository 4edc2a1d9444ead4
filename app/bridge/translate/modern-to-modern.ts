import type { BackPressureGate } from '../../base/back-pressure.ts';
import { isObject } from '../../base/schema/index.ts';
import type { Text } from '../../i18n/index.ts';
import {
  isLogLevel,
  META,
  MODERN_REVISION,
  messageText,
  NEWEST_LEGACY_REVISION,
  reaches,
  subscriptionEnd,
} from '../../mcp/index.ts';
import {
  type Frame,
  httpStatusOf,
  type JsonObject,
  type JsonRpcError,
  memberOf,
  membersOf,
  objectIn,
  parsedJson,
  type ResponseFrame,
} from '../../mcp/jsonrpc/index.ts';
import { isInteractive } from './interactivity.ts';
import { type ModernRequest, type ProtocolTranslator, type Reply, refuse } from './request.ts';
import { OwnRequests } from './request-ids.ts';
import { progressTowardClient, responseTowardClient, taggedNotification, towardChild } from './rewrite-ids.ts';

export interface ModernToModernContext {
  readonly text: () => Text;
  readonly write: (json: Buffer) => void;
  readonly flow: BackPressureGate;
  /** Hears of answers that are to no request. */
  readonly unexpected: (answer: ResponseFrame) => void;
  /** Hears of every `requestState` the child gives out, and of every task it begins: they may be valid in this very child only. */
  readonly stateIssued: (requestState: string) => void;
}

/** The client that requests of ours come from. */
const OURSELVES = { name: 'mcp-gangway', version: '1' };

/** Members of a result by which its client comes back to what it is about. */
const ISSUED: ReadonlySet<string> = new Set(['requestState', 'taskId']);

interface Open {
  readonly request: ModernRequest;
  readonly reply: Reply;
}

/**
 * One modern child, shared by all stateless requests of a principal. The protocol knows no session, so they may share a
 * process (2026-07-28, basic/index, Statelessness); what they must not share is each other's frames.
 */
export class ModernToModern implements ProtocolTranslator {
  readonly #text: () => Text;
  readonly #write: (json: Buffer) => void;
  readonly #flow: BackPressureGate;
  readonly #own: OwnRequests;
  readonly #stateIssued: (requestState: string) => void;
  readonly #unexpected: (answer: ResponseFrame) => void;
  readonly #open = new Map<number, Open>();
  #logging = 0;

  constructor({ text, write, flow, unexpected, stateIssued }: ModernToModernContext) {
    this.#text = text;
    this.#write = write;
    this.#flow = flow;
    this.#stateIssued = stateIssued;
    this.#unexpected = unexpected;
    this.#own = new OwnRequests(write);
  }

  get size(): number {
    return this.#open.size;
  }

  /**
   * Whether a request that wants log messages is under way. Those messages do not say which request they belong to, so
   * no two such requests should meet in one child.
   */
  get logging(): boolean {
    return this.#logging > 0;
  }

  start(request: ModernRequest, reply: Reply): void {
    const id = this.#own.newId();
    this.#open.set(id, { request, reply });
    if (request.envelope.logLevel !== null) this.#logging++;
    let sent = false;
    reply.watch({
      closed: () => {
        if (this.#close(id) === undefined || !sent) return;
        const params = { requestId: id, reason: this.#text().bridge.toServer.clientClosed };
        this.#own.notify(messageText({ method: 'notifications/cancelled', params }));
      },
      congested: () => this.#flow.congested(reply),
      relieved: () => this.#flow.relieved(reply),
    });
    // A client that has gone already is told of at once.
    if (!this.#open.has(id)) return;
    sent = true;
    this.#write(towardChild(request, id));
  }

  /** A request of our own. `answered` gets the whole response, or null when the child is gone first. */
  request(method: string, params: JsonObject, answered: (response: Buffer | null) => void): void {
    const _meta = {
      [META.protocolVersion]: MODERN_REVISION,
      [META.clientInfo]: OURSELVES,
      [META.clientCapabilities]: {},
    };
    this.#own.send((id) => messageText({ id, method, params: { ...params, _meta } }), answered);
  }

  /** The legacy handshake, by which a process shows whether it has started. */
  greet(answered: (response: Buffer | null) => void): void {
    const params = { protocolVersion: NEWEST_LEGACY_REVISION, capabilities: {}, clientInfo: OURSELVES };
    this.#own.greet((id) => messageText({ id, method: 'initialize', params }), answered);
  }

  /** A notification a client has posted. */
  tell(notification: Buffer): void {
    this.#own.notify(notification);
  }

  frames(frames: readonly Frame[]): void {
    for (const frame of frames) {
      if (frame.kind === 'response') this.#answered(frame);
      else if (frame.kind === 'notification') this.#notified(frame.method, frame.bytes);
      // A child of the modern revision must not send requests, and they must not be answered (basic/transports/stdio).
    }
  }

  ended(error: JsonRpcError): void {
    for (const id of this.#open.keys()) {
      const open = this.#close(id);
      if (open === undefined) continue;
      // A subscription that ends in order is opened again; nothing was lost that a new one would not find.
      if (open.request.method === 'subscriptions/listen') this.#endSubscription(open);
      else refuse(open.reply, open.request.idText, error);
    }
    this.#own.end();
  }

  #answered(frame: ResponseFrame): void {
    const id = this.#own.idOf(frame, this.#open.keys());
    if (frame.id === null || !this.#own.wasUsed(id)) this.#unexpected(frame);
    if (this.#own.takes(id, frame)) return;
    const open = id === undefined ? undefined : this.#close(id);
    if (open === undefined) return;
    const result = memberOf(frame.bytes, 'result');
    if (result !== undefined && isInteractive(open.request.method)) {
      for (const [key, value] of membersOf(result)) {
        const issued = ISSUED.has(key) ? parsedJson(value) : null;
        if (typeof issued === 'string') this.#stateIssued(issued);
      }
    }
    const error = parsedJson(memberOf(frame.bytes, 'error'));
    const status = isObject(error) ? httpStatusOf(error['code'], open.request.aboutName) : 200;
    open.reply.respond(responseTowardClient(frame.bytes, open.request), status);
  }

  #notified(method: string, bytes: Buffer): void {
    const params = parsedJson(memberOf(bytes, 'params'));
    if (!isObject(params)) return;
    switch (method) {
      case 'notifications/progress': {
        const open = this.#at(params['progressToken']);
        const restored = open === undefined ? null : progressTowardClient(bytes, open.request);
        if (restored !== null) open?.reply.notify(restored);
        break;
      }
      case 'notifications/message':
        this.#logged(params['level'], bytes);
        break;
      case 'notifications/cancelled': {
        // The other way to end a subscription (basic/patterns/cancellation); the two pages of the revision disagree.
        const id = params['requestId'];
        const open = this.#at(id);
        if (typeof id !== 'number' || open?.request.method !== 'subscriptions/listen') break;
        this.#close(id);
        this.#endSubscription(open);
        break;
      }
      default: {
        const open = this.#at(objectIn(params, '_meta')[META.subscriptionId]);
        open?.reply.notify(taggedNotification(bytes, open.request.idText));
      }
    }
  }

  /** Delivered only where there is no held whose it is. */
  #logged(level: unknown, bytes: Buffer): void {
    if (this.#logging !== 1 || !isLogLevel(level)) return;
    for (const { request, reply } of this.#open.values()) {
      const wanted = request.envelope.logLevel;
      if (wanted !== null && reaches(level, wanted)) reply.notify(bytes);
    }
  }

  #at(id: unknown): Open | undefined {
    return typeof id === 'number' ? this.#open.get(id) : undefined;
  }

  #close(id: number): Open | undefined {
    const open = this.#open.get(id);
    if (open === undefined) return undefined;
    this.#open.delete(id);
    if (open.request.envelope.logLevel !== null) this.#logging--;
    this.#flow.relieved(open.reply);
    return open;
  }

  #endSubscription({ request, reply }: Open): void {
    reply.respond(subscriptionEnd(request.idText), 200);
  }
}
