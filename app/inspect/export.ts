import { authorityOf } from '../base/address.ts';
import type { CallFacts } from './call.ts';
import type { CallContents } from './contents.ts';
import type { RequestFacts } from './proxied-request.ts';
import type { Activity } from './recorder.ts';

/** What is written to a file. */
export interface ExportedRows extends Activity {
  /** What a call said, without secrets; null where it is not kept or not wanted. */
  readonly contents: (call: number) => CallContents | null;
  /** Where our port is, as `http://127.0.0.1:28080`. */
  readonly origin: string;
  readonly version: string;
}

/** One row a line, contents as text since parsing them would change large numbers, in the order in which they began; the last line says how many older ones are not kept any more. */
export function activityNdjson({ calls, requests, contents, dropped }: ExportedRows): string {
  const rows = [
    ...calls.map((facts) => ({ sequence: facts.sequence, line: callLine(facts, contents(facts.sequence)) })),
    ...requests.map((facts) => ({ sequence: facts.sequence, line: requestLine(facts) })),
  ].sort((one, other) => one.sequence - other.sequence);
  const last = { schema: 1, kind: 'dropped', ...dropped };
  return `${[...rows.map(({ line }) => line), last].map((line) => JSON.stringify(line)).join('\n')}\n`;
}

function callLine({ startedAt, kind, ...facts }: CallFacts, contents: CallContents | null): object {
  const isCall = kind === 'request';
  return {
    schema: 1,
    kind: isCall ? 'call' : 'notification',
    time: new Date(startedAt).toISOString(),
    ...facts,
    ...(contents === null ? {} : { contents }),
  };
}

function requestLine({ startedAt, kind, ...facts }: RequestFacts): object {
  return { schema: 1, kind: 'proxied', endpoint: kind, time: new Date(startedAt).toISOString(), ...facts };
}

/** Calls that came as one HTTP exchange each: those of the other transports have no form in HAR. */
const EXCHANGES: ReadonlySet<string> = new Set(['streamable', 'stateless']);

/**
 * HAR 1.2 of what was an HTTP exchange and is over: calls by Streamable HTTP, and requests of which the proxy saw the head. Headers
 * are not kept, so that none are in it. What has no form in HAR is left out, and counted in the comment of the log.
 */
export function activityHar({ calls, requests, contents, origin, version }: ExportedRows): string {
  const entries = [
    ...calls.flatMap((call) => callEntry(call, contents(call.sequence), origin)),
    ...requests.flatMap(requestEntry),
  ].sort((one, other) => one.startedDateTime.localeCompare(other.startedDateTime));
  const left = calls.length + requests.length - entries.length;
  const creator = { name: 'MCP Gangway', version };
  const comment = `${left} rows left out: tunnels, notifications, other transports, and what is not over`;
  return `${JSON.stringify({ log: { version: '1.2', creator, entries, comment } }, null, 2)}\n`;
}

interface Entry {
  readonly startedDateTime: string;
  readonly [field: string]: unknown;
}

function callEntry(call: CallFacts, contents: CallContents | null, origin: string): readonly Entry[] {
  const { total, side, from, kind, transport, server, method, target, outcome } = call;
  if (total === null || kind !== 'request' || side !== 'client' || from !== 'client') return [];
  if (!EXCHANGES.has(transport)) return [];
  const isAnswered = outcome === 'ok' || outcome === 'error' || outcome === 'tool-error';
  const mimeType = 'application/json';
  // An address that servers share is named by its path, and no server holds a slash.
  const path = server.startsWith('/') ? server : `/servers/${encodeURIComponent(server)}`;
  return [
    entryOf({
      startedAt: call.startedAt,
      total,
      blocked: call.queue,
      firstByte: call.firstByte,
      method: 'POST',
      url: `${origin}${path}/mcp`,
      sent: call.sent,
      received: call.received,
      // The status itself is not kept; what was answered in JSON-RPC came with 200 (MCP 2025-11-25, transports).
      status: isAnswered ? 200 : 0,
      postData: contents?.sent == null ? undefined : { mimeType, text: contents.sent.text },
      content: contents?.received == null ? undefined : { mimeType, text: contents.received.text },
      own: { _mcpMethod: method, _mcpTarget: target, _mcpOutcome: outcome, _mcpClient: call.client },
    }),
  ];
}

function requestEntry(request: RequestFacts): readonly Entry[] {
  const { kind, target, total, method, path, status, outcome, sentence } = request;
  if (total === null || target === null || kind !== 'http') return [];
  return [
    entryOf({
      startedAt: request.startedAt,
      total,
      blocked: null,
      firstByte: request.firstByte,
      method,
      url: `http://${authorityOf(target)}${path}`,
      sent: request.up,
      received: request.down,
      status: status ?? 0,
      postData: undefined,
      content: undefined,
      own: { _outcome: outcome, _server: request.server, ...(sentence === '' ? {} : { _error: sentence }) },
    }),
  ];
}

interface Exchange {
  readonly startedAt: number;
  readonly total: number;
  readonly blocked: number | null;
  readonly firstByte: number | null;
  readonly method: string;
  readonly url: string;
  readonly sent: number;
  readonly received: number;
  readonly status: number;
  readonly postData: object | undefined;
  readonly content: object | undefined;
  readonly own: object;
}

/** `send`, `wait` and `receive` are never negative, and with `blocked` they are the whole time (HAR 1.2, timings). */
function entryOf(exchange: Exchange): Entry {
  const { startedAt, total, method, url, sent, received, status, postData, content, own } = exchange;
  const blocked = Math.min(exchange.blocked ?? 0, total);
  const answered = Math.max(blocked, Math.min(exchange.firstByte ?? total, total));
  const common = { httpVersion: 'HTTP/1.1', cookies: [], headers: [], headersSize: -1 };
  return {
    startedDateTime: new Date(startedAt).toISOString(),
    time: total,
    request: {
      method,
      url,
      ...common,
      queryString: [],
      bodySize: sent,
      ...(postData === undefined ? {} : { postData }),
    },
    response: {
      status,
      statusText: '',
      ...common,
      content: { size: received, mimeType: 'x-unknown', ...content },
      redirectURL: '',
      bodySize: received,
    },
    cache: {},
    timings: { blocked, send: 0, wait: answered - blocked, receive: total - answered },
    ...own,
  };
}
