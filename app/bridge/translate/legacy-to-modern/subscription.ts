import type { Clock } from '../../../base/clock.ts';
import { META } from '../../../mcp/index.ts';
import { type JsonObject, memberOf, objectIn, parsedJson } from '../../../mcp/jsonrpc/index.ts';

export interface SubscriptionContext {
  /** Sends `subscriptions/listen` with this filter; answers its id. */
  readonly listen: (filter: JsonObject) => number;
  readonly cancel: (id: number) => void;
  /** The lists may have changed while nothing was listened to; `lists` as `tools`. */
  readonly missed: (lists: readonly string[]) => void;
  readonly clock: Clock;
}

/** Milliseconds after which a subscription that the server has ended is opened anew: at first, and at most. Each time twice as many. */
const FIRST_RETRY = 1000;
const LAST_RETRY = 60_000;

/** Milliseconds for which one has to stand to count as one that holds. */
const HOLDS = 30_000;

/**
 * The one subscription that stands in for what a legacy client gets unasked, changes of lists, and for what it asked for with
 * `resources/subscribe`. Every change of it opens a new subscription and drops the old one once the new one stands, so
 * that nothing is missed and nothing comes twice. One that the server ends, as remote ones do with their connection, is opened anew: the
 * client is not to know of it.
 */
export class Subscription {
  readonly #context: SubscriptionContext;
  readonly #names: readonly string[];
  readonly #lists: JsonObject;
  readonly #uris = new Set<string>();
  #current: number | null = null;
  #coming: number | null = null;
  #waiting: (() => void)[] = [];
  /** When the newest one was acknowledged, by the clock; null before the first. */
  #since: number | null = null;
  #retry = FIRST_RETRY;
  #stopRetry: (() => void) | null = null;

  /** `capabilities` are the server's. */
  constructor(capabilities: JsonObject, context: SubscriptionContext) {
    this.#context = context;
    const lists = ['tools', 'prompts', 'resources'].filter(
      (name) => objectIn(capabilities, name)['listChanged'] === true,
    );
    this.#names = lists;
    this.#lists = Object.fromEntries(lists.map((name) => [`${name}ListChanged`, true]));
  }

  /** Begins to listen, if there is anything to listen for. */
  open(): void {
    if (this.#current === null && this.#coming === null) this.#renew();
  }

  /** `done` is called when the child reports changes of it. */
  add(uri: string, done: () => void): void {
    if (this.#uris.has(uri) && this.#coming === null) {
      done();
      return;
    }
    this.#uris.add(uri);
    this.#waiting.push(done);
    this.#renew();
  }

  remove(uri: string): void {
    if (this.#uris.delete(uri)) this.#renew();
  }

  /** Whether this notification is of a subscription that counts. */
  carries(notification: Buffer): boolean {
    return this.#current !== null && idOf(notification) === this.#current;
  }

  acknowledged(notification: Buffer): void {
    const id = idOf(notification);
    if (id === null || id !== this.#coming) return;
    if (this.#current !== null) this.#context.cancel(this.#current);
    else if (this.#since !== null && this.#names.length > 0) this.#context.missed(this.#names);
    this.#current = id;
    this.#coming = null;
    this.#since = this.#context.clock.now();
    for (const done of this.#waiting.splice(0)) done();
  }

  /** The child has answered a `listen`: it will hear nothing more of that one. Requests that wait for it are answered. */
  ended(id: number): void {
    if (id !== this.#current && id !== this.#coming) return;
    if (id === this.#current) {
      this.#current = null;
      if (this.#context.clock.now() - (this.#since ?? 0) >= HOLDS) this.#retry = FIRST_RETRY;
    } else {
      this.#coming = null;
      for (const done of this.#waiting.splice(0)) done();
    }
    // One that never stood is refused: the server has nothing to tell.
    if (this.#current !== null || this.#coming !== null || this.#since === null) return;
    this.#stopRetry = this.#context.clock.after(this.#retry, () => this.#renew());
    this.#retry = Math.min(2 * this.#retry, LAST_RETRY);
  }

  #renew(): void {
    this.#stopRetry?.();
    this.#stopRetry = null;
    if (this.#coming !== null) this.#context.cancel(this.#coming);
    const uris = this.#uris.size > 0 ? { resourceSubscriptions: [...this.#uris] } : {};
    const filter = { ...this.#lists, ...uris };
    this.#coming = Object.keys(filter).length > 0 ? this.#context.listen(filter) : null;
    if (this.#coming !== null || this.#current === null) return;
    this.#context.cancel(this.#current);
    this.#current = null;
  }
}

function idOf(notification: Buffer): number | null {
  const params = memberOf(notification, 'params');
  const meta = params && memberOf(params, '_meta');
  const id = meta && parsedJson(memberOf(meta, META.subscriptionId));
  return typeof id === 'number' ? id : null;
}
