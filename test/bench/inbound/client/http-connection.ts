import { connect, type Socket } from 'node:net';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** Host is added unless it is given. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The head of an answer. */
export class HttpHead {
  readonly status: number;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    this.status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1]);
    if (Number.isNaN(this.status)) throw new Error(`not an HTTP answer: ${text.slice(0, 80)}`);
  }

  /** Value of a header, or null. `name` in lower case. */
  header(name: string): string | null {
    const match = new RegExp(`\\r\\n${name}:[ \\t]*([^\\r]*)`, 'i').exec(this.#text);
    return match?.[1] ?? null;
  }
}

/** Called as the answer comes in; the exchange's promise settles when it is complete. */
export interface HttpReceiver {
  head?(head: HttpHead): void;
  chunk(chunk: Buffer): void;
  end?(): void;
}

interface Exchange {
  readonly receiver: HttpReceiver;
  resolve(head: HttpHead): void;
  reject(error: Error): void;
}

/** Where in an answer the next byte belongs. `left` counts bytes; a body until close has no end of its own. */
type Position =
  | { readonly in: 'head' }
  | { readonly in: 'body'; left: number }
  | { readonly in: 'body-until-close' }
  | { readonly in: 'chunk-size' }
  | { readonly in: 'chunk'; left: number };

/** One kept-alive HTTP/1.1 connection that carries one exchange at a time: a client small enough not to be what is measured. */
export class HttpConnection {
  readonly #socket: Socket;
  #exchange: Exchange | null = null;
  #head: HttpHead | null = null;
  #position: Position = { in: 'head' };
  #unread: Buffer | null = null;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk) => this.#receive(chunk));
    // 'close' follows and carries the news.
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#closed());
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  /** Resolves with the head once the whole answer is in. Rejects when the connection breaks before that. */
  exchange(request: HttpRequest, receiver: HttpReceiver): Promise<HttpHead> {
    return new Promise((resolve, reject) => {
      this.#exchange = { receiver, resolve, reject };
      const { Host = '127.0.0.1', ...headers } = request.headers;
      let head = `${request.method} ${request.path} HTTP/1.1\r\nHost: ${Host}\r\n`;
      for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`;
      if (request.body === undefined) this.#socket.write(`${head}\r\n`);
      else this.#socket.write(`${head}Content-Length: ${Buffer.byteLength(request.body)}\r\n\r\n${request.body}`);
    });
  }

  /** Stops reading, as a client that has fallen asleep does. */
  pause(): void {
    this.#socket.pause();
  }

  /** Goes away without a word. */
  destroy(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    let unread = this.#unread ? Buffer.concat([this.#unread, chunk]) : chunk;
    this.#unread = null;
    while (unread.length > 0) {
      const used = this.#step(unread);
      if (used === 0) {
        this.#unread = unread;
        return;
      }
      unread = unread.subarray(used);
    }
  }

  /** Reads what it can at the current position; says how many bytes that used, 0 when it needs more. */
  #step(bytes: Buffer): number {
    const position = this.#position;
    switch (position.in) {
      case 'head':
        return this.#readHead(bytes);
      case 'chunk-size':
        return this.#readChunkSize(bytes);
      case 'body-until-close':
        this.#exchange?.receiver.chunk(bytes);
        return bytes.length;
      case 'body':
      case 'chunk': {
        const used = Math.min(position.left, bytes.length);
        this.#exchange?.receiver.chunk(bytes.subarray(0, used));
        position.left -= used;
        if (position.left === 0 && position.in === 'body') this.#finish();
        else if (position.left === 0) this.#position = { in: 'chunk-size' };
        return used;
      }
      default:
        return position satisfies never;
    }
  }

  #readHead(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) return 0;
    const head = new HttpHead(bytes.toString('latin1', 0, end));
    this.#head = head;
    this.#exchange?.receiver.head?.(head);
    const length = head.header('content-length');
    if (/chunked/i.test(head.header('transfer-encoding') ?? '')) this.#position = { in: 'chunk-size' };
    else if (length !== null && length !== '0') this.#position = { in: 'body', left: Number(length) };
    else if (length === '0' || head.status === 204) this.#finish();
    else this.#position = { in: 'body-until-close' };
    return end + 4;
  }

  /** A size line, with the line end that closes the chunk before it. */
  #readChunkSize(bytes: Buffer): number {
    const start = bytes[0] === 0x0d ? 2 : 0;
    const end = bytes.indexOf('\r\n', start);
    if (end < 0) return 0;
    const size = Number.parseInt(bytes.toString('latin1', start, end), 16);
    if (size > 0) {
      this.#position = { in: 'chunk', left: size };
      return end + 2;
    }
    // The last chunk; none of the bridges sends trailers.
    if (bytes.length < end + 4) return 0;
    this.#finish();
    return end + 4;
  }

  #finish(): void {
    const exchange = this.#exchange;
    const head = this.#head;
    this.#exchange = null;
    this.#head = null;
    this.#position = { in: 'head' };
    if (head?.header('connection')?.toLowerCase() === 'close') this.#socket.destroy();
    if (!exchange || !head) return;
    exchange.receiver.end?.();
    exchange.resolve(head);
  }

  #closed(): void {
    if (this.#position.in === 'body-until-close') this.#finish();
    else this.#fail(new Error('the connection was closed'));
  }

  #fail(error: Error): void {
    this.#exchange?.reject(error);
    this.#exchange = null;
  }
}
