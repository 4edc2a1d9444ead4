import { isObject } from '../../base/schema/index.ts';
import { type JsonObject, objectIn } from '../../mcp/jsonrpc/index.ts';
import type { ModernRequest } from './request.ts';

/**
 * What a server may want to know from its client while it works. A legacy server sends a request for it, a modern one
 * ends its own answer with `input_required` (2026-07-28, basic/patterns/mrtr).
 */
const SERVER_REQUEST_METHODS = ['elicitation/create', 'sampling/createMessage', 'roots/list'] as const;

export type ServerRequestMethod = (typeof SERVER_REQUEST_METHODS)[number];

/** The requests a modern server may answer with `input_required`, and so the only ones a server request can belong to. */
const INTERACTIVE_METHODS = new Set(['tools/call', 'prompts/get', 'resources/read']);

export function isServerRequestMethod(method: string): method is ServerRequestMethod {
  return SERVER_REQUEST_METHODS.some((known) => known === method);
}

export function isInteractive(method: string): boolean {
  return INTERACTIVE_METHODS.has(method);
}

/** Tasks of 2026-07-28; those that 2025-11-25 has are of another form. */
const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

/** What a server of the other revision is told of a client: which server requests it takes, and the extensions it has, as MCP Apps. */
export function sharedCapabilities(capabilities: JsonObject): JsonObject {
  const { [TASKS_EXTENSION]: _tasks, ...extensions } = objectIn(capabilities, 'extensions');
  return { ...inputCapabilities(capabilities), ...(Object.keys(extensions).length === 0 ? {} : { extensions }) };
}

/** The part of a client's capabilities that decides which server requests it takes. */
function inputCapabilities(capabilities: JsonObject): JsonObject {
  const chosen: Record<string, unknown> = {};
  for (const name of ['elicitation', 'roots', 'sampling']) {
    if (isObject(capabilities[name])) chosen[name] = capabilities[name];
  }
  return chosen;
}

/**
 * The capability a client must have declared for this server request, when it has not: in the shape of
 * `error.data.requiredCapabilities` (2026-07-28, schema, MissingRequiredClientCapabilityError). Null when it has.
 * An `elicitation` without modes means forms (2025-11-25, client/elicitation, Capabilities).
 */
export function missingFor(
  method: ServerRequestMethod,
  params: JsonObject,
  capabilities: JsonObject,
): JsonObject | null {
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

/** Joins what several server requests were missing into one capabilities object. */
export function joinCapabilities(one: JsonObject, other: JsonObject): JsonObject {
  const joined: Record<string, unknown> = { ...one };
  for (const [name, value] of Object.entries(other)) joined[name] = { ...objectIn(one, name), ...Object(value) };
  return joined;
}

/** Tools and prompts remembered; a server that makes up names must not fill our memory. */
const LIMIT = 10_000;

/** Characters of the longest name that is remembered. */
const LONGEST_NAME = 1024;

/**
 * Remembers which requests make a server send requests of its own. Legacy stdio does not say which request such a one belongs
 * to, so a request that may cause one should have its child to itself. A request that was seen to end without one need not,
 * which is nearly every one; before the first time it is not known.
 */
export class InteractivityCache {
  readonly #seen = new Map<string, boolean>();

  mayInteract(request: ModernRequest): boolean {
    if (!isInteractive(request.method)) return false;
    const key = keyOf(request);
    if (key !== null && this.#seen.get(key) === false) return false;
    return Object.keys(inputCapabilities(request.envelope.capabilities)).length > 0;
  }

  /** It has caused a server request, or is among those of which one has. */
  interacted(request: ModernRequest): void {
    this.#learn(request, true);
  }

  /** It has ended, and no server request came while it was under way. */
  completedAlone(request: ModernRequest): void {
    const key = keyOf(request);
    if (key !== null && !this.#seen.has(key)) this.#learn(request, false);
  }

  #learn(request: ModernRequest, interacts: boolean): void {
    const key = keyOf(request);
    if (key === null) return;
    if (this.#seen.size >= LIMIT) this.#seen.clear();
    this.#seen.set(key, interacts);
  }
}

/**
 * What a server requests depends on what its client can do. Resources are told apart by URI, of which there may be any number:
 * they count as one. Null for a name that nothing has.
 */
function keyOf({ method, params, envelope }: ModernRequest): string | null {
  const name = method === 'resources/read' ? '' : params['name'];
  if (typeof name !== 'string' || name.length > LONGEST_NAME) return null;
  return JSON.stringify([method, name, Object.keys(inputCapabilities(envelope.capabilities))]);
}
