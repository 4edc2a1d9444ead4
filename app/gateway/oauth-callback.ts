import type { IncomingMessage, ServerResponse } from 'node:http';
import { isThisMachine } from '../base/address.ts';
import { isLoopback } from '../base/host.ts';
import type { Text } from '../i18n/index.ts';
import { isForwarded } from './guard.ts';

/** Where a browser comes back to from a sign-in (RFC 8252 section 7.3). */
export const CALLBACK_PATH = '/oauth/callback';

/** What the browser is shown. */
export interface CallbackPage {
  readonly ok: boolean;
  readonly sentence: string;
}

/** Takes the parameters of the address; null when no sign-in of ours waits for them. */
export type TakeCallback = (parameters: URLSearchParams) => Promise<CallbackPage | null>;

/**
 * The one path that any site may lead a browser to: the authorization server does so at the end of a sign-in. It takes nothing but the
 * navigation of a whole tab, from this machine and to a loopback address, so that no page can ask in the background, in a frame or
 * ahead of a click; and it has no effect without a `state` that is waited for, which no page knows.
 */
function isCallback(request: IncomingMessage): boolean {
  const { method, headers, socket } = request;
  // Behind a reverse proxy a browser on any machine looks as if it were here.
  if (isForwarded(request)) return false;
  if (method !== 'GET' || headers.host === undefined || headers.origin !== undefined) return false;
  const name = headers.host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
  if (!isLoopback(name) || socket.remoteAddress === undefined || !isThisMachine(socket.remoteAddress)) return false;
  // A prefetch would use the state up before the person has come (Fetch Standard, "Sec-Purpose").
  if (headers['sec-purpose'] !== undefined || headers['purpose'] !== undefined) return false;
  // Browsers without Fetch Metadata say none of the two, and neither does a command line.
  const { 'sec-fetch-mode': mode = 'navigate', 'sec-fetch-dest': destination = 'document' } = headers;
  return mode === 'navigate' && destination === 'document';
}

/** Answers a request to CALLBACK_PATH: 403 without any effect, unless it ends a sign-in. */
export async function answerCallback(
  request: IncomingMessage,
  response: ServerResponse,
  take: TakeCallback,
  text: () => Text,
): Promise<void> {
  const query = (request.url ?? '').split('?').slice(1).join('?');
  const page = isCallback(request) ? await take(new URLSearchParams(query)) : null;
  const { callback } = text().gateway;
  const title = page === null ? callback.unknown : page.sentence;
  const advice = page?.ok === true ? callback.close : callback.again;
  const body = `<!doctype html><html lang="${text().language}"><meta charset="utf-8"><title>MCP Gangway</title><body><h1>MCP Gangway</h1><p>${escaped(title)}</p><p>${escaped(advice)}</p></body></html>\n`;
  response.writeHead(page === null ? 403 : page.ok ? 200 : 400, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    // The address has the code in it.
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    // The body of a request that is none of ours is not read.
    ...(request.method === 'GET' || request.method === 'HEAD' ? {} : { Connection: 'close' }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
