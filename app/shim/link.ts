import { connect, type Socket } from 'node:net';
import { type Frame, type JsonRpcError, LineSplitter, parsedJson, writeLines } from '../bridge/frame/index.ts';
import { STDIO_PROTOCOL, stdioPath } from '../bridge/stdio/wire/index.ts';
import { isObject } from '../schema/index.ts';
import type { Place } from './place.ts';

/** Why there is no connection. */
export type Refusal =
  /** Nobody listens there, or the machine has no such address. */
  | { readonly kind: 'unreachable'; readonly code: string }
  /** Whoever listens there is not MCP Gangway. A `silent` one may be, on a machine that is overrun. */
  | { readonly kind: 'stranger'; readonly silent: boolean }
  | { readonly kind: 'token' }
  /** MCP Gangway says why itself. A `passing` reason may be gone in a moment. */
  | { readonly kind: 'answered'; readonly error: JsonRpcError; readonly passing: boolean };

export interface LinkListener {
  opened(): void;
  /** All frames of one read, in order. */
  frames(frames: readonly Frame[]): void;
  /** `congested` has become false. */
  drained(): void;
  /** Called once. Null when the connection had been open. */
  closed(why: Refusal | null): void;
}

/** Milliseconds in which MCP Gangway answers even on a busy machine; a stranger may never do. */
const HANDSHAKE = 5000;
/** Bytes of an answer that is no switch. */
const ANSWER_LIMIT = 1024 * 1024;
/** Bytes: as long as any limit that can be set in the app, which is the one to judge. */
const LINE_LIMIT = 1024 * 1024 * 1024;
/** Bytes that may wait for the app before our own client has to wait. */
const CONGESTED_BYTES = 256 * 1024;
const HEAD_END = '\r\n\r\n';

/** One connection to a server's stdio endpoint, from the first byte of its request on. */
export class Link {
  readonly #socket: Socket;
  readonly #listener: LinkListener;
  readonly #lines: LineSplitter;
  #isOpen = false;
  #answer: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  #code = '';

  constructor({ host, port, token }: Place, server: string | null, listener: LinkListener) {
    this.#listener = listener;
    this.#lines = new LineSplitter(() => LINE_LIMIT, { garbage: () => undefined, oversized: () => null });
    const socket = connect({ host, port, noDelay: true });
    this.#socket = socket;
    socket.setTimeout(HANDSHAKE, () => socket.destroy());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#code = error.code ?? error.message;
    });
    socket.once('connect', () => socket.write(requestHead(host, port, token, server)));
    socket.on('data', (chunk: Buffer) => (this.#isOpen ? this.#read(chunk) : this.#readAnswer(chunk)));
    socket.on('drain', () => listener.drained());
    socket.once('close', () => listener.closed(this.#isOpen ? null : this.#refusal()));
  }

  get congested(): boolean {
    return this.#socket.writableNeedDrain && this.#socket.writableLength >= CONGESTED_BYTES;
  }

  send(frames: readonly Frame[]): void {
    writeLines(this.#socket, frames);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** What was sent still arrives; `closed` follows. */
  end(): void {
    this.#socket.end();
  }

  #read(chunk: Buffer): void {
    const frames = this.#lines.push(chunk);
    if (frames.length > 0) this.#listener.frames(frames);
  }

  #readAnswer(chunk: Buffer): void {
    this.#answer = Buffer.concat([this.#answer, chunk]);
    if (this.#answer.length > ANSWER_LIMIT) this.#socket.destroy();
    const end = this.#answer.indexOf(HEAD_END);
    if (end === -1 || !isSwitch(this.#answer.toString('latin1', 0, end))) return;
    const rest = this.#answer.subarray(end + HEAD_END.length);
    this.#isOpen = true;
    this.#answer = Buffer.alloc(0);
    this.#socket.setTimeout(0);
    this.#listener.opened();
    if (rest.length > 0) this.#read(rest);
  }

  #refusal(): Refusal {
    if (this.#code !== '' && this.#answer.length === 0) return { kind: 'unreachable', code: this.#code };
    const end = this.#answer.indexOf(HEAD_END);
    if (end === -1) return { kind: 'stranger', silent: this.#answer.length === 0 };
    const head = this.#answer.toString('latin1', 0, end);
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
    if (status === 401 && head.includes('realm="MCP Gangway"')) return { kind: 'token' };
    const error = errorIn(this.#answer.subarray(end + HEAD_END.length));
    return error === null ? { kind: 'stranger', silent: false } : { kind: 'answered', error, passing: status === 503 };
  }
}

function requestHead(host: string, port: number, token: string | null, server: string | null): string {
  const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const authorization = token === null ? '' : `Authorization: Bearer ${token}\r\n`;
  return `GET ${stdioPath(server)} HTTP/1.1\r\nHost: ${authority}\r\nConnection: Upgrade\r\nUpgrade: ${STDIO_PROTOCOL}\r\n${authorization}\r\n`;
}

function isSwitch(head: string): boolean {
  return head.startsWith('HTTP/1.1 101 ') && head.toLowerCase().includes(`\r\nupgrade: ${STDIO_PROTOCOL}`);
}

/** The JSON-RPC error that is the body of every refusal of ours; null when it is not there. */
function errorIn(body: Buffer): JsonRpcError | null {
  const value = parsedJson(body);
  const error = isObject(value) ? value['error'] : undefined;
  if (!isObject(error)) return null;
  const { code, message, data } = error;
  if (typeof code !== 'number' || typeof message !== 'string') return null;
  return data === undefined ? { code, message } : { code, message, data };
}
