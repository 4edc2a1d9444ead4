import {
  type Answer,
  answerOf,
  type CompatClient,
  INITIALIZE,
  inTime,
  LEGACY_REVISION,
  type Message,
  MODERN_META,
  MODERN_REVISION,
  replyTo,
  type Sent,
} from './client.ts';

type Headers = Readonly<Record<string, string>>;
type Connected = Omit<CompatClient, 'pids'>;

const JSON_TYPE = { 'content-type': 'application/json' };
const POST_HEADERS = { ...JSON_TYPE, accept: 'application/json, text/event-stream' };

/**
 * A client on the transport of 2024-11-05: one stream for all answers. Like the SDKs' it offers the revision it knows best,
 * whatever the transport.
 */
export async function openSse(url: string): Promise<Connected> {
  const ending = new AbortController();
  const stream = eventsOf(await fetch(`${url}/sse`, { signal: ending.signal }));
  const first = await inTime('the endpoint event', stream.next());
  const endpoint = url + (first.done ? '' : first.value);
  const waiting = new Map<number, PromiseWithResolvers<Answer>>();
  let lastId = 0;
  const post = (message: object) => deliver(endpoint, message, JSON_TYPE);
  const send = (method: string, params: object = {}): Sent => {
    const id = ++lastId;
    const answer = Promise.withResolvers<Answer>();
    waiting.set(id, answer);
    post({ id, method, params }).catch(answer.reject);
    return {
      answer: inTime(method, answer.promise),
      cancel: () => post({ method: 'notifications/cancelled', params: { requestId: id } }),
    };
  };
  void readAll(stream, waiting, post);
  const hello = await send('initialize', INITIALIZE).answer;
  await post({ method: 'notifications/initialized' });
  return {
    hello,
    send,
    request: (method, params) => send(method, params).answer,
    close: async () => {
      ending.abort();
      return 'the stream is closed';
    },
  };
}

/** A client of revision 2025-11-25: a POST for each message, and a session. */
export async function openSession(url: string): Promise<Connected> {
  const target = `${url}/mcp`;
  const opened = post(target, { id: 0, method: 'initialize', params: INITIALIZE }, POST_HEADERS);
  const hello = await inTime('initialize', opened.answer);
  const session = await opened.sessionId;
  const headers = { ...POST_HEADERS, 'mcp-session-id': session, 'mcp-protocol-version': LEGACY_REVISION };
  await deliver(target, { method: 'notifications/initialized' }, headers);
  let lastId = 0;
  const send = (method: string, params: object = {}): Sent => {
    const id = ++lastId;
    return {
      answer: inTime(method, post(target, { id, method, params }, headers).answer),
      cancel: () => deliver(target, { method: 'notifications/cancelled', params: { requestId: id } }, headers),
    };
  };
  return {
    hello,
    send,
    request: (method, params) => send(method, params).answer,
    close: async () => {
      const deleted = await fetch(target, { method: 'DELETE', headers });
      const after = await fetch(target, { method: 'POST', headers, body: text({ id: 1, method: 'ping' }) });
      return `DELETE ${deleted.status}, then ${after.status}`;
    },
  };
}

/** A client of revision 2026-07-28: each request stands alone. */
export async function openStateless(url: string): Promise<Connected> {
  let lastId = 0;
  const send = (method: string, params: object = {}): Sent => {
    const name: unknown = Object(params).name;
    const headers = {
      ...POST_HEADERS,
      'mcp-protocol-version': MODERN_REVISION,
      'mcp-method': method,
      ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
    };
    const request = { id: ++lastId, method, params: { ...params, _meta: MODERN_META } };
    const { answer, end } = post(`${url}/mcp`, request, headers);
    return { answer: inTime(method, answer), cancel: async () => end() };
  };
  const hello = await send('server/discover').answer;
  return {
    hello,
    send,
    request: (method, params) => send(method, params).answer,
    close: async () => 'nothing to close',
  };
}

interface Posted {
  readonly answer: Promise<Answer>;
  /** The session that the answer begins. */
  readonly sessionId: Promise<string>;
  /** Closes the connection. */
  readonly end: () => void;
}

/** Posts a request and reads its answer, whether it comes as JSON or on a stream. */
function post(
  url: string,
  request: { readonly id: number; readonly [key: string]: unknown },
  headers: Headers,
): Posted {
  const ending = new AbortController();
  const responding = fetch(url, { method: 'POST', headers, body: text(request), signal: ending.signal });
  const sessionId = responding.then((response) => response.headers.get('mcp-session-id') ?? '');
  sessionId.catch(() => undefined);
  const answer = (async () => {
    const response = await responding;
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return jsonAnswer(response);
    for await (const data of eventsOf(response)) {
      const message: Message = JSON.parse(data);
      if (message.id === request.id && message.method === undefined) return answerOf(message);
    }
    throw new Error('the stream ended without an answer');
  })();
  return { answer, sessionId, end: () => ending.abort() };
}

async function jsonAnswer(response: Response): Promise<Answer> {
  const body = await response.text();
  try {
    return answerOf(JSON.parse(body));
  } catch {
    throw new Error(`HTTP ${response.status} ${body}`);
  }
}

/** Posts a message that has no answer. Rejects when it is refused. */
async function deliver(url: string, message: object, headers: Headers): Promise<void> {
  const response = await fetch(url, { method: 'POST', headers, body: text(message) });
  const body = await response.text();
  if (!response.ok) throw new Error(`HTTP ${response.status} ${body}`);
}

/** Hands answers on a stream to those who wait; at its end all of them are told. */
async function readAll(
  stream: AsyncIterable<string>,
  waiting: Map<number, PromiseWithResolvers<Answer>>,
  post: (message: object) => Promise<void>,
): Promise<void> {
  let end = new Error('the stream has ended');
  try {
    for await (const data of stream) {
      const message: Message = JSON.parse(data);
      if (message.method !== undefined && message.id !== undefined) await post(replyTo(message));
      if (message.method !== undefined || typeof message.id !== 'number') continue;
      waiting.get(message.id)?.resolve(answerOf(message));
      waiting.delete(message.id);
    }
  } catch (error) {
    end = error instanceof Error ? error : new Error(String(error));
  }
  for (const { reject } of waiting.values()) reject(end);
  waiting.clear();
}

/** The data of each event of a text/event-stream (HTML standard, 9.2.6), as far as MCP uses it: empty data are left out. */
async function* eventsOf(response: Response): AsyncGenerator<string, void> {
  if (response.body === null) return;
  let rest = '';
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + piece).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = block.split('\n').filter((line) => line.startsWith('data:'));
      const data = lines.map((line) => line.slice('data:'.length).trimStart()).join('\n');
      if (data !== '') yield data;
    }
  }
}

function text(message: object): string {
  return JSON.stringify({ jsonrpc: '2.0', ...message });
}
