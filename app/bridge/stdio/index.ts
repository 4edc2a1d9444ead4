import type { Socket } from 'node:net';
import type { Offer } from '../../gateway/index.ts';
import type { Server } from '../../servers/index.ts';
import { type Admitted, admit } from '../admission.ts';
import { endError, type Peer } from '../child/index.ts';
import type { BridgeContext, SessionFacts } from '../context.ts';
import {
  errorFrame,
  type Frame,
  frameFrom,
  type LineAccount,
  type LineFaults,
  LineSplitter,
  RPC,
} from '../frame/index.ts';
import { answerFault, type Exchange, type Fault, NOT_JSON } from '../http/index.ts';
import { OneStreamSession } from '../one-stream-session.ts';
import { LineStream } from './line-stream.ts';
import { SWITCHING } from './protocol.ts';
import { SERVER_ENDED, TELL_END } from './wire/index.ts';

export { offersStdio, stdioWanted } from './protocol.ts';

/** A connection that asks to become a server's stdin and stdout, and how it is answered. */
export interface StdioRequest {
  readonly socket: Socket;
  /** Whether the client wants to be told why its server ended (SERVER_ENDED). */
  readonly tellsEnd: boolean;
  /** Whose quiet sessions may end in favour of this one. */
  readonly principal: string;
  /** Answers that it does. Returns what came in behind the request; the connection is ours then. */
  accept(): Buffer;
  refuse(fault: Fault): void;
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

  /** GET …/stdio with an offer -> 101; every refusal is an ordinary answer. */
  open({ request, response, caller }: Exchange, { socket, head }: Offer): void {
    this.connect({
      socket,
      tellsEnd: request.headers[TELL_END.toLowerCase()] !== undefined,
      principal: caller.principal,
      accept() {
        response.detachSocket(socket);
        socket.write(SWITCHING, 'latin1');
        return head;
      },
      refuse: (fault) => answerFault(response, fault),
    });
  }

  /** Gives the connection a child of its own. */
  connect(request: StdioRequest): void {
    const { text } = this.#context;
    const { name } = this.#server;
    const admitted = admit(this.#server, this.#context, request.principal);
    if ('fault' in admitted) {
      request.refuse(admitted.fault);
      return;
    }
    const { peer, leave } = admitted;
    // A command that cannot be run is known by the next turn of the event loop: time to say so with a status of its own.
    setImmediate(() => {
      if (peer.end === null && !request.socket.destroyed) {
        this.#begin(admitted, request);
        return;
      }
      leave();
      if (peer.end === null) void peer.close();
      else request.refuse({ status: 502, error: endError(name, peer.end, text()) });
    });
  }

  /** Ends every session. */
  close(): void {
    const message = this.#context.text().servers.ended.closed(this.#server.name);
    for (const session of this.#sessions) session.finish({ code: RPC.internalError, message });
    this.#sessions.clear();
  }

  #begin({ peer, leave }: Admitted, request: StdioRequest): void {
    const { meter, text, changed } = this.#context;
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
      if (!peer.congested) return;
      socket.pause();
      session.whenReady(() => socket.resume());
    };
    this.#sessions.add(session);
    meter.sessionsOpened++;
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
    socket.on('data', take);
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
      garbage: () => stream.send([errorFrame(null, NOT_JSON.error)]),
      oversized: (bytes, head, why) => {
        if (head === null || head.kind === 'notification') return null;
        const { lineTooLong, lineNoRoom } = this.#context.text().servers;
        const error =
          why === 'limit'
            ? { message: lineTooLong(bytes, limit()), data: { bytes, limit: limit() } }
            : { message: lineNoRoom, data: { bytes } };
        const answer = errorFrame(head.id, { code: RPC.internalError, ...error });
        if (head.kind === 'request') stream.send([answer]);
        else peer.write(answer.bytes);
        return null;
      },
    };
    return new LineSplitter(limit, faults, { from: 'client', account });
  }
}

function endedFrames(message: string): readonly Frame[] {
  const frame = frameFrom(Buffer.from(JSON.stringify({ jsonrpc: '2.0', method: SERVER_ENDED, params: { message } })));
  return frame === null ? [] : [frame];
}
