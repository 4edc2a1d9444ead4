import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { failureBody, failureFields } from './failure-answer.ts';
import type { Failure } from './failures.ts';

/**
 * Answers a request with a failure, in its turn on the connection. The connection lives on, unless the content of the
 * request is still coming: nobody wants it any more.
 */
export function respondWithFailure(req: IncomingMessage, res: ServerResponse, failure: Failure): void {
  const body = Buffer.from(failureBody(failure));
  if (contentIsComing(req)) res.shouldKeepAlive = false;
  const fields = failureFields(failure).flat();
  res.writeHead(failure.status, STATUS_CODES[failure.status], [...fields, 'Content-Length', String(body.length)]);
  res.end(body);
}

/** `complete` alone is false during the 'request' event of requests without content, too. */
function contentIsComing(req: IncomingMessage): boolean {
  const { 'transfer-encoding': coding, 'content-length': length = '0' } = req.headers;
  return !req.complete && (coding !== undefined || Number(length) > 0);
}
