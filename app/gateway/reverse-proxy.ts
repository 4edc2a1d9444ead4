import type { IncomingMessage } from 'node:http';
import { PROXY_NAME } from '../dial/index.ts';

/** What a request shows of the way that it has come. */
export type RequestSigns = Pick<IncomingMessage, 'headers' | 'httpVersionMinor'>;

/** Pages for load balancers and supervisors. They start nothing, and have to be readable through any proxy in front. */
const HEALTH = /^\/(?:healthz|readyz)(?:\?|$)/;

export function isHealthPage(target: string): boolean {
  return HEALTH.test(target);
}

/**
 * Whether a request has come through a reverse proxy, whose connection says nothing of its client: the proxy is on this machine,
 * its clients may be anywhere.
 *
 * Signs are `Forwarded` (RFC 7239), `X-Forwarded-*`, `X-Real-IP`, `Via` (RFC 9110 section 7.6.3), and HTTP/1.0: nginx before
 * 1.29.7 speaks it to its upstreams unless told otherwise, and adds none of the fields; no MCP client does.
 *
 * The `Via` of our own proxy, of this process or another one, is no sign: its clients are on this machine, or have shown a token
 * there. A client that forges it gains nothing, because every proxy that adds `Via` adds it behind.
 */
export function isForwarded({ headers, httpVersionMinor }: RequestSigns): boolean {
  if (httpVersionMinor === 0) return true;
  for (const name in headers) {
    switch (name) {
      case 'forwarded':
      case 'x-real-ip':
        return true;
      case 'via':
        if (!isOwnVia(headers.via ?? '')) return true;
        break;
      default:
        if (name.startsWith('x-forwarded-')) return true;
    }
  }
  return false;
}

/** Whether all of its elements are `PROTOCOL mcp-gangway-TAG`. */
function isOwnVia(via: string): boolean {
  return via.split(',').every(
    (element) =>
      element
        .trim()
        .split(/[\t ]+/, 2)[1]
        ?.startsWith(`${PROXY_NAME}-`) === true,
  );
}
