import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { behindMark, Pieces } from '../../mcp/jsonrpc/index.ts';
import type { MessageBudget } from '../message-budget.ts';

/** What became of a request body. */
export type Body =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  /** Not taken. What still comes of it is read and dropped until the connection, which is to end, has ended. */
  | { readonly kind: 'too-long' | 'no-room' | 'stalled' };

/**
 * Collects a request body of up to `limit` bytes, within the budget that all of them share. `then` is called once; never
 * when the client goes away before the end.
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  budget: MessageBudget,
  then: (body: Body) => void,
): void {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) return then({ kind: 'too-long' });
  if (!budget.fits(announced)) return then({ kind: 'no-room' });
  const pieces = new Pieces();
  const account = budget.open(() => giveUp('stalled'));
  account.watch();
  request.on('data', take).on('end', finish).once('close', gone);

  function take(chunk: Buffer): void {
    if (pieces.bytes + chunk.length > limit) return giveUp('too-long');
    if (!account.take(chunk.length)) return giveUp('no-room');
    pieces.push(chunk);
  }

  function finish(): void {
    const bytes = pieces.join();
    // Until it has been read and handed on, it is in memory, and more than once.
    then({ kind: 'whole', bytes });
    leave();
  }

  function giveUp(kind: 'too-long' | 'no-room' | 'stalled'): void {
    leave();
    request.resume();
    then({ kind });
  }

  function gone(): void {
    leave();
  }

  function leave(): void {
    request.off('data', take).off('end', finish).off('close', gone);
    pieces.clear();
    account.release();
  }
}

/** A body as JSON and as the one line that stdio asks for. */
export interface JsonBody {
  readonly value: unknown;
  /** The same bytes, line breaks made spaces: in valid JSON they only stand between tokens. */
  readonly line: Buffer;
}

/** Null when it is not JSON in UTF-8 (RFC 8259 section 8.1). */
export function jsonBody(body: Buffer): JsonBody | null {
  if (!isUtf8(body)) return null;
  const bytes = behindMark(body);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    // Not JSON: the answer the caller asked for.
    return null;
  }
  for (const lineBreak of [0x0a, 0x0d]) {
    for (let at = bytes.indexOf(lineBreak); at !== -1; at = bytes.indexOf(lineBreak, at + 1)) bytes[at] = 0x20;
  }
  return { value, line: bytes };
}
