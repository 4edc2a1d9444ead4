import { ReadyQueue } from '../base/back-pressure.ts';
import { BoundedWarnings } from '../base/line-budget.ts';
import type { Log } from '../base/log.ts';
import type { Call, ClientWire } from '../inspect/index.ts';
import {
  editMembers,
  emptyResult,
  errorFor,
  type Frame,
  type FrameHead,
  idIn,
  type JsonRpcError,
  memberOf,
  PendingRequests,
  type RequestId,
  type ResponseFrame,
  writtenIdIn,
} from '../mcp/jsonrpc/index.ts';
import type { Peer } from '../servers/index.ts';
import { type BridgeContext, type SessionFacts, warnUnexpected } from './context.ts';

/**
 * Milliseconds between a progress notification and an answer that came right behind it. The official client forgets a call's
 * progress handler before it runs it when both arrive together (typescript-sdk, `_onresponse` against `_onnotification`).
 */
const PROGRESS_GAP = 4;

/** The frames to a client that gets everything by one connection. */
export interface FrameStream {
  /** The client is slow to read: send nothing more until told that it has drained. */
  readonly congested: boolean;
  send(frames: readonly Frame[]): void;
  /** What was sent before still goes out, as far as the client takes it. */
  end(): void;
}

/** Requests that wait for their answers until no more is read of a client: what is kept of each may be many times its bytes. */
const MOST_WAITING = 4096;

interface TimedRequest extends RequestId {
  /** When it came in, in milliseconds as performance.now() tells it. */
  readonly since: number;
  readonly call: Call;
}

/** A session whose server sends every frame down one stream: a GET /sse (2024-11-05), or a connection that carries lines. */
export class OneStreamSession {
  readonly peer: Peer;
  readonly #transport: SessionFacts['transport'];
  readonly #context: BridgeContext;
  readonly #stream: FrameStream;
  readonly #startedAt = Date.now();
  readonly #requests = new PendingRequests<TimedRequest>(true);
  readonly #warnings: BoundedWarnings;
  /** An answer waits for the progress ahead of it to arrive. */
  #holding = false;
  #released = false;
  /** Sendings of progress that may not have arrived yet. Counted in turns of the event loop: a clock runs on in a long one. */
  #arriving = 0;
  readonly #toServer: ReadyQueue;
  readonly #wire: ClientWire;

  /** `log` is that of the server. */
  constructor(transport: SessionFacts['transport'], peer: Peer, stream: FrameStream, log: Log, context: BridgeContext) {
    this.#transport = transport;
    this.peer = peer;
    this.#stream = stream;
    this.#context = context;
    this.#wire = context.recorder.session(transport);
    this.#warnings = new BoundedWarnings(log);
    this.#toServer = new ReadyQueue(() => !this.isReady);
  }

  facts(): SessionFacts {
    return { transport: this.#transport, startedAt: this.#startedAt, calls: this.#requests.size };
  }

  /** Takes one message of the client, which arrived at `since` as performance.now() tells it. */
  take(head: FrameHead, json: Buffer, since: number = performance.now()): void {
    if (head.kind === 'request') {
      const { id, method } = head;
      const call = this.#wire.request(method, id, json, since);
      this.#requests.add({ id, writtenId: writtenIdIn(json, id), since, call });
      this.peer.write(json, method);
      call.passedOn();
      return;
    }
    if (head.kind === 'response') {
      this.#wire.answered(head.id, json);
    } else {
      this.#wire.notified(head.method, json);
      this.#requests.notified();
      const strayId = memberOf(json, 'id');
      if (strayId !== undefined) {
        this.#takeWithout(strayId, json);
        return;
      }
      if (head.method === 'notifications/cancelled') {
        const cancelled = idIn(memberOf(json, 'params'), 'requestId');
        if (cancelled !== undefined) this.#requests.cancel(cancelled)?.call.cancelled(json);
      }
    }
    this.peer.write(json, head.kind === 'response' ? null : head.method);
  }

  /** A notification that came with an id: the server gets it without, and the client the response it waits for. */
  #takeWithout(strayId: Buffer, json: Buffer): void {
    this.peer.write(editMembers(json, new Map([['id', null]])));
    const answer = emptyResult(strayId);
    if (answer.id !== null) this.#stream.send([answer]);
  }

  /** Whether another message of the client may be read. One that does not read what it is told, such as what is wrong with its messages, waits. */
  get isReady(): boolean {
    if (this.#released) return true;
    return !this.peer.congested && !this.#stream.congested && this.#requests.size < MOST_WAITING;
  }

  /** Calls back when another message may be read: at once, or when the pipe of the server or the client's connection has drained. */
  whenReady(then: () => void): void {
    this.#toServer.run(then);
  }

  drainedToServer(): void {
    this.#toServer.drained();
  }

  relay(frames: readonly Frame[]): void {
    const cut = this.#requests.size > 0 ? endOfProgress(frames, this.#arriving > 0) : frames.length;
    if (cut > 0) this.#send(cut === frames.length ? frames : frames.slice(0, cut));
    if (cut === frames.length) return;
    this.#holding = true;
    this.peer.pause();
    const goOn = () => {
      this.#holding = false;
      if (this.#released) return;
      this.relay(frames.slice(cut));
      this.drainedToClient();
    };
    afterGap(goOn);
  }

  drainedToClient(): void {
    if (!this.#holding && !this.#stream.congested) this.peer.resume();
    this.#toServer.drained();
  }

  /** Ends the session from our side: requests that wait are answered with the error, then the stream ends. */
  finish(error: JsonRpcError): void {
    const frames = this.#cutAll().map((request) => errorFor(request, error));
    if (frames.length > 0) this.#stream.send(frames);
    this.#stream.end();
    this.release();
  }

  /** The client is gone, or is about to be: the server behind it ends. */
  release(): void {
    this.#released = true;
    this.#cutAll();
    this.#wire.ended();
    void this.peer.close();
    this.drainedToServer();
  }

  #send(frames: readonly Frame[]): void {
    if (this.#requests.size > 0 && frames.some(isProgress)) {
      this.#arriving++;
      afterGap(() => {
        this.#arriving--;
      });
    }
    const now = performance.now();
    this.#stream.send(frames.map((frame) => this.#toClient(frame, now)));
    if (this.#toServer.size > 0) this.#toServer.drained();
  }

  #toClient(frame: Frame, now: number): Frame {
    if (frame.kind === 'response') return this.#answered(frame);
    this.#wire.fromServer(frame, now);
    if (this.#requests.size === 1 && isProgress(frame)) {
      for (const { call } of this.#requests.values()) call.progressed(frame.bytes.length);
    }
    return frame;
  }

  #cutAll(): readonly TimedRequest[] {
    const requests = this.#requests.takeAll();
    for (const { call } of requests) call.cut();
    return requests;
  }

  /** An answer to no request goes on, too: what it is to the client, the client knows. */
  #answered(answer: ResponseFrame): ResponseFrame {
    const match = this.#requests.match(answer);
    if (match.kind === 'unexpected' || answer.id === null) warnUnexpected(this.#warnings, answer);
    if (match.kind !== 'found') return answer;
    this.#context.latency.observe(performance.now() - match.request.since);
    match.request.call.answered(answer.bytes);
    return match.frame;
  }
}

/** How many frames can go out before an answer has to wait for the progress ahead of it to arrive. */
function endOfProgress(frames: readonly Frame[], justNow: boolean): number {
  let progress = justNow;
  for (const [index, frame] of frames.entries()) {
    if (frame.kind === 'response' && progress) return index;
    progress ||= isProgress(frame);
  }
  return frames.length;
}

/** Behind a turn of the event loop, too: should the loop be late, a client in this process still reads in between. */
function afterGap(then: () => void): void {
  setTimeout(() => setImmediate(then), PROGRESS_GAP);
}

function isProgress(frame: Frame): boolean {
  return frame.kind === 'notification' && frame.method === 'notifications/progress';
}
