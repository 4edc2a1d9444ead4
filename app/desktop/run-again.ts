import { randomUUID } from 'node:crypto';
import { type EndpointWire, endpointFault, endpointWire } from '../doctor/index.ts';
import { said } from '../i18n/app.ts';
import type { CallFacts } from '../inspect/index.ts';
import { addressOf, authority, type RunAgainAnswer, type RunAgainRefusal, type RunAgainRequest } from '../ipc/index.ts';
import { Redactor, secretsOf } from '../log/index.ts';
import { greet, META } from '../mcp/index.ts';
import { editMembers, memberOf } from '../mcp/jsonrpc/index.ts';
import { introduce } from '../servers/index.ts';
import type { AppController } from './app-controller.ts';

/** Methods that mean the same in every session. What the others set up belongs to the session that they were sent in. */
const REPEATABLE: ReadonlySet<string> = new Set([
  'tools/call',
  'tools/list',
  'prompts/get',
  'prompts/list',
  'resources/read',
  'resources/list',
  'resources/templates/list',
  'completion/complete',
  'ping',
]);

/** Members of params that belong to the call as its client sent it: a task to fetch the result of, an answer to what its server asked. */
const OF_THAT_CALL = ['task', 'requestState', 'inputResponses'] as const;
/** Members of its `_meta` likewise. */
const META_OF_THAT_CALL = ['progressToken', ...Object.values(META)] as const;

/** Milliseconds that the answer may take: tools work for minutes. */
const PATIENCE = 10 * 60_000;
/** Milliseconds that a session waits for a person's word; later it is another one that is opened. */
const HELD_FOR = 60_000;

interface Session {
  readonly call: CallFacts;
  readonly wire: EndpointWire;
  /** On the monotonic clock. */
  readonly since: number;
}

/**
 * Repeats calls that were recorded, each in a session of its own in front of its server: the session of its client never hears of it.
 * What was recorded only in part, or holds what is hidden, is not sent.
 */
export class RunAgain {
  readonly #controller: AppController;
  /** Waits for a person's word. */
  #held: Session | null = null;

  constructor(controller: AppController) {
    this.#controller = controller;
  }

  /** Resolves as soon as the new call is among the rows; its outcome shows there. Never rejects for what a server does. */
  async run({ call: sequence, isConfirmed }: RunAgainRequest): Promise<RunAgainAnswer> {
    const held = this.#held;
    this.#held = null;
    const isHeld = held?.call.sequence === sequence && performance.now() - held.since < HELD_FOR;
    if (!isHeld) void held?.wire.close();
    const found = this.#requestOf(sequence);
    if (found.kind === 'refused') {
      if (isHeld) void held.wire.close();
      return found;
    }
    const { call, json } = found;
    const session = isHeld ? held : { call, wire: this.#open(call.server), since: performance.now() };
    const isFree = isConfirmed || call.method !== 'tools/call';
    const { settings } = this.#controller;
    const redactor = new Redactor(secretsOf(settings));
    let isInUse = false;
    try {
      if (!isHeld) {
        const greeted = isFree
          ? await greet(session.wire, redactor)
          : await introduce(session.wire, redactor, () => undefined);
        if (greeted.kind === 'refuses') {
          const sentence = said(({ servers }) => servers.tryRefused(call.server, greeted.reason));
          return { kind: 'failed', sentence };
        }
        const tool = greeted.kind === 'works' ? greeted.tools.find(({ name }) => name === call.target) : undefined;
        if (!isFree && tool?.isReadOnly !== true) {
          isInUse = true;
          this.#hold(session);
          return { kind: 'confirm', params: paramsIn(json).toString() };
        }
      }
      isInUse = true;
      return await this.#send(session, paramsIn(json));
    } catch (error) {
      return { kind: 'failed', sentence: endpointFault(error, redactor).sentence };
    } finally {
      if (!isInUse) void session.wire.close();
    }
  }

  /** The person has decided against it, or is gone. */
  drop(): void {
    void this.#held?.wire.close();
    this.#held = null;
  }

  #hold(session: Session): void {
    this.drop();
    this.#held = session;
  }

  #requestOf(
    sequence: number,
  ): { readonly kind: 'found'; readonly call: CallFacts; readonly json: Buffer } | RunAgainRefusal {
    const { recorder, settings } = this.#controller;
    const call = recorder.call(sequence);
    const refused = (reason: RunAgainRefusal['reason']): RunAgainRefusal => ({ kind: 'refused', reason });
    if (call === null) return refused('not-kept');
    if (!isRepeatable(call)) return refused('of-session');
    // The path of a group, or of all servers: what is called there is a call of one of them as well.
    if (call.server.startsWith('/')) return refused('shared-address');
    if (!settings.servers.some(({ name }) => name === call.server)) return refused('no-server');
    if (this.#controller.state().listening.length === 0) return refused('off');
    const request = recorder.callRequest(sequence);
    if (request.kind === 'whole') return { kind: 'found', call, json: request.json };
    const isRecorded = request.kind !== 'not-kept' || recorder.keepsContents(call.server);
    return refused(isRecorded ? request.kind : 'not-recorded');
  }

  #open(server: string): EndpointWire {
    const { host, port } = addressOf(this.#controller.state());
    const url = `http://${authority(host, port)}/servers/${encodeURIComponent(server)}/mcp`;
    return endpointWire(url, this.#controller.ownToken, new AbortController().signal, PATIENCE);
  }

  /** Resolves when the call is among the rows, or is over without having got there. The session ends with the answer. */
  async #send({ call: { method }, wire }: Session, params: Buffer): Promise<RunAgainAnswer> {
    const { recorder } = this.#controller;
    const id = randomUUID();
    const row = () => recorder.callWithId(JSON.stringify(id));
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const unsubscribe = recorder.subscribe(({ calls, missed }) => {
      if (missed > 0 ? row() !== null : calls.some((call) => call.id === JSON.stringify(id))) begin();
    });
    const answered = wire.askAs(id, method, params);
    answered
      // Its own end is for the row to tell.
      .catch(() => wire.notify('notifications/cancelled', { requestId: id, reason: 'Request timed out' }))
      .finally(() => wire.close());
    try {
      await Promise.race([begun, answered]);
    } catch (error) {
      if (row() === null) throw error;
    } finally {
      unsubscribe();
    }
    return { kind: 'begun', row: row()?.sequence ?? null };
  }
}

/** Requests of clients alone: what a server asks its client has no meaning without that client. */
function isRepeatable({ side, from, kind, method }: CallFacts): boolean {
  return side === 'client' && from === 'client' && kind === 'request' && REPEATABLE.has(method);
}

/** The params of a request without what belongs to its session; all else keeps its text, numbers beyond 2^53 too. */
function paramsIn(json: Buffer): Buffer {
  const params = memberOf(json, 'params') ?? Buffer.from('{}');
  const meta = memberOf(params, '_meta');
  const rest = meta === undefined ? null : editMembers(meta, new Map(META_OF_THAT_CALL.map((key) => [key, null])));
  const kept = rest === null || rest.length <= '{}'.length ? null : rest;
  return editMembers(params, new Map([...OF_THAT_CALL.map((key) => [key, null] as const), ['_meta', kept]]));
}
