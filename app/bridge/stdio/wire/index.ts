/**
 * The name by which a connection is turned into MCP's stdio transport (RFC 9110 section 7.8): JSON-RPC messages both ways, each
 * on a line of its own. It is nobody's standard; only our own `connect` asks for it.
 */
export const STDIO_PROTOCOL = 'mcp-stdio';

/** Where a server's stdio endpoint is; null is the default server. */
export function stdioPath(server: string | null): string {
  return server === null ? '/stdio' : `/servers/${encodeURIComponent(server)}/stdio`;
}
