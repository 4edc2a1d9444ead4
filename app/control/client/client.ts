import { connect, type Socket } from 'node:net';
import { isObject } from '../../base/schema/index.ts';
import {
  ANSWER_LINE_LIMIT,
  agreeOn,
  CODES,
  ControlFault,
  type Hello,
  LineBuffer,
  lineOf,
  type Message,
  type Place,
  PROTOCOL,
  rangeIn,
  readMessage,
} from '../protocol.ts';

/** Milliseconds in which an instance greets, on a busy machine too. */
const GREETING = 2000;

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
  readonly event: ((data: unknown, dropped: number) => void) | null;
  /** Behind the answer the connection carries something else. */
  readonly handsOver: boolean;
}

/** A stream of events that a request has opened. */
export interface Following {
  /** Resolves when the stream has ended, by `cancel` or by the instance; rejects when the connection breaks. */
  readonly ended: Promise<unknown>;
  cancel(): void;
}

/** A connection to the control socket of a running instance, greeted. */
export class ControlClient {
  readonly hello: Hello;
  readonly #socket: Socket;
  readonly #lines = new LineBuffer();
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = {
    data: (chunk: Buffer) => this.#read(chunk),
    close: () => this.#closed(),
  };
  /** 1 was the greeting. */
  #lastId = 1;

  private constructor(socket: Socket, hello: Hello) {
    this.#socket = socket;
    this.hello = hello;
    for (const [event, listener] of Object.entries(this.#listeners)) socket.on(event, listener);
    // Stays on a connection that is handed over or released: an instance that is killed resets it.
    socket.on('error', () => socket.destroy());
  }

  /**
   * Connects and says hello. Rejects with ControlFault when the instance refuses or speaks another protocol (`client-too-old`,
   * `client-too-new`), with the system's error or a timeout when none is there.
   */
  static open(path: string, version: string, patience = GREETING): Promise<ControlClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      const lines = new LineBuffer();
      const fail = (error: Error): void => {
        socket.destroy();
        reject(error);
      };
      const timer = setTimeout(() => fail(new Error('no greeting in time')), patience);
      const read = (chunk: Buffer): void => {
        lines.push(chunk);
        const line = lines.next();
        if (line === null) {
          if (lines.length > ANSWER_LINE_LIMIT) fail(new Error('an endless greeting'));
          return;
        }
        clearTimeout(timer);
        socket.off('data', read).off('error', fail).off('close', closed);
        const answer = readMessage(line);
        const hello = helloIn(typeof answer === 'string' ? null : answer);
        if (hello instanceof Error) return fail(hello);
        resolve(new ControlClient(socket, hello));
      };
      const closed = (): void => {
        clearTimeout(timer);
        reject(new Error('closed before the greeting'));
      };
      socket.on('data', read).on('error', fail).on('close', closed);
      socket.write(
        lineOf({ id: 1, method: 'hello', params: { product: 'mcp-gangway', version, protocols: PROTOCOL } }),
      );
    });
  }

  /** Rejects with ControlFault for an error of the instance, with Error when the connection breaks. */
  request(method: string, params: object = {}): Promise<unknown> {
    return this.#ask(method, params).answer;
  }

  /**
   * As `request`, for one behind whose answer the connection carries something else. The socket is paused, and the caller's; this
   * client is of no more use.
   */
  async handOver(method: string, params: object): Promise<Socket> {
    await this.#ask(method, params, null, true).answer;
    return this.#socket;
  }

  /** `event` gets what the stream sends, and how many events were dropped so far because we were slow to read. */
  follow(method: string, params: object, event: (data: unknown, dropped: number) => void): Following {
    const { id, answer } = this.#ask(method, params, event);
    return {
      ended: answer,
      cancel: () => void this.#socket.write(lineOf({ method: 'cancel', params: { id } })),
    };
  }

  /** The bare connection, for a caller that asks for something else itself. Not while an answer is waited for. */
  release(): Socket {
    for (const [event, listener] of Object.entries(this.#listeners)) this.#socket.off(event, listener);
    return this.#socket;
  }

  close(): void {
    this.#socket.destroy();
  }

  #ask(
    method: string,
    params: object,
    event: Waiting['event'] = null,
    handsOver = false,
  ): { readonly id: number; readonly answer: Promise<unknown> } {
    const id = ++this.#lastId;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, event, handsOver });
      if (this.#socket.destroyed) this.#closed();
      else this.#socket.write(lineOf({ id, method, params }));
    });
    return { id, answer };
  }

  #read(chunk: Buffer): void {
    this.#lines.push(chunk);
    for (let line = this.#lines.next(); line !== null; line = this.#lines.next()) {
      const message = readMessage(line);
      if (typeof message !== 'string') this.#take(message);
    }
    if (this.#lines.length > ANSWER_LINE_LIMIT) this.#socket.destroy();
  }

  #take({ id, method, params, result, error }: Message): void {
    if (method === 'event') {
      const { id: of, data, dropped } = params;
      if (typeof of === 'number') this.#waiting.get(of)?.event?.(data, typeof dropped === 'number' ? dropped : 0);
      return;
    }
    const waiting = typeof id === 'number' && method === null ? this.#waiting.get(id) : undefined;
    if (waiting === undefined || typeof id !== 'number') return;
    this.#waiting.delete(id);
    if (error !== null) return waiting.reject(faultIn(error));
    if (waiting.handsOver) {
      this.release().pause();
      const rest = this.#lines.take();
      if (rest.length > 0) this.#socket.unshift(rest);
    }
    waiting.resolve(result);
  }

  #closed(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('the connection broke'));
    this.#waiting.clear();
  }
}

function helloIn(answer: Message | null): Hello | Error {
  if (answer?.error != null) return faultIn(answer.error);
  const result = answer?.result;
  if (!isObject(result) || result['product'] !== 'mcp-gangway') return new Error('no greeting of MCP Gangway');
  const { version, protocols, pid, instance, role, listening, address, methods } = result;
  const theirs = rangeIn(protocols);
  const agreed = agreeOn(theirs, PROTOCOL);
  const shownVersion = typeof version === 'string' ? version : '';
  // An instance that lets us in all the same has not understood us: we judge for ourselves.
  if (typeof agreed !== 'number') {
    const reason = agreed === 'too-old' ? 'client-too-old' : 'client-too-new';
    return new ControlFault(CODES.refused, reason, '', { version: shownVersion, protocols: theirs });
  }
  return {
    product: 'mcp-gangway',
    version: shownVersion,
    protocol: agreed,
    protocols: theirs,
    pid: typeof pid === 'number' ? pid : 0,
    instance: typeof instance === 'string' ? instance : '',
    role: role === 'app' ? 'app' : 'headless',
    listening: Array.isArray(listening) ? listening.flatMap(placesIn) : [],
    address: placesIn(address)[0] ?? { host: '', port: 0 },
    methods: Array.isArray(methods) ? methods.filter((one) => typeof one === 'string') : [],
  };
}

function placesIn(value: unknown): readonly Place[] {
  if (!isObject(value)) return [];
  const { host, port } = value;
  return typeof host === 'string' && typeof port === 'number' ? [{ host, port }] : [];
}

function faultIn({ code, message, data }: Readonly<Record<string, unknown>>): ControlFault {
  const { reason, ...rest } = isObject(data) ? data : {};
  return new ControlFault(
    typeof code === 'number' ? code : CODES.internalError,
    typeof reason === 'string' ? reason : 'internal',
    typeof message === 'string' ? message : '',
    rest,
  );
}
