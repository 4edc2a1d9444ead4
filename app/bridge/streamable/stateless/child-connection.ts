import { BackPressureGate, ReadyQueue } from '../../../base/back-pressure.ts';
import { movedBySleep, type Ticking } from '../../../base/clock.ts';
import { BoundedWarnings } from '../../../base/line-budget.ts';
import type { ServerWire } from '../../../inspect/index.ts';
import { errorText, type ServerFace } from '../../../mcp/index.ts';
import { CODE, type JsonRpcError, type ResponseFrame } from '../../../mcp/jsonrpc/index.ts';
import { endError, type Peer, type PeerEnd, type Server } from '../../../servers/index.ts';
import { type BridgeContext, warnUnexpected } from '../../context.ts';
import { unavailable } from '../../http/index.ts';
import type { ModernRequest, ProtocolTranslator, Reply } from '../../translate/index.ts';
import type { ToolHeaders } from './validation.ts';

/** Requests that may wait for a child that does not read; what comes on top is refused. */
const WAITING_LIMIT = 256;

/** Milliseconds after which an idle child is ended. */
const IDLE = 10 * 60_000;

/** What a translator is given of its child. */
export interface ChildConnectionEnd {
  readonly write: (json: Buffer) => void;
  readonly flow: BackPressureGate;
  /** Hears of answers that are to no request. */
  readonly unexpected: (answer: ResponseFrame) => void;
}

export interface ChildConnectionListener {
  /** See ChildConnectionEnd. */
  readonly unexpected: ChildConnectionEnd['unexpected'];
  /** How the end of the child is told to its clients. */
  explain(end: PeerEnd): JsonRpcError;
  /** What a client is told when too many requests wait for the child already. */
  tooBusy(): string;
  /** The child is gone and every waiting request is answered. */
  gone(): void;
  /** Whether the child is needed although no request is under way, for subscriptions. */
  isNeeded(): boolean;
}

/** Joins a translator to its child: frames both ways, and back-pressure both ways. */
export class ChildConnection<Translator extends ProtocolTranslator> implements Ticking {
  readonly translator: Translator;
  readonly child: Peer;
  readonly #listener: ChildConnectionListener;
  readonly #toChild: ReadyQueue;
  /** Since when it has been idle, in milliseconds of performance.now(). */
  #idleSince = performance.now();

  constructor(
    child: Peer,
    wire: ServerWire,
    begin: (end: ChildConnectionEnd) => Translator,
    listener: ChildConnectionListener,
  ) {
    this.child = child;
    this.#listener = listener;
    this.#toChild = new ReadyQueue(() => child.congested && !this.ended);
    const flow = new BackPressureGate(
      () => child.pause(),
      () => child.resume(),
    );
    this.translator = begin({
      write: (json) => {
        wire.wrote(json);
        child.write(json);
      },
      flow,
      unexpected: listener.unexpected,
    });
    child.listen({
      frames: (frames) => {
        wire.read(frames);
        this.translator.frames(frames);
      },
      drained: () => this.#toChild.drained(),
      ended: (end) => {
        wire.ended();
        this.translator.ended(listener.explain(end));
        this.#toChild.drained();
        listener.gone();
      },
    });
  }

  get ended(): boolean {
    return this.child.end !== null;
  }

  /** Hands a request to the child as soon as it takes one. */
  start(request: ModernRequest, reply: Reply): void {
    if (this.#toChild.size < WAITING_LIMIT) {
      this.#toChild.run(() => this.translator.start(request, reply));
    } else {
      const error = { code: CODE.internalError, message: this.#listener.tooBusy() };
      reply.respond(errorText(request.idText, error), 503);
    }
  }

  tick(now: number): void {
    if (this.translator.size > 0 || this.#toChild.size > 0 || this.#listener.isNeeded()) this.#idleSince = now;
    if (now - this.#idleSince >= IDLE) void this.close();
  }

  woke(now: number, missed: number): void {
    this.#idleSince = movedBySleep(this.#idleSince, IDLE, now, missed);
  }

  close(): Promise<void> {
    return this.child.close();
  }
}

/** The children of one server that serve one modern client, whatever revision they speak. */
export interface Upstream {
  readonly face: ServerFace;
  readonly toolHeaders: ToolHeaders;
  start(request: ModernRequest, reply: Reply): void;
}

/** Why a request can not be served now, and the HTTP status that says so. */
export interface Unserved {
  readonly error: JsonRpcError;
  readonly status: number;
}

/** What the opener of a connection hears and says of it. */
export interface ChildConnectionUser<Translator extends ProtocolTranslator> {
  gone(connection: ChildConnection<Translator>): void;
  /** See ChildConnectionListener. */
  isNeeded(): boolean;
  /** The instances that its requests have passed. */
  readonly via: string | undefined;
}

/** Opens the children that stateless requests share; one that is idle for long ends. */
export class ChildConnections {
  readonly #server: Server;
  readonly #context: BridgeContext;
  readonly #open = new Set<ChildConnection<ProtocolTranslator>>();

  constructor(server: Server, context: BridgeContext) {
    this.#server = server;
    this.#context = context;
  }

  open<Translator extends ProtocolTranslator>(
    use: 'shared' | 'probe',
    begin: (end: ChildConnectionEnd) => Translator,
    { gone, isNeeded, via }: ChildConnectionUser<Translator>,
  ): ChildConnection<Translator> | Unserved {
    let opened = this.#server.open(use, via);
    const isFull = 'refusal' in opened && opened.refusal.kind === 'too-many-children';
    if (isFull && this.#context.makeRoom.evict(null)) opened = this.#server.open(use, via);
    if ('refusal' in opened) {
      return unavailable(this.#server.name, opened.refusal, this.#context.text());
    }
    const warnings = new BoundedWarnings(this.#server.log);
    const connection: ChildConnection<Translator> = new ChildConnection(
      opened.child,
      this.#context.recorder.translation(),
      begin,
      {
        unexpected: (answer) => warnUnexpected(warnings, answer),
        explain: (end) => endError(this.#server.name, end, this.#context.text()),
        tooBusy: () => this.#context.text().bridge.tooBusy(this.#server.name),
        isNeeded,
        gone: () => {
          this.#open.delete(connection);
          this.#context.ticker.delete(connection);
          gone(connection);
        },
      },
    );
    this.#open.add(connection);
    this.#context.ticker.add(connection);
    return connection;
  }

  /** Ends all of them. */
  close(): void {
    for (const connection of this.#open) void connection.close();
  }
}
