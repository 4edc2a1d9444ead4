import { isObject } from '../../base/schema/index.ts';
import type { Text } from '../../i18n/index.ts';
import { claimsModern, errorText, messageText } from '../../mcp/index.ts';
import {
  CODE,
  editMembers,
  type Frame,
  frameFrom,
  type JsonRpcError,
  type JsonRpcId,
  meantId,
  memberOf,
  parsedJson,
  type RequestFrame,
  spellingsIn,
} from '../../mcp/jsonrpc/index.ts';
import { KnownLists, type Policy, type Thing } from '../../servers/index.ts';
import { taggedNotification } from '../translate/index.ts';
import { canBeMisread, cutList, declareChanges, isDeniedNews, judge } from './judge.ts';
import { type MethodRule, ruleFor } from './methods.ts';

/** What tells a client that a list is not what it was. */
export const LIST_CHANGED: Readonly<Record<Thing, string>> = {
  tools: 'notifications/tools/list_changed',
  prompts: 'notifications/prompts/list_changed',
  resources: 'notifications/resources/list_changed',
};

/** The members of a subscription filter that ask for it (2026-07-28, basic/patterns/subscriptions, Notification Filter). */
const LIST_FLAGS: Readonly<Record<Thing, string>> = {
  tools: 'toolsListChanged',
  prompts: 'promptsListChanged',
  resources: 'resourcesListChanged',
};

export interface SessionGuardOptions {
  readonly server: string;
  readonly text: () => Text;
  /** Hears of each list as the server sent it, and of what it says of itself. */
  readonly saw: (method: string, params: Buffer | undefined, result: Buffer) => void;
}

/** A request whose answer is looked at. */
interface Awaited {
  readonly method: string;
  readonly rule: MethodRule;
  readonly params: Buffer | undefined;
}

/** Lists that may be asked for at one time in one session; more are refused, so that none can come back unseen. */
const MOST_AWAITED = 1024;

/**
 * Stands between one client and its server where a policy limits what it may see and use, and while a list is under way. Every message
 * of the client is judged; lists come back without what is denied.
 */
export class SessionGuard {
  readonly #options: SessionGuardOptions;
  readonly #awaited = new Map<JsonRpcId, Awaited>();
  /** Subscriptions of a modern client, by their ids as JSON text, with what each asks for. */
  readonly #listening = new Map<string, readonly Thing[]>();
  #policy: Policy | null;

  constructor(policy: Policy | null, options: SessionGuardOptions) {
    this.#policy = policy;
    this.#options = options;
  }

  /** It has nothing to look at any more. */
  get isIdle(): boolean {
    return this.#policy === null && this.#awaited.size === 0 && this.#listening.size === 0;
  }

  /** Of a message of the client: what the server gets, and what the client gets in its place. Both may be nothing. */
  fromClient(json: Buffer): { readonly toServer: Buffer | null; readonly toClient: Buffer | null } {
    const frame = frameFrom(json);
    if (frame === null) return { toServer: this.#policy === null ? json : null, toClient: null };
    if (frame.kind === 'response') return this.#answer(json);
    if (frame.kind === 'request' && (this.#awaited.has(frame.id) || this.#awaited.size >= MOST_AWAITED)) {
      const message = this.#options.text().bridge.policy.usedId;
      return { toServer: null, toClient: refusal(frame, { code: CODE.invalidRequest, message }) };
    }
    const { server, text } = this.#options;
    const policy = this.#policy;
    const judgement =
      policy === null
        ? ({ kind: 'passes', rule: ruleFor(frame.method), params: null } as const)
        : judge(frame.method, json, { policy, server, text: text(), isModern: claimsModern(json) });
    if (judgement.kind === 'refused') {
      return { toServer: null, toClient: frame.kind === 'request' ? refusal(frame, judgement.error) : null };
    }
    const { params } = judgement;
    const passed = params === null ? json : editMembers(json, new Map([['params', params]]));
    if (frame.kind === 'request') this.#await(frame, judgement.rule);
    else if (frame.method === 'notifications/cancelled') this.#cancelled(frame.bytes);
    return { toServer: passed, toClient: null };
  }

  /** Frames of the server as the client gets them: the very same array where nothing is cut. */
  fromServer(frames: readonly Frame[]): readonly Frame[] {
    const policy = this.#policy;
    if (this.#awaited.size === 0 && this.#listening.size === 0 && policy === null) return frames;
    let changed = false;
    const passed = frames.flatMap((frame): Frame | readonly Frame[] => {
      if (frame.kind === 'response') {
        const seen = this.#answered(frame);
        changed ||= seen !== frame;
        return seen;
      }
      if (policy === null || !isDeniedNews(frame.method, frame.bytes, policy)) return frame;
      changed = true;
      return [];
    });
    return changed ? passed : frames;
  }

  /**
   * Another policy from now on; open calls go on. Answers what the client is told: of each list that is another one. `isInitialized`: a
   * client with a handshake has finished it; before that it is told nothing, as it has no list yet.
   */
  apply(policy: Policy | null, things: readonly Thing[], isInitialized: boolean): readonly Buffer[] {
    this.#policy = policy;
    const plain = isInitialized ? things.map((thing) => messageText({ method: LIST_CHANGED[thing] })) : [];
    const tagged = [...this.#listening].flatMap(([id, wanted]) =>
      things
        .filter((thing) => wanted.includes(thing))
        .map((thing) => taggedNotification(messageText({ method: LIST_CHANGED[thing] }), Buffer.from(id))),
    );
    return [...plain, ...tagged];
  }

  /** An answer of the client. One that a server could take for a request does not reach it, and is answered as a request. */
  #answer(json: Buffer): { readonly toServer: Buffer | null; readonly toClient: Buffer | null } {
    if (this.#policy === null || !canBeMisread(json)) return { toServer: json, toClient: null };
    const id = memberOf(json, 'method') === undefined ? undefined : memberOf(json, 'id');
    const message = this.#options.text().bridge.policy.ambiguous;
    return {
      toServer: null,
      toClient: id === undefined ? null : errorText(id, { code: CODE.invalidRequest, message }),
    };
  }

  #await({ id, method, bytes }: RequestFrame, rule: MethodRule): void {
    if (KnownLists.methods.has(method) || rule.kind === 'lists') {
      const params = memberOf(bytes, 'params');
      this.#awaited.set(id, { method, rule, params: params && Buffer.from(params) });
    }
    if (method !== 'subscriptions/listen') return;
    const written = memberOf(bytes, 'id');
    if (written !== undefined) this.#listening.set(written.toString(), wantedIn(bytes));
  }

  #cancelled(json: Buffer): void {
    const id = memberOf(memberOf(json, 'params') ?? json, 'requestId');
    if (id !== undefined) this.#listening.delete(id.toString());
  }

  #answered(frame: Extract<Frame, { kind: 'response' }>): Frame {
    if (this.#listening.size > 0) this.#listening.delete(memberOf(frame.bytes, 'id')?.toString() ?? '');
    if (this.#awaited.size === 0) return frame;
    const id = meantId(frame.id, (one) => this.#awaited.has(one));
    const asked = id === undefined ? undefined : this.#awaited.get(id);
    if (id === undefined || asked === undefined) return frame;
    this.#awaited.delete(id);
    const result = memberOf(frame.bytes, 'result');
    if (result?.[0] === 0x7b && frame.isStandIn !== true) this.#options.saw(asked.method, asked.params, result);
    const bytes = this.#policy === null ? frame.bytes : changedAnswer(asked.rule, frame.bytes, this.#policy);
    return bytes === frame.bytes ? frame : { ...frame, bytes };
  }
}

/** An answer as the client gets it, with its result in one spelling; the very same bytes where nothing is changed. */
export function changedAnswer(rule: MethodRule, json: Buffer, policy: Policy): Buffer {
  const result = memberOf(json, 'result');
  const changed = result?.[0] === 0x7b ? changedResult(rule, result, policy) : result;
  const spellings = spellingsIn(json, 'result');
  const isOne = spellings.length < 2 && spellings.every((key) => key === 'result');
  if (isOne && changed === result) return json;
  const edits = new Map<string, Buffer | null>(spellings.map((key) => [key, null]));
  if (changed !== undefined) edits.set('result', changed);
  return editMembers(json, edits);
}

/** A result as the client gets it; the very same bytes where nothing is changed. */
function changedResult(rule: MethodRule, result: Buffer, policy: Policy): Buffer {
  if (rule.kind === 'lists') return cutList(result, rule, policy);
  return rule.kind === 'introduces' ? declareChanges(result) : result;
}

/** The lists that a `subscriptions/listen` asks for changes of. */
export function wantedIn(request: Buffer): readonly Thing[] {
  const params = memberOf(request, 'params');
  const filter = params && parsedJson(memberOf(params, 'notifications'));
  if (!isObject(filter)) return [];
  return (['tools', 'prompts', 'resources'] as const).filter((thing) => filter[LIST_FLAGS[thing]] === true);
}

function refusal(frame: RequestFrame, error: JsonRpcError): Buffer {
  return errorText(memberOf(frame.bytes, 'id') ?? Buffer.from('null'), error);
}
