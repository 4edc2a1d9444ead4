import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { behindMark } from '../frame/index.ts';

/** What became of a request body. */
export type Body =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  /** More than the limit. The rest is left to Node, which reads and drops it. */
  | { readonly kind: 'too-long' };

/**
 * Collects a request body of up to `limit` bytes in a list of its chunks. `then` is called once; never when the client
 * goes away before the end.
 */
export function readBody(request: IncomingMessage, limit: number, then: (body: Body) => void): void {
  if (Number(request.headers['content-length'] ?? 0) > limit) {
    then({ kind: 'too-long' });
    return;
  }
  let chunks: Buffer[] = [];
  let length = 0;
  const take = (chunk: Buffer) => {
    length += chunk.length;
    if (length <= limit) {
      chunks.push(chunk);
      return;
    }
    chunks = [];
    request.off('data', take).off('end', finish).resume();
    then({ kind: 'too-long' });
  };
  const finish = () => {
    const [only] = chunks;
    then({ kind: 'whole', bytes: chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length) });
  };
  request.on('data', take).on('end', finish);
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
