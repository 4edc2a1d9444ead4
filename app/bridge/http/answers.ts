import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from '../../gateway/index.ts';

/** One request that the guard has let through, and what to answer it on. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller;
}

/** On everything we say: an answer is for this client now, and is never guessed to be a web page. */
const PLAIN_FIELDS = ['Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff'] as const;

const SHORT = 16 * 1024;

/** One JSON text as the whole answer. `fields` are names and values in turn. */
export function answerJson(
  response: ServerResponse,
  status: number,
  json: Buffer,
  fields: readonly string[] = [],
): void {
  const length = String(json.length);
  const head = ['Content-Type', 'application/json', 'Content-Length', length, ...PLAIN_FIELDS, ...fields];
  response.writeHead(status, head);
  // As text, a short body goes out in one piece with the head.
  if (json.length <= SHORT) response.end(json.toString('latin1'), 'latin1');
  else response.end(json);
}

/** An answer without a body: 202 for messages that need no reply (2025-11-25 transports), 204 for a stream with nothing to come. */
export function answerEmpty(response: ServerResponse, status: 200 | 202 | 204): void {
  response.writeHead(status, status === 204 ? [...PLAIN_FIELDS] : ['Content-Length', '0', ...PLAIN_FIELDS]);
  response.end();
}
