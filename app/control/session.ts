import type { Socket } from 'node:net';
import { isCongested } from '../base/back-pressure.ts';
import type { Log } from '../base/log.ts';
import { type Controlled, type HandedOver, METHODS, type Method } from './methods.ts';
import {
  agreeOn,
  CODES,
  ControlFault,
  type ControlId,
  type Hello,
  LineBuffer,
  lineOf,
  type Message,
  PROTOCOL,
  REQUEST_LINE_LIMIT,
  rangeIn,
  readMessage,
} from './protocol.ts';

export interface SessionTimes {
  /** Milliseconds until the first request has to be there. */
  readonly hello: number;
  /** Milliseconds after which a connection ends that asks nothing, follows nothing and waits for nothing. */
  readonly idle: number;
}

export const SESSION_TIMES: SessionTimes = { hello: 10_000, idle: 300_000 };

export interface SessionContext {
  readonly controlled: Controlled;
  readonly hello: () => Omit<Hello, 'protocol'>;
  readonly log: Log;
  readonly times: SessionTimes;
  /** The connection has ended, or carries something else from now on. */
  readonly left: (session: ControlSession) => void;
}

/** Bytes of requests that are read ahead while one is answered. */
const AHEAD_BYTES = 64 * 1024;
/** Streams that one connection may have open. */
const STREAMS = 16;

interface OpenStream {
  stop(): void;
  dropped: number;
}

/**
 * One connection of a client. Requests are answered one after the other; a congested client is not read any more, and the events
 * it would get are dropped and counted: it costs us at most `CONGESTED_BYTES` and one answer.
 */
export class ControlSession {
  readonly #socket: Socket;
  readonly #context: SessionContext;
  readonly #lines = new LineBuffer();
  readonly #streams = new Map<ControlId, OpenStream>();
  readonly #listeners = {
    data: (chunk: Buffer) => this.#read(chunk),
    end: () => this.#inputEnded(),
    drain: () => this.#next(),
    timeout: () => this.#idle(),
    close: () => this.#closed(),
  };
  #isGreeted = false;
  #isBusy = false;
  #isEnding = false;
  #isHandedOver = false;
  #hasEnded = false;

  constructor(socket: Socket, context: SessionContext) {
    this.#socket = socket;
    this.#context = context;
    for (const [event, listener] of Object.entries(this.#listeners)) socket.on(event, listener);
    // Stays on a connection that is handed over: a client that is killed with an answer unread resets it (ECONNRESET).
    socket.on('error', () => socket.destroy());
    socket.setTimeout(context.times.hello);
  }

  /** Ends the connection; what was written before still goes out as far as the client takes it. */
  end(): void {
    this.#isEnding = true;
    this.#isBusy = true;
    this.#socket.destroySoon();
  }

  /** Answers whatever comes first with an error, and ends. */
  turnAway(fault: ControlFault): void {
    this.#send({ id: null, error: errorOf(fault) });
    this.end();
  }

  #read(chunk: Buffer): void {
    this.#lines.push(chunk);
    if (this.#isBusy && this.#lines.length > AHEAD_BYTES) this.#socket.pause();
    this.#next();
  }

  /** Processes the lines that have arrived, until one waits for an answer or the client is congested. */
  #next(): void {
    while (!this.#isBusy && !this.#isHandedOver && !this.#isCongested) {
      const line = this.#lines.next();
      if (line === null) break;
      if (line.length > 0) this.#take(line);
    }
    if (this.#isHandedOver || this.#socket.destroyed) return;
    const isFree = !this.#isBusy && !this.#isCongested;
    if (isFree && this.#lines.length > REQUEST_LINE_LIMIT) {
      const message = this.#words.lineTooLong(REQUEST_LINE_LIMIT);
      this.#fail(null, new ControlFault(CODES.invalidRequest, 'line-too-long', message));
      this.#lines.take();
      this.end();
    } else if (isFree) {
      this.#socket.resume();
      if (this.#hasEnded) this.end();
    } else if (this.#isCongested) {
      this.#socket.pause();
    }
  }

  get #words() {
    return this.#context.controlled.text().control;
  }

  get #isCongested(): boolean {
    return isCongested(this.#socket);
  }

  #take(line: Buffer): void {
    const message = readMessage(line);
    if (message === 'not-json') {
      this.#fail(null, new ControlFault(CODES.parseError, message, this.#words.notJson));
    } else if (message === 'invalid-request') {
      this.#fail(null, new ControlFault(CODES.invalidRequest, message, this.#words.invalidRequest));
    } else if (message.method === 'cancel' && message.id === null) {
      this.#cancel(message.params['id']);
    } else if (message.id !== null && message.method !== null) {
      this.#request(message.id, message.method, message);
    }
    // Responses and notifications that a newer client may send have no receiver here: they are ignored.
  }

  #request(id: ControlId, name: string, { params }: Message): void {
    try {
      if (name === 'hello') return this.#greet(id, params);
      if (!this.#isGreeted) throw new ControlFault(CODES.invalidRequest, 'hello-first', this.#words.helloFirst);
      const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
      if (method === undefined) {
        throw new ControlFault(CODES.methodNotFound, 'unknown-method', this.#words.unknownMethod(name));
      }
      this.#run(id, method, params);
    } catch (error) {
      this.#fail(id, error);
    }
  }

  #greet(id: ControlId, params: Readonly<Record<string, unknown>>): void {
    const agreed = agreeOn(PROTOCOL, rangeIn(params['protocols']));
    if (typeof agreed === 'number') {
      this.#isGreeted = true;
      this.#socket.setTimeout(this.#context.times.idle);
      return this.#send({ id, result: { ...this.#context.hello(), protocol: agreed } });
    }
    const { version } = this.#context.hello();
    const isOld = agreed === 'too-old';
    const message = isOld ? this.#words.clientTooOld(version) : this.#words.serverTooOld(version);
    const reason = isOld ? 'client-too-old' : 'client-too-new';
    this.#fail(id, new ControlFault(CODES.refused, reason, message, { version, protocols: PROTOCOL }));
    this.end();
  }

  #run(id: ControlId, method: Method, params: Readonly<Record<string, unknown>>): void {
    const { controlled } = this.#context;
    switch (method.kind) {
      case 'call': {
        const result = method.run(controlled, params);
        if (result instanceof Promise) this.#wait(id, result);
        else this.#send({ id, result });
        return;
      }
      case 'stream':
        return this.#follow(id, method, params);
      case 'hand-over':
        try {
          return method.run(controlled, params, this.#handOver(id));
        } catch (error) {
          // Not taken over: the loop that reads requests goes on, and resumes the socket.
          this.#isBusy = false;
          throw error;
        }
      default:
        method satisfies never;
    }
  }

  #wait(id: ControlId, answer: Promise<unknown>): void {
    this.#isBusy = true;
    answer
      .then(
        (result) => this.#send({ id, result }),
        (error: unknown) => this.#fail(id, error),
      )
      .finally(() => {
        this.#free();
      });
  }

  #follow(
    id: ControlId,
    method: Method & { readonly kind: 'stream' },
    params: Readonly<Record<string, unknown>>,
  ): void {
    if (this.#streams.has(id) || this.#streams.size >= STREAMS) {
      throw new ControlFault(CODES.invalidRequest, 'invalid-params', this.#words.tooManyStreams(STREAMS));
    }
    const open: OpenStream = { stop: () => undefined, dropped: 0 };
    this.#streams.set(id, open);
    try {
      open.stop = method.run(this.#context.controlled, params, (data) => {
        if (!this.#streams.has(id)) return;
        if (this.#isCongested) open.dropped++;
        else this.#send({ method: 'event', params: { id, data, dropped: open.dropped } });
      });
    } catch (error) {
      this.#streams.delete(id);
      throw error;
    }
  }

  #cancel(id: unknown): void {
    if (typeof id !== 'string' && typeof id !== 'number') return;
    const open = this.#streams.get(id);
    if (open === undefined) return;
    this.#streams.delete(id);
    open.stop();
    this.#send({ id, result: { dropped: open.dropped } });
  }

  #handOver(id: ControlId): HandedOver {
    const socket = this.#socket;
    this.#isBusy = true;
    // Nothing is read until the connection has its next reader.
    socket.pause();
    return {
      socket,
      accept: (result) => {
        this.#leave();
        socket.setTimeout(0);
        socket.write(lineOf({ id, result }));
        return this.#lines.take();
      },
      refuse: (error, retry) => {
        if (!socket.destroyed) this.#send({ id, error, retry });
        this.#free();
      },
    };
  }

  /** The request under way is answered. */
  #free(): void {
    if (this.#isEnding) return;
    this.#isBusy = false;
    this.#next();
  }

  #fail(id: ControlId | null, error: unknown): void {
    if (error instanceof ControlFault) return this.#send({ id, error: errorOf(error) });
    this.#context.log.error(`A request on the control socket failed: ${String(error)}`);
    this.#send({ id, error: errorOf(new ControlFault(CODES.internalError, 'internal', this.#words.internal)) });
  }

  #send(message: object): void {
    if (this.#socket.writable) this.#socket.write(lineOf(message));
  }

  /** A client that has ended its input still gets its answers. What it follows ends with it: a closed Unix socket looks the same. */
  #inputEnded(): void {
    this.#hasEnded = true;
    this.#next();
  }

  /** No traffic for the idle time: a client that waits for an answer or an event is kept, one that must send is not. */
  #idle(): void {
    const waitsForUs = (this.#isBusy || this.#streams.size > 0) && !this.#isCongested && !this.#isEnding;
    if (!waitsForUs) this.#socket.destroy();
  }

  #closed(): void {
    this.#leave();
  }

  #leave(): void {
    if (this.#isHandedOver) return;
    this.#isHandedOver = true;
    for (const [event, listener] of Object.entries(this.#listeners)) this.#socket.off(event, listener);
    for (const { stop } of this.#streams.values()) stop();
    this.#streams.clear();
    this.#context.left(this);
  }
}

function errorOf({ code, reason, message, data }: ControlFault): object {
  return { code, message, data: { reason, ...data } };
}
