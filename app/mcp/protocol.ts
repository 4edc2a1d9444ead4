import { isObject } from '../base/schema/index.ts';
import { type JsonObject, memberOf, parsedJson, stringIn } from './jsonrpc/index.ts';

/** The newest revision with an `initialize` handshake: what a legacy child is asked for, and a client that names none we know. */
export const NEWEST_LEGACY_REVISION = '2025-11-25';

/** The revisions with a handshake and sessions, called legacy for short, oldest first. */
const LEGACY_REVISIONS: readonly string[] = [
  '2024-10-07',
  '2024-11-05',
  '2025-03-26',
  '2025-06-18',
  NEWEST_LEGACY_REVISION,
];

/** The revision without handshake and sessions, in which every request carries its own context: called modern for short. */
export const MODERN_REVISION = '2026-07-28';

/** Everything that `server/discover` offers here. */
export const MODERN_REVISIONS: readonly string[] = [MODERN_REVISION];

export function isLegacyRevision(revision: string): boolean {
  return LEGACY_REVISIONS.includes(revision);
}

/** False for drafts and for any name that is not known, whichever date it shows: its meaning cannot be told yet. */
export function isModernRevision(revision: string): boolean {
  return MODERN_REVISIONS.includes(revision);
}

/** Whether a revision has no handshake, known or not: they are dates, and it went with 2026-07-28 (basic/versioning, Terminology). */
function hasNoHandshake(revision: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(revision) && revision >= MODERN_REVISION;
}

/**
 * Only 2025-03-26 knows batches; 2025-06-18 took them back. An unknown revision counts as 2025-03-26, which is also assumed
 * where none is named (2025-11-25 transports, Protocol Version Header).
 */
export function hasBatches(revision: string): boolean {
  return !isLegacyRevision(revision) || revision <= '2025-03-26';
}

/** Since 2025-11-25 a stream opens with an event without data, to resume from; older clients fail on it. */
export function hasPriming(revision: string): boolean {
  return isLegacyRevision(revision) && revision >= '2025-11-25';
}

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

/** Whether a message of `level` is to be sent to a client that asked for `wanted` and everything graver. */
export function reaches(level: McpLogLevel, wanted: McpLogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(wanted);
}

function faultAt(meta: JsonObject, key: string): EnvelopeReading {
  return { kind: 'fault', key, problem: Object.hasOwn(meta, key) ? 'invalid' : 'missing' };
}

/** Whether a message says of itself that it is of a modern revision, well-formed or not. */
export function claimsModern(json: Buffer): boolean {
  const params = memberOf(json, 'params');
  const meta = params && memberOf(params, '_meta');
  const revision = meta && parsedJson(memberOf(meta, META.protocolVersion));
  return typeof revision === 'string' && hasNoHandshake(revision);
}
