import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Text } from '../../i18n/index.ts';
import { CODE, errorFrame, type JsonRpcError, type JsonRpcId } from '../../mcp/jsonrpc/index.ts';
import { endReason, type ServerUnavailable } from '../../servers/index.ts';
import { answerJson, type Body } from './exchange.ts';

/** Why a request is not taken, as its whole answer: an HTTP status and a JSON-RPC error as the body. */
export interface HttpFault {
  readonly status: number;
  readonly error: JsonRpcError;
  /** Further header fields, names and values in turn. */
  readonly fields?: readonly string[];
}

/** `id` is that of the request, null where there is none or it could not be read. */
export function respondWithFault(
  response: ServerResponse,
  { status, error, fields }: HttpFault,
  id: JsonRpcId = null,
): void {
  answerJson(response, status, errorFrame(id, error).bytes, fields);
}

/** What is no JSON because it is compressed is said to be that: how to send it is up to the client (RFC 9110 section 15.5.16). */
export function unreadable({ headers }: IncomingMessage, text: Text): HttpFault {
  const coding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (coding === '' || coding === 'identity') return notJson(text);
  const error = { code: CODE.badRequest, message: text.bridge.invalid.codedBody };
  return { status: 415, error, fields: ['Accept-Encoding', 'identity'] };
}

export function notJson(text: Text): HttpFault {
  return { status: 400, error: { code: CODE.parseError, message: text.bridge.invalid.notJson } };
}

/** Clients start a new session on 404, and on nothing else. The message is that of the official transport, in every language. */
export const SESSION_GONE: HttpFault = {
  status: 404,
  error: { code: CODE.sessionNotFound, message: 'Session not found' },
};

export function methodNotAllowed(allowed: string, text: Text): HttpFault {
  const message = text.servers.methodNotAllowed(allowed);
  return { status: 405, error: { code: CODE.badRequest, message }, fields: ['Allow', allowed] };
}

/** Seconds after which a body that was not taken for want of memory may be. */
const ROOM_SOON = 5;

/** Why a body is not taken. The connection ends: what still comes on it is the rest of that body. */
export function bodyRefused(kind: Exclude<Body['kind'], 'whole'>, limit: number, text: Text): HttpFault {
  const { bodyTooLong, bodyNoRoom, bodyStalled } = text.servers;
  const fields = ['Connection', 'close'];
  switch (kind) {
    case 'too-long':
      return { status: 413, error: { code: CODE.badRequest, message: bodyTooLong(limit), data: { limit } }, fields };
    case 'no-room':
      return {
        status: 503,
        error: { code: CODE.badRequest, message: bodyNoRoom },
        fields: [...fields, 'Retry-After', String(ROOM_SOON)],
      };
    case 'stalled':
      return { status: 408, error: { code: CODE.badRequest, message: bodyStalled }, fields };
    default:
      return kind satisfies never;
  }
}

/** Why there is no child or no session for this request, and when to try again. */
export function unavailable(
  server: string,
  why: ServerUnavailable | TooManySessions,
  text: Text,
  freeIn: number | null = null,
): HttpFault {
  if (why.kind === 'circle') {
    const message = text.servers.remote.refused(server, text.servers.remote.causes.circle);
    return { status: 508, error: { code: CODE.badRequest, message, data: { reason: why.kind, server } } };
  }
  const { seconds, message } = refusalFor(server, why, text, freeIn);
  const error = { code: CODE.badRequest, message, data: { reason: why.kind, server } };
  return { status: 503, error, fields: ['Retry-After', String(seconds)] };
}

export interface TooManySessions {
  readonly kind: 'too-many-sessions';
  readonly limit: number;
  /** How many of them this server has. */
  readonly own: number;
  /** Milliseconds until one of them can end; null where only their clients know. */
  readonly wait: number | null;
}

/** Seconds after which to try again when all places are in use, and nothing tells when one will be free. */
const UNKNOWN = 60;

function refusalFor(
  server: string,
  why: Exclude<ServerUnavailable, { readonly kind: 'circle' }> | TooManySessions,
  text: Text,
  freeIn: number | null,
): { seconds: number; message: string } {
  switch (why.kind) {
    case 'too-many-children':
      return { seconds: secondsOf(freeIn), message: text.servers.tooManyChildren(why.limit) };
    case 'too-many-sessions': {
      const { tooManySessions, tooManyOfServer } = text.servers;
      const message = why.own < why.limit ? tooManyOfServer(server, why.own, why.limit) : tooManySessions(why.limit);
      return { seconds: secondsOf(why.wait), message };
    }
    case 'backing-off': {
      const seconds = Math.ceil(why.wait / 1000);
      return { seconds, message: text.servers.backingOff(server, seconds, endReason(server, why.last, text)) };
    }
    case 'stopped':
      return { seconds: 60, message: text.servers.stopped(server) };
    default:
      return why satisfies never;
  }
}

function secondsOf(wait: number | null): number {
  return wait === null ? UNKNOWN : Math.max(1, Math.ceil(wait / 1000));
}
