import { isObject } from '../../base/schema/index.ts';
import { type JsonObject, objectIn } from '../../mcp/jsonrpc/index.ts';
import type { ModernRequest } from './request.ts';

/**
 * What a server may want to know from its client while it works. A legacy server sends a request for it, a modern one
 * ends its own answer with `input_required` (2026-07-28, basic/patterns/mrtr).
 */
export const ASK_METHODS = ['elicitation/create', 'sampling/createMessage', 'roots/list'] as const;

export type AskMethod = (typeof ASK_METHODS)[number];

/** The requests a modern server may answer with `input_required`, and so the only ones an ask can belong to. */
const INTERACTIVE_METHODS = new Set(['tools/call', 'prompts/get', 'resources/read']);

export function isAskMethod(method: string): method is AskMethod {
  return ASK_METHODS.some((known) => known === method);
}

export function isInteractive(method: string): boolean {
  return INTERACTIVE_METHODS.has(method);
}

/** The part of a client's capabilities that decides what it can be asked; the only part a legacy child is told. */
export function askable(capabilities: JsonObject): JsonObject {
  const chosen: Record<string, unknown> = {};
  for (const name of ['elicitation', 'roots', 'sampling']) {
    if (isObject(capabilities[name])) chosen[name] = capabilities[name];
  }
  return chosen;
}

/**
 * The capability a client must have declared to be asked this, when it has not: in the shape of
 * `error.data.requiredCapabilities` (2026-07-28, schema, MissingRequiredClientCapabilityError). Null when it has.
 * An `elicitation` without modes means forms (2025-11-25, client/elicitation, Capabilities).
 */
export function missingFor(method: AskMethod, params: JsonObject, capabilities: JsonObject): JsonObject | null {
  switch (method) {
    case 'roots/list':
      return isObject(capabilities['roots']) ? null : { roots: {} };
    case 'sampling/createMessage':
      return isObject(capabilities['sampling']) ? null : { sampling: {} };
    case 'elicitation/create': {
      const elicitation = capabilities['elicitation'];
      const wanted = params['mode'] === 'url' ? 'url' : 'form';
      if (!isObject(elicitation)) return { elicitation: wanted === 'url' ? { url: {} } : {} };
      if (wanted === 'form' && !isObject(elicitation['url'])) return null;
      const declared = isObject(objectIn(capabilities, 'elicitation')[wanted]);
      return declared ? null : { elicitation: { [wanted]: {} } };
    }
    default:
      return method satisfies never;
  }
}

/** Joins what several asks were missing into one capabilities object. */
export function joinCapabilities(one: JsonObject, other: JsonObject): JsonObject {
  const joined: Record<string, unknown> = { ...one };
  for (const [name, value] of Object.entries(other)) joined[name] = { ...objectIn(one, name), ...Object(value) };
  return joined;
}

/** Tools and prompts remembered; a server that makes up names must not fill our memory. */
const LIMIT = 10_000;

/**
 * What is known of which requests make a server ask its client. Legacy stdio does not say which request a question belongs
 * to, so a request that may bring one should have its child to itself. One that was seen to end without a question need
 * not, which is nearly every one; the first time, nobody knows.
 */
export class InteractivityCache {
  readonly #asks = new Map<string, boolean>();

  mayAsk(request: ModernRequest): boolean {
    if (!isInteractive(request.method) || this.#asks.get(keyOf(request)) === false) return false;
    return Object.keys(askable(request.envelope.capabilities)).length > 0;
  }

  /** It has asked, or is among those of which one has asked. */
  asked(request: ModernRequest): void {
    this.#learn(request, true);
  }

  /** It has ended, and no question came while it was under way. */
  keptQuiet(request: ModernRequest): void {
    if (!this.#asks.has(keyOf(request))) this.#learn(request, false);
  }

  #learn(request: ModernRequest, asks: boolean): void {
    if (this.#asks.size >= LIMIT) this.#asks.clear();
    this.#asks.set(keyOf(request), asks);
  }
}

/**
 * What a server asks depends on what its client can do. Resources are told apart by URI, of which there may be any number:
 * they count as one.
 */
function keyOf({ method, params, envelope }: ModernRequest): string {
  const name = method === 'resources/read' ? null : params['name'];
  return JSON.stringify([method, name, Object.keys(askable(envelope.capabilities))]);
}
