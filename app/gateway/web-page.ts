import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** `navigation`: a browser opens the address itself. `page`: a web page asks without saying which one it is. */
export type WebRefusal = 'page' | 'navigation';

/** Whether a request target names an MCP endpoint, where a request may start a server. */
export type IsEndpoint = (target: string) => boolean;

/** Sec-Fetch-Site values of a request that no foreign page has made: typed address, extension or app; our own origin. */
const OWN_SITES = new Set(['none', 'same-origin']);
const NAVIGATION_MODES = new Set(['navigate', 'nested-navigate']);
/** Destinations that a browser fills by navigating (Fetch Standard, section 2.2.5, "destination"). */
const NAVIGATION_DESTINATIONS = new Set(['document', 'iframe', 'frame', 'fencedframe', 'object', 'embed']);
/** Credentials that a browser adds by itself, from the URL of an image for example. */
const AMBIENT_CREDENTIALS = /^(?:Basic|Digest|Negotiate|NTLM)(?: |$)/i;
const JSON_TYPE = /^application\/json[\t ]*(?:;|$)/i;

/** Whether a message has the one content type that a page cannot send to another origin without a preflight. */
export function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && JSON_TYPE.test(contentType);
}

/**
 * The requests of web pages that the Origin check cannot see: images, scripts, style sheets, frames, links and prefetches
 * are sent without an Origin. Browsers mark them with fields that no page can set (W3C Fetch Metadata Request Headers;
 * Chromium 76, Firefox 90, Safari 16.4). Null when the request may pass.
 *
 * `cors` without an Origin is no page of the web, whose browser would add one: it is an extension, or a window of an
 * Electron app with web security off. Duplicate fields arrive joined by commas; a value that is not exactly the harmless
 * one counts as the other. `authenticated`: the request has shown the token, which no page knows.
 */
export function webRefusal(
  { headers, url = '/' }: Pick<IncomingMessage, 'headers' | 'url'>,
  isEndpoint: IsEndpoint,
  authenticated: boolean,
): WebRefusal | null {
  const site = token(headers['sec-fetch-site']);
  const mode = token(headers['sec-fetch-mode']);
  if (navigates(mode, token(headers['sec-fetch-dest'])) && isEndpoint(url)) return 'navigation';
  if (headers.origin !== undefined || authenticated || carriesProof(headers)) return null;
  if (site !== '') return OWN_SITES.has(site) || mode === 'cors' ? null : 'page';
  // A browser without Fetch Metadata: an old one, or one that holds the address for untrustworthy (a name that is not
  // localhost). Programs that are no browsers do not call themselves Mozilla.
  const isBrowser = mode === '' && /^Mozilla\//i.test(headers['user-agent'] ?? '');
  return isBrowser && isEndpoint(url) ? 'page' : null;
}

function navigates(mode: string, destination: string): boolean {
  return anyOf(NAVIGATION_MODES, mode) || anyOf(NAVIGATION_DESTINATIONS, destination);
}

function anyOf(values: ReadonlySet<string>, list: string): boolean {
  return values.has(list) || (list.includes(',') && list.split(',').some((value) => values.has(value.trim())));
}

/** What a page cannot send to another origin without a preflight (Fetch Standard, "CORS-safelisted request-header"). */
function carriesProof(headers: IncomingHttpHeaders): boolean {
  const { authorization } = headers;
  return (
    headers['mcp-session-id'] !== undefined ||
    isJson(headers['content-type']) ||
    (authorization !== undefined && authorization !== '' && !AMBIENT_CREDENTIALS.test(authorization))
  );
}

/** Node types unknown fields as `string | string[]`; it joins their duplicates with commas. */
function token(value: string | string[] | undefined): string {
  return value === undefined ? '' : String(value).trim().toLowerCase();
}
