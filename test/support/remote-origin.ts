import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A message as it was posted. */
export interface Posted {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly message: Posted | null;
  readonly body: string;
}

/** Answers one request in place of the usual way; false leaves it to that. */
export type Hook = (seen: Seen, response: ServerResponse) => boolean | Promise<boolean>;

/** A remote MCP server with nothing in it but the protocol, that can be made to fail in every way. */
export interface RemoteOrigin extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly seen: Seen[];
  /** Sessions that are known. */
  readonly sessions: Set<string>;
  /** GET streams that are open. */
  readonly streams: Set<ServerResponse>;
  hook: Hook;
  /** Whether requests are answered by streams. */
  streaming: boolean;
  /** Whether there are sessions. */
  sessionful: boolean;
  /** Stops listening, and breaks what is open. */
  stop(): Promise<void>;
  /** Listens again, on the same port; sessions are forgotten. */
  start(): Promise<void>;
  /** The names of the methods that were posted, in order. */
  posted(): readonly string[];
}

export function resultFor(message: Posted): object {
  switch (message.method) {
    case 'initialize':
      return {
        protocolVersion: message.params?.['protocolVersion'] ?? '2025-11-25',
        capabilities: { tools: { listChanged: true }, logging: {} },
        serverInfo: { name: 'remote', version: '1' },
      };
    case 'tools/list':
      return { tools: [{ name: 'echo', inputSchema: { type: 'object' } }] };
    case 'tools/call':
      return { content: [{ type: 'text', text: JSON.stringify(message.params?.['arguments']) }] };
    default:
      return {};
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown, fields: object = {}): true {
  response.writeHead(status, { 'Content-Type': 'application/json', ...fields }).end(JSON.stringify(body));
  return true;
}

export function sendEvents(response: ServerResponse, ...messages: readonly object[]): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  for (const message of messages) response.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
}

export async function startRemote(path = '/mcp', host = '127.0.0.1'): Promise<RemoteOrigin> {
  let count = 0;
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => void answer(request, response));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const origin: RemoteOrigin = {
    port: 0,
    url: '',
    seen: [],
    sessions: new Set(),
    streams: new Set(),
    hook: () => false,
    streaming: false,
    sessionful: true,
    async stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
      origin.streams.clear();
    },
    async start() {
      origin.sessions.clear();
      server.listen(origin.port, host);
      await once(server, 'listening');
    },
    posted: () => origin.seen.flatMap(({ message }) => (message?.method === undefined ? [] : [message.method])),
    async [Symbol.asyncDispose]() {
      if (server.listening) await origin.stop();
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const { method = '', url = '', headers } = request;
    const message: Posted | null = body.startsWith('{') ? JSON.parse(body) : null;
    const seen = { method, path: url, headers, message, body };
    origin.seen.push(seen);
    if (await origin.hook(seen, response)) return;
    const session = headers['mcp-session-id'];
    if (method === 'DELETE') {
      origin.sessions.delete(String(session));
      response.writeHead(204).end();
    } else if (method === 'GET') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': open\n\n');
      origin.streams.add(response);
      response.once('close', () => origin.streams.delete(response));
    } else if (message?.method === 'initialize') {
      const id = `session-${++count}`;
      if (origin.sessionful) origin.sessions.add(id);
      respond(message, response, origin.sessionful ? { 'Mcp-Session-Id': id } : {});
    } else if (origin.sessionful && !origin.sessions.has(String(session))) {
      sendJson(response, 404, { jsonrpc: '2.0', id: null, error: { code: -32001, message: 'Session not found' } });
    } else if (message?.id === undefined || message.method === undefined) {
      response.writeHead(202).end();
    } else {
      respond(message, response, {});
    }
  }

  function respond(message: Posted, response: ServerResponse, fields: object): void {
    const reply = { jsonrpc: '2.0', id: message.id, result: resultFor(message) };
    if (!origin.streaming) return void sendJson(response, 200, reply, fields);
    response.writeHead(200, { 'Content-Type': 'text/event-stream', ...fields });
    response.end(`event: message\ndata: ${JSON.stringify(reply)}\n\n`);
  }

  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return Object.assign(origin, { port, url: `http://${host}:${port}${path}` });
}

/** A remote that answers everything at once, in JSON and in one session. */
export function answerAll(request: IncomingMessage, response: ServerResponse): void {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    const message = body === '' ? {} : JSON.parse(body);
    if (message.id === undefined) return response.writeHead(request.method === 'GET' ? 405 : 202).end();
    response.writeHead(200, { 'Content-Type': 'application/json', 'Mcp-Session-Id': 's' });
    return response.end(JSON.stringify({ jsonrpc: '2.0', id: message.id, result: resultFor(message) }));
  });
}
