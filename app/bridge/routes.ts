/** One of our endpoints. */
export interface Route {
  /** Null is the default server. */
  readonly server: string | null;
  readonly door: Door;
}

/** `sse` and `messages` are HTTP+SSE (2024-11-05), `mcp` is Streamable HTTP, `stdio` carries bare lines. */
export type Door = 'sse' | 'messages' | 'mcp' | 'stdio';

const PATH = /^(?:\/servers\/([^/]+))?\/(sse|messages|mcp|stdio)\/?$/;

/** The endpoint an origin-form request target names, its query aside; null when it is none of ours. */
export function routeOf(target: string): Route | null {
  if (target === '/mcp') return { server: null, door: 'mcp' };
  const query = target.indexOf('?');
  const [, written = null, door] = PATH.exec(query === -1 ? target : target.slice(0, query)) ?? [];
  const server = written === null ? null : decoded(written);
  return door === 'sse' || door === 'messages' || door === 'mcp' || door === 'stdio' ? { server, door } : null;
}

/** Where the messages of a server's HTTP+SSE sessions are posted. */
export function messagesPath({ server }: Route): string {
  return server === null ? '/messages' : `/servers/${encodeURIComponent(server)}/messages`;
}

/** A name nobody has stays one: it is answered with the names there are. */
function decoded(segment: string): string {
  if (!segment.includes('%') && !/[\x80-\xff]/.test(segment)) return segment;
  try {
    // Some clients send UTF-8 without encoding it; Node hands it over byte for byte, as Latin-1.
    return decodeURIComponent(segment.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`));
  } catch {
    // A stray percent sign is part of the name then.
    return segment;
  }
}
