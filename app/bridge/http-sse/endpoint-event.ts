/** A path of plain segments; anything else (`//host`, a query, an escape of any kind) could lead the client elsewhere. */
const PREFIX = /^(?:\/[A-Za-z0-9._~-]+)+\/?$/;

/**
 * The first event of a stream: where to post to, relative to the origin the client used (2024-11-05 transports, HTTP with SSE).
 * Behind a reverse proxy that serves us under a path, X-Forwarded-Prefix names that path.
 */
export function endpointEvent(messagesPath: string, sessionId: string, forwardedPrefix: string | undefined): string {
  const prefix =
    forwardedPrefix !== undefined && PREFIX.test(forwardedPrefix) ? forwardedPrefix.replace(/\/$/, '') : '';
  return `event: endpoint\ndata: ${prefix}${messagesPath}?session_id=${sessionId}\n\n`;
}
