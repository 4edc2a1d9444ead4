/**
 * The name by which a connection is turned into MCP's stdio transport (RFC 9110 section 7.8): JSON-RPC messages both ways, each
 * on a line of its own. It is no standard; only our own `connect` asks for it.
 */
export const STDIO_PROTOCOL = 'mcp-stdio';

/** Where a server's stdio endpoint is, or that of several by their path (`/all`); null is the default server. */
export function stdioPath(server: string | null): string {
  if (server?.startsWith('/') === true) return `${server}/stdio`;
  return server === null ? '/stdio' : `/servers/${encodeURIComponent(server)}/stdio`;
}

/** Request field of a client that wants to be told why its server ended before the connection does. */
export const TELL_END = 'MCP-Gangway-Tell-End';

/** The notification that tells it, with the sentence as the `message` of its params; never for an end that was asked for. */
export const SERVER_ENDED = 'notifications/mcp-gangway/server_ended';
