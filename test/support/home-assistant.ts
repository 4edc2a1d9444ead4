import type { ServerResponse } from 'node:http';
import { type RemoteOrigin, resultFor, sendJson, startRemote } from './remote-origin.ts';

/** The only long-lived token that a Home Assistant of a test knows. */
export const LONG_LIVED_TOKEN = 'llat-0123456789';

export interface HomeAssistant extends AsyncDisposable {
  /** Its two servers, by the paths that its documentation names. */
  readonly streamableUrl: string;
  readonly sseUrl: string;
  readonly port: number;
  readonly seen: RemoteOrigin['seen'];
}

/**
 * Home Assistant's MCP server: Streamable HTTP at /api/mcp without sessions, answers in JSON and no GET; HTTP+SSE at /mcp_server/sse;
 * nothing without a long-lived token. `host` is the address it listens on.
 */
export async function startHomeAssistant(host = '127.0.0.1'): Promise<HomeAssistant> {
  const remote = await startRemote('/api/mcp', host);
  const streams = new Map<string, ServerResponse>();
  remote.sessionful = false;
  remote.hook = ({ method, path, headers, message }, response) => {
    if (headers.authorization !== `Bearer ${LONG_LIVED_TOKEN}`) {
      response.writeHead(401, { 'Content-Type': 'text/plain' }).end('401: Unauthorized');
      return true;
    }
    if (path === '/mcp_server/sse') {
      const messages = `/mcp_server/messages/${streams.size}`;
      streams.set(messages, response);
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(`event: endpoint\ndata: ${messages}\n\n`);
      return true;
    }
    const stream = streams.get(path);
    if (stream === undefined) return method === 'GET' && sendJson(response, 405, {});
    response.writeHead(200, { 'Content-Type': 'text/plain' }).end('OK');
    if (message?.id !== undefined) {
      const answer = { jsonrpc: '2.0', id: message.id, result: resultFor(message) };
      stream.write(`event: message\ndata: ${JSON.stringify(answer)}\n\n`);
    }
    return true;
  };
  const { port, seen } = remote;
  return {
    streamableUrl: remote.url,
    sseUrl: new URL('/mcp_server/sse', remote.url).href,
    port,
    seen,
    [Symbol.asyncDispose]: () => remote[Symbol.asyncDispose](),
  };
}
