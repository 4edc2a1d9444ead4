import type { ServerResponse } from 'node:http';
import type { Ticker, Ticking } from '../../../base/clock.ts';
import type { Call } from '../../../inspect/index.ts';
import type { Frame } from '../../../mcp/jsonrpc/index.ts';
import type { BridgeContext, RequestLatency, StreamTimes } from '../../context.ts';
import { answerJson, EventStream, keepAliveOf } from '../../http/index.ts';
import type { Reply, ReplyWatcher } from '../../translate/index.ts';

/**
 * Milliseconds after which a client that takes no byte is given up, sooner than in a session: its child is shared, and
 * while one client does not read, all others wait.
 */
const STALL = 10_000;

type ExchangeContext = Pick<BridgeContext, 'ticker' | 'latency' | 'times'>;

type Stage =
  /** Nothing is sent: the answer may still be plain JSON with a status of its own. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'streaming'; readonly stream: EventStream }
  | { readonly kind: 'answered' }
  | { readonly kind: 'gone' };

/**
 * One modern request over HTTP (2026-07-28, basic/transports/streamable-http, Receiving Messages). A response that comes
 * first is answered as JSON; notifications before it, or a long silence, make the answer an event stream.
 */
export class HttpReply implements Reply, Ticking {
  readonly #response: ServerResponse;
  readonly #ticker: Ticker;
  readonly #latency: RequestLatency;
  readonly #call: Call;
  readonly #times: StreamTimes;
  readonly #since: number;
  #stage: Stage = { kind: 'waiting' };
  /** Notifications of this turn of the event loop: what a child writes in one go is sent in one piece. */
  #batch: Frame[] = [];
  #watcher: ReplyWatcher | null = null;

  /** `call` is what is recorded of the request. */
  constructor(response: ServerResponse, call: Call, { ticker, latency, times }: ExchangeContext) {
    this.#response = response;
    this.#call = call;
    this.#since = call.since;
    this.#ticker = ticker;
    this.#latency = latency;
    this.#times = { keepAlive: keepAliveOf(response.req, times), stall: Math.min(times.stall, STALL) };
    ticker.add(this);
    response.once('close', () => this.#closed());
  }

  notify(json: Buffer): void {
    this.#call.progressed(json.length);
    if (this.#batch.length === 0) queueMicrotask(() => this.#flush());
    this.#batch.push({ kind: 'notification', method: '', bytes: json });
  }

  respond(json: Buffer, status: number): void {
    this.#flush();
    const stage = this.#stage;
    if (stage.kind === 'answered' || stage.kind === 'gone') return;
    this.#stage = { kind: 'answered' };
    this.#ticker.delete(this);
    this.#latency.observe(performance.now() - this.#since);
    this.#call.answered(json);
    if (stage.kind === 'waiting') {
      answerJson(this.#response, status, json);
      return;
    }
    // The official clients lose a notification that reaches them in one piece with the response it precedes: they
    // handle it a turn later, when the response has already closed the request.
    setImmediate(() => {
      stage.stream.send([{ kind: 'response', id: null, bytes: json }], null);
      stage.stream.end();
      // A response that has ended never drains, and behind the answer nothing is to come that the child had to wait with.
      this.#watcher?.relieved();
    });
  }

  watch(watcher: ReplyWatcher): void {
    this.#watcher = watcher;
    if (this.#stage.kind === 'gone') watcher.closed();
  }

  tick(now: number): void {
    if (now - this.#since >= this.#times.keepAlive) this.#stream()?.flush();
  }

  #flush(): void {
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    this.#stream()?.send(batch, null);
  }

  #stream(): EventStream | null {
    if (this.#stage.kind === 'streaming') return this.#stage.stream;
    if (this.#stage.kind !== 'waiting') return null;
    this.#ticker.delete(this);
    const listener = {
      congested: () => this.#watcher?.congested(),
      drained: () => this.#watcher?.relieved(),
      closed: () => undefined,
    };
    const stream = new EventStream(this.#response, [], listener, this.#ticker, this.#times);
    this.#stage = { kind: 'streaming', stream };
    return stream;
  }

  #closed(): void {
    this.#ticker.delete(this);
    if (this.#stage.kind === 'answered' || this.#stage.kind === 'gone') return;
    this.#stage = { kind: 'gone' };
    this.#call.cancelled(null);
    this.#watcher?.closed();
  }
}
