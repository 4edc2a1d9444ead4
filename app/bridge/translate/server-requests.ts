import { isObject } from '../../base/schema/index.ts';
import { type JsonObject, objectIn } from '../../mcp/jsonrpc/index.ts';

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
