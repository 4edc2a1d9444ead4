import { RPC } from '../frame/index.ts';
import type { Fault } from '../http/index.ts';

/** Messages of one batch. */
export const BATCH_MESSAGES = 100;

/** What can be wrong with a request to a session. The status codes are those of the official transport: clients act on them. */
export const SESSION_FAULTS = {
  noMessage: invalid('the body holds something that is no JSON-RPC message'),
  noSession: bad('the Mcp-Session-Id header is missing'),
  initializedAlready: invalid('the session is initialized already'),
  initializeAlone: invalid('initialize must come alone'),
  badRevision: bad('the revision in MCP-Protocol-Version is not supported'),
  noBatches: invalid('the revision in use has no batches'),
  longBatch: invalid(`a batch may hold ${BATCH_MESSAGES} messages`),
  usedId: invalid('another request with this id is under way'),
  badEventId: bad('Last-Event-ID names no event that this session could resume from'),
  notAcceptable: {
    status: 406,
    error: { code: RPC.badRequest, message: 'Not acceptable: accept application/json and text/event-stream' },
  },
} as const satisfies Record<string, Fault>;

function invalid(why: string): Fault {
  return { status: 400, error: { code: RPC.invalidRequest, message: `Invalid request: ${why}` } };
}

function bad(why: string): Fault {
  return { status: 400, error: { code: RPC.badRequest, message: `Bad request: ${why}` } };
}
