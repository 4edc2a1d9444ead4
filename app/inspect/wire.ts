import {
  type Frame,
  type FrameHead,
  idIn,
  type JsonRpcId,
  meantId,
  memberOf,
  type RequestFrame,
  scanHead,
} from '../mcp/jsonrpc/index.ts';
import type { Call, CallSession, CallStart } from './call.ts';
import { clientNameIn, targetOf } from './read.ts';

/** What a connection needs of the recorder of its server. */
export interface WireOwner {
  call(start: CallStart): Call;
  /** In a flood most of them are only counted: no object is made for those. */
  notification(
    session: CallSession,
    side: 'client' | 'server',
    from: 'client' | 'server',
    method: string,
    json: Buffer,
    since: number,
  ): void;
  /** The oldest call of a client that nothing was sent to the server for. */
  unserved(method: string, target: string): Call | null;
}

/** Requests of one server to one client that wait for an answer: there are seldom two. */
const MOST_ASKED = 64;
/** Requests of ours to one process of a server that wait for an answer. */
const MOST_SENT = 4096;

/** Requests that wait, by their ids. One that is never answered makes room for newer ones. */
class Waiting {
  readonly #byId = new Map<JsonRpcId, Call>();
  readonly #most: number;
  readonly #isWaiting = (id: JsonRpcId) => this.#byId.has(id);

  constructor(most: number) {
    this.#most = most;
  }

  add(call: Call): void {
    if (this.#byId.size >= this.#most) {
      const [oldest] = this.#byId;
      if (oldest !== undefined) {
        this.#byId.delete(oldest[0]);
        oldest[1].cut();
      }
    }
    this.#byId.set(call.id, call);
  }

  take(answered: JsonRpcId): Call | undefined {
    const id = meantId(answered, this.#isWaiting);
    const call = id === undefined ? undefined : this.#byId.get(id);
    if (call !== undefined) this.#byId.delete(call.id);
    return call;
  }

  cut(): void {
    for (const call of this.#byId.values()) call.cut();
    this.#byId.clear();
  }
}

/**
 * The connection of one client to one server, as it is seen on the client's side. Its endpoint knows already what each message is
 * and which answer belongs to which request: it says so here.
 */
export class ClientWire {
  readonly #session: CallSession;
  readonly #owner: WireOwner;
  readonly #asked = new Waiting(MOST_ASKED);

  constructor(session: CallSession, owner: WireOwner) {
    this.#session = session;
    this.#owner = owner;
  }

  /** A request of the client; `since` is when it arrived, as performance.now() tells it. `target` is read from it where it is left out. */
  request(method: string, id: JsonRpcId, json: Buffer, since: number, target: string = targetOf(method, json)): Call {
    if (method === 'initialize') this.#session.client = clientNameIn(json);
    return this.#call('client', method, id, json, target, since);
  }

  /** The client has answered a request of the server, or sent what nothing waits for. */
  answered(id: JsonRpcId, json: Buffer): void {
    this.#asked.take(id)?.answered(json);
  }

  notified(method: string, json: Buffer): void {
    this.#owner.notification(this.#session, 'client', 'client', method, json, performance.now());
  }

  /** What the server says that is no answer; `now` as performance.now() tells it. */
  fromServer(frame: Exclude<Frame, { readonly kind: 'response' }>, now: number): void {
    const { kind, method, bytes } = frame;
    if (kind === 'request') this.#asked.add(this.#call('server', method, frame.id, bytes, '', now));
    else this.#owner.notification(this.#session, 'client', 'server', method, bytes, now);
  }

  /** The connection is over. Requests of the client are its endpoint's to end. */
  ended(): void {
    this.#asked.cut();
  }

  #call(from: 'client' | 'server', method: string, id: JsonRpcId, json: Buffer, target: string, since: number): Call {
    return this.#owner.call({
      session: this.#session,
      side: 'client',
      from,
      kind: 'request',
      method,
      target,
      id,
      json,
      since,
    });
  }
}

/** What a translation says to a server and hears from it. Where none stands between, both sides are the same, and this is not used. */
export class ServerWire {
  readonly #session: CallSession;
  readonly #owner: WireOwner;
  readonly #sent = new Waiting(MOST_SENT);
  readonly #asked = new Waiting(MOST_ASKED);

  /** `session` is shown where a call is for none of a client. */
  constructor(session: CallSession, owner: WireOwner) {
    this.#session = session;
    this.#owner = owner;
  }

  /** One message to the server. */
  wrote(json: Buffer): void {
    const head = scanHead(json);
    if (head === null) return;
    if (head.kind === 'request') {
      this.#request(head, json);
    } else if (head.kind === 'response') {
      this.#asked.take(head.id)?.answered(json);
    } else {
      if (head.method === 'notifications/cancelled') {
        const id = idIn(memberOf(json, 'params'), 'requestId');
        if (id !== undefined) this.#sent.take(id)?.cancelled(json);
      }
      this.#owner.notification(this.#session, 'server', 'client', head.method, json, performance.now());
    }
  }

  read(frames: readonly Frame[]): void {
    const now = performance.now();
    for (const frame of frames) {
      if (frame.kind === 'response') this.#sent.take(frame.id)?.answered(frame.bytes);
      else this.#said(frame, now);
    }
  }

  ended(): void {
    this.#sent.cut();
    this.#asked.cut();
  }

  #request({ method, id }: Extract<FrameHead, { readonly kind: 'request' }>, json: Buffer): void {
    const target = targetOf(method, json);
    const outer = this.#owner.unserved(method, target);
    const now = performance.now();
    const call = this.#call(outer?.session ?? this.#session, 'client', method, id, json, target, now);
    if (outer !== null) {
      outer.other = call;
      call.other = outer;
      outer.passedOn(now);
    }
    this.#sent.add(call);
    if (method === 'subscriptions/listen') call.listens();
  }

  #said(frame: RequestFrame | Extract<Frame, { readonly kind: 'notification' }>, now: number): void {
    const { kind, method, bytes } = frame;
    if (kind === 'request') this.#asked.add(this.#call(this.#session, 'server', method, frame.id, bytes, '', now));
    else this.#owner.notification(this.#session, 'server', 'server', method, bytes, now);
  }

  #call(
    session: CallSession,
    from: 'client' | 'server',
    method: string,
    id: JsonRpcId,
    json: Buffer,
    target: string,
    since: number,
  ): Call {
    return this.#owner.call({ session, side: 'server', from, kind: 'request', method, target, id, json, since });
  }
}
