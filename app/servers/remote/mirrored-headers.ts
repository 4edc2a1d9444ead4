import type { Log } from '../../base/log.ts';
import { isWellAnnotated, META, MIRROR_KEY, type MirroredArgument, mirroredArguments } from '../../mcp/index.ts';
import {
  editMembers,
  elementsOf,
  type Frame,
  frameFrom,
  memberOf,
  parsedJson,
  type RequestFrame,
  type ResponseFrame,
} from '../../mcp/jsonrpc/index.ts';

/**
 * Where a request names something, and the member that does (2026-07-28, basic/transports/streamable-http, Request Metadata; for tasks the
 * extension, SEP-2663, Streamable HTTP: Routing Headers).
 */
const NAMED: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

const PLAIN = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;
const ENCODED = /^=\?base64\?.*\?=$/;

/** The value of a mirrored header: as it is where a header can hold it, else as base64 in markers. */
export function headerValue(text: string): string {
  if (text === '' || (PLAIN.test(text) && !ENCODED.test(text))) return text;
  return `=?base64?${Buffer.from(text).toString('base64')}?=`;
}

/** The headers that repeat what a stateless request says in its body, except those that its tool asks for. */
export function standardFields(message: Frame): readonly string[] {
  const version = ['MCP-Protocol-Version', revisionIn(message.bytes)];
  if (message.kind !== 'request') return version;
  const member = NAMED[message.method];
  const params = member === undefined ? undefined : memberOf(message.bytes, 'params');
  const name = params === undefined || member === undefined ? undefined : parsedJson(memberOf(params, member));
  const named = typeof name === 'string' ? ['Mcp-Name', headerValue(name)] : [];
  return [...version, 'Mcp-Method', message.method.replace(/[^\x21-\x7e]/g, '?'), ...named];
}

function revisionIn(modern: Buffer): string {
  const meta = metaOf(modern);
  const version = meta && parsedJson(memberOf(meta, META.protocolVersion));
  return typeof version === 'string' && /^[\x21-\x7e]+$/.test(version) ? version : '';
}

function metaOf(modern: Buffer): Buffer | undefined {
  const params = memberOf(modern, 'params');
  return params && memberOf(params, '_meta');
}

/** Tools with annotations that are kept, and pages of `tools/list` read before they are taken for a circle. */
const MOST_TOOLS = 10_000;
/** Bytes of such a tool, and characters of its name: a longer one is passed on, and its calls repeat nothing. */
const LONGEST_TOOL = 64 * 1024;
const LONGEST_NAME = 1024;
/** Bytes of all tools that are kept; beyond that it is begun anew. */
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_PAGES = 100;

/** Asks the remote a request of ours; null when there is no result. */
export type AskRemote = (request: RequestFrame) => Promise<ResponseFrame | null>;

/**
 * What the tools of one remote want repeated in headers, by `x-mcp-header` in their schemas (2026-07-28,
 * basic/transports/streamable-http, Custom Headers from Tool Parameters). Learned from every `tools/list` that passes. A tool whose
 * annotations break the rules is taken out of it, as a client of HTTP has to: a client in front of us may not know of headers at all.
 */
export class AnnotatedTools {
  readonly #log: Log;
  readonly #tools = new Map<string, readonly MirroredArgument[]>();
  readonly #excluded = new Set<string>();
  /** Of the tools that were kept since it was last begun anew. */
  #bytes = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Takes note of the answer to a `tools/list`, and gives what is delivered of it. */
  admit(answer: ResponseFrame): ResponseFrame {
    if (this.#tools.size === 0 && !answer.bytes.includes(MIRROR_KEY)) return answer;
    const result = memberOf(answer.bytes, 'result');
    const list = result && memberOf(result, 'tools');
    if (result === undefined || list === undefined) return answer;
    const tools = elementsOf(list);
    const admitted = tools.filter((tool) => this.#isAdmitted(tool));
    if (admitted.length === tools.length) return answer;
    const kept = Buffer.concat([Buffer.from('['), ...admitted.flatMap(behindCommas), Buffer.from(']')]);
    const bytes = editMembers(answer.bytes, new Map([['result', editMembers(result, new Map([['tools', kept]]))]]));
    return { ...answer, bytes };
  }

  /** The fields that a call repeats arguments in; none for a tool that was never listed. */
  fieldsOf(message: Frame): readonly string[] {
    if (this.#tools.size === 0 || message.kind !== 'request' || message.method !== 'tools/call') return [];
    const params = memberOf(message.bytes, 'params');
    const name = params && parsedJson(memberOf(params, 'name'));
    const mirrored = typeof name === 'string' ? this.#tools.get(name) : undefined;
    const args = params && memberOf(params, 'arguments');
    if (mirrored === undefined || args === undefined) return [];
    return mirrored.flatMap(({ header, path }) => {
      const value = mirroredValue(path.reduce<Buffer | undefined>((at, key) => at && memberOf(at, key), args));
      return value === null ? [] : [header, value];
    });
  }

  /** Lists all tools again, with what `call` says of its client. */
  async read(call: RequestFrame, ask: AskRemote): Promise<void> {
    this.#tools.clear();
    const meta = metaOf(call.bytes);
    if (meta === undefined) return;
    const _meta = editMembers(meta, NOT_FOR_LISTS).toString();
    let cursor: Buffer | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const at = cursor === undefined ? '' : `"cursor":${cursor},`;
      const id = `mcp-gangway-tools-${page}`;
      const text = `{"jsonrpc":"2.0","id":"${id}","method":"tools/list","params":{${at}"_meta":${_meta}}}`;
      const request = frameFrom(Buffer.from(text));
      const answer = request?.kind === 'request' ? await ask(request) : null;
      if (answer === null) return;
      this.admit(answer);
      const result = memberOf(answer.bytes, 'result');
      cursor = result && memberOf(result, 'nextCursor');
      if (cursor?.[0] !== 0x22) return;
    }
  }

  #isAdmitted(tool: Buffer): boolean {
    const name = parsedJson(memberOf(tool, 'name'));
    if (typeof name !== 'string') return true;
    const schema = tool.includes(MIRROR_KEY) ? parsedJson(memberOf(tool, 'inputSchema')) : undefined;
    if (!isWellAnnotated(schema)) {
      if (!this.#excluded.has(name) && this.#excluded.size < MOST_TOOLS) {
        this.#excluded.add(name.slice(0, LONGEST_NAME));
        this.#log.warn('A tool was left out, for an x-mcp-header in its input schema breaks the rules', { tool: name });
      }
      this.#tools.delete(name);
      return false;
    }
    const mirrored = mirroredArguments(schema);
    if (mirrored.length === 0) this.#tools.delete(name);
    else if (this.#tools.size < MOST_TOOLS && tool.length <= LONGEST_TOOL) this.#keep(name, mirrored, tool.length);
    return true;
  }

  #keep(name: string, mirrored: readonly MirroredArgument[], bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > MOST_BYTES) {
      this.#tools.clear();
      this.#bytes = bytes;
    }
    this.#tools.set(name, mirrored);
  }
}

/** Members of `_meta` that belong to one call. */
const NOT_FOR_LISTS = new Map([
  ['progressToken', null],
  [META.logLevel, null],
]);

function behindCommas(tool: Buffer, index: number): readonly Buffer[] {
  return index === 0 ? [tool] : [COMMA, tool];
}

const COMMA = Buffer.from(',');

/** An argument as a header repeats it: integers in decimal, however many digits they have; null for none, and for what is no primitive. */
function mirroredValue(argument: Buffer | undefined): string | null {
  const value = parsedJson(argument);
  switch (typeof value) {
    case 'string':
      return headerValue(value);
    case 'boolean':
      return String(value);
    case 'number': {
      const written = argument?.toString() ?? '';
      return /^-?\d+$/.test(written) ? written : String(value);
    }
    default:
      return null;
  }
}
