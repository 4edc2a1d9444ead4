import { isObject } from '../base/schema/index.ts';
import { type JsonObject, memberOf, parsedJson, stringIn } from './jsonrpc/index.ts';
import { isModernRevision } from './revisions.ts';

/** Reserved keys of `_meta` (2026-07-28, basic/index, `_meta`). */
export const META = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  logLevel: 'io.modelcontextprotocol/logLevel',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
} as const;

const LOG_LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const;

/** RFC 5424 severities, from light to grave. */
export type McpLogLevel = (typeof LOG_LEVELS)[number];

/** What a modern request says about itself in `params._meta` (2026-07-28, basic/index, Per-request protocol fields). */
export interface Envelope {
  readonly revision: string;
  readonly capabilities: JsonObject;
  /** Null when the client does not say who it is. */
  readonly clientInfo: JsonObject | null;
  /** Null when the client wants no log messages for this request. */
  readonly logLevel: McpLogLevel | null;
  /** Null when the client wants no progress for this request. */
  readonly progressToken: string | number | null;
}

export type EnvelopeReading =
  | { readonly kind: 'envelope'; readonly envelope: Envelope }
  | { readonly kind: 'fault'; readonly key: string; readonly problem: 'missing' | 'invalid' };

/** Reads the envelope, or says which required or malformed key makes the request invalid (-32602). */
export function readEnvelope(params: unknown): EnvelopeReading {
  const meta = isObject(params) ? params['_meta'] : undefined;
  if (!isObject(meta)) return { kind: 'fault', key: '_meta', problem: 'missing' };
  const revision = stringIn(meta, META.protocolVersion);
  if (revision === undefined) return faultAt(meta, META.protocolVersion);
  const capabilities = meta[META.clientCapabilities];
  if (!isObject(capabilities)) return faultAt(meta, META.clientCapabilities);
  const clientInfo = meta[META.clientInfo] ?? null;
  if (clientInfo !== null && !isObject(clientInfo)) return faultAt(meta, META.clientInfo);
  const logLevel = meta[META.logLevel] ?? null;
  if (logLevel !== null && !isLogLevel(logLevel)) return faultAt(meta, META.logLevel);
  const token = meta['progressToken'];
  const progressToken = typeof token === 'string' || typeof token === 'number' ? token : null;
  return { kind: 'envelope', envelope: { revision, capabilities, clientInfo, logLevel, progressToken } };
}

export function isLogLevel(value: unknown): value is McpLogLevel {
  return LOG_LEVELS.some((level) => level === value);
}

/** Whether a message of one level is wanted by someone who asked for another and everything graver. */
export function reaches(level: McpLogLevel, wanted: McpLogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(wanted);
}

function faultAt(meta: JsonObject, key: string): EnvelopeReading {
  return { kind: 'fault', key, problem: Object.hasOwn(meta, key) ? 'invalid' : 'missing' };
}

/** Whether a message says of itself that it is of the modern era, well-formed or not. */
export function claimsModern(json: Buffer): boolean {
  const params = memberOf(json, 'params');
  const meta = params && memberOf(params, '_meta');
  const revision = meta && parsedJson(memberOf(meta, META.protocolVersion));
  return typeof revision === 'string' && isModernRevision(revision);
}
