import { isObject } from '../base/schema/index.ts';
import { answerKind, type JsonObject, memberOf, objectIn, parsedJson, stringIn } from '../mcp/jsonrpc/index.ts';
import { shownText, shownUri } from './shown.ts';

/** Bytes at the beginning of a request in which its target is looked for first: most clients write it before the arguments. */
const NEAR = 4096;
/** Bytes of a request that is searched as a whole. */
const WHOLE = 64 * 1024;
/** Bytes of an answer that is searched as a whole for `isError`. */
const SHORT_ANSWER = 16 * 1024;
/** Bytes at each end of a longer one: SDKs write `isError` beside the content, which is what is long. */
const END = 256;

/** The member of `params` that says what a request is about. */
const TARGET_KEYS: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['resources/subscribe', 'uri'],
  ['resources/unsubscribe', 'uri'],
]);

/** The tool, prompt or resource that a request is about; empty where there is none. */
export function targetOf(method: string, json: Buffer): string {
  const key = TARGET_KEYS.get(method);
  if (key === undefined) return '';
  const near = memberIn(json.length > NEAR ? json.subarray(0, NEAR) : json, key);
  const text = near ?? (json.length > NEAR && json.length <= WHOLE ? memberIn(json, key) : undefined);
  return text === undefined ? '' : shown(key, text);
}

/** As `targetOf`, for params that are parsed already. */
export function targetIn(method: string, params: JsonObject): string {
  const key = TARGET_KEYS.get(method);
  const text = key === undefined ? undefined : stringIn(params, key);
  return key === undefined || text === undefined ? '' : shown(key, text);
}

function memberIn(json: Buffer, key: string): string | undefined {
  const params = memberOf(json, 'params');
  const value = params && parsedJson(memberOf(params, key));
  return typeof value === 'string' ? value : undefined;
}

function shown(key: string, text: string): string {
  return key === 'uri' ? shownUri(text) : shownText(text);
}

/** The name by which the sender of an `initialize` request introduces itself; empty where it does not. */
export function clientNameIn(initialize: Buffer): string {
  const params = memberOf(initialize, 'params');
  return clientName(parsedJson(params && memberOf(params, 'clientInfo')));
}

export function clientName(clientInfo: unknown): string {
  if (!isObject(clientInfo)) return '';
  const { title, name } = clientInfo;
  const said = typeof title === 'string' && title !== '' ? title : name;
  return typeof said === 'string' ? shownText(said) : '';
}

/** What an answer says. */
export type Answered =
  | { readonly kind: 'ok' }
  | { readonly kind: 'tool-error' }
  /** The code is null where it is no number. */
  | { readonly kind: 'error'; readonly code: number | null };

const OK: Answered = { kind: 'ok' };
const TOOL_ERROR: Answered = { kind: 'tool-error' };

export function answeredBy(method: string, json: Buffer): Answered {
  if (answerKind(json) === 'error') return { kind: 'error', code: codeIn(json) };
  return method === 'tools/call' && isToolError(json) ? TOOL_ERROR : OK;
}

const IS_ERROR = Buffer.from('"isError"');
/** The first or the last member of a result that is not looked at in between. */
const TRUE_FIRST =
  /^\s*\{(?:\s*"(?:jsonrpc|id)"\s*:\s*(?:"[^"\\]*"|[\w.+-]+)\s*,)*\s*"result"\s*:\s*\{\s*"isError"\s*:\s*true\s*[,}]/;
const TRUE_LAST =
  /"isError"\s*:\s*true\s*(?:,\s*"\w+"\s*:\s*(?:"[^"\\]*"|[\w.+-]+)\s*)*\}\s*(?:,\s*"(?:jsonrpc|id)"\s*:\s*(?:"[^"\\]*"|[\w.+-]+)\s*)*\}\s*$/;

/** Whether the result of a tool says that it failed (2025-11-25, server/tools, Error Handling). */
function isToolError(json: Buffer): boolean {
  if (json.length > SHORT_ANSWER) {
    return (
      TRUE_FIRST.test(json.toString('latin1', 0, END)) || TRUE_LAST.test(json.toString('latin1', json.length - END))
    );
  }
  if (!json.includes(IS_ERROR)) return false;
  const result = memberOf(json, 'result');
  return (result && memberOf(result, 'isError'))?.toString('latin1') === 'true';
}

function codeIn(json: Buffer): number | null {
  const error = parsedJson(memberOf(json, 'error'));
  const code = isObject(error) ? error['code'] : null;
  return typeof code === 'number' ? code : null;
}

/** Whether a `notifications/cancelled` says that its sender has waited too long. The official clients put their own error there. */
export function isTimeout(cancelled: Buffer): boolean {
  const reason = stringIn(objectIn({ params: parsedJson(memberOf(cancelled, 'params')) }, 'params'), 'reason') ?? '';
  return /time[ds]?[ -]?out|-32001|deadline/i.test(reason);
}
