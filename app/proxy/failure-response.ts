import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { PROXY_NAME } from '../dial/index.ts';
import type { Failure } from './failures.ts';

/** Seconds after which descriptors may be free again. */
const RETRY_SECONDS = 5;

/** Body of a failure's answer: what a person sees who runs `curl -v`. */
function failureBody(failure: Failure): string {
  return `${failure.sentence}\n${failure.hint}\n(${failure.code})\n`;
}

/** Field lines of a failure's answer, without framing and Connection. */
function failureFields(failure: Failure): readonly (readonly [string, string])[] {
  const nextHop = failure.nextHop === undefined ? '' : `; next-hop="${failure.nextHop}"`;
  const fields: [string, string][] = [
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Proxy-Status', `${PROXY_NAME}; error=${failure.error}; details="${failure.code}"${nextHop}`],
  ];
  if (failure.code === 'EMFILE') fields.push(['Retry-After', String(RETRY_SECONDS)]);
  if (failure.status === 407) fields.push(['Proxy-Authenticate', 'Basic realm="MCP Gangway", charset="UTF-8"']);
  return fields;
}

/** The whole answer as it goes onto a socket that is closed afterwards. */
export function failureAnswer(failure: Failure): string {
  const body = failureBody(failure);
  const fields = failureFields(failure).map(([name, value]) => `${name}: ${value}\r\n`);
  return (
    `HTTP/1.1 ${failure.status} ${STATUS_CODES[failure.status]}\r\n${fields.join('')}` +
    `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
  );
}

/**
 * Answers a request with a failure, in its turn on the connection. The connection lives on, unless the content of the
 * request is still coming: it would have to be read and thrown away.
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
