import type { Text } from '../i18n/index.ts';
import type { Call, ClientWire } from '../inspect/index.ts';
import { faceFromInitialize, messageText, resultFrame, type ServerFace, UNAVAILABLE } from '../mcp/index.ts';
import {
  CODE,
  errorFor,
  type Frame,
  idIn,
  idText,
  type JsonObject,
  type JsonRpcError,
  type JsonRpcId,
  memberOf,
  type NotificationFrame,
  nestedMember,
  objectIn,
  PendingRequests,
  parsedJson,
  type RequestFrame,
  type RequestId,
  type ResponseFrame,
  resultIn,
  stringIn,
} from '../mcp/jsonrpc/index.ts';
import { endError, type KnownRequest, type Peer } from '../servers/index.ts';
import type { Member } from './known-member.ts';
import { ListReader } from './list-reader.ts';
import { type Elements, type MemberLists, memberLists } from './member-lists.ts';

/** Ids of our own requests towards a server, beside those of the client, which pass as they are: no client counts so far. */
const OWN_IDS = 1_000_000_000;

/** Milliseconds for which a server may take nothing in before the client no longer waits for it with what is for others. */
const STUCK = 2000;

/** Messages that wait for a server which has not answered `initialize`, or takes nothing in. */
const MOST_WAITING = 1024;

/** Tasks whose progress is passed on at one time. */
const MOST_TASKS = 256;

/** The session that a leg belongs to. */
export interface LegOwner {
  readonly text: () => Text;
  /** The params of `initialize` as JSON text: what the client says of itself. */
  readonly introduction: Buffer;
  /** Frames for the client, under its ids. */
  deliver(frames: readonly Frame[]): void;
  /** A request of the server that is for the client. */
  requested(leg: Leg, request: RequestFrame): void;
  /** A notification that is not the leg's own business. */
  notified(leg: Leg, notification: NotificationFrame): void;
  /** It has answered a request of the client. Returns whether it has begun a task by that. */
  answered(leg: Leg, response: Buffer): boolean;
  /** The handshake is over. */
  opened(leg: Leg, face: ServerFace): void;
  /** Its lists are known, or different; `told` are those that it has said have changed, as `tools`. */
  listed(leg: Leg, told: readonly string[]): void;
  /** It takes messages in again, or is no longer waited for. */
  relieved(): void;
  ended(leg: Leg): void;
}

/** What is known of a request without reading it again. */
export interface About {
  /** What Activity shows that it is about. */
  readonly shown: string;
  /** As its client's endpoint has read it. */
  readonly known: KnownRequest | undefined;
}

interface LegRequest extends RequestId {
  readonly call: Call;
  readonly progressToken: JsonRpcId | undefined;
}

interface Waiting {
  /** Undefined for a message that is no request. */
  readonly id: JsonRpcId | undefined;
  /** Null for an answer. */
  readonly method: string | null;
  readonly json: Buffer;
}

/**
 * The session with one server that belongs to one session of a client, and to no other: what the server asks is for that client. The
 * ids and progress tokens of the client pass as they are, for within its session it uses none twice; an answer or progress counts only
 * where the request was made of this very server.
 */
export class Leg {
  readonly member: Member;
  readonly #owner: LegOwner;
  readonly #peer: Peer;
  readonly #wire: ClientWire;
  readonly #requests = new PendingRequests<LegRequest>(false);
  readonly #own = new Map<number, (response: Buffer | null) => void>();
  /** Progress of a task is told of under the token of the call that began it (2025-11-25, basic/utilities/tasks). */
  readonly #taskTokens = new Set<JsonRpcId>();
  /** Until the handshake is over. */
  #waiting: Waiting[] | null = [];
  #lastId = OWN_IDS;
  #face: ServerFace | null = null;
  #lists: MemberLists | null = null;
  #wantsLists = false;
  /** Other sessions may wait for what it hears. */
  #asks = false;
  /** Null until the handshake is over. */
  #reader: ListReader | null = null;
  readonly #toldChanges = new Set<string>();
  #stuckTimer: NodeJS.Timeout | undefined;
  #isStuck = false;
  #isOver = false;

  /** Throws nothing; a server that cannot be started ends at once. */
  constructor(member: Member, peer: Peer, owner: LegOwner) {
    this.member = member;
    this.#peer = peer;
    this.#owner = owner;
    this.#wire = member.recorder.session('aggregate');
    peer.listen({
      frames: (frames) => this.#frames(frames),
      drained: () => this.#drained(),
      ended: (end) => this.#ended(endError(member.name, end, owner.text()), !end.asked),
    });
    this.#greet();
  }

  /** Null until the handshake is over. */
  get face(): ServerFace | null {
    return this.#face;
  }

  /** As heard in this very session; null until they are. */
  get lists(): MemberLists | null {
    return this.#lists;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether the client has to wait with its next message. A server that takes nothing in for long is left out. */
  get congested(): boolean {
    return this.#peer.congested && !this.#isStuck;
  }

  /** Requests of the client that wait for the server. */
  get size(): number {
    return this.#requests.size;
  }

  has(id: JsonRpcId): boolean {
    return this.#requests.has(id);
  }

  /** Whether a request under way, or a task, wants to hear of progress under this token. */
  reportsTo(token: JsonRpcId): boolean {
    for (const { progressToken } of this.#requests.values()) if (progressToken === token) return true;
    return this.#taskTokens.has(token);
  }

  /** Passes a request of the client on; `json` is what the server gets. What is not known of it is read from that. */
  request({ id, method }: RequestFrame, json: Buffer, about?: About): void {
    const now = performance.now();
    const call = this.#wire.request(method, id, json, now, about?.shown);
    const progressToken =
      about?.known === undefined
        ? idIn(nestedMember(json, 'params', '_meta')?.value, 'progressToken')
        : about.known.progressToken;
    // The endpoint of the shared address knows how its client wrote the id.
    this.#requests.add({ id, writtenId: null, call, progressToken });
    if (this.#isStuck || (this.#waiting?.length ?? 0) >= MOST_WAITING) {
      this.#fail(id, this.#owner.text().bridge.tooBusy(this.member.name));
      return;
    }
    this.#write(id, method, json);
    // It has waited at the shared address, if anywhere.
    call.passedOn(now);
  }

  /** A request of our own; null when the server is gone first. */
  ask(method: string, params: JsonObject): Promise<Buffer | null> {
    return new Promise((resolve) => {
      if (this.#isOver) return resolve(null);
      const id = ++this.#lastId;
      this.#own.set(id, resolve);
      this.#write(id, method, messageText({ id, method, params }));
    });
  }

  /** A notification of the client, or its answer to a request of the server. */
  tell(json: Buffer): void {
    this.#write(undefined, null, json);
  }

  /** The client has answered what the server asked under this id. */
  answer(id: JsonRpcId, json: Buffer): void {
    this.#wire.answered(id, json);
    this.tell(json);
  }

  /** The client does not want the answer any more. What has not been sent yet never is. */
  cancel(id: JsonRpcId, json: Buffer): void {
    this.#requests.cancel(id)?.call.cancelled(json);
    this.#requests.notified();
    const waiting = this.#waiting;
    const index = waiting?.findIndex((one) => one.id === id) ?? -1;
    if (waiting !== null && index !== -1) waiting.splice(index, 1);
    else this.tell(json);
  }

  /** Reads the lists, now or as soon as it can. */
  list(): void {
    if (this.#wantsLists) return;
    this.#wantsLists = true;
    this.#asks = true;
    this.member.known.asking(performance.now());
    this.#reader?.read();
  }

  pause(): void {
    this.#peer.pause();
  }

  resume(): void {
    this.#peer.resume();
  }

  close(): Promise<void> {
    const error = { code: CODE.internalError, message: this.#owner.text().servers.ended.closed(this.member.name) };
    this.#ended(error, false);
    return this.#peer.close();
  }

  #greet(): void {
    const id = ++this.#lastId;
    const params = this.#owner.introduction;
    const json = Buffer.concat([
      Buffer.from(`{"jsonrpc":"2.0","id":${id},"method":"initialize","params":`),
      params,
      Buffer.from('}'),
    ]);
    const call = this.#wire.request('initialize', id, json, performance.now());
    this.#own.set(id, (response) => {
      if (response === null) call.cut();
      else call.answered(response);
      this.#greeted(response);
    });
    this.#peer.write(json, 'initialize');
    call.passedOn();
  }

  #greeted(response: Buffer | null): void {
    if (response === null) return;
    const result = resultIn(response);
    const face = faceFromInitialize(result);
    if (result === null || face === null) {
      const said = parsedJson(memberOf(memberOf(response, 'error') ?? response, 'message'));
      const message = this.#owner.text().aggregate.refused(this.member.name, typeof said === 'string' ? said : '');
      this.#ended({ code: CODE.internalError, message, data: { server: this.member.name } }, true);
      void this.#peer.close();
      return;
    }
    this.#face = face;
    this.#reader = new ListReader({
      face,
      ask: async (method, asked) => {
        const listed = await this.ask(method, { ...asked });
        return listed === null ? null : (memberOf(listed, 'result') ?? null);
      },
      before: () => (this.#lists ?? this.member.known.lists)?.elements,
      heard: (elements) => this.#heard(face, elements),
    });
    const initialized = 'notifications/initialized';
    this.#peer.write(messageText({ method: initialized }), initialized);
    this.#requests.notified();
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    // What the client has set up once goes ahead of what it has asked for.
    this.#owner.opened(this, face);
    for (const { json, method } of waiting) this.#peer.write(json, method);
    const absence = stringIn(objectIn(result, '_meta'), UNAVAILABLE);
    // What stands in for a server that is not there answers with empty lists, and tells when it is there.
    if (absence !== undefined) this.member.known.failed(absence, performance.now());
    else if (this.#wantsLists) this.#reader.read();
    this.#watchCongestion();
  }

  #heard(face: ServerFace, elements: Elements): void {
    this.#asks = false;
    this.#lists = this.member.known.heard(memberLists(face, elements));
    const told = [...this.#toldChanges];
    this.#toldChanges.clear();
    this.#owner.listed(this, told);
  }

  #write(id: JsonRpcId | undefined, method: string | null, json: Buffer): void {
    if (this.#isOver) return;
    if (this.#waiting !== null) {
      this.#waiting.push({ id, method, json });
      return;
    }
    this.#peer.write(json, method);
    this.#watchCongestion();
  }

  #watchCongestion(): void {
    if (!this.#peer.congested || this.#stuckTimer !== undefined || this.#isStuck) return;
    this.#stuckTimer = setTimeout(() => {
      this.#stuckTimer = undefined;
      this.#isStuck = this.#peer.congested;
      this.#owner.relieved();
    }, STUCK).unref();
  }

  #drained(): void {
    clearTimeout(this.#stuckTimer);
    this.#stuckTimer = undefined;
    this.#isStuck = false;
    this.#owner.relieved();
  }

  #frames(frames: readonly Frame[]): void {
    let forClient: Frame[] | null = null;
    for (const frame of frames) {
      if (frame.kind === 'response') {
        const answer = this.#answered(frame);
        if (answer === null) continue;
        if (forClient === null) forClient = [answer];
        else forClient.push(answer);
        continue;
      }
      this.#wire.fromServer(frame, performance.now());
      if (frame.kind === 'notification' && this.#isOwn(frame)) continue;
      // In their order: what is for the client out of the same read goes first.
      if (forClient !== null) this.#owner.deliver(forClient);
      forClient = null;
      if (frame.kind === 'notification') this.#owner.notified(this, frame);
      else if (frame.method === 'ping') this.#peer.write(resultFrame(idText(frame.id), {}));
      else this.#owner.requested(this, frame);
    }
    if (forClient !== null) this.#owner.deliver(forClient);
  }

  #answered(frame: ResponseFrame): ResponseFrame | null {
    // An error without an id may be about what we have asked ourselves, and ends no request of the client then.
    if (this.#own.size > 0 && (frame.id === null || this.#answeredOwn(frame))) return null;
    const match = this.#requests.match(frame);
    if (match.kind !== 'found') return null;
    const { call, progressToken } = match.request;
    call.answered(frame.bytes);
    if (this.#owner.answered(this, frame.bytes) && progressToken !== undefined) this.#keepReporting(progressToken);
    return match.frame;
  }

  #keepReporting(token: JsonRpcId): void {
    this.#taskTokens.add(token);
    const [oldest] = this.#taskTokens;
    if (this.#taskTokens.size > MOST_TASKS && oldest !== undefined) this.#taskTokens.delete(oldest);
  }

  /** Whether it is the answer to a request of ours. */
  #answeredOwn({ id, bytes }: ResponseFrame): boolean {
    const own = typeof id === 'number' ? id : Number(id ?? Number.NaN);
    const answered = this.#own.get(own);
    if (answered === undefined) return false;
    this.#own.delete(own);
    answered(bytes);
    return true;
  }

  /** Whether a notification ends here: changes of lists, which are announced for all servers together. */
  #isOwn({ method }: NotificationFrame): boolean {
    const [, list] = /^notifications\/(\w+)\/list_changed$/.exec(method) ?? [];
    if (list === undefined) return false;
    this.#toldChanges.add(list);
    this.#wantsLists = true;
    this.#reader?.read();
    return true;
  }

  #fail(id: JsonRpcId, message: string): void {
    const request = this.#requests.cancel(id);
    if (request === undefined) return;
    request.call.cut();
    this.#owner.deliver([errorFor(request, { code: CODE.internalError, message, data: { server: this.member.name } })]);
  }

  #ended(error: JsonRpcError, isFault: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#reader?.end();
    clearTimeout(this.#stuckTimer);
    this.#waiting = null;
    const own = [...this.#own.values()];
    this.#own.clear();
    for (const answered of own) answered(null);
    const failed = this.#requests.takeAll();
    for (const { call } of failed) call.cut();
    this.#wire.ended();
    if (isFault && this.#lists === null) this.member.known.failed(error.message, performance.now());
    else if (this.#asks) this.member.known.abandoned(performance.now());
    this.#owner.ended(this);
    if (failed.length > 0) this.#owner.deliver(failed.map((request) => errorFor(request, error)));
    this.#owner.relieved();
  }
}
