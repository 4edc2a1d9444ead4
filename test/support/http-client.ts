import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { within } from './until.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** One request over a connection of its own, with nothing added to it. */
export async function send(url: string, { method = 'POST', headers = {}, body }: Ask = {}): Promise<Reply> {
  const response = await begin(url, { method, headers, ...(body === undefined ? {} : { body }) });
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() };
}

/** The response as soon as its head is here. */
export async function begin(url: string, { method = 'POST', headers = {}, body }: Ask = {}): Promise<IncomingMessage> {
  const agent = new Agent({ keepAlive: false });
  const outgoing = request(url, { method, headers, agent });
  outgoing.end(body);
  const [response]: [IncomingMessage] = await within(
    'a response',
    once(outgoing, 'response') as Promise<[IncomingMessage]>,
  );
  response.on('error', () => undefined);
  return response;
}

/** One event of a text/event-stream. */
export interface ServerEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string | undefined;
  readonly retry: string | undefined;
}

/** Reads a text/event-stream as the HTML standard says, comments apart. */
export class EventReader {
  readonly response: IncomingMessage;
  readonly comments: string[] = [];
  readonly #events: ServerEvent[] = [];
  #rest = '';
  #wake: () => void = () => undefined;
  #ended = false;

  constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('utf8');
    response.on('data', (text: string) => this.#take(text));
    response.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  get status(): number {
    return this.response.statusCode ?? 0;
  }

  /** The next event; rejects when the stream ends first. */
  async next(): Promise<ServerEvent> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) return event;
      if (this.#ended) throw new Error('The stream has ended');
      await within('an event', this.#more());
    }
  }

  /** The data of the next message, parsed. */
  async nextMessage(): Promise<Message> {
    for (;;) {
      const { data } = await this.next();
      if (data !== '') return JSON.parse(data);
    }
  }

  /** Everything until the stream ends. */
  async rest(): Promise<readonly ServerEvent[]> {
    while (!this.#ended) await within('the end of the stream', this.#more());
    return this.#events.splice(0);
  }

  close(): void {
    this.response.destroy();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #take(text: string): void {
    const blocks = (this.#rest + text).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = block
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()] as const);
      const field = (name: string) => fields.find(([key]) => key === name)?.[1];
      const comment = field('');
      if (comment !== undefined) this.comments.push(comment);
      const data = field('data');
      if (data !== undefined)
        this.#events.push({ event: field('event') ?? 'message', data, id: field('id'), retry: field('retry') });
    }
    this.#wake();
  }
}

/** A JSON-RPC message as tests look at it. */
export interface Message {
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: { readonly content?: readonly { readonly text: string }[]; readonly [key: string]: unknown };
  readonly error?: { readonly code: number; readonly message: string; readonly data?: Record<string, unknown> };
}

export async function events(url: string, ask: Ask = {}): Promise<EventReader> {
  return new EventReader(await begin(url, { method: 'GET', ...ask }));
}
