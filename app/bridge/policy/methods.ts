import { plainName, type Thing } from '../../servers/index.ts';

/** What a policy does with a request or notification of a client. */
export type MethodRule =
  /** It names nothing of the server's own: it passes. */
  | { readonly kind: 'passes' }
  /** Its result is a list, in this member, of things that have their names in `key`: what is denied is cut out. */
  | {
      readonly kind: 'lists';
      readonly thing: Thing;
      readonly member: string;
      readonly key: 'name' | 'uri' | 'uriTemplate';
    }
  /** It uses the one thing that `key` of its params names: it is refused where that is denied. */
  | { readonly kind: 'uses'; readonly thing: Thing; readonly key: 'name' | 'uri' }
  /** `ref` names a prompt or a resource template. */
  | { readonly kind: 'completes' }
  /** It asks for news of resources by their URIs: those that are denied are cut out of what it asks for. */
  | { readonly kind: 'listens' }
  /** It introduces the server: its answer says that lists may change, because a policy may. */
  | { readonly kind: 'introduces' }
  /** It is of a kind that names things, and not known: it is refused. */
  | { readonly kind: 'unknown' };

const PASSES: MethodRule = { kind: 'passes' };
const UNKNOWN: MethodRule = { kind: 'unknown' };
const INTRODUCES: MethodRule = { kind: 'introduces' };

/**
 * Every method that a client may send, of every revision from 2024-10-07 to 2026-07-28 (schema.ts of each, ClientRequest and
 * ClientNotification, and the extension io.modelcontextprotocol/tasks). A call that has become a task was let through when it began, and
 * runs on; so do requests about it.
 */
const RULES: ReadonlyMap<string, MethodRule> = new Map<string, MethodRule>([
  ['initialize', INTRODUCES],
  ['server/discover', INTRODUCES],
  ['ping', PASSES],
  ['logging/setLevel', PASSES],
  ['tools/list', { kind: 'lists', thing: 'tools', member: 'tools', key: 'name' }],
  ['tools/call', { kind: 'uses', thing: 'tools', key: 'name' }],
  ['prompts/list', { kind: 'lists', thing: 'prompts', member: 'prompts', key: 'name' }],
  ['prompts/get', { kind: 'uses', thing: 'prompts', key: 'name' }],
  ['resources/list', { kind: 'lists', thing: 'resources', member: 'resources', key: 'uri' }],
  ['resources/templates/list', { kind: 'lists', thing: 'resources', member: 'resourceTemplates', key: 'uriTemplate' }],
  ['resources/read', { kind: 'uses', thing: 'resources', key: 'uri' }],
  ['resources/subscribe', { kind: 'uses', thing: 'resources', key: 'uri' }],
  // It ends what was begun when it was allowed.
  ['resources/unsubscribe', PASSES],
  ['completion/complete', { kind: 'completes' }],
  ['subscriptions/listen', { kind: 'listens' }],
  ['tasks/get', PASSES],
  ['tasks/result', PASSES],
  ['tasks/list', PASSES],
  ['tasks/cancel', PASSES],
  ['tasks/update', PASSES],
  ['notifications/initialized', PASSES],
  ['notifications/cancelled', PASSES],
  ['notifications/progress', PASSES],
  ['notifications/roots/list_changed', PASSES],
  ['notifications/tasks/status', PASSES],
  ['notifications/message', PASSES],
]);

/** Beginnings of methods that name what a policy is about; a new one of them is refused until it stands in the table. */
const NAMING = /^[\W_]*(?:tools|prompts|resources|completion|subscriptions)[\W_]/;

const PLAIN: ReadonlySet<string> = new Set([...RULES.keys()].map(plainMethod));

/**
 * What a policy does with a method. Methods of a server's own, beside the protocol, pass: no rule can name what they do. One that only
 * resembles a method of the protocol, in case, white space or invisible characters, is none of them: a lenient server would take it for that.
 */
export function ruleFor(method: string): MethodRule {
  const rule = RULES.get(method);
  if (rule !== undefined) return rule;
  const plain = plainMethod(method);
  return NAMING.test(plain) || PLAIN.has(plain) ? UNKNOWN : PASSES;
}

function plainMethod(method: string): string {
  return plainName(method).toLowerCase();
}

/** Every method of the table. */
export function knownMethods(): Iterable<string> {
  return RULES.keys();
}
