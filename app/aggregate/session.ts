import type { Text } from '../i18n/index.ts';
import {
  errorText,
  isLogLevel,
  type McpLogLevel,
  messageText,
  methodNotFound,
  reaches,
  resultFrame,
  type ServerFace,
} from '../mcp/index.ts';
import {
  CODE,
  editMembers,
  type Frame,
  frameFrom,
  idIn,
  idText,
  type JsonRpcError,
  memberOf,
  type NestedMember,
  type NotificationFrame,
  nestedMember,
  parsedJson,
  type RequestFrame,
} from '../mcp/jsonrpc/index.ts';
import type { KnownRequest, Peer, PeerEnd, PeerListener } from '../servers/index.ts';
import { ClientRequests } from './client-requests.ts';
import { introductionOf, towardMembers } from './introduction.ts';
import { denialBy, type Member } from './known-member.ts';
import { type About, Leg } from './leg.ts';
import {
  calledByPage,
  completedBy,
  completionParams,
  type Known,
  type Ownership,
  ownershipOf,
  taskOwnerOf,
} from './locate.ts';
import { isListMethod, LISTS, type ListMethod } from './member-lists.ts';
import type { Mentions } from './mentions.ts';
import { nearNames } from './names.ts';
import { Outbox } from './outbox.ts';
import { changedLists, pageOf, type Target, type View, type Views } from './view.ts';

/** Milliseconds in which changes of lists are gathered into one: servers that start one after the other each have one to tell. */
const GATHER = 250;

export interface SessionContext {
  /** What clients are told the whole is called. */
  readonly title: string;
  readonly text: () => Text;
  /** In the order of the settings. They may be others each time. */
  readonly members: () => readonly Member[];
  readonly longestName: () => number;
  readonly views: Views;
  readonly mentions: Mentions;
  /** Requests of many clients come by it, each with its own context, so that none needs a first request to be ready. */
  readonly isShared: boolean;
  /** The instances that its client's requests have passed. */
  readonly via: string | undefined;
  /** It is over. */
  readonly closed: (session: AggregateSession) => void;
}

/**
 * Several servers towards one client as one server of revision 2025-11-25. What a client asks goes to the server that it names; lists are
 * answered from what is known. A session with a server is opened when something is for it, or when nothing is known of it, and its
 * failure is the failure of what was asked of it, never of the rest.
 */
export class AggregateSession implements Peer {
  readonly #context: SessionContext;
  readonly #legs = new Map<string, Leg>();
  readonly #outbox = new Outbox();
  readonly #toClient: ClientRequests;
  /** Subscribed addresses, and the servers they are of. */
  readonly #subscribed = new Map<string, string>();
  /** JSON text; null before `initialize`. */
  #introduction: Buffer | null = null;
  #isInitialized = false;
  #isReady = false;
  #logLevel: McpLogLevel | null = null;
  #view: View | null = null;
  /** What the client was last told of, or has asked for. */
  #announced: View | null = null;
  /** Lists that the only server has said have changed. */
  readonly #told = new Set<string>();
  #gatherTimer: NodeJS.Timeout | undefined;
  #end: PeerEnd | null = null;
  readonly #since = performance.now();

  constructor(context: SessionContext) {
    this.#context = context;
    this.#toClient = new ClientRequests((json) => this.#send(json));
  }

  get congested(): boolean {
    for (const leg of this.#legs.values()) if (leg.congested) return true;
    return false;
  }

  get end(): PeerEnd | null {
    return this.#end;
  }

  /** Whether it has a session with this server. */
  uses(server: string): boolean {
    return this.#legs.has(server);
  }

  listen(listener: PeerListener): void {
    this.#outbox.listen(listener);
  }

  pause(): void {
    this.#outbox.pause();
    for (const leg of this.#legs.values()) leg.pause();
  }

  resume(): void {
    this.#outbox.resume();
    if (!this.#outbox.isPaused) for (const leg of this.#legs.values()) leg.resume();
  }

  async close(): Promise<void> {
    if (this.#end !== null) return;
    const lived = Math.round(performance.now() - this.#since);
    this.#end = { kind: 'closed', at: Date.now(), lived, asked: true, stderr: [] };
    clearTimeout(this.#gatherTimer);
    const legs = [...this.#legs.values()];
    this.#context.closed(this);
    const gone = Promise.all(legs.map((leg) => leg.close()));
    this.#legs.clear();
    this.#outbox.end(this.#end);
    await gone;
  }

  /** The servers, or what is known of them, may be others. */
  changed(): void {
    if (this.#end !== null) return;
    const names = new Set(this.#members.filter(({ isStopped }) => !isStopped()).map(({ name }) => name));
    for (const [name, leg] of this.#legs) if (!names.has(name)) void leg.close();
    this.#view = null;
    if (!this.#isReady || this.#gatherTimer !== undefined) return;
    this.#gatherTimer = setTimeout(() => this.#announce(), GATHER).unref();
  }

  write(json: Buffer, _method?: string | null, known?: KnownRequest): void {
    if (this.#end !== null) return;
    if (known !== undefined) {
      return this.#request({ kind: 'request', bytes: json, id: known.id, method: known.method }, known);
    }
    const frame = frameFrom(json);
    if (frame === null) return;
    switch (frame.kind) {
      case 'request':
        this.#request(frame);
        break;
      case 'notification':
        this.#notification(frame);
        break;
      case 'response':
        this.#toClient.answered(frame);
        break;
      default:
        frame satisfies never;
    }
  }

  #request(frame: RequestFrame, known?: KnownRequest): void {
    if (frame.method === 'initialize') return void this.#introduce(frame);
    if (frame.method === 'ping') return this.#answer(frame, {});
    if (this.#introduction === null) {
      return this.#refuse(frame, {
        code: CODE.invalidRequest,
        message: this.#context.text().bridge.translation.notInitialized,
      });
    }
    switch (frame.method) {
      case 'tools/call':
      case 'prompts/get':
        this.#byName(frame, known);
        break;
      case 'resources/read':
      case 'resources/subscribe':
      case 'resources/unsubscribe':
        this.#byAddress(frame);
        break;
      case 'completion/complete':
        void this.#complete(frame);
        break;
      case 'logging/setLevel':
        this.#setLevel(frame);
        break;
      case 'tasks/get':
      case 'tasks/result':
      case 'tasks/cancel':
        this.#byTask(frame);
        break;
      default:
        if (isListMethod(frame.method)) void this.#list(frame, frame.method);
        else this.#toOnlyMember(frame);
    }
  }

  async #introduce(frame: RequestFrame): Promise<void> {
    const params = memberOf(frame.bytes, 'params');
    this.#introduction = towardMembers(params);
    await this.#known();
    if (this.#end !== null) return;
    const { title, text } = this.#context;
    this.#answer(frame, introductionOf(title, parsedJson(params), this.#members, text()));
  }

  async #list(frame: RequestFrame, method: ListMethod): Promise<void> {
    await this.#known();
    if (this.#end !== null) return;
    const written = memberOf(memberOf(frame.bytes, 'params') ?? frame.bytes, 'cursor');
    const cursor = parsedJson(written);
    const view = this.#current();
    const isCursor = typeof cursor === 'string' || cursor === undefined || cursor === null;
    const page = isCursor ? pageOf(view.lists[method], cursor ?? undefined) : null;
    if (page === null) {
      return this.#refuse(frame, { code: CODE.invalidParams, message: this.#words.staleCursor });
    }
    const { member } = LISTS[method];
    const next = page.next === null ? '' : `,"nextCursor":${JSON.stringify(page.next)}`;
    const pieces: Buffer[] = [Buffer.from(`{"jsonrpc":"2.0","id":${writtenId(frame)},"result":{"${member}":[`)];
    for (const [index, element] of page.elements.entries()) {
      if (index > 0) pieces.push(COMMA);
      pieces.push(element);
    }
    pieces.push(Buffer.from(`]${next}}}`));
    this.#send(Buffer.concat(pieces));
    this.#becomeReady();
    this.#refreshOne();
  }

  #byName(frame: RequestFrame, known?: KnownRequest): void {
    const named = nestedMember(frame.bytes, 'params', 'name');
    // A name that was cut off stands for nothing: it ends with a letter that no name of ours has.
    const target = known && this.#targets(frame).get(known.target);
    if (named !== undefined && target !== undefined) return this.#passNamed(frame, named, target, known);
    const name = named?.string;
    if (named === undefined || name === undefined) {
      return this.#refuse(frame, { code: CODE.invalidParams, message: this.#words.noName });
    }
    const meant = this.#targets(frame).get(name);
    if (meant !== undefined) return this.#passNamed(frame, named, meant, known);
    void this.#known().then(() => {
      if (this.#end !== null) return;
      const ofPage = frame.method === 'tools/call' ? calledByPage(this.#owners, name) : undefined;
      const found = this.#targets(frame).get(name) ?? ofPage;
      if (found === undefined) this.#refuseName(frame, name);
      else this.#passNamed(frame, named, found, known);
    });
  }

  #targets({ method }: RequestFrame): ReadonlyMap<string, Target> {
    const view = this.#current();
    return method === 'tools/call' ? view.tools : view.prompts;
  }

  #passNamed(frame: RequestFrame, named: NestedMember, { owner, json, shown }: Target, known?: KnownRequest): void {
    this.#pass(frame, owner, json === null ? frame.bytes : named.replacedBy(json), { shown, known });
  }

  #refuseName(frame: RequestFrame, name: string): void {
    const thing = frame.method === 'tools/call' ? 'tools' : 'prompts';
    const denied = denialBy(this.#members, thing, name);
    if (denied !== null) return this.#refuse(frame, denied);
    const near = nearNames(name, this.#targets(frame).keys());
    const message = (thing === 'tools' ? this.#words.noTool : this.#words.noPrompt)(name, near);
    this.#refuse(frame, { code: CODE.invalidParams, message, data: { near } });
  }

  #byAddress(frame: RequestFrame): void {
    const uri = parsedJson(memberOf(memberOf(frame.bytes, 'params') ?? frame.bytes, 'uri'));
    if (typeof uri !== 'string') {
      return this.#refuse(frame, { code: CODE.invalidParams, message: this.#words.noAddress });
    }
    void this.#known().then(() => {
      if (this.#end !== null) return;
      const owner = this.#ownerOf(frame, uri, ownershipOf(this.#owners, uri));
      if (owner === null) return;
      if (frame.method === 'resources/subscribe') this.#subscribed.set(uri, owner);
      if (frame.method === 'resources/unsubscribe') this.#subscribed.delete(uri);
      if (frame.method === 'resources/read') this.#context.mentions.noteRead(owner, uri);
      this.#pass(frame, owner, frame.bytes);
    });
  }

  #byTask(frame: RequestFrame): void {
    const id = parsedJson(memberOf(memberOf(frame.bytes, 'params') ?? frame.bytes, 'taskId'));
    const owner = taskOwnerOf(this.#owners, id);
    if (owner !== null) this.#pass(frame, owner, frame.bytes);
    else if (this.#members.length === 1) this.#toOnlyMember(frame);
    else this.#refuse(frame, { code: CODE.invalidParams, message: this.#words.noTask(String(id)) });
  }

  /** Answers where it is not one server's. No server is asked whether it has it: that would tell it what another one has. */
  #ownerOf(frame: RequestFrame, uri: string, ownership: Ownership): string | null {
    if ('owner' in ownership) return ownership.owner;
    const { owners } = ownership;
    const message = owners.length === 0 ? this.#words.noResource(uri) : this.#words.ambiguous(uri, owners);
    const code = owners.length === 0 ? CODE.legacyResourceNotFound : CODE.invalidParams;
    this.#refuse(frame, { code, message, data: { uri, ...(owners.length === 0 ? {} : { servers: owners }) } });
    return null;
  }

  async #complete(frame: RequestFrame): Promise<void> {
    await this.#known();
    if (this.#end !== null) return;
    const params = memberOf(frame.bytes, 'params');
    const ref = params && memberOf(params, 'ref');
    const target = completedBy(this.#current(), parsedJson(ref));
    const face =
      target === null ? undefined : this.#members.find(({ name }) => name === target.owner)?.known.lists?.face;
    if (
      params === undefined ||
      ref === undefined ||
      target === null ||
      face?.capabilities['completions'] === undefined
    ) {
      return this.#answer(frame, { completion: { values: [], total: 0, hasMore: false } });
    }
    const edited = target.name === null ? params : completionParams(params, ref, target.name);
    this.#pass(frame, target.owner, editMembers(frame.bytes, new Map([['params', edited]])));
  }

  #setLevel(frame: RequestFrame): void {
    const level = parsedJson(memberOf(memberOf(frame.bytes, 'params') ?? frame.bytes, 'level'));
    if (!isLogLevel(level)) {
      const message = this.#context.text().bridge.translation.noSuchLevel;
      return this.#refuse(frame, { code: CODE.invalidParams, message });
    }
    this.#logLevel = level;
    for (const leg of this.#legs.values()) if (leg.face !== null) this.#tellLevel(leg, leg.face);
    this.#answer(frame, {});
    this.#becomeReady();
  }

  /** What one server makes of it is no matter of the client's. */
  #tellLevel(leg: Leg, face: ServerFace): void {
    if (this.#logLevel === null || face.capabilities['logging'] === undefined) return;
    void leg.ask('logging/setLevel', { level: this.#logLevel });
  }

  /** Nothing tells which of several servers a method of its own is for. */
  #toOnlyMember(frame: RequestFrame): void {
    const [only, another] = this.#members;
    if (only === undefined || another !== undefined) this.#refuse(frame, methodNotFound(frame.method));
    else this.#pass(frame, only.name, frame.bytes);
  }

  /** `json` is what the server gets. */
  #pass(frame: RequestFrame, server: string, json: Buffer, about?: About): void {
    const leg = this.#legTo(server);
    if (leg instanceof Leg) leg.request(frame, json, about);
    else this.#refuse(frame, leg);
  }

  #notification(frame: NotificationFrame): void {
    const params = memberOf(frame.bytes, 'params');
    switch (frame.method) {
      case 'notifications/initialized':
        this.#isInitialized = true;
        if (this.#context.isShared) this.#becomeReady();
        break;
      case 'notifications/cancelled': {
        const id = idIn(params, 'requestId');
        if (id === undefined) break;
        for (const leg of this.#legs.values()) if (leg.has(id)) leg.cancel(id, frame.bytes);
        break;
      }
      case 'notifications/progress':
        this.#toClient.progressed(frame.bytes);
        break;
      case 'notifications/roots/list_changed':
        for (const leg of this.#legs.values()) leg.tell(frame.bytes);
        break;
      default:
        if (this.#members.length === 1) for (const leg of this.#legs.values()) leg.tell(frame.bytes);
    }
  }

  /** The session with a server, opened where there is none. */
  #legTo(server: string): Leg | JsonRpcError {
    const open = this.#legs.get(server);
    if (open !== undefined) return open;
    const member = this.#members.find(({ name }) => name === server);
    const text = this.#context.text();
    const data = { server };
    if (member === undefined || member.isStopped()) {
      return { code: CODE.internalError, message: text.servers.stopped(server), data };
    }
    const opened = member.open(this.#context.via);
    if ('error' in opened) {
      member.known.failed(opened.error.message, performance.now());
      return { ...opened.error, code: CODE.internalError, data };
    }
    const leg = new Leg(member, opened.peer, {
      text: this.#context.text,
      introduction: this.#introduction ?? Buffer.from('{}'),
      deliver: (frames) => this.#deliver(frames),
      requested: (of, request) => this.#toClient.ask(of, request),
      notified: (of, notification) => this.#notified(of, notification),
      answered: (of, response) => this.#context.mentions.note(of.member.name, response),
      opened: (of, face) => this.#opened(of, face),
      listed: (_of, told) => {
        // Of one server alone its own word is what there is to tell, whatever became of its lists.
        if (this.#members.length === 1) for (const list of told) this.#told.add(list);
        this.changed();
      },
      relieved: () => {
        if (!this.congested) this.#outbox.drained();
      },
      ended: (of) => this.#legEnded(of),
    });
    if (leg.isOver) return { code: CODE.internalError, message: text.servers.ended.closed(server), data };
    this.#legs.set(server, leg);
    if (this.#outbox.isPaused) leg.pause();
    // Whatever it was started for: what it has to offer now is known from then on.
    leg.list();
    return leg;
  }

  #opened(leg: Leg, face: ServerFace): void {
    this.#tellLevel(leg, face);
    for (const [uri, server] of this.#subscribed) {
      if (server === leg.member.name) void leg.ask('resources/subscribe', { uri });
    }
  }

  #legEnded(leg: Leg): void {
    if (this.#legs.get(leg.member.name) === leg) this.#legs.delete(leg.member.name);
    this.#toClient.withdrawAll(leg);
  }

  #notified(leg: Leg, { method, bytes }: NotificationFrame): void {
    const params = memberOf(bytes, 'params');
    switch (method) {
      case 'notifications/progress': {
        const token = idIn(params, 'progressToken');
        if (token !== undefined && leg.reportsTo(token)) this.#send(bytes);
        break;
      }
      case 'notifications/message':
        this.#logged(leg, bytes, params);
        break;
      case 'notifications/resources/updated':
        if (this.#isAwaited(leg.member.name, params)) this.#send(bytes);
        break;
      case 'notifications/cancelled':
        this.#toClient.withdraw(leg, bytes);
        break;
      default:
        this.#send(bytes);
    }
  }

  /** Whether the client has subscribed to it, or to what it is a part of (2025-11-25, resources, Subscriptions), and it is this server's. */
  #isAwaited(server: string, params: Buffer | undefined): boolean {
    const uri = params && parsedJson(memberOf(params, 'uri'));
    if (typeof uri !== 'string') return false;
    const exact = this.#subscribed.get(uri);
    if (exact !== undefined) return exact === server;
    const ownership = this.#current().resources.of(uri);
    const isOther = 'owner' in ownership && ownership.owner !== server;
    return !isOther && [...this.#subscribed.values()].includes(server);
  }

  #logged(leg: Leg, bytes: Buffer, params: Buffer | undefined): void {
    const level = params && parsedJson(memberOf(params, 'level'));
    if (params === undefined || (this.#logLevel !== null && isLogLevel(level) && !reaches(level, this.#logLevel)))
      return;
    this.#send(loggedUnder(leg.member.alias, bytes));
  }

  get #members(): readonly Member[] {
    return this.#context.members();
  }

  get #words(): Text['aggregate'] {
    return this.#context.text().aggregate;
  }

  /** Resolves when all lists are known, or are not worth waiting for; at once where they are. */
  async #known(): Promise<void> {
    const now = performance.now();
    const unknown = this.#members.filter(({ known, isStopped }) => known.lists === null && !isStopped());
    for (const { name, known } of unknown) if (!known.isAsked && known.mayAsk(now)) this.#legTo(name);
    if (unknown.length > 0) await Promise.all(unknown.map(({ known }) => known.settled(now)));
  }

  /** Lists that are known from an earlier run are read anew, of one server after the other: not all of them start at once. */
  #refreshOne(): void {
    const stale = this.#members.find(
      ({ name, known, isStopped }) => !known.isFresh && !isStopped() && !this.#legs.has(name) && known.lists !== null,
    );
    const isRefreshing = [...this.#legs.values()].some(({ lists, member }) => lists === null && !member.known.isFresh);
    if (stale === undefined || isRefreshing || !stale.known.mayAsk(performance.now())) return;
    this.#legTo(stale.name);
  }

  /** What the client sees now: for each server what this session has heard, else what is known. */
  #current(): View {
    this.#view ??= this.#context.views.of(
      this.#members.flatMap((member) => {
        const lists = this.#legs.get(member.name)?.lists ?? member.known.lists;
        return lists === null || member.isStopped() ? [] : [{ owner: member.name, alias: member.alias, lists }];
      }),
      this.#context.longestName(),
    );
    return this.#view;
  }

  get #owners(): Known {
    return { view: this.#current(), members: this.#members, mentions: this.#context.mentions };
  }

  /** Some clients take no notification before the answer to their first request behind the handshake. */
  #becomeReady(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#announced = this.#current();
  }

  #announce(): void {
    this.#gatherTimer = undefined;
    const before = this.#announced;
    if (this.#end !== null || before === null) return;
    const now = this.#current();
    this.#announced = now;
    const changed = new Set<string>([...changedLists(before, now), ...this.#told]);
    this.#told.clear();
    for (const list of changed) {
      this.#send(messageText({ method: `notifications/${list}/list_changed` }));
    }
    this.#refreshOne();
  }

  #answer(frame: RequestFrame, result: object): void {
    this.#send(resultFrame(writtenId(frame), result));
  }

  #refuse(frame: RequestFrame, error: JsonRpcError): void {
    this.#send(errorText(writtenId(frame), error));
    if (this.#isInitialized) this.#becomeReady();
  }

  #send(json: Buffer): void {
    const frame = frameFrom(json);
    if (frame !== null) this.#outbox.later(frame);
  }

  #deliver(frames: readonly Frame[]): void {
    if (this.#end !== null) return;
    this.#outbox.send(frames);
    if (!this.#isReady && this.#isInitialized && frames.some(isResponse)) this.#becomeReady();
  }
}

function isResponse({ kind }: Frame): boolean {
  return kind === 'response';
}

/** A log message whose logger says which server it is of. JSON texts. */
export function loggedUnder(alias: string, message: Buffer): Buffer {
  const params = memberOf(message, 'params');
  if (alias === '' || params === undefined) return message;
  const own = parsedJson(memberOf(params, 'logger'));
  const logger = typeof own === 'string' && own !== '' ? `${alias}/${own}` : alias;
  const edited = editMembers(params, new Map([['logger', JSON.stringify(logger)]]));
  return editMembers(message, new Map([['params', edited]]));
}

const COMMA = Buffer.from(',');

/** The id as the client wrote it. */
function writtenId({ bytes, id }: RequestFrame): Buffer | string {
  return memberOf(bytes, 'id') ?? idText(id);
}
