import { type Answer, answerIn, errorMessage, type Wire } from '../../servers/index.ts';

/** Milliseconds that one answer may take: a server may have to be downloaded before its first. */
const PATIENCE = 60_000;

/** An endpoint of ours, spoken to as a client of Streamable HTTP would (MCP 2025-11-25, basic/transports). */
export interface EndpointWire extends Wire {
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

export function endpointWire(url: string, token: string | null, signal: AbortSignal): EndpointWire {
  let session: string | null = null;
  let lastId = 0;
  return {
    greets: true,
    async ask(method, params) {
      const id = ++lastId;
      const response = await post({ jsonrpc: '2.0', id, method, params });
      session ??= response.headers.get('mcp-session-id');
      return answerFrom(response, id);
    },
    // Fire and forget: the next request does not wait for it, and its response shows when the notification was lost.
    notify: (method) => void post({ jsonrpc: '2.0', method }).then(drained, () => undefined),
    async close() {
      if (session === null) return;
      await fetch(url, { method: 'DELETE', headers: headers(), signal: AbortSignal.timeout(PATIENCE) }).then(
        drained,
        () => undefined,
      );
    },
  };

  function post(message: object): Promise<Response> {
    return fetch(url, {
      method: 'POST',
      headers: { ...headers(), 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify(message),
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
    });
  }

  function headers(): Record<string, string> {
    return {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(session === null ? {} : { 'mcp-session-id': session }),
    };
  }
}

async function answerFrom(response: Response, id: number): Promise<Answer> {
  if (response.headers.get('content-type')?.startsWith('text/event-stream') === true && response.body !== null) {
    return answerFromStream(response.body, id);
  }
  const answer = answerIn(parsed(await response.text()));
  const isAnswer = answer.result !== undefined || answer.error !== undefined;
  if (!response.ok || !isAnswer) throw new EndpointError(response.status, errorMessage(answer));
  return answer;
}

/** Notifications and requests of the server before the response are skipped. */
async function answerFromStream(body: ReadableStream<Uint8Array>, id: number): Promise<Answer> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const message = line.startsWith('data:') ? parsed(line.slice('data:'.length)) : null;
      if (typeof message === 'object' && message !== null && 'id' in message && message.id === id) {
        return answerIn(message);
      }
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
