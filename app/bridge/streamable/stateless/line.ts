import type { Child, ChildEnd } from '../../child/index.ts';
import { CODE, type Conversation, errorText, Flow, type ModernRequest, type Reply } from '../../eras/index.ts';
import type { JsonRpcError, ResponseFrame } from '../../frame/index.ts';

/** Requests that may wait for a child that does not read; what comes on top is refused. */
const WAITING_LIMIT = 256;

/** What a conversation is given of its child. */
export interface LineEnd {
  readonly write: (json: Buffer) => void;
  readonly flow: Flow;
  /** Hears of answers that are to no request. */
  readonly unexpected: (answer: ResponseFrame) => void;
}

export interface LineListener {
  /** See LineEnd. */
  readonly unexpected: LineEnd['unexpected'];
  /** How the end of the child is told to its clients. */
  explain(end: ChildEnd): JsonRpcError;
  /** What a client is told when too many requests wait for the child already. */
  tooBusy(): string;
  /** The child is gone and everybody who waited has been told. */
  gone(): void;
  /** Whether somebody relies on the child although no request is under way. */
  isNeeded(): boolean;
}

/** Joins a conversation to its child: frames both ways, and back-pressure both ways. */
export class Line<Talk extends Conversation> {
  readonly talk: Talk;
  readonly child: Child;
  readonly #listener: LineListener;
  #waiting: (() => void)[] = [];
  /** Since when nobody has used it, in milliseconds of performance.now(). */
  #idleSince = performance.now();

  constructor(child: Child, begin: (end: LineEnd) => Talk, listener: LineListener) {
    this.child = child;
    this.#listener = listener;
    const flow = new Flow(
      () => child.pause(),
      () => child.resume(),
    );
    this.talk = begin({ write: (json) => child.write(json), flow, unexpected: listener.unexpected });
    child.listen({
      frames: (frames) => this.talk.frames(frames),
      drained: () => this.#drained(),
      ended: (end) => {
        this.talk.ended(listener.explain(end));
        this.#drained();
        listener.gone();
      },
    });
  }

  get ended(): boolean {
    return this.child.end !== null;
  }

  /** Hands a request to the child as soon as it takes one. */
  start(request: ModernRequest, reply: Reply): void {
    const run = () => this.talk.start(request, reply);
    if (!this.child.congested || this.ended) {
      run();
    } else if (this.#waiting.length < WAITING_LIMIT) {
      this.#waiting.push(run);
    } else {
      const error = { code: CODE.internalError, message: this.#listener.tooBusy() };
      reply.respond(errorText(request.idText, error), 503);
    }
  }

  /** Milliseconds without any use. */
  idleFor(now: number): number {
    if (this.talk.size > 0 || this.#waiting.length > 0 || this.#listener.isNeeded()) this.#idleSince = now;
    return now - this.#idleSince;
  }

  close(): Promise<void> {
    return this.child.close();
  }

  #drained(): void {
    while (this.#waiting.length > 0 && (!this.child.congested || this.ended)) this.#waiting.shift()?.();
  }
}
