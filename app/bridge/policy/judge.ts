import type { Text } from '../../i18n/index.ts';
import {
  CODE,
  editMembers,
  elementsOf,
  foldedKey,
  type JsonRpcError,
  memberOf,
  membersOf,
  parsedJson,
  spellingsIn,
} from '../../mcp/jsonrpc/index.ts';
import type { Denial, Policy, Thing } from '../../servers/index.ts';
import { type MethodRule, ruleFor } from './methods.ts';

/** What becomes of a message of a client. */
export type Judgement =
  /** `params` is null where they pass as they are; else JSON text to put in their place. */
  | { readonly kind: 'passes'; readonly rule: MethodRule; readonly params: Buffer | null }
  | { readonly kind: 'refused'; readonly error: JsonRpcError };

export interface Judging {
  readonly policy: Policy;
  readonly server: string;
  readonly text: Text;
  /** Of a revision without handshake, where a resource that is not there has another code. */
  readonly isModern: boolean;
}

/** The members that say what a message is about. A message with two spellings of one could be read in two ways. */
const TOP = new Set(['id', 'method', 'params']);
const INSIDE = new Set(['name', 'uri', 'ref', 'notifications']);
const REF = new Set(['type', 'name', 'uri']);
const SUBSCRIPTIONS = new Set(['resourceSubscriptions']);

const NO_PARAMS = Buffer.from('{}');

/** Decides about one request or notification of a client: the one place where every transport and every revision asks. */
export function judge(method: string, json: Buffer, judging: Judging): Judgement {
  const params = memberOf(json, 'params') ?? NO_PARAMS;
  if (canBeMisread(json) || isAmbiguous(params, INSIDE)) {
    return refused(CODE.invalidRequest, judging.text.bridge.policy.ambiguous);
  }
  const rule = ruleFor(method);
  switch (rule.kind) {
    case 'passes':
    case 'introduces':
    case 'lists':
      return { kind: 'passes', rule, params: null };
    case 'uses':
      return judged(rule, rule.thing, nameIn(params, rule.key), judging);
    case 'completes': {
      const ref = memberOf(params, 'ref') ?? NO_PARAMS;
      if (isAmbiguous(ref, REF)) {
        return refused(CODE.invalidRequest, judging.text.bridge.policy.ambiguous);
      }
      // A server may look at either of the two, whatever the type says.
      const prompt = nameIn(ref, 'name');
      const uri = nameIn(ref, 'uri');
      if (prompt === undefined && uri === undefined) return judged(rule, 'prompts', undefined, judging);
      const first = prompt === undefined ? null : judged(rule, 'prompts', prompt, judging);
      if (first?.kind === 'refused' || uri === undefined) return first ?? { kind: 'passes', rule, params: null };
      return judged(rule, 'resources', uri, judging);
    }
    case 'listens':
      if (isAmbiguous(memberOf(params, 'notifications') ?? NO_PARAMS, SUBSCRIPTIONS)) {
        return refused(CODE.invalidRequest, judging.text.bridge.policy.ambiguous);
      }
      return { kind: 'passes', rule, params: withoutDenied(params, judging.policy) };
    case 'unknown':
      return refused(CODE.methodNotFound, judging.text.bridge.policy.unknownMethod(method, judging.server));
    default:
      return rule satisfies never;
  }
}

/**
 * Whether a message can be read in two ways, so that a server could take it for something else than we do: it has two spellings of a
 * member, or is a request and an answer at once.
 */
export function canBeMisread(json: Buffer): boolean {
  if (isAmbiguous(json, TOP)) return true;
  const keys = new Set(membersOf(json).map(([key]) => key));
  return keys.has('method') && (keys.has('result') || keys.has('error'));
}

function judged(rule: MethodRule, thing: Thing, name: string | undefined, judging: Judging): Judgement {
  const { policy, text } = judging;
  if (name === undefined) return refused(CODE.invalidParams, text.bridge.policy.unnamed);
  const denial = policy.denial(thing, name);
  if (denial === null) return { kind: 'passes', rule, params: null };
  return { kind: 'refused', error: denied(thing, name, denial, judging) };
}

/**
 * To the client the thing is not there: the codes are those of the specification for an unknown tool, prompt and resource (2025-11-25 and
 * 2026-07-28, server/tools, prompts and resources, Error Handling). The sentence and `data` say more: a person who looks for the
 * tool has to find out who has switched it off, and a model does not try again.
 */
export function denied(thing: Thing, name: string, denial: Denial, judging: Judging): JsonRpcError {
  const { server, text, isModern } = judging;
  const words = text.bridge.policy;
  const why =
    denial.by === 'set' ? words.bySet(denial.set) : denial.by === 'hold' ? words.held(server) : words.byServer(server);
  const code = thing === 'resources' && !isModern ? CODE.legacyResourceNotFound : CODE.invalidParams;
  const { set = null } = denial.by === 'set' ? denial : {};
  return {
    code,
    message: `${words.notFound[thing](name)} ${why}`,
    data: {
      reason: denial.by === 'hold' ? 'held-back' : 'switched-off',
      server,
      ...(set === null ? {} : { set }),
      ...(thing === 'resources' ? { uri: name } : { name }),
    },
  };
}

/**
 * The result of a list without what is denied; the very same bytes where nothing is. What stays keeps its text, and a cursor stays. A client
 * finds the list once, in one spelling, and as a list: an object with numbers for keys is one, too, to some (PHP).
 */
export function cutList(result: Buffer, rule: Extract<MethodRule, { kind: 'lists' }>, policy: Policy): Buffer {
  const edits = new Map<string, Buffer | null>();
  const [first, ...others] = spellingsIn(result, rule.member);
  for (const other of [first, ...others]) if (other !== undefined && other !== rule.member) edits.set(other, null);
  const list = memberOf(result, rule.member);
  if (list !== undefined) {
    const isList = list[0] === 0x5b;
    const items = isList ? elementsOf(list) : [];
    const kept = items.filter((item) => {
      const name = nameIn(item, rule.key);
      return name !== undefined && policy.denial(rule.thing, name) === null;
    });
    if (!isList || kept.length < items.length || others.length > 0) edits.set(rule.member, arrayOf(kept));
  }
  // What differs between tokens must not be kept for all of them (2026-07-28, server/utilities/caching, cacheScope).
  if (policy.isPrivate && parsedJson(memberOf(result, 'cacheScope')) === 'public') {
    edits.set('cacheScope', Buffer.from('"private"'));
  }
  return edits.size === 0 ? result : editMembers(result, edits);
}

/** Says that lists may change, in what a server says of itself; the very same bytes where it says so already. */
export function declareChanges(result: Buffer): Buffer {
  const capabilities = memberOf(result, 'capabilities');
  if (capabilities?.[0] !== 0x7b) return result;
  const edits = new Map<string, Buffer>();
  for (const thing of ['tools', 'prompts', 'resources']) {
    const one = memberOf(capabilities, thing);
    if (one?.[0] !== 0x7b || parsedJson(memberOf(one, 'listChanged')) === true) continue;
    edits.set(thing, editMembers(one, new Map([['listChanged', 'true']])));
  }
  if (edits.size === 0) return result;
  return editMembers(result, new Map([['capabilities', editMembers(capabilities, edits)]]));
}

/** Whether a change that the server tells of is of something that the client may not see. */
export function isDeniedNews(method: string, json: Buffer, policy: Policy): boolean {
  if (method !== 'notifications/resources/updated') return false;
  const uri = nameIn(memberOf(json, 'params') ?? NO_PARAMS, 'uri');
  return uri !== undefined && policy.denial('resources', uri) !== null;
}

/** Params of `subscriptions/listen` without resources that are denied; null where none is. */
function withoutDenied(params: Buffer, policy: Policy): Buffer | null {
  const notifications = memberOf(params, 'notifications');
  const uris = notifications && memberOf(notifications, 'resourceSubscriptions');
  if (notifications === undefined || uris?.[0] !== 0x5b) return null;
  const all = elementsOf(uris);
  const kept = all.filter((text) => {
    const uri = parsedJson(text);
    return typeof uri === 'string' && policy.denial('resources', uri) === null;
  });
  if (kept.length === all.length) return null;
  const edited = editMembers(notifications, new Map([['resourceSubscriptions', arrayOf(kept)]]));
  return editMembers(params, new Map([['notifications', edited]]));
}

const COMMA = Buffer.from(',');

function arrayOf(items: readonly Buffer[]): Buffer {
  const pieces = items.flatMap((item, index) => (index === 0 ? [item] : [COMMA, item]));
  return Buffer.concat([Buffer.from('['), ...pieces, Buffer.from(']')]);
}

function nameIn(object: Buffer, key: string): string | undefined {
  const name = parsedJson(memberOf(object, key));
  return typeof name === 'string' ? name : undefined;
}

/**
 * Whether a member that counts is there twice, or in another case: which of them is read depends on the server. Parsers of Go take
 * `Name` for `name`.
 */
function isAmbiguous(json: Buffer, counting: ReadonlySet<string>): boolean {
  const meant = new Map([...counting].map((key) => [foldedKey(key), key]));
  const seen = new Set<string>();
  for (const [key] of membersOf(json)) {
    const plain = foldedKey(key);
    if (!meant.has(plain)) continue;
    if (meant.get(plain) !== key || seen.has(plain)) return true;
    seen.add(plain);
  }
  return false;
}

function refused(code: number, message: string): Judgement {
  return { kind: 'refused', error: { code, message } };
}
