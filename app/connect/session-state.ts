import { isObject } from '../base/schema/index.ts';
import { isLogLevel, type McpLogLevel, reaches } from '../mcp/index.ts';
import {
  editMembers,
  type Frame,
  idIn,
  type JsonObject,
  type JsonRpcId,
  memberOf,
  objectIn,
  parsedJson,
  type RequestFrame,
  type ResponseFrame,
  stringIn,
} from '../mcp/jsonrpc/index.ts';

const LISTS = ['tools', 'prompts', 'resources'] as const;

/**
 * What a server has to be told again when it is a new one in the middle of a legacy session: the handshake, and what the client
 * has set since. A modern client keeps nothing in its server, and then there is nothing here.
 */
export class SessionState {
  #initialize: RequestFrame | null = null;
  #initialized: Frame | null = null;
  #answer: JsonObject | null = null;
  #level: RequestFrame | null = null;
  readonly #subscriptions = new Map<string, RequestFrame>();

  /** Whether the handshake was accepted: from then on there is a session to be restored. */
  get established(): boolean {
    return this.#answer !== null;
  }

  get initialize(): RequestFrame | null {
    return this.#initialize;
  }

  /** Looks at what the client says; most of it is nothing to remember. */
  fromClient(frame: Frame): void {
    if (frame.kind === 'notification') {
      if (frame.method === 'notifications/initialized') this.#initialized = frame;
    } else if (frame.kind === 'request') {
      this.#request(frame);
    }
  }

  /** The server has answered the handshake; false when it refused it. */
  accepted(answer: Buffer): boolean {
    const result = parsedJson(memberOf(answer, 'result'));
    if (!isObject(result)) return false;
    this.#answer = result;
    return true;
  }

  /** Whether another answer names the revision that the client has been speaking since the first. */
  isSameRevision(answer: Buffer): boolean {
    const result = parsedJson(memberOf(answer, 'result'));
    return isObject(result) && result['protocolVersion'] === this.#answer?.['protocolVersion'];
  }

  /** What comes after a handshake that was repeated, under ids of our own. */
  afterHandshake(id: () => string): readonly Buffer[] {
    if (this.#initialized === null) return [];
    const requests = [...(this.#level === null ? [] : [this.#level]), ...this.#subscriptions.values()];
    return [
      this.#initialized.bytes,
      ...requests.map(({ bytes }) => editMembers(bytes, new Map([['id', JSON.stringify(id())]]))),
    ];
  }

  /** What the client is told of a server that took the place of another: its lists may be different ones. */
  news(sentence: string): readonly Buffer[] {
    const capabilities = objectIn(this.#answer ?? {}, 'capabilities');
    const changed = LISTS.filter((list) => objectIn(capabilities, list)['listChanged'] === true);
    return [
      ...changed.map((list) => notification(`notifications/${list}/list_changed`)),
      ...(isObject(capabilities['logging']) && this.#wants('warning')
        ? [notification('notifications/message', { level: 'warning', logger: 'mcp-gangway', data: sentence })]
        : []),
    ];
  }

  #request(frame: RequestFrame): void {
    switch (frame.method) {
      case 'initialize':
        this.#begin(frame);
        break;
      case 'logging/setLevel':
        this.#level = frame;
        break;
      case 'resources/subscribe':
        this.#subscriptions.set(paramOf(frame, 'uri'), frame);
        break;
      case 'resources/unsubscribe':
        this.#subscriptions.delete(paramOf(frame, 'uri'));
        break;
    }
  }

  /** What was before belongs to a session that the client has given up. */
  #begin(initialize: RequestFrame): void {
    this.#initialize = initialize;
    this.#initialized = null;
    this.#answer = null;
    this.#level = null;
    this.#subscriptions.clear();
  }

  #wants(level: McpLogLevel): boolean {
    const wanted = this.#level === null ? '' : paramOf(this.#level, 'level');
    return !isLogLevel(wanted) || reaches(level, wanted);
  }
}

/** The request that `notifications/cancelled` is about; undefined when it names none. */
export function cancelledId({ bytes }: Frame): JsonRpcId | undefined {
  return idIn(memberOf(bytes, 'params'), 'requestId');
}

export function notification(method: string, params?: object): Buffer {
  return Buffer.from(JSON.stringify({ jsonrpc: '2.0', method, ...(params === undefined ? {} : { params }) }));
}

function paramOf({ bytes }: Frame, name: string): string {
  const params = parsedJson(memberOf(bytes, 'params'));
  return isObject(params) ? (stringIn(params, name) ?? '') : '';
}

/** Answered only when the subscription ends: nothing to wait for (2026-07-28, basic/patterns/subscriptions). */
const ENDLESS = 'subscriptions/listen';

/** What is open when a connection is lost. */
export interface Lost {
  /** The client's `initialize`, if that was on its way: nothing has happened yet, so it can be made again. */
  readonly handshake: RequestFrame | undefined;
  /** Other requests of the client that the server has not answered. */
  readonly unanswered: readonly RequestFrame[];
  /** Requests of the server that the client has not answered, and need not any more. */
  readonly withdrawn: readonly JsonRpcId[];
}

/** Which requests are on their way, in both directions. Nothing of a frame is looked at but its kind, its id and its method. */
export class OpenRequests {
  /** Requests of the client that the server has. */
  readonly #inFlight = new Map<JsonRpcId, RequestFrame>();
  /** Requests of the server that the client has. */
  readonly #asked = new Set<JsonRpcId>();
  /** Ids of our own requests to the server. */
  readonly #own = new Set<JsonRpcId>();

  /** Takes note of a frame on its way to the server; false when it answers a server that is gone. */
  toServer(frame: Frame): boolean {
    switch (frame.kind) {
      case 'request':
        this.#inFlight.set(frame.id, frame);
        return true;
      case 'response':
        return this.#asked.delete(frame.id);
      case 'notification':
        if (frame.method === 'notifications/cancelled') this.#inFlight.delete(cancelledId(frame) ?? null);
        return true;
      default:
        return frame satisfies never;
    }
  }

  /** Takes note of what the server asks the client, or does not ask any more. */
  toClient(frame: Exclude<Frame, ResponseFrame>): void {
    if (frame.kind === 'request') this.#asked.add(frame.id);
    else if (frame.method === 'notifications/cancelled') this.#asked.delete(cancelledId(frame) ?? null);
  }

  /** The request that an answer of the server is for; undefined when the client has asked nothing like it. */
  answered(id: JsonRpcId): RequestFrame | undefined {
    const request = this.#inFlight.get(id);
    this.#inFlight.delete(id);
    return request;
  }

  /** A request of ours is on its way to the server. */
  addOwn(id: JsonRpcId): void {
    this.#own.add(id);
  }

  /** Whether an answer is for us. */
  isOwn(id: JsonRpcId): boolean {
    return this.#own.delete(id);
  }

  /** Whether the client waits for nothing. */
  get idle(): boolean {
    return [...this.#inFlight.values()].every(({ method }) => method === ENDLESS);
  }

  /** Everything that was open; nothing is afterwards. */
  lost(): Lost {
    const requests = [...this.#inFlight.values()];
    const handshake = requests.find(({ method }) => method === 'initialize');
    const withdrawn = [...this.#asked];
    this.#inFlight.clear();
    this.#asked.clear();
    this.#own.clear();
    return { handshake, unanswered: requests.filter((request) => request !== handshake), withdrawn };
  }
}
