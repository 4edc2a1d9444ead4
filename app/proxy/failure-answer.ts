import { STATUS_CODES } from 'node:http';
import type { Failure } from './failures.ts';

/** Our name in Via and Proxy-Status: a pseudonym, as RFC 9110 section 7.6.3 allows, never a host name. */
export const PROXY_NAME = 'mcp-gangway';

/**
 * The name of one process in Via: with a tag of eight hexadecimal digits, so that two instances in a row are no loop.
 * The tag is no secret, and loading crypto for it at the start costs an idle instance a megabyte.
 */
export function newPseudonym(): string {
  const tag = Math.floor(Math.random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
  return `${PROXY_NAME}-${tag}`;
}

/** Whether a request with this Via value has passed the proxy `pseudonym` before (RFC 9110 section 7.6.3). */
export function hasPassed(via: string | undefined, pseudonym: string): boolean {
  return via?.includes(pseudonym) ?? false;
}

/** Seconds after which others may have closed their connections. */
const ROOM_SOON = 5;

/** Body of a failure's answer: what a person sees who runs `curl -v`. */
export function failureBody(failure: Failure): string {
  return `${failure.sentence}\n${failure.hint}\n(${failure.code})\n`;
}

/** Field lines of a failure's answer, without framing and Connection. */
export function failureFields(failure: Failure): readonly (readonly [string, string])[] {
  const nextHop = failure.nextHop === undefined ? '' : `; next-hop="${failure.nextHop}"`;
  const fields: [string, string][] = [
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Proxy-Status', `${PROXY_NAME}; error=${failure.error}; details="${failure.code}"${nextHop}`],
  ];
  if (failure.code === 'EMFILE') fields.push(['Retry-After', String(ROOM_SOON)]);
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
