import { connect, type Socket } from 'node:net';
import { authorityOf } from '../base/address.ts';
import { isCongested } from '../base/back-pressure.ts';
import { INSTANCE_FIELD } from '../base/instances.ts';
import { readRaw, sharedReadBuffer } from '../base/raw-reads.ts';
import { isObject } from '../base/schema/index.ts';
import { STDIO_PROTOCOL, stdioPath, TELL_END } from '../base/stdio-upgrade.ts';
import { lineOf } from '../control/client/index.ts';
import type { Text } from '../i18n/index.ts';
import { CODE, type Frame, type JsonRpcError, LineSplitter, parsedJson, writeLines } from '../mcp/jsonrpc/index.ts';
import type { Place } from './discovery-file.ts';

/** What is known of the app while it cannot be reached. */
export type Absence = 'not-running' | 'off' | 'starting';

/** Why a request cannot be made, as its answer. */
export interface Reason {
  readonly error: JsonRpcError;
  /** Waiting may help. */
  readonly passing: boolean;
}

export function reasonFor(refusal: ConnectFailure, absence: Absence, place: Place, words: Text['shim']): Reason {
  switch (refusal.kind) {
    case 'unreachable':
      return { error: absentError(absence, place, words, refusal.code), passing: true };
    case 'answered':
      return refusal;
    case 'stranger':
      return { error: unavailable(words.stranger(authorityOf(place))), passing: refusal.silent };
    case 'web-server':
      return {
        error: unavailable(words.webServer(authorityOf(place), refusal.status), { status: refusal.status }),
        passing: BUSY.has(refusal.status),
      };
    case 'upgrade-dropped':
      return { error: unavailable(words.upgradeDropped(authorityOf(place))), passing: false };
    case 'token':
      return { error: unavailable(place.token === null ? words.tokenNeeded : words.tokenWrong), passing: false };
    default:
      return refusal satisfies never;
  }
}

/** Codes that say that nothing listens there; a control socket that breaks is one that has just gone. */
const NOTHING_THERE: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT']);

/** `cause` is the system's error code, where there is one. */
export function absentError(absence: Absence, place: Place, words: Text['shim'], cause?: string): JsonRpcError {
  const data = cause === undefined ? undefined : { cause };
  switch (absence) {
    case 'not-running':
      if (cause === undefined || NOTHING_THERE.has(cause)) {
        return unavailable(words.notRunning(authorityOf(place)), data);
      }
      return unavailable(words.unreachable(authorityOf(place), cause), data);
    case 'off':
      return unavailable(words.off, data);
    case 'starting':
      return unavailable(words.starting(authorityOf(place)), data);
    default:
      return absence satisfies never;
  }
}

export function unavailable(message: string, data?: object): JsonRpcError {
  return { code: CODE.badRequest, message, ...(data === undefined ? {} : { data }) };
}

/** How a connection becomes that of a server. */
export interface Opening {
  /** Connected, or about to be. */
  readonly socket: Socket;
  /** What is sent first. */
  readonly request: string;
  /** What has been answered so far: more is to come, what follows is the server's, or it is a refusal. */
  read(answer: Buffer): 'more' | 'refused' | { readonly rest: Buffer };
  /** Why it was not done; `code` is the system's error, empty without one. */
  refusal(answer: Buffer, code: string): ConnectFailure;
}

/** Opens a connection to the gateway for a server, or says why that is not tried; null is the default server. Never rejects. */
export type Dial = (server: string | null) => Promise<Opening | ConnectFailure>;

/** Why there is no connection. */
export type ConnectFailure =
  /** Nothing listens there, or the machine has no such address. */
  | { readonly kind: 'unreachable'; readonly code: string }
  /** Another program listens there. A `silent` one may be MCP Gangway on an overloaded machine. */
  | { readonly kind: 'stranger'; readonly silent: boolean }
  /** A web server answers there with this status: a reverse proxy perhaps, that leads elsewhere or nowhere. */
  | { readonly kind: 'web-server'; readonly status: number }
  /** MCP Gangway answers, and has not seen that we offered to switch: a reverse proxy in between keeps that for itself. */
  | { readonly kind: 'upgrade-dropped' }
  | { readonly kind: 'token' }
  /** MCP Gangway says why itself. A `passing` reason may be gone in a moment. */
  | { readonly kind: 'answered'; readonly error: JsonRpcError; readonly passing: boolean };

export interface TransportListener {
  opened(): void;
  /** All frames of one read, in order. */
  frames(frames: readonly Frame[]): void;
  /** `congested` has become false. */
  drained(): void;
  /** Called once. Null when the connection had been open. */
  closed(why: ConnectFailure | null): void;
}

/** Statuses of a reverse proxy whose MCP Gangway is away for the moment (RFC 9110 section 15.6). */
const BUSY: ReadonlySet<number> = new Set([502, 503, 504]);

/** Milliseconds in which MCP Gangway answers even on a busy machine; a stranger may never do. */
const HANDSHAKE = 5000;
/** Bytes of an answer that is no switch. */
const ANSWER_LIMIT = 1024 * 1024;
/** Bytes: as long as any limit that can be set in the app, which is the one to judge. */
const LINE_LIMIT = 1024 * 1024 * 1024;
const HEAD_END = '\r\n\r\n';

/** One connection to a server, from its beginning on. */
export class Transport {
  readonly #listener: TransportListener;
  readonly #lines: LineSplitter;
  #socket: Socket | null = null;
  #isOpen = false;
  #isEnded = false;
  #answer: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  #code = '';

  constructor(opening: ReturnType<Dial>, listener: TransportListener) {
    this.#listener = listener;
    const faults = { garbage: () => undefined, oversized: () => null };
    this.#lines = new LineSplitter(() => LINE_LIMIT, faults, { readsViews: true });
    void opening.then((found) => ('kind' in found ? listener.closed(found) : this.#begin(found)));
  }

  get congested(): boolean {
    return this.#socket !== null && isCongested(this.#socket);
  }

  send(frames: readonly Frame[]): void {
    if (this.#socket !== null) writeLines(this.#socket, frames);
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  /** What was sent still arrives; `closed` follows. */
  end(): void {
    this.#isEnded = true;
    this.#socket?.end();
  }

  #begin(opening: Opening): void {
    const { socket } = opening;
    const listener = this.#listener;
    this.#socket = socket;
    socket.setTimeout(HANDSHAKE, () => socket.destroy());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#code = error.code ?? error.message;
    });
    socket.on('data', (chunk: Buffer) => (this.#isOpen ? this.#read(chunk) : this.#readAnswer(opening, chunk)));
    socket.on('drain', () => listener.drained());
    socket.once('close', () => listener.closed(this.#isOpen ? null : opening.refusal(this.#answer, this.#code)));
    if (this.#isEnded) socket.destroy();
    else socket.write(opening.request);
  }

  #read(chunk: Buffer): void {
    const frames = this.#lines.push(chunk);
    if (frames.length > 0) this.#listener.frames(frames);
  }

  #readAnswer(opening: Opening, chunk: Buffer): void {
    this.#answer = Buffer.concat([this.#answer, chunk]);
    const read = opening.read(this.#answer);
    if (read === 'refused' || this.#answer.length > ANSWER_LIMIT) this.#socket?.destroy();
    if (typeof read === 'string') return;
    this.#isOpen = true;
    this.#answer = Buffer.alloc(0);
    opening.socket.setTimeout(0);
    this.#listener.opened();
    if (read.rest.length > 0) this.#read(read.rest);
    readRaw(opening.socket, {
      next: () => sharedReadBuffer,
      read: (bytes, buffer) => {
        this.#read(buffer.subarray(0, bytes));
        return true;
      },
    });
  }
}

/**
 * By the port: an Upgrade of a server's stdio endpoint. `place` and its token are what the person has named; `via` names the instances
 * that have started us, null where none has.
 */
export function byPort({ host, port, token }: Place, server: string | null, via: string | null): Opening {
  return {
    socket: connect({ host, port, noDelay: true }),
    request: requestHead(host, port, token, server, via),
    read(answer) {
      const end = answer.indexOf(HEAD_END);
      if (end === -1) return 'more';
      const head = answer.toString('latin1', 0, end);
      const rest = answer.subarray(end + HEAD_END.length);
      if (isSwitch(head)) return { rest };
      return isWhole(head, rest) ? 'refused' : 'more';
    },
    refusal(answer, code) {
      if (code !== '' && answer.length === 0) return { kind: 'unreachable', code };
      const end = answer.indexOf(HEAD_END);
      const head = answer.toString('latin1', 0, end === -1 ? answer.length : end);
      const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0);
      if (end === -1 || status === 0) return { kind: 'stranger', silent: answer.length === 0 };
      if (status === 401 && head.includes('realm="MCP Gangway"')) return { kind: 'token' };
      const error = errorIn(answer.subarray(end + HEAD_END.length));
      if (error === null) return { kind: 'web-server', status };
      // We always offer it, so that the one who misses it has not got it.
      return status === 426 ? { kind: 'upgrade-dropped' } : { kind: 'answered', error, passing: status === 503 };
    },
  };
}

/** By the control socket, over a connection that was greeted: `connect`, and what follows its answer is the server's. */
export function byControl(socket: Socket, server: string | null, via: string | null): Opening {
  const lineIn = (answer: Buffer) => answer.subarray(0, Math.max(0, answer.indexOf('\n')));
  return {
    socket,
    request: lineOf({ id: 'connect', method: 'connect', params: { server, ...(via === null ? {} : { via }) } }),
    read(answer) {
      const line = lineIn(answer);
      if (line.length === 0) return 'more';
      return isObject(Object(parsedJson(line)).result) ? { rest: answer.subarray(line.length + 1) } : 'refused';
    },
    refusal(answer, code) {
      const line = lineIn(answer);
      const error = errorIn(line);
      if (error === null) return { kind: 'unreachable', code: code === '' ? 'ECONNRESET' : code };
      return { kind: 'answered', error, passing: Object(parsedJson(line)).retry === true };
    },
  };
}

function requestHead(
  host: string,
  port: number,
  token: string | null,
  server: string | null,
  via: string | null,
): string {
  const authorization = token === null ? '' : `Authorization: Bearer ${token}\r\n`;
  const passed = via === null ? '' : `${INSTANCE_FIELD}: ${via}\r\n`;
  return `GET ${stdioPath(server)} HTTP/1.1\r\nHost: ${authorityOf({ host, port })}\r\nConnection: Upgrade\r\nUpgrade: ${STDIO_PROTOCOL}\r\n${TELL_END}: 1\r\n${authorization}${passed}\r\n`;
}

function isSwitch(head: string): boolean {
  return head.startsWith('HTTP/1.1 101 ') && head.toLowerCase().includes(`\r\nupgrade: ${STDIO_PROTOCOL}`);
}

/** Whether all of the body is here, as far as its framing shows: a reverse proxy keeps the connection open behind it. */
function isWhole(head: string, body: Buffer): boolean {
  const length = /^content-length:[\t ]*(\d+)/im.exec(head)?.[1];
  if (length !== undefined) return body.length >= Number(length);
  return /^transfer-encoding:.*chunked/im.test(head) && body.toString('latin1', body.length - 7) === '\r\n0\r\n\r\n';
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
