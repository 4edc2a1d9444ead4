import { AnswerReader } from './answer-reader.ts';
import { HttpPool } from './http-pool.ts';
import { encode, type OutgoingMessage, type Transport, type TransportEvents } from './transport.ts';

const VERSION = '2026-07-28';

/** What every request of this revision says about itself and its client. */
const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': VERSION,
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
};

/** Stateless Streamable HTTP, revision 2026-07-28: every POST stands alone. */
export class StatelessTransport implements Transport {
  readonly answersOnExchange = true;
  readonly comments = 0;
  readonly #pool: HttpPool;
  readonly #path: string;
  readonly #events: TransportEvents;

  constructor(port: number, path: string, events: TransportEvents) {
    this.#pool = new HttpPool(port);
    this.#path = path;
    this.#events = events;
  }

  async send({ method, params, ...rest }: OutgoingMessage): Promise<void> {
    const headers = {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'MCP-Protocol-Version': VERSION,
      'Mcp-Method': method,
      ...('name' in params && { 'Mcp-Name': String(params.name) }),
    };
    const body = encode({ ...rest, method, params: { ...params, _meta: ENVELOPE } });
    const request = { method: 'POST', path: this.#path, headers, body } as const;
    const { status } = await this.#pool.exchange(request, new AnswerReader((text) => this.#events.message(text)));
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
}
