import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { isCongested } from '../base/back-pressure.ts';
import { readRaw, sharedReadBuffer } from '../base/raw-reads.ts';
import { SERVER_ENDED, STDIO_PROTOCOL, TELL_END } from '../base/stdio-upgrade.ts';
import type { Upgrade } from '../gateway/index.ts';
import type { Text } from '../i18n/index.ts';
import {
  CODE,
  errorFrame,
  type Frame,
  frameFrom,
  type LineAccount,
  type LineFaults,
  LineSplitter,
  writeLines,
} from '../mcp/jsonrpc/index.ts';
import { endError, type Peer, type Scope, type Server } from '../servers/index.ts';
import { type Admitted, open } from './admission.ts';
import type { BridgeContext, SessionFacts } from './context.ts';
import { type HttpExchange, type HttpFault, methodNotAllowed, notJson, respondWithFault } from './http/index.ts';
import { type FrameStream, OneStreamSession } from './one-stream-session.ts';

/** How long a client may take to read what is sent last, in milliseconds. */
const LINGER = 2000;

/** Frames to a client over a bare connection, a line each. */
class LineStream implements FrameStream {
  readonly #socket: Socket;
  readonly #slow: () => void;

  /** `slow` is called when the client has not taken what was sent; the socket's `drain` follows. */
  constructor(socket: Socket, slow: () => void) {
    this.#socket = socket;
    this.#slow = slow;
  }

  get congested(): boolean {
    return isCongested(this.#socket);
  }

  send(frames: readonly Frame[]): void {
    const socket = this.#socket;
    if (!socket.writable) return;
    writeLines(socket, frames);
    if (this.congested) this.#slow();
  }

  end(): void {
    const socket = this.#socket;
    if (socket.destroyed) return;
    const timer = setTimeout(() => socket.destroy(), LINGER);
    socket.once('close', () => clearTimeout(timer));
    // The client's own end closes it: closing while it still sends would cost it what we said last (RFC 9112 section 9.6).
    socket.end();
  }
}

/** The whole answer to an upgrade that is accepted. */
const SWITCHING = `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${STDIO_PROTOCOL}\r\n\r\n`;

/** Whether a request may be answered by switching: it names our protocol, among others perhaps, and has no content. */
export function asksForStdio({ method, headers, httpVersionMinor }: IncomingMessage): boolean {
  const named = (headers.upgrade ?? '').split(',').map((name) => name.trim().toLowerCase());
  return (
    method === 'GET' &&
    httpVersionMinor === 1 &&
    named.includes(STDIO_PROTOCOL) &&
    headers['transfer-encoding'] === undefined &&
    (headers['content-length'] ?? '0') === '0'
  );
}

/** What a request is told that does not ask to switch (RFC 9110 section 15.5.22). */
export function stdioWanted({ method }: IncomingMessage, text: Text): HttpFault {
  if (method !== 'GET') return methodNotAllowed('GET', text);
  const message = text.servers.upgradeRequired(STDIO_PROTOCOL);
  return {
    status: 426,
    error: { code: CODE.badRequest, message },
    fields: ['Connection', 'Upgrade', 'Upgrade', STDIO_PROTOCOL],
  };
}

/** A connection that asks to become a server's stdin and stdout, and how it is answered. */
export interface StdioRequest {
  readonly socket: Socket;
  /** Whether the client wants to be told why its server ended (SERVER_ENDED). */
  readonly tellsEnd: boolean;
  /** Whose quiet sessions may end in favour of this one. */
  readonly principal: string;
  readonly scope: Scope;
  /** Answers that it does. Returns what came in behind the request; the connection is ours then. */
  accept(): Buffer;
  refuse(fault: HttpFault): void;
}

/**
 * MCP's stdio transport over a connection, in front of one server: after the switch each end writes a message a line, and a
 * child of its own is behind it. The child ends with the connection and the connection with the child, as a process and its pipes would.
 */
export class Stdio {
  readonly #server: Server;
  readonly #context: BridgeContext;
  readonly #sessions = new Set<OneStreamSession>();

  constructor(server: Server, context: BridgeContext) {
    this.#server = server;
    this.#context = context;
  }

  sessions(): readonly SessionFacts[] {
    return [...this.#sessions].map((session) => session.facts());
  }

  /** GET …/stdio with an Upgrade -> 101; every refusal is an ordinary answer. */
  open({ request, response, caller, scope }: HttpExchange, { socket, head }: Upgrade): void {
    this.connect({
      socket,
      tellsEnd: request.headers[TELL_END.toLowerCase()] !== undefined,
      principal: caller.principal,
      scope,
      accept() {
        response.detachSocket(socket);
        socket.write(SWITCHING, 'latin1');
        return head;
      },
      refuse: (fault) => respondWithFault(response, fault),
    });
  }

  /** Gives the connection a child of its own. */
  connect(request: StdioRequest): void {
    open(this.#server, this.#context, request, {
      isGone: () => request.socket.destroyed,
      begin: (admitted) => this.#begin(admitted, request),
      refuse: request.refuse,
    });
  }

  /** Ends every session. */
  close(): void {
    const message = this.#context.text().servers.ended.closed(this.#server.name);
    for (const session of this.#sessions) session.finish({ code: CODE.internalError, message });
    this.#sessions.clear();
  }

  #begin({ peer, leave }: Admitted, request: StdioRequest): void {
    const { latency, text, changed } = this.#context;
    const { socket } = request;
    const stream = new LineStream(socket, () => peer.pause());
    const session = new OneStreamSession('stdio', peer, stream, this.#server.log, this.#context);
    const account = this.#context.messages.open(() => {
      // What is not read while the server is slow cannot grow.
      if (!socket.isPaused()) lines.drop();
    });
    const lines = this.#lines(stream, peer, account);
    const take = (chunk: Buffer) => {
      for (const frame of lines.push(chunk)) session.take(frame, frame.bytes);
      if (session.isReady) return;
      socket.pause();
      session.whenReady(() => socket.resume());
    };
    this.#sessions.add(session);
    latency.sessionsOpened++;
    const head = request.accept();
    socket.on('drain', () => session.drainedToClient());
    // A client that sends nothing more has ended its input, and a server ends at the end of its input.
    socket.once('end', () => socket.destroy());
    socket.once('close', () => {
      lines.close();
      this.#closed(session, leave);
    });
    peer.listen({
      frames: (frames) => session.relay(frames),
      drained: () => session.drainedToServer(),
      ended: (end) => {
        if (!this.#sessions.delete(session)) return;
        const error = endError(this.#server.name, end, text());
        if (request.tellsEnd && !end.asked) stream.send(endedFrames(error.message));
        session.finish(error);
      },
    });
    // Also where reads go past the stream: what came in before waits there, and is told first.
    socket.on('data', take);
    readRaw(socket, {
      next: () => sharedReadBuffer,
      read: (bytes, buffer) => {
        take(buffer.subarray(0, bytes));
        return true;
      },
    });
    socket.resume();
    if (head.length > 0) take(head);
    changed();
  }

  #closed(session: OneStreamSession, leave: () => void): void {
    this.#sessions.delete(session);
    leave();
    session.release();
    this.#context.changed();
  }

  #lines(stream: LineStream, peer: Peer, account: LineAccount): LineSplitter {
    const limit = () => this.#context.limits().messageBytes;
    const faults: LineFaults = {
      garbage: () => stream.send([errorFrame(null, notJson(this.#context.text()).error)]),
      oversized: (bytes, head, why) => {
        if (head === null || head.kind === 'notification') return null;
        const { lineTooLong, lineNoRoom } = this.#context.text().servers;
        const error =
          why === 'limit'
            ? { message: lineTooLong(bytes, limit()), data: { bytes, limit: limit() } }
            : { message: lineNoRoom, data: { bytes } };
        const answer = errorFrame(head.id, { code: CODE.internalError, ...error });
        if (head.kind === 'request') stream.send([answer]);
        else peer.write(answer.bytes);
        return null;
      },
    };
    return new LineSplitter(limit, faults, { from: 'client', account, readsViews: true });
  }
}

function endedFrames(message: string): readonly Frame[] {
  const frame = frameFrom(Buffer.from(JSON.stringify({ jsonrpc: '2.0', method: SERVER_ENDED, params: { message } })));
  return frame === null ? [] : [frame];
}
