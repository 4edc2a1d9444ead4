import { isObject } from '../../base/schema/index.ts';
import { CODE } from '../../mcp/jsonrpc/index.ts';
import { type Answer, answerIn, errorMessage, type Wire } from '../../servers/index.ts';

/** Milliseconds that one answer may take: a server may have to be downloaded before its first. */
const PATIENCE = 60_000;

/** An endpoint of ours, spoken to as a client of Streamable HTTP would (MCP 2025-11-25, basic/transports). */
export interface EndpointWire extends Wire {
  /** As `ask`, with this id and these params, which are JSON text and stay as they are. */
  askAs(id: string, method: string, params: Buffer): Promise<Answer>;
  notify(method: string, params?: object): void;
  /** Ends the session, and with it the server's process. Never rejects: a session that is not ended here expires. */
  close(): Promise<void>;
}

/** The endpoint refused, or broke off before it had answered: the status is null then. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
  readonly status: number | null;

  /** `message` is the endpoint's own word; empty when it gave none. */
  constructor(status: number | null, message = '') {
    super(message);
    this.status = status;
  }
}

/** `patience` is the number of milliseconds that one answer may take. */
export function endpointWire(
  url: string,
  token: string | null,
  signal: AbortSignal,
  patience: number = PATIENCE,
): EndpointWire {
  let session: string | null = null;
  let lastId = 0;
  return {
    greets: true,
    async ask(method, params) {
      const id = ++lastId;
      const response = await post(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
      session ??= response.headers.get('mcp-session-id');
      return answerFrom(response, id, refuse);
    },
    async askAs(id, method, params) {
      const head = JSON.stringify({ jsonrpc: '2.0', id, method });
      const response = await post(
        Buffer.concat([Buffer.from(`${head.slice(0, -1)},"params":`), params, Buffer.from('}')]),
      );
      return answerFrom(response, id, refuse);
    },
    // Fire and forget: the next request does not wait for it, and its response shows when the notification was lost.
    notify: (method, params) => say({ method, params }),
    async close() {
      if (session === null) return;
      await fetch(url, { method: 'DELETE', headers: headers(), signal: AbortSignal.timeout(PATIENCE) }).then(
        drained,
        () => undefined,
      );
    },
  };

  /** We have declared no capability, so that there is nothing a server may ask; one that does would wait for ever. */
  function refuse(id: unknown, method: unknown): void {
    const error = { code: CODE.methodNotFound, message: 'Method not found' };
    say(method === 'ping' ? { id, result: {} } : { id, error });
  }

  function say(message: object): void {
    void post(JSON.stringify({ jsonrpc: '2.0', ...message })).then(drained, () => undefined);
  }

  function post(body: string | Buffer<ArrayBuffer>): Promise<Response> {
    return fetch(url, {
      method: 'POST',
      headers: { ...headers(), 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
    });
  }

  function headers(): Record<string, string> {
    return {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(session === null ? {} : { 'mcp-session-id': session }),
    };
  }
}

/** Answers a request of the server. */
type Refuse = (id: unknown, method: unknown) => void;

async function answerFrom(response: Response, id: string | number, refuse: Refuse): Promise<Answer> {
  if (response.headers.get('content-type')?.startsWith('text/event-stream') === true && response.body !== null) {
    return answerFromStream(response.body, id, refuse);
  }
  const answer = answerIn(parsed(await response.text()));
  const isAnswer = answer.result !== undefined || answer.error !== undefined;
  if (!response.ok || !isAnswer) throw new EndpointError(response.status, errorMessage(answer));
  return answer;
}

/** Notifications before the response are skipped. */
async function answerFromStream(
  body: ReadableStream<Uint8Array>,
  id: string | number,
  refuse: Refuse,
): Promise<Answer> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const message = line.startsWith('data:') ? parsed(line.slice('data:'.length)) : null;
      if (!isObject(message) || message['id'] === undefined) continue;
      if (message['method'] !== undefined) refuse(message['id'], message['method']);
      else if (message['id'] === id) return answerIn(message);
    }
  }
  throw new EndpointError(null);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

async function drained(response: Response): Promise<void> {
  await response.body?.cancel();
}
