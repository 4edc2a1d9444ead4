import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Deadlines, timeLimit } from '../base/deadlines.ts';
import { LinkedList } from '../base/linked-list.ts';
import type { Descriptors } from './descriptors.ts';

/** A connection that sends nothing for this many ms is closed. */
const SILENCE_MS = 20_000;
/** While descriptors are short, a client that has sent nothing for this many ms may be closed for another. */
const SILENCE_WHEN_SHORT_MS = 1_000;
/** Bytes of a first line that comes in pieces: as many as a whole head may have. */
const LINE_LIMIT = 64 * 1024;
/** Larger CONNECT heads are left to the HTTP parser. */
const CONNECT_LIMIT = 16 * 1024;
const SOCKS4 = 0x04;
const SOCKS5 = 0x05;
const LETTER_C = 0x43;
const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;

/** Where a connection goes once its first bytes have shown its protocol. */
export interface ConnectionHandlers {
  /** Every other connection. */
  readonly http: HttpServer;
  socks(client: Socket, first: Buffer): void;
  connect(client: Socket, head: ConnectHead): void;
  /** There is no room for this client; it is answered in its protocol, and closed. */
  full(client: Socket, first: Buffer, isSocks: boolean): void;
  /** Called for every connection, before its first bytes; null when all of them are local. */
  readonly accepted: ((client: Socket) => void) | null;
  /** Called for every connection once it is closed. */
  closed(client: Socket): void;
}

/** One address the port is open on. The first chunk of a connection decides which handler gets it. */
export class Listener {
  readonly #server: Server;
  readonly #handlers: ConnectionHandlers;
  readonly #descriptors: Descriptors;
  readonly #sockets = new LinkedList<Socket>();
  /** Connections that have sent nothing yet. */
  readonly #silent = new Deadlines<Socket>(SILENCE_MS, (socket) => socket.destroy());
  /** Connections that will be answered 503, oldest first. */
  readonly #refused = new Set<Socket>();
  #closed: Promise<void> | null = null;

  constructor(handlers: ConnectionHandlers, descriptors: Descriptors) {
    this.#handlers = handlers;
    this.#descriptors = descriptors;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
  }

  /** Rejects with the system's error, `EADDRINUSE` among them. */
  listen(host: string, port: number): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, ipv6Only: host.includes(':') && host !== '::' }, () => {
        this.#server.off('error', reject);
        // Accepting has failed, mostly for want of descriptors. The next client is tried again.
        this.#server.on('error', () => this.#descriptors.exhausted());
        const address = this.#server.address();
        if (typeof address === 'object' && address !== null) resolve(address);
      });
    });
  }

  /** Stops accepting; existing connections stay open. Resolves when the last one is closed. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
    return this.#closed;
  }

  /** Closes every connection at once, or those that are meant. */
  destroyAll(isMeant: (socket: Socket) => boolean = () => true): void {
    for (const socket of this.#sockets.values()) if (isMeant(socket)) socket.destroy();
  }

  #accept(socket: Socket): void {
    const place = this.#sockets.add(socket);
    this.#handlers.accepted?.(socket);
    const isRefused = !this.#descriptors.admits(socket) && !this.#makeRoom();
    if (isRefused) this.#queueRefused(socket);
    const silence = this.#silent.add(socket);
    socket.on('close', () => {
      this.#sockets.delete(place);
      this.#handlers.closed(socket);
      this.#silent.cancel(silence);
      if (isRefused) this.#refused.delete(socket);
    });
    socket.on('error', ignore);
    socket.on('end', endSilent);
    socket.once('data', (chunk: Buffer) => {
      this.#silent.cancel(silence);
      socket.off('end', endSilent);
      if (isRefused) this.#handlers.full(socket, chunk, isSocks(chunk));
      else this.#sort(socket, chunk);
    });
  }

  /** Closes the client that has been silent for longest; false when none has been for long. */
  #makeRoom(): boolean {
    const { oldest } = this.#silent;
    if (oldest === null || performance.now() - oldest.since < SILENCE_WHEN_SHORT_MS) return false;
    this.#silent.expireOldest();
    return true;
  }

  /** Its protocol shows in its first bytes, and the 503 with it; only a few clients are waited for. */
  #queueRefused(socket: Socket): void {
    this.#refused.add(socket);
    if (this.#refused.size <= this.#descriptors.slots) return;
    const [oldest] = this.#refused;
    if (oldest === undefined) return;
    this.#refused.delete(oldest);
    oldest.destroy();
  }

  /** Holds the beginning of an absolute-form request back until its first line has come whole, whatever the cuts. */
  #hold(socket: Socket, first: Buffer): void {
    const { http } = this.#handlers;
    const held = new HeldLine();
    held.push(first);
    const stopTimer = timeLimit(SILENCE_MS, () => fail('ERR_HTTP_REQUEST_TIMEOUT'));
    socket.on('data', receive);
    socket.once('end', cutOff);
    socket.once('close', stop);

    function receive(chunk: Buffer): void {
      const line = held.push(chunk);
      if (line.kind === 'incomplete') return held.bytes.length > LINE_LIMIT ? fail('HPE_HEADER_OVERFLOW') : undefined;
      stop();
      handOver(http, socket, held.bytes, line);
    }

    function cutOff(): void {
      fail('HPE_INVALID_EOF_STATE');
    }

    /** The error that the parser or its timer would raise for these bytes. */
    function fail(code: string): void {
      stop();
      http.emit('connection', socket);
      http.emit('clientError', Object.assign(new Error('the first line is incomplete'), { code }), socket);
    }

    function stop(): void {
      stopTimer();
      socket.off('data', receive);
      socket.off('end', cutOff);
      socket.off('close', stop);
    }
  }

  #sort(socket: Socket, chunk: Buffer): void {
    if (isSocks(chunk)) return this.#handlers.socks(socket, chunk);
    const head = chunk[0] === LETTER_C ? readConnectHead(chunk) : null;
    if (head !== null) return this.#handlers.connect(socket, head);
    const line = readFirstLine(chunk);
    if (line.kind === 'incomplete') this.#hold(socket, chunk);
    else handOver(this.#handlers.http, socket, chunk, line);
  }
}

function isSocks([first]: Buffer): boolean {
  return first === SOCKS5 || first === SOCKS4;
}

/** To the HTTP parser. A connection whose target was encoded here carries one request: its client may frame the next one differently. */
function handOver(
  http: HttpServer,
  socket: Socket,
  bytes: Buffer,
  line: Exclude<FirstLine, { readonly kind: 'incomplete' }>,
): void {
  http.emit('connection', socket, line.kind === 'encoded');
  socket.unshift(line.kind === 'encoded' ? line.bytes : bytes);
}

/** The next owner of the socket handles its errors; without a listener one that comes in between would end the process. */
function ignore(): void {
  // 'close' follows.
}

function endSilent(this: Socket): void {
  this.end();
}

/** A CONNECT request that arrived in one piece and holds nothing out of the ordinary. */
export interface ConnectHead {
  readonly authority: string;
  /** Value of Proxy-Authorization; undefined when there is none. */
  readonly authorization: string | undefined;
  /** Value of Via, all lines joined; undefined when there is none. */
  readonly via: string | undefined;
  /** Bytes behind the head. */
  readonly early: Buffer | null;
}

/** What a byte may be part of: a target, the name of a field (a token), its value (RFC 9110 sections 5.5 and 5.6.2). */
const TARGET = 1;
const TOKEN = 2;
const VALUE = 4;
const CLASSES = Uint8Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  const isTarget = byte > 0x20 && byte < 0x7f;
  const isToken = isTarget && !'"(),/:;<=>?@[\\]{}'.includes(char);
  const isValue = isTarget || byte === 0x20 || byte === 0x09 || byte >= 0x80;
  return (isTarget ? TARGET : 0) | (isToken ? TOKEN : 0) | (isValue ? VALUE : 0);
});
const METHOD = 'CONNECT ';
const VERSION = ' HTTP/1.1\r\n';
const HOST = 'host:';
const PROXY_AUTHORIZATION = 'proxy-authorization:';
const VIA = 'via:';

/**
 * Reads a CONNECT head in front of the HTTP parser, which is a tenth of the cost of a short tunnel. It accepts only
 * what RFC 9112 allows without any doubt; for everything else it returns null, and the parser decides and
 * answers. `chunk` is the first thing the client sent.
 *
 * One pass over its bytes: patterns, one for the whole and one for each field that counts, took five times as long.
 */
export function readConnectHead(chunk: Buffer): ConnectHead | null {
  const targetEnd = skip(chunk, METHOD.length, TARGET);
  if (!holds(chunk, 0, METHOD) || targetEnd === METHOD.length || !holds(chunk, targetEnd, VERSION)) return null;
  let hosts = 0;
  let authorization: string | undefined;
  let via: string | undefined;
  let at = targetEnd + VERSION.length;
  while (chunk[at] !== CR) {
    const colon = skip(chunk, at, TOKEN);
    if (colon === at || chunk[colon] !== COLON) return null;
    const end = skip(chunk, colon + 1, VALUE);
    if (end > CONNECT_LIMIT || chunk[end] !== CR || chunk[end + 1] !== LF) return null;
    if (isField(chunk, at, HOST)) hosts++;
    else if (isField(chunk, at, VIA)) {
      const value = fieldValue(chunk, colon, end);
      via = via === undefined ? value : `${via}, ${value}`;
    } else if (isField(chunk, at, PROXY_AUTHORIZATION)) {
      if (authorization !== undefined) return null;
      authorization = fieldValue(chunk, colon, end);
    } else if (isUnusual(chunk, at, end)) return null;
    at = end + 2;
  }
  if (hosts !== 1 || chunk[at + 1] !== LF) return null;
  return {
    // A string of its own: V8 makes parts of a string views of the whole, which would stay in memory with the target for as long as that is shown.
    authority: chunk.toString('latin1', METHOD.length, targetEnd),
    authorization,
    via,
    early: chunk.length > at + 2 ? chunk.subarray(at + 2) : null,
  };
}

/** Where the bytes of a class end that begin at `at`. */
function skip(chunk: Buffer, at: number, bytes: number): number {
  let end = at;
  while (end < chunk.length && ((CLASSES[chunk[end] ?? 0] ?? 0) & bytes) !== 0) end++;
  return end;
}

function fieldValue(chunk: Buffer, colon: number, end: number): string {
  return chunk.toString('latin1', colon + 1, end).trim();
}

function holds(chunk: Buffer, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (chunk[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Whether a name that begins at `at`, in any case, begins with `name`, which is in lower case. */
function isField(chunk: Buffer, at: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) if (((chunk[at + i] ?? 0) | 0x20) !== name.charCodeAt(i)) return false;
  return true;
}

/** Fields that are left to the HTTP parser, and for safety all whose names begin as theirs do. */
function isUnusual(chunk: Buffer, at: number, end: number): boolean {
  if (isField(chunk, at, 'connection:')) return /upgrade|close/i.test(chunk.toString('latin1', at, end));
  return (
    isField(chunk, at, 'content-length') ||
    isField(chunk, at, 'transfer-encoding') ||
    isField(chunk, at, 'expect') ||
    isField(chunk, at, 'upgrade')
  );
}
/** The beginning of a line that can still become an absolute-form request: a method, a space, a scheme. */
const PREFIX =
  /^(?:\r\n)*\r?(?:[\w!#$%&'*+.^`|~-]{1,32}(?: (?:[a-z][a-z0-9+.-]*(?::(?:\/(?:\/[!-~\x80-\xff]*(?: [HTP/1.0]{0,8}\r?)?)?)?)?)?)?)?$/i;
const CONNECT = /^(?:\r\n)*CONNECT /;
/**
 * An absolute-form request line (RFC 9112 section 3.2.2): everything up to the end of the authority in ASCII without
 * white space; path, query and fragment, in which bytes from 0x80 may be; the version and CR LF.
 */
const ABSOLUTE_FORM =
  /^((?:\r\n)*[\w!#$%&'*+.^`|~-]+ [a-z][a-z0-9+.-]*:\/\/[!-"$-.0->@-~]*)([/?#][!-~\x80-\xff]*)( HTTP\/1\.[01]\r\n)$/i;

/** What is known of the first line of a connection. */
export type FirstLine =
  /** Not all of an absolute-form line has come: wait for more. */
  | { readonly kind: 'incomplete' }
  /** For the HTTP parser as it is. */
  | { readonly kind: 'plain' }
  /** For the HTTP parser in this form, and the only request of its connection. */
  | { readonly kind: 'encoded'; readonly bytes: Buffer };

const INCOMPLETE: FirstLine = { kind: 'incomplete' };
const PLAIN: FirstLine = { kind: 'plain' };

/**
 * Percent-encodes what programs leave raw in the URL they ask a proxy for, such as `http://nas.lan/café` in UTF-8 or
 * Latin-1: each byte from 0x80 in path and query becomes %XX (RFC 3986 section 2.1), byte for byte, so that no encoding
 * is guessed at. A fragment right behind the authority is dropped. White space, control characters, the method, the
 * authority and the version are left as they are, and so is every line that is not exactly an absolute-form request
 * line: the HTTP parser refuses those. Nothing that frames a message is touched.
 *
 * `bytes` is all that a connection has sent so far, from its beginning.
 */
export function readFirstLine(bytes: Buffer): FirstLine {
  const end = lineEnd(bytes);
  if (end === -1) return mayBeAbsolute(bytes.toString('latin1')) ? INCOMPLETE : PLAIN;
  if (!hasUnusualByte(bytes, end)) return PLAIN;
  const line = bytes.toString('latin1', 0, end + 1);
  const match = ABSOLUTE_FORM.exec(line);
  if (match === null || CONNECT.test(line)) return PLAIN;
  const [, beginning = '', target = '', version = ''] = match;
  const encoded = target.startsWith('#') ? '' : target.replace(/[\x80-\xff]/g, percentEncoded);
  if (encoded === target) return PLAIN;
  const head = Buffer.from(`${beginning}${encoded}${version}`, 'latin1');
  return { kind: 'encoded', bytes: Buffer.concat([head, bytes.subarray(end + 1)]) };
}

/** What there is of an absolute-form line up to its scheme, and the URL behind that, which any further characters of one leave as it is. */
const BEGUN = /^((?:\r\n)*\r?[\w!#$%&'*+.^`|~-]{1,32} [a-z][a-z0-9+.-]*:\/\/)[!-~\x80-\xff]+/i;
/** Characters that a line has without its URL, empty lines in front of it included: more is left to the parser. */
const BARE_LIMIT = 1024;

/**
 * The first line of a connection while it comes. Each piece is looked at once: a line that comes byte by byte costs time in proportion to
 * its length, not to its square.
 */
export class HeldLine {
  #memory = Buffer.alloc(0);
  #length = 0;
  /** What has come, without the URL behind its scheme. */
  #bare = '';

  /** All that has come. */
  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }

  /** What is known of the line with this piece. */
  push(piece: Buffer): FirstLine {
    this.#keep(piece);
    const line = piece.includes(LF) ? readFirstLine(this.bytes) : INCOMPLETE;
    if (line.kind !== 'incomplete') return line;
    this.#bare = `${this.#bare}${piece.toString('latin1')}`.replace(BEGUN, '$1');
    return this.#bare.length <= BARE_LIMIT && mayBeAbsolute(this.#bare) ? INCOMPLETE : PLAIN;
  }

  #keep(piece: Buffer): void {
    const length = this.#length + piece.length;
    if (length > this.#memory.length) {
      const grown = Buffer.allocUnsafe(Math.max(2 * this.#memory.length, length, 512));
      this.#memory.copy(grown, 0, 0, this.#length);
      this.#memory = grown;
    }
    piece.copy(this.#memory, this.#length);
    this.#length = length;
  }
}

function mayBeAbsolute(begun: string): boolean {
  return PREFIX.test(begun) && !CONNECT.test(begun);
}

/** Position of the LF that ends the request line; empty lines in front of it do not count (RFC 9112 section 2.2). */
function lineEnd(bytes: Buffer): number {
  let start = 0;
  while (bytes[start] === 0x0d && bytes[start + 1] === LF) start += 2;
  return bytes.indexOf(LF, start);
}

/** Whether a line holds a byte from 0x80 or a `#`: all others need no second look. */
function hasUnusualByte(bytes: Buffer, end: number): boolean {
  for (let at = 0; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x80 || byte === 0x23) return true;
  }
  return false;
}

function percentEncoded(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}
