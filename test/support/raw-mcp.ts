import { type Ask, type EventReader, events, type Message, type Reply, send } from './http-client.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const BOTH_TYPES = { ...JSON_TYPE, accept: 'application/json, text/event-stream' };

/** A client of revision 2024-11-05 with nothing in it but the protocol. */
export interface SseClient {
  readonly reader: EventReader;
  /** Where messages are posted, as the `endpoint` event said. */
  readonly endpoint: string;
  post(message: object): Promise<Reply>;
  /** Posts a request and reads on until its response; what comes before is dropped. */
  call(method: string, params?: object): Promise<Message>;
  tool(name: string, input?: object): Promise<string>;
  close(): void;
}

export async function openSse(url: string, path = '/sse', headers: Ask['headers'] = {}): Promise<SseClient> {
  const reader = await events(url + path, { headers });
  const { data: endpoint } = await reader.next();
  let lastId = 0;
  const post = (message: object) =>
    send(url + endpoint, {
      headers: { ...JSON_TYPE, ...headers },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    });
  const call = async (method: string, params: object = {}) => {
    const id = ++lastId;
    const [answer] = await Promise.all([responseTo(reader, id), post({ id, method, params })]);
    return answer;
  };
  return {
    reader,
    endpoint,
    post,
    call,
    tool: async (name, input = {}) => textOf(await call('tools/call', { name, arguments: input })),
    close: () => reader.close(),
  };
}

/** A client of the revisions with sessions, likewise. Every request has a connection of its own. */
export interface SessionClient {
  readonly headers: Readonly<Record<string, string>>;
  post(message: object, headers?: Ask['headers']): Promise<Reply>;
  /** Posts a request and returns the stream of its answer. */
  stream(message: object, headers?: Ask['headers']): Promise<EventReader>;
  get(headers?: Ask['headers']): Promise<EventReader>;
  call(method: string, params?: object): Promise<Message>;
  tool(name: string, input?: object): Promise<string>;
  end(): Promise<Reply>;
}

export async function openSession(
  url: string,
  {
    path = '/mcp',
    revision = '2025-11-25',
    headers = {},
    capabilities = {},
  }: { path?: string; revision?: string; headers?: Ask['headers']; capabilities?: object } = {},
): Promise<SessionClient> {
  const target = url + path;
  const initialize = { id: 0, method: 'initialize', params: { protocolVersion: revision, capabilities } };
  const opened = await postTo(target, initialize, { ...BOTH_TYPES, ...headers });
  const id = opened.headers['mcp-session-id'];
  if (typeof id !== 'string') throw new Error(`No session: ${opened.status} ${opened.body}`);
  const own = { ...BOTH_TYPES, 'mcp-session-id': id, 'mcp-protocol-version': revision, ...headers };
  let lastId = 0;
  const call = async (method: string, params: object = {}) => {
    const requestId = ++lastId;
    return answerIn(await postTo(target, { id: requestId, method, params }, own), requestId);
  };
  return {
    headers: own,
    post: (message, more = {}) => postTo(target, message, { ...own, ...more }),
    stream: (message, more = {}) =>
      events(target, {
        method: 'POST',
        headers: { ...own, ...more },
        body: JSON.stringify({ jsonrpc: '2.0', ...message }),
      }),
    get: (more = {}) => events(target, { headers: { ...own, ...more } }),
    call,
    tool: async (name, input = {}) => textOf(await call('tools/call', { name, arguments: input })),
    end: () => send(target, { method: 'DELETE', headers: own }),
  };
}

/** What a call is answered that cannot be done: `initialize` never fails for the sake of a remote server. */
export async function refusalAt(url: string): Promise<string> {
  const session = await openSession(url);
  await session.post({ method: 'notifications/initialized' });
  const answer = await session.call('tools/call', { name: 'echo', arguments: {} });
  return answer.error?.message ?? `no refusal: ${JSON.stringify(answer)}`;
}

export function postTo(url: string, message: object, headers: Ask['headers'] = BOTH_TYPES): Promise<Reply> {
  return send(url, { headers, body: JSON.stringify({ jsonrpc: '2.0', ...message }) });
}

/** The response to a request in either kind of answer. */
export function answerIn({ headers, body, status }: Reply, id: number): Message {
  const isStream = headers['content-type'] === 'text/event-stream; charset=utf-8';
  const texts = isStream ? [...body.matchAll(/^data: (.+)$/gm)].map(([, text]) => text ?? '') : [body];
  const answer = texts.map((text): Message => JSON.parse(text)).find((message) => message.id === id);
  if (answer === undefined) throw new Error(`No answer to ${id}: ${status} ${body}`);
  return answer;
}

/** The next message with this id that is no request. */
export async function responseTo(reader: EventReader, id: number): Promise<Message> {
  for (;;) {
    const message = await reader.nextMessage();
    if (message.id === id && message.method === undefined) return message;
  }
}

function textOf(answer: Message): string {
  const text = answer.result?.content?.[0]?.text;
  if (text === undefined) throw new Error(`No text in ${JSON.stringify(answer)}`);
  return text;
}
