import type { Transport, TransportEvents } from './transport.ts';

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

const ANSWER_WITHIN_MS = 5_000;

/** One MCP client: numbers its requests 1, 2, 3 …, as every client does, and matches what comes back. */
export class Session implements TransportEvents {
  /** Replies that answer nothing this session has asked. */
  stray = 0;
  /** Sees every message that is no reply, as text. */
  onNotification: (text: string) => void = () => undefined;
  #transport: Transport | null = null;
  #lastId = 0;
  readonly #waiting = new Map<unknown, Waiting>();

  /** Binds the session to its transport, which `open` makes with this session as the taker of its events. */
  static async over(open: (events: TransportEvents) => Promise<Transport>): Promise<Session> {
    const session = new Session();
    session.#transport = await open(session);
    return session;
  }

  get transport(): Transport {
    if (!this.#transport) throw new Error('a session has a transport once it is open');
    return this.#transport;
  }

  /** The first half of the handshake of revisions up to 2025-11-25: resolves with its result. */
  async initialize(): Promise<void> {
    await this.request('initialize', {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'bench', version: '1.0.0' },
    });
  }

  /** The second half: the session is open for business. */
  async confirm(): Promise<void> {
    await this.transport.send({ method: 'notifications/initialized', params: {} });
  }

  /** Rejects with `rpc CODE …` for an error, or with what broke, or after `withinMs`. */
  request(method: string, params: object, withinMs = ANSWER_WITHIN_MS): Promise<unknown> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        if (this.#waiting.delete(id)) reject(error);
        clearTimeout(deadline);
      };
      const deadline = setTimeout(() => fail(new Error('no answer')), withinMs);
      this.#waiting.set(id, {
        resolve: (result) => {
          clearTimeout(deadline);
          resolve(result);
        },
        reject: fail,
      });
      const { transport } = this;
      transport.send({ id, method, params }).then(() => {
        if (transport.answersOnExchange) fail(new Error('ended without an answer'));
      }, fail);
    });
  }

  /** Calls a tool of the fixture; resolves with the text it answers. */
  async callTool(name: string, given: object, withinMs?: number): Promise<string> {
    return textOf(await this.request('tools/call', { name, arguments: given }, withinMs));
  }

  message(text: string): void {
    // A reply has an id. Most notifications need not be parsed to be told apart, which keeps a burst of them cheap here.
    if (!text.includes('"id"')) {
      this.onNotification(text);
      return;
    }
    const message: unknown = JSON.parse(text);
    if (typeof message !== 'object' || message === null || !('id' in message) || 'method' in message) {
      this.onNotification(text);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    if (!waiting) {
      this.stray++;
      return;
    }
    if ('error' in message) {
      waiting.reject(new Error(describeError(message.error)));
      return;
    }
    this.#waiting.delete(message.id);
    waiting.resolve('result' in message ? message.result : undefined);
  }

  closed(why: string): void {
    for (const waiting of [...this.#waiting.values()]) waiting.reject(new Error(why));
  }
}

function textOf(result: unknown): string {
  const content: unknown = typeof result === 'object' && result !== null ? Reflect.get(result, 'content') : undefined;
  const first: unknown = Array.isArray(content) ? content[0] : undefined;
  const text: unknown = typeof first === 'object' && first !== null ? Reflect.get(first, 'text') : undefined;
  if (typeof text !== 'string') throw new Error('a tool result without text');
  return text;
}

function describeError(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return 'rpc error';
  return `rpc ${error.code}${'message' in error ? ` ${error.message}` : ''}`;
}
