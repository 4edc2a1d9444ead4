import { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { CdpEvent, CdpMethod, CdpParams, CdpPayload, CdpResult } from './protocol.ts';

/** A command that Chromium refused, or that it did not live to answer. */
export class CdpError extends Error {
  constructor(method: string, reason: string) {
    super(`${method}: ${reason}`);
    this.name = 'CdpError';
  }
}

interface Waiting {
  readonly method: string;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** One line of the protocol: an answer has an id, an event has a method. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly sessionId?: string;
}

const separator = '\0';

/** The DevTools protocol over Chromium's two pipes: JSON messages, each ended by a zero byte. */
export class CdpConnection {
  readonly root = new CdpSession(this, undefined);
  readonly #sessions = new Map<string, CdpSession>();
  readonly #waiting = new Map<number, Waiting>();
  readonly #toChromium: Writable;
  #unread = '';
  #lastId = 0;
  #closed = false;

  constructor(toChromium: Writable, fromChromium: Readable) {
    this.#toChromium = toChromium;
    // A write after Chromium's death fails here; the commands under way are told by close().
    toChromium.on('error', () => this.close());
    fromChromium.setEncoding('utf8').on('data', (text: string) => this.#read(text));
  }

  send(method: string, params: unknown, sessionId: string | undefined): Promise<unknown> {
    if (this.#closed) return Promise.reject(new CdpError(method, 'Chromium is gone'));
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, { method, resolve, reject });
      this.#toChromium.write(JSON.stringify({ id, method, params, sessionId }) + separator);
    });
  }

  /** The session of an attached target. */
  session(id: string): CdpSession {
    const known = this.#sessions.get(id);
    if (known !== undefined) return known;
    const session = new CdpSession(this, id);
    this.#sessions.set(id, session);
    return session;
  }

  /** Fails whatever still waits for an answer. */
  close(): void {
    this.#closed = true;
    for (const { method, reject } of this.#waiting.values()) reject(new CdpError(method, 'Chromium is gone'));
    this.#waiting.clear();
  }

  #read(text: string): void {
    const messages = (this.#unread + text).split(separator);
    this.#unread = messages.pop() ?? '';
    for (const message of messages) this.#receive(JSON.parse(message));
  }

  #receive(message: Message): void {
    if (message.id === undefined) {
      const session = message.sessionId === undefined ? this.root : this.#sessions.get(message.sessionId);
      session?.receive(message.method ?? '', message.params);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error === undefined) waiting?.resolve(message.result);
    else waiting?.reject(new CdpError(waiting.method, message.error.message));
  }
}

/** The commands and events of one target, or of the browser itself. */
export class CdpSession {
  readonly #connection: CdpConnection;
  readonly #id: string | undefined;
  readonly #events = new EventEmitter().setMaxListeners(0);

  constructor(connection: CdpConnection, id: string | undefined) {
    this.#connection = connection;
    this.#id = id;
  }

  /** The answer is what Chromium says it is: its protocol types are taken at their word. */
  async send<Method extends CdpMethod>(method: Method, params?: CdpParams<Method>): Promise<CdpResult<Method>> {
    return (await this.#connection.send(method, params, this.#id)) as CdpResult<Method>;
  }

  on<Event extends CdpEvent>(event: Event, listener: (payload: CdpPayload<Event>) => void): void {
    this.#events.on(event, listener);
  }

  receive(event: string, payload: unknown): void {
    this.#events.emit(event, payload);
  }
}
