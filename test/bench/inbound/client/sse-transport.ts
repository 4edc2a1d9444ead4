import { EventStream } from './event-stream.ts';
import { HttpPool } from './http-pool.ts';
import { encode, type OutgoingMessage, type Transport, type TransportEvents } from './transport.ts';

/** HTTP+SSE, revision 2024-11-05: one GET stream brings everything, each message goes out as a POST. */
export class SseTransport implements Transport {
  readonly answersOnExchange = false;
  readonly #pool: HttpPool;
  readonly #stream: EventStream;
  #messagesPath = '';

  /** Opens the stream and waits for its `endpoint` event. */
  static async open(port: number, path: string, events: TransportEvents): Promise<SseTransport> {
    return new Promise((resolve, reject) => {
      const transport = new SseTransport(
        port,
        (endpoint) => {
          transport.#messagesPath = endpoint;
          resolve(transport);
        },
        events,
      );
      transport.#listen(path).then(
        (status) => {
          reject(new Error(`GET: HTTP ${status}`));
          events.closed('stream ended');
        },
        (error) => {
          reject(error);
          events.closed('stream broken');
        },
      );
    });
  }

  private constructor(port: number, onEndpoint: (path: string) => void, events: TransportEvents) {
    this.#pool = new HttpPool(port);
    this.#stream = new EventStream((data, event) => {
      if (event === 'message') events.message(data);
      // An absolute URL or a path: RFC 3986 reference resolution gives a path either way.
      else if (event === 'endpoint') onEndpoint(pathOf(data));
    });
  }

  get comments(): number {
    return this.#stream.comments;
  }

  async send(message: OutgoingMessage): Promise<void> {
    const headers = { 'Content-Type': 'application/json' };
    const request = { method: 'POST', path: this.#messagesPath, headers, body: encode(message) } as const;
    const { status } = await this.#pool.exchange(request, { chunk: () => undefined });
    if (status < 200 || status > 299) throw new Error(`HTTP ${status}`);
  }

  stall(): void {
    this.#pool.stall();
  }

  /** Hanging up is how this one ends. */
  async close(): Promise<void> {
    this.vanish();
  }

  vanish(): void {
    this.#pool.destroy();
  }

  async #listen(path: string): Promise<number> {
    const request = { method: 'GET', path, headers: { Accept: 'text/event-stream' } } as const;
    const { status } = await this.#pool.exchange(request, { chunk: (chunk) => this.#stream.push(chunk) });
    return status;
  }
}

function pathOf(reference: string): string {
  const url = new URL(reference, 'http://127.0.0.1');
  return url.pathname + url.search;
}
