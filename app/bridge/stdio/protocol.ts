import type { IncomingMessage } from 'node:http';
import type { Text } from '../../text/index.ts';
import { RPC } from '../frame/index.ts';
import { type Fault, methodNotAllowed } from '../http/index.ts';
import { STDIO_PROTOCOL } from './wire/index.ts';

/** The whole answer to an offer that is taken up. */
export const SWITCHING = `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${STDIO_PROTOCOL}\r\n\r\n`;

/** Whether a request may be answered by switching: it offers our protocol, among others perhaps, and has no content. */
export function offersStdio({ method, headers, httpVersionMinor }: IncomingMessage): boolean {
  const offered = (headers.upgrade ?? '').split(',').map((name) => name.trim().toLowerCase());
  return (
    method === 'GET' &&
    httpVersionMinor === 1 &&
    offered.includes(STDIO_PROTOCOL) &&
    headers['transfer-encoding'] === undefined &&
    (headers['content-length'] ?? '0') === '0'
  );
}

/** What a request is told that does not offer to switch (RFC 9110 section 15.5.22). */
export function stdioWanted({ method }: IncomingMessage, text: Text): Fault {
  if (method !== 'GET') return methodNotAllowed('GET', text);
  const message = text.servers.upgradeRequired(STDIO_PROTOCOL);
  return {
    status: 426,
    error: { code: RPC.badRequest, message },
    fields: ['Connection', 'Upgrade', 'Upgrade', STDIO_PROTOCOL],
  };
}
