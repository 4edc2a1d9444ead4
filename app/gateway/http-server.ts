import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Log } from '../base/log.ts';
import type { Text } from '../i18n/index.ts';
import {
  expectationFailure,
  type Failure,
  failureAnswer,
  lingeringEnd,
  respondWithFailure,
  said,
} from '../proxy/index.ts';
import { HALF_CLOSED_MS, type HalfClosedEnd, halfClosedLine, watchAfterFin } from './half-closed-client.ts';
import { isAbsoluteForm, type ParserError, parserFailure, requestFailure } from './request-faults.ts';
import { readUnknownMethod } from './unknown-method.ts';

/** Where requests go, sorted by their target (RFC 9112 section 3.2). Each is called in the request's turn. */
export interface HttpHandlers {
  /** CONNECT. The socket has no reader; `head` came in behind the request. */
  connect(req: IncomingMessage, socket: Socket, head: Buffer): void;
  /** Absolute-form: a request to the proxy. */
  forward(req: IncomingMessage, res: ServerResponse): void;
  /** Absolute-form with Upgrade, or with a method that the parser does not know. The socket has no reader; `head` came in behind the request. */
  forwardUpgrade(req: IncomingMessage, socket: Socket, head: Buffer): void;
  /** Origin-form and `*`: a request to Gangway itself. */
  route(req: IncomingMessage, res: ServerResponse): void;
  /** Whether an origin-form request asks to switch to a protocol of ours. Every other Upgrade is ignored. */
  switches(req: IncomingMessage): boolean;
  /** An Upgrade that `switches` has accepted; `res` is for an ordinary answer. The socket has no reader; `head` came in behind it. */
  routeUpgrade(req: IncomingMessage, res: ServerResponse, socket: Socket, head: Buffer): void;
}

export interface HttpServerOptions {
  /** Bytes the head of a request may have. */
  readonly headBytes?: number;
  /** How long the head of a request may take, in ms. */
  readonly headTimeout?: number;
  /** How often slow heads are looked for, in ms. */
  readonly checkInterval?: number;
  /** How long a connection is kept without a request, in ms. */
  readonly keepAliveMs?: number;
  /** How long a half-closed client is kept without a byte once its answer has begun, in ms. */
  readonly halfClosedMs?: number;
  /** Gets a line for every end of a half-closed client. */
  readonly log?: Log;
}

/** Longer than clients keep idle connections, so that the client closes first. */
const KEEP_ALIVE_MS = 65_000;
/** TCP asks after this many ms of silence whether the client still lives. */
const TCP_KEEP_ALIVE_MS = 60_000;

/**
 * The strict HTTP/1 server in front of everything. Node's parser, llhttp, never lenient, is the boundary towards the
 * client; what it lets through and RFC 9112 does not is refused here. Every refusal is an answer, and reported to `refused`.
 *
 * Sockets come in by `server.emit('connection', socket)`, from listeners of the caller's, which allow half-open
 * connections; they may hold bytes that were put back with `unshift`. `true` behind the socket makes the first request
 * the last one of its connection. `close()` ends what the server runs for itself.
 */
export function createHttpServer(
  handlers: HttpHandlers,
  words: () => Text,
  refused: (failure: Failure) => void,
  options: HttpServerOptions = {},
): Server {
  const { headBytes = 64 * 1024, headTimeout = 20_000, checkInterval = 5_000 } = options;
  const { halfClosedMs = HALF_CLOSED_MS, keepAliveMs = KEEP_ALIVE_MS, log } = options;
  const connections = new WeakMap<Duplex, ClientConnection>();
  const server = createServer({
    maxHeaderSize: headBytes,
    insecureHTTPParser: false,
    // Node's own answers carry no explanation: these two are looked at in requestFailure.
    requireHostHeader: false,
    headersTimeout: headTimeout,
    // A body may take as long as it takes: uploads and long polls have no clock.
    requestTimeout: 0,
    connectionsCheckingInterval: checkInterval,
    keepAliveTimeout: keepAliveMs,
    shouldUpgradeCallback: (req) => (isAbsoluteForm(req) ? wantsForwardedUpgrade(req) : handlers.switches(req)),
  });
  // Node drops fields beyond a number silently; the size of the head is limit enough.
  server.maxHeadersCount = 0;
  // Without this property (Node has it, its documentation does not) a FIN behind the request would cost the answer.
  Object.assign(server, { httpAllowHalfOpen: true });

  server.on('connection', accept);
  server.on('request', (req, res) => connectionOf(req.socket).request(req, res, () => serve(req, res)));
  server.on('checkContinue', (req, res) => connectionOf(req.socket).request(req, res, () => serveExpectant(req, res)));
  server.on('checkExpectation', (req, res) =>
    connectionOf(req.socket).request(req, res, () => refuse(req, res, said(words(), expectationFailure))),
  );
  server.on('connect', (req, socket, head) => leaveHttp(req, socket, head, handlers.connect));
  server.on('upgrade', (req, socket, head) =>
    leaveHttp(req, socket, head, isAbsoluteForm(req) ? handlers.forwardUpgrade : routeUpgrade),
  );
  server.on('clientError', (error: ParserError, socket) => {
    if (socket.destroyed || !socket.writable) return void socket.destroy(error);
    const unparsed = socket instanceof Socket ? readUnknownMethod(error, socket) : null;
    if (unparsed !== null && connectionOf(socket).leavesUnparsed()) {
      return leaveHttp(unparsed.req, socket, unparsed.rest, handlers.forwardUpgrade);
    }
    const answer = () => {
      const failure = parserFailure(error, { headBytes, headTimeout }, words());
      refused(failure);
      return failureAnswer(failure);
    };
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') connectionOf(socket).tooSlow(answer);
    else connectionOf(socket).unreadable(answer);
  });
  // With a listener Node leaves closing to it. What lies ready is read before: see `timeLimit`.
  server.on('timeout', (socket) => {
    const read = socket.bytesRead;
    setImmediate(() => {
      if (socket.bytesRead === read) socket.destroy();
    });
  });
  // Node looks for slow heads from its 'listening' on, and this server never listens itself.
  server.emit('listening');
  return server;

  function accept(socket: Socket, single = false): void {
    socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS);
    const halfClosed = (res: ServerResponse) => watchAfterFin(socket, res, halfClosedMs, (end) => logEnd(res, end));
    connections.set(socket, new ClientConnection(socket, { single, halfClosed }));
  }

  function logEnd(res: ServerResponse, end: HalfClosedEnd): void {
    log?.[end.kind === 'answered' ? 'debug' : 'info'](halfClosedLine(res.req, end));
  }

  function connectionOf(socket: Duplex): ClientConnection {
    const connection = connections.get(socket);
    if (connection === undefined) throw new Error('a request on a connection that was never accepted');
    return connection;
  }

  function serve(req: IncomingMessage, res: ServerResponse): void {
    const failure = requestFailure(req, words());
    if (failure !== null) return refuse(req, res, failure);
    if (isAbsoluteForm(req)) handlers.forward(req, res);
    else handlers.route(req, res);
  }

  /** An Expect of a forwarded request is answered by the origin; one to Gangway itself here. */
  function serveExpectant(req: IncomingMessage, res: ServerResponse): void {
    if (!isAbsoluteForm(req)) res.writeContinue();
    serve(req, res);
  }

  /** Framing or addressing of this request is doubtful, and so is where the next one begins: the connection ends. */
  function refuse(req: IncomingMessage, res: ServerResponse, failure: Failure): void {
    refused(failure);
    res.shouldKeepAlive = false;
    respondWithFailure(req, res, failure);
  }

  /** A refused Upgrade is answered like a plain request, and the connection closes behind the answer. */
  function routeUpgrade(req: IncomingMessage, socket: Socket, head: Buffer): void {
    const res = new ServerResponse(req);
    res.shouldKeepAlive = false;
    res.assignSocket(socket);
    res.once('finish', () => lingeringEnd(socket, ''));
    handlers.routeUpgrade(req, res, socket, head);
  }

  function leaveHttp(req: IncomingMessage, duplex: Duplex, head: Buffer, handler: HttpHandlers['connect']): void {
    if (!(duplex instanceof Socket)) return void duplex.destroy();
    connectionOf(duplex).leave(() => {
      const failure = requestFailure(req, words());
      if (failure === null) return handler(req, duplex, head);
      refused(failure);
      lingeringEnd(duplex, failureAnswer(failure));
    });
  }
}

/** Bytes of content with which an Upgrade is passed on. */
const UPGRADE_CONTENT = 64 * 1024;

/**
 * Only an Upgrade that a proxy can pass on changes the protocol of a connection. All others may be ignored, and are
 * (RFC 9110 section 7.8): those of HTTP/1.0, those with content that is long, of unknown length or waits to be asked for, and
 * h2c, which ends at the next hop.
 */
function wantsForwardedUpgrade(req: IncomingMessage): boolean {
  return (
    req.httpVersionMinor === 1 &&
    req.headers['transfer-encoding'] === undefined &&
    req.headers.expect === undefined &&
    Number(req.headers['content-length'] ?? '0') <= UPGRADE_CONTENT &&
    !/(?:^|,)\s*h2c\s*(?:,|$)/i.test(req.headers.upgrade ?? '')
  );
}

/** Pipelined requests that may wait for their turn before we stop reading. */
const WAITING_LIMIT = 16;

/** A request, or the end of the connection, that waits until the answers before it have left. */
interface Queued {
  /** The response it will write; null for what takes the connection over or ends it. */
  readonly res: ServerResponse | null;
  readonly run: () => void;
}

interface ConnectionOptions {
  /** Closes the connection behind its first request; what else comes is not read. */
  readonly single: boolean;
  /** The client has sent its FIN and waits for this response. */
  readonly halfClosed: (res: ServerResponse) => void;
}

/**
 * One client connection: its requests are served one after the other, in the order they came. Node would hand out
 * pipelined requests all at once, and unsafe ones must not run side by side (RFC 9112 section 9.3.2); nor may a CONNECT
 * or a refusal overtake an answer that is still under way.
 */
class ClientConnection {
  readonly #socket: Socket;
  #waiting: Queued[] = [];
  #res: ServerResponse | null = null;
  /** The request whose head came last; its content may still be coming. */
  #newest: IncomingMessage | null = null;
  /** Heads that have come. */
  #heads = 0;
  #unreadable = false;
  #lingers = false;
  #paused = false;
  /** Set when the first request is to be the only one, and again when it has come. */
  #single: 'no' | 'first' | 'over';

  readonly #halfClosed: (res: ServerResponse) => void;

  constructor(socket: Socket, { single, halfClosed }: ConnectionOptions) {
    this.#socket = socket;
    this.#single = single ? 'first' : 'no';
    this.#halfClosed = halfClosed;
    const destroySoon = socket.destroySoon.bind(socket);
    socket.destroySoon = () => {
      // Node closes behind the last response when the client has sent its FIN, and knows nothing of a refusal to come.
      if (this.#waiting.length > 0 && this.#res?.shouldKeepAlive) return;
      // Closing while the client still sends would reset the connection before it has read our answer. It is asked for
      // more than once, and closes when it has lingered.
      if (this.#lingers) return;
      this.#lingers = this.#newest?.complete === false && !socket.writableEnded;
      if (this.#lingers) lingeringEnd(socket, '');
      else destroySoon();
    };
    // 'close' follows, and tells the user of the connection.
    socket.on('error', () => socket.destroy());
    socket.on('end', () => {
      if (this.#res !== null && this.#busy) halfClosed(this.#res);
    });
  }

  /** A request has come; `run` is called when it is its turn. */
  request(req: IncomingMessage, res: ServerResponse, run: () => void): void {
    if (this.#unreadable || this.#socket.writableEnded || this.#single === 'over') return void req.resume();
    this.#newest = req;
    this.#heads++;
    if (this.#single === 'first') {
      this.#single = 'over';
      res.shouldKeepAlive = false;
    }
    if (!this.#busy) {
      this.#res = res;
      return run();
    }
    this.#wait({ res, run });
    if (this.#waiting.length < WAITING_LIMIT || this.#paused) return;
    this.#paused = true;
    this.#socket.pause();
  }

  /** The connection is to leave HTTP; `run` is called when all answers before that are out. */
  leave(run: () => void): void {
    if (this.#single === 'over') return;
    this.#newest = null;
    this.#heads++;
    if (this.#busy) this.#wait({ res: null, run });
    else run();
  }

  /**
   * The parser has stopped at a request that was read without it: whatever it says from now on is of no account. False while an answer
   * is under way, behind which the request would have to wait.
   */
  leavesUnparsed(): boolean {
    if (this.#busy || this.#unreadable || this.#single === 'over') return false;
    this.#unreadable = true;
    return true;
  }

  /** A head has taken too long, unless the rest of it lies ready to be read: see `timeLimit`. */
  tooSlow(answer: () => string): void {
    const heads = this.#heads;
    setImmediate(() => {
      if (this.#heads === heads && !this.#socket.destroyed) this.unreadable(answer);
    });
  }

  /** What came is no HTTP. `answer` makes the last answer, unless the fault cuts an answer off. */
  unreadable(answer: () => string): void {
    if (this.#unreadable) return;
    this.#unreadable = true;
    const refusal: Queued = { res: null, run: () => lingeringEnd(this.#socket, answer()) };
    const broken = this.#newest?.complete === false ? this.#newest : null;
    if (broken === null) {
      if (this.#busy) this.#wait(refusal);
      else refusal.run();
    } else if (broken === this.#res?.req) {
      if (this.#res.headersSent) lingeringEnd(this.#socket, '');
      else refusal.run();
    } else {
      this.#waiting = this.#waiting.map((queued) => (queued.res?.req === broken ? refusal : queued));
    }
  }

  /** A response is under way until its 'close'. */
  get #busy(): boolean {
    return this.#res !== null && !this.#res.destroyed;
  }

  #wait(queued: Queued): void {
    this.#waiting.push(queued);
    if (this.#waiting.length === 1) this.#res?.once('close', this.#advance);
  }

  readonly #advance = (): void => {
    const socket = this.#socket;
    if (socket.destroyed || socket.writableEnded) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    if (this.#paused && this.#waiting.length < WAITING_LIMIT) {
      this.#paused = false;
      socket.resume();
    }
    this.#res = next.res;
    next.run();
    if (this.#waiting.length > 0) next.res?.once('close', this.#advance);
    if (socket.readableEnded && next.res !== null && !next.res.destroyed) this.#halfClosed(next.res);
  };
}
