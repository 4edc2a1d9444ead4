import type { IncomingHttpHeaders } from 'node:http';
import { type Clock, systemClock } from '../../../base/clock.ts';
import { isObject } from '../../../base/schema/index.ts';
import type { Text } from '../../../i18n/index.ts';
import {
  argumentAt,
  type MirroredArgument,
  MODERN_REVISIONS,
  mirroredArguments,
  readEnvelope,
  unsupportedRevision,
} from '../../../mcp/index.ts';
import {
  CODE,
  DEEPEST,
  isTooDeep,
  type JsonObject,
  type JsonRpcError,
  memberOf,
  objectIn,
  stringIn,
} from '../../../mcp/jsonrpc/index.ts';
import type { HttpExchange } from '../../http/index.ts';
import type { ModernRequest } from '../../translate/index.ts';

const PREFIX = '=?base64?';
const SUFFIX = '?=';

/** RFC 4648 section 4 with its padding; Node's own decoder would let anything through. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Each run of blanks is tried at its beginning alone, so that it costs no more time than it is long. */
const BLANKS_AROUND = /^[ \t]+|(?<![ \t])[ \t]+$/g;

/** What may stand in a header as it is: visible ASCII, space and tab (RFC 9110 section 5.5). */
const PLAIN = /^[\t\x20-\x7e]*$/;

/**
 * The value a client meant by a mirrored header: as it stands, or decoded where it is wrapped as `=?base64?…?=`
 * (2026-07-28, basic/transports/streamable-http, Value Encoding). Undefined when it breaks those rules.
 */
export function decodeMirrored(header: string): string | undefined {
  const value = header.replace(BLANKS_AROUND, '');
  if (!PLAIN.test(value)) return undefined;
  if (!value.startsWith(PREFIX) || !value.endsWith(SUFFIX) || value.length < PREFIX.length + SUFFIX.length)
    return value;
  const encoded = value.slice(PREFIX.length, -SUFFIX.length);
  if (!BASE64.test(encoded)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(encoded, 'base64'));
  } catch {
    // Base64 of something that is no UTF-8 breaks the rules like any other bad encoding.
    return undefined;
  }
}

/** Which member of `params` the `Mcp-Name` header mirrors, for the methods that have one. */
const NAME_SOURCE = new Map<string, 'name' | 'uri' | 'taskId'>([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  // The tasks extension (SEP-2663, Streamable HTTP: Routing Headers).
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
]);

type HeaderWords = Text['bridge']['headers'];

interface Mirrored {
  readonly method: string;
  readonly params: unknown;
  /** The revision that the body claims. */
  readonly revision: string;
}

/** What contradicts the body among the headers that are there; null when nothing does. Missing ones are not looked at. */
function contradiction(
  headers: IncomingHttpHeaders,
  { method, revision }: Mirrored,
  words: HeaderWords,
): string | null {
  const version = textOf(headers['mcp-protocol-version']);
  if (version !== undefined && version !== revision) {
    return words.contradicts('MCP-Protocol-Version', version, revision);
  }
  const named = textOf(headers['mcp-method']);
  if (named !== undefined && named !== method) return words.contradicts('Mcp-Method', named, method);
  return null;
}

/**
 * What is missing or wrong among the headers every modern request must carry: `MCP-Protocol-Version`, `Mcp-Method`, and
 * `Mcp-Name` where the method has a name or URI (2026-07-28, basic/transports/streamable-http, Server Validation).
 * Null when all is well. Names compare without case, values with it.
 */
export function standardHeaderFault(
  headers: IncomingHttpHeaders,
  mirrored: Mirrored,
  words: HeaderWords,
): string | null {
  if (headers['mcp-protocol-version'] === undefined) return words.missing('MCP-Protocol-Version');
  if (headers['mcp-method'] === undefined) return words.missing('Mcp-Method');
  const wrong = contradiction(headers, mirrored, words);
  if (wrong !== null) return wrong;
  const source = NAME_SOURCE.get(mirrored.method);
  if (source === undefined || !isObject(mirrored.params)) return null;
  const value = mirrored.params[source];
  const header = textOf(headers['mcp-name']);
  // The official clients write none for a method that they do not know, and servers that read the body need none.
  if (header === undefined) return typeof value === 'string' && source !== 'taskId' ? words.missing('Mcp-Name') : null;
  const decoded = decodeMirrored(header);
  if (decoded === undefined) return words.badEncoding('Mcp-Name');
  if (typeof value === 'string' && decoded !== value) return words.otherName('Mcp-Name', source);
  return null;
}

/** Node joins repeated headers of these names with a comma, so a second one never matches the body. */
function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header?.trim();
}

/** Plain decimal notation; anything looser would be a coercion, not a comparison. */
const DECIMAL = /^-?\d+(?:\.\d+)?$/;

/** What is wrong with the mirrored headers of a call; null when they say what its arguments say. */
export function paramHeaderFault(
  headers: IncomingHttpHeaders,
  args: JsonObject,
  mirrored: readonly MirroredArgument[],
  words: HeaderWords,
): string | null {
  for (const argument of mirrored) {
    const raw = headers[argument.header];
    const header = Array.isArray(raw) ? raw.join(', ') : raw;
    const value = argumentAt(args, argument.path);
    if (value === undefined || value === null) {
      if (header !== undefined) return words.noArgument(argument.header);
      continue;
    }
    if (!isMirrorable(value)) continue;
    if (header === undefined) return words.missing(argument.header);
    const decoded = decodeMirrored(header);
    if (decoded === undefined) return words.badEncoding(argument.header);
    if (!agrees(decoded, value)) return words.otherArgument(argument.header);
  }
  return null;
}

/** Integers compare as numbers: 42.0 and 42 are one. */
function agrees(header: string, value: string | number | boolean): boolean {
  if (typeof value === 'number' && DECIMAL.test(header)) return Number(header) === value;
  return header === String(value);
}

/** Other values break the tool's own schema; saying so is the child's part. */
function isMirrorable(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** Sends the child a request of our own; null when it is gone or refuses. */
export type RequestChild = (method: string, params: JsonObject) => Promise<JsonObject | null>;

/** Milliseconds a call waits for the tools to be listed. A server that is busy with a call may list nothing for minutes. */
const LISTING_TIMEOUT = 2000;

/** Pages of `tools/list` read before we take it for a circle. */
const PAGE_LIMIT = 100;

/**
 * Knows which arguments of a child's tools must be mirrored into headers, and checks that they are. The tools are listed
 * once, before the first call, and again when a call does not fit what is known: the child may have changed them.
 */
export class ToolHeaders {
  readonly #request: RequestChild;
  readonly #words: () => HeaderWords;
  readonly #clock: Clock;
  #known: ReadonlyMap<string, readonly MirroredArgument[]> | null = null;
  #listing: Promise<void> | null = null;
  #overdue = false;

  constructor(request: RequestChild, words: () => HeaderWords, clock: Clock = systemClock) {
    this.#request = request;
    this.#words = words;
    this.#clock = clock;
  }

  /** True when a call needs no check, which is the usual case and then costs nothing. */
  passes(params: JsonObject): boolean {
    const name = stringIn(params, 'name');
    return name !== undefined && this.#known?.get(name)?.length === 0;
  }

  /** What is wrong with the headers of a `tools/call`; null when nothing is. Lists the tools if what is known does not do. */
  async fault(headers: IncomingHttpHeaders, params: JsonObject): Promise<string | null> {
    const isKnown = this.#known?.has(stringIn(params, 'name') ?? '') === true;
    if (isKnown && this.knownFault(headers, params) === null) return null;
    await this.#listed();
    return this.knownFault(headers, params);
  }

  /** The same by what is known already: the child is asked nothing. */
  knownFault(headers: IncomingHttpHeaders, params: JsonObject): string | null {
    const mirrored = this.#known?.get(stringIn(params, 'name') ?? '') ?? [];
    return paramHeaderFault(headers, objectIn(params, 'arguments'), mirrored, this.#words());
  }

  /** Resolves when the tools are listed, or when that takes too long. While a listing is overdue, no further call waits for it. */
  #listed(): Promise<void> {
    this.#listing ??= this.#read().then((tools) => {
      this.#listing = null;
      this.#overdue = false;
      this.#known = tools;
    });
    return this.#overdue ? Promise.resolve() : this.#within(this.#listing);
  }

  #within(listing: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#clock.after(LISTING_TIMEOUT, () => {
        this.#overdue = this.#listing === listing;
        resolve();
      });
      void listing.then(() => {
        stop();
        resolve();
      });
    });
  }

  async #read(): Promise<ReadonlyMap<string, readonly MirroredArgument[]>> {
    const found = new Map<string, readonly MirroredArgument[]>();
    let cursor: string | undefined;
    for (let page = 0; page < PAGE_LIMIT; page++) {
      const result = await this.#request('tools/list', cursor === undefined ? {} : { cursor });
      const tools: unknown = result?.['tools'];
      for (const tool of Array.isArray(tools) ? tools.filter(isObject) : []) {
        found.set(stringIn(tool, 'name') ?? '', mirroredArguments(tool['inputSchema']));
      }
      cursor = result === null ? undefined : stringIn(result, 'nextCursor');
      if (cursor === undefined) break;
    }
    return found;
  }
}

/** One POST that the classifier gave to revision 2026-07-28. Its body is read, is JSON, and is one object; nothing is answered yet. */
export interface StatelessPost extends HttpExchange {
  /** The body as it came, line breaks between tokens made spaces. */
  readonly bytes: Buffer;
  readonly message: JsonObject;
}

export type Validated =
  | { readonly kind: 'request'; readonly request: ModernRequest }
  | { readonly kind: 'notification'; readonly method: string; readonly bytes: Buffer }
  /** `idText` is JSON text; `null` where the request has no valid id. */
  | { readonly kind: 'refused'; readonly idText: Buffer; readonly error: JsonRpcError };

/**
 * Lets a well-formed modern message in, or says what is wrong with it; every refusal is a 400. In order: the shape, the
 * envelope, headers that contradict it, the revision, headers that are missing (2026-07-28, basic/index, `_meta`;
 * basic/transports/streamable-http, Request Metadata). A notification has no required headers or envelope.
 */
export function validate(
  { request: { headers }, caller: { principal }, scope: { via }, bytes, message }: StatelessPost,
  { invalid, headers: header }: Text['bridge'],
): Validated {
  const { id, method } = message;
  const params = message['params'] ?? {};
  const written = typeof id === 'string' || typeof id === 'number' ? memberOf(bytes, 'id') : undefined;
  const idText = written ?? Buffer.from('null');
  const refused = (code: number, text: string): Validated => ({
    kind: 'refused',
    idText,
    error: { code, message: text },
  });
  if (message['jsonrpc'] !== '2.0' || typeof method !== 'string' || !isObject(params)) {
    return refused(CODE.invalidRequest, invalid.notRequest);
  }
  if (id === undefined) return { kind: 'notification', method, bytes };
  if ((typeof id !== 'string' && typeof id !== 'number') || method.startsWith('notifications/')) {
    return refused(CODE.invalidRequest, invalid.badId);
  }
  if (isTooDeep(bytes)) return refused(CODE.invalidParams, invalid.tooDeep(DEEPEST));
  const reading = readEnvelope(params);
  if (reading.kind === 'fault') {
    const { missingMeta, invalidMeta } = invalid;
    return refused(CODE.invalidParams, (reading.problem === 'missing' ? missingMeta : invalidMeta)(reading.key));
  }
  const { envelope } = reading;
  const mirrored = { method, params, revision: envelope.revision };
  const contradicts = contradiction(headers, mirrored, header);
  if (contradicts !== null) return refused(CODE.headerMismatch, header.mismatch(contradicts));
  if (!MODERN_REVISIONS.includes(envelope.revision)) {
    return { kind: 'refused', idText, error: unsupportedRevision(envelope.revision) };
  }
  const fault = standardHeaderFault(headers, mirrored, header);
  if (fault !== null) return refused(CODE.headerMismatch, header.mismatch(fault));
  return { kind: 'request', request: { idText, method, params, bytes, envelope, principal, via, aboutName: false } };
}
