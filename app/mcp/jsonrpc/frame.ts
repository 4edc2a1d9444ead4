import type { Writable } from 'node:stream';
import { isObject } from '../../base/schema/index.ts';
import { idText } from './id.ts';
import type { JsonObject } from './index.ts';

/** Frames from this size on are written as they are instead of being copied into one piece with their neighbours. */
const LARGE = 32 * 1024;

const LINE_FEED = Buffer.from('\n');

/** Writes frames, a line each, in as few pieces as is cheap (MCP transports, stdio). */
export function writeLines(stream: Pick<Writable, 'cork' | 'uncork' | 'write'>, frames: readonly Frame[]): void {
  let pieces: Buffer[] = [];
  stream.cork();
  for (const { bytes } of frames) {
    if (bytes.length >= LARGE) {
      if (pieces.length > 0) stream.write(Buffer.concat(pieces));
      stream.write(bytes);
      pieces = [LINE_FEED];
    } else {
      pieces.push(bytes, LINE_FEED);
    }
  }
  if (pieces.length > 0) stream.write(Buffer.concat(pieces));
  stream.uncork();
}

/**
 * Error codes of the eras beyond those of JSON-RPC (2026-07-28, basic/index, Error Codes), and what HTTP says with them
 * (2026-07-28, basic/transports/streamable-http).
 */
export const CODE = {
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  headerMismatch: -32020,
  missingClientCapability: -32021,
  unsupportedRevision: -32022,
  /** 2025-11-25 and earlier only; a modern answer must not carry it. */
  legacyResourceNotFound: -32002,
  /** 2025-11-25 only; a modern answer must not carry it. */
  legacyUrlElicitationRequired: -32042,
} as const;

/** Methods that name something of a server's own, and the capability a server has that knows them. */
const NAMING = new Map([
  ['tools/call', 'tools'],
  ['prompts/get', 'prompts'],
  ['resources/read', 'resources'],
  ['completion/complete', 'completions'],
]);

/**
 * Whether an error -32601 of a server is about what a request names and not about its method: some servers answer so for a tool they
 * do not have.
 */
export function isAboutName(method: string, capabilities: JsonObject): boolean {
  const capability = NAMING.get(method);
  return capability !== undefined && isObject(capabilities[capability]);
}

/**
 * HTTP status of a JSON-RPC error that is the whole answer to a modern request. Whatever is not the protocol's own
 * refusal travels in a 200: the call was taken, and failed. -32602 is 400 only where the envelope itself is at fault,
 * which is decided before any child is asked; -32601 is 404 only where the method itself is unknown (see `isAboutName`).
 */
export function httpStatusOf(code: unknown, aboutName = false): number {
  switch (code) {
    case CODE.methodNotFound:
      return aboutName ? 200 : 404;
    case CODE.headerMismatch:
    case CODE.missingClientCapability:
    case CODE.unsupportedRevision:
      return 400;
    default:
      return 200;
  }
}

/** Error codes we answer with ourselves: JSON-RPC 2.0 section 5.1, and the two that the official HTTP transport made usual. */
export const RPC = {
  parseError: -32700,
  invalidRequest: -32600,
  internalError: -32603,
  /** The request cannot be taken as it stands: a header is missing, a ceiling is reached. */
  badRequest: -32000,
  sessionNotFound: -32001,
} as const;

/** The `error` member of a JSON-RPC response. */
export interface JsonRpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** A JSON-RPC error response of our own making. */
export function errorFrame(id: JsonRpcId, error: JsonRpcError): ResponseFrame {
  return {
    kind: 'response',
    id,
    bytes: Buffer.from(`{"jsonrpc":"2.0","id":${idText(id)},"error":${JSON.stringify(error)}}`),
  };
}

/**
 * A JSON-RPC id as it compares: 1 and 1.0 are one id, 1 and "1" are two. Integers beyond 2^53 are bigints, which a number would
 * confuse with their neighbours. Some servers send null.
 */
export type JsonRpcId = string | number | bigint | null;

interface FrameBytes {
  /** One JSON object without line breaks, byte for byte as it came. */
  readonly bytes: Buffer;
}

export interface RequestFrame extends FrameBytes {
  readonly kind: 'request';
  readonly id: JsonRpcId;
  readonly method: string;
}

export interface NotificationFrame extends FrameBytes {
  readonly kind: 'notification';
  readonly method: string;
}

/** A result or an error. The id is null where the server had none to answer to. */
export interface ResponseFrame extends FrameBytes {
  readonly kind: 'response';
  readonly id: JsonRpcId;
  /** The id is a number in another notation than its plain one, such as 1.0. */
  readonly oddId?: true;
}

/** One JSON-RPC message on its way through: bytes to relay, and as much of their head as routing needs. */
export type Frame = RequestFrame | NotificationFrame | ResponseFrame;

/** What a frame is, without its bytes. */
export type FrameHead = Omit<RequestFrame, 'bytes'> | Omit<NotificationFrame, 'bytes'> | Omit<ResponseFrame, 'bytes'>;
