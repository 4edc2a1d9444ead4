import { AnswerReader } from './answer-reader.ts';
import { EventStream } from './event-stream.ts';
import type { HttpHead } from './http-connection.ts';
import { HttpPool } from './http-pool.ts';
import { encode, type OutgoingMessage, type Transport, type TransportEvents } from './transport.ts';

const ACCEPT = 'application/json, text/event-stream';

/** Streamable HTTP with a session, revision 2025-11-25: each message is a POST, and its answer comes on that exchange. */
export class StreamableTransport implements Transport {
  readonly answersOnExchange = true;
  readonly #pool: HttpPool;
  readonly #path: string;
  readonly #events: TransportEvents;
  #headers: Readonly<Record<string, string>> = { 'Content-Type': 'application/json', Accept: ACCEPT };
  #standing: EventStream | null = null;

  constructor(port: number, path: string, events: TransportEvents) {
    this.#pool = new HttpPool(port);
    this.#path = path;
    this.#events = events;
  }

  get comments(): number {
    return this.#standing?.comments ?? 0;
  }

  async send(message: OutgoingMessage): Promise<void> {
    const request = { method: 'POST', path: this.#path, headers: this.#headers, body: encode(message) } as const;
    const answer = new AnswerReader(
      (text) => this.#events.message(text),
      // The session's name comes with the head, before the result that lets the client go on.
      (head) => message.method === 'initialize' && this.#join(head),
    );
    const { status } = await this.#pool.exchange(request, answer);
    if (status < 200 || status > 299) throw new Error(`HTTP ${status}`);
    if (message.method === 'notifications/initialized') this.#listen();
  }

  stall(): void {
    this.#pool.stall();
  }

  async close(): Promise<void> {
    await this.#pool.exchange(
      { method: 'DELETE', path: this.#path, headers: this.#headers },
      { chunk: () => undefined },
    );
    this.vanish();
  }

  vanish(): void {
    this.#pool.destroy();
  }

  #join(head: HttpHead): void {
    const session = head.header('mcp-session-id');
    this.#headers = {
      ...this.#headers,
      'MCP-Protocol-Version': '2025-11-25',
      ...(session !== null && { 'Mcp-Session-Id': session }),
    };
  }

  /** The standing GET stream, for what belongs to no request. A server without one answers 405, which is fine. */
  #listen(): void {
    const stream = new EventStream((data) => this.#events.message(data));
    this.#standing = stream;
    const request = {
      method: 'GET',
      path: this.#path,
      headers: { ...this.#headers, Accept: 'text/event-stream' },
    } as const;
    // Its end is no news for requests, which have exchanges of their own.
    this.#pool.exchange(request, { chunk: (chunk) => stream.push(chunk) }).catch(() => undefined);
  }
}
