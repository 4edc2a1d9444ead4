/** One of our endpoints. */
export interface Route {
  /** Null is the default server. */
  readonly server: string | null;
  readonly door: Door;
}

/** `sse` and `messages` are HTTP+SSE (2024-11-05), `mcp` is Streamable HTTP. */
export type Door = 'sse' | 'messages' | 'mcp';

const PATH = /^(?:\/servers\/([a-z0-9._-]+))?\/(sse|messages|mcp)\/?$/;

/** The endpoint an origin-form request target names, its query aside; null when it is none of ours. */
export function routeOf(target: string): Route | null {
  if (target === '/mcp') return { server: null, door: 'mcp' };
  const query = target.indexOf('?');
  const [, server = null, door] = PATH.exec(query === -1 ? target : target.slice(0, query)) ?? [];
  return door === 'sse' || door === 'messages' || door === 'mcp' ? { server, door } : null;
}

/** Where the messages of a server's HTTP+SSE sessions are posted. */
export function messagesPath({ server }: Route): string {
  return server === null ? '/messages' : `/servers/${server}/messages`;
}
