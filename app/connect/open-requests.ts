import type { Frame, JsonRpcId, RequestFrame, ResponseFrame } from '../mcp/jsonrpc/index.ts';
import { cancelledId } from './session-state.ts';

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
