import { messageText } from '../../mcp/index.ts';
import { memberOf, scanHead } from '../../mcp/jsonrpc/index.ts';
import type { Policy, Thing } from '../../servers/index.ts';
import { type ModernRequest, type Reply, type ReplyWatcher, taggedNotification } from '../translate/index.ts';
import { isDeniedNews } from './judge.ts';
import { ruleFor } from './methods.ts';
import { changedAnswer, LIST_CHANGED, wantedIn } from './session-guard.ts';

/** The answer to a list of a modern client: it is remembered as the server sent it, and goes on without what is denied. */
export class ListReply implements Reply {
  readonly #reply: Reply;
  readonly #request: ModernRequest;
  readonly #policy: () => Policy | null;
  readonly #saw: (method: string, params: Buffer | undefined, result: Buffer) => void;

  constructor(
    reply: Reply,
    request: ModernRequest,
    policy: () => Policy | null,
    saw: (method: string, params: Buffer | undefined, result: Buffer) => void,
  ) {
    this.#reply = reply;
    this.#request = request;
    this.#policy = policy;
    this.#saw = saw;
  }

  notify(json: Buffer): void {
    this.#reply.notify(json);
  }

  watch(watcher: ReplyWatcher): void {
    this.#reply.watch(watcher);
  }

  respond(json: Buffer, status: number): void {
    const { method, bytes } = this.#request;
    const result = memberOf(json, 'result');
    if (result?.[0] === 0x7b) this.#saw(method, memberOf(bytes, 'params'), result);
    const policy = this.#policy();
    this.#reply.respond(policy === null ? json : changedAnswer(ruleFor(method), json, policy), status);
  }
}

/** Calls back on another policy, as `Policies.watch` does. */
type WatchPolicy = (changed: (policy: Policy | null, things: readonly Thing[]) => void) => {
  readonly policy: Policy | null;
  stop(): void;
};

/**
 * A stream of changes to a modern client (2026-07-28, basic/patterns/subscriptions): without news of what is denied, and with word of
 * lists that another policy has changed, where its client asked for that.
 */
export class ListeningReply implements Reply {
  readonly #reply: Reply;
  readonly #request: ModernRequest;
  readonly #wanted: readonly Thing[];
  readonly #watch: ReturnType<WatchPolicy>;
  #policy: Policy | null;
  /** Nothing may come before the acknowledgement. */
  #isAcknowledged = false;

  constructor(reply: Reply, request: ModernRequest, watch: WatchPolicy) {
    this.#reply = reply;
    this.#request = request;
    this.#wanted = wantedIn(request.bytes);
    this.#watch = watch((policy, things) => {
      this.#policy = policy;
      if (this.#isAcknowledged) this.#tell(things);
    });
    this.#policy = this.#watch.policy;
  }

  notify(json: Buffer): void {
    this.#isAcknowledged = true;
    const policy = this.#policy;
    const head = policy === null ? null : scanHead(json);
    if (policy !== null && head?.kind === 'notification' && isDeniedNews(head.method, json, policy)) return;
    this.#reply.notify(json);
  }

  watch(watcher: ReplyWatcher): void {
    const stop = () => this.#watch.stop();
    this.#reply.watch({
      closed() {
        stop();
        watcher.closed();
      },
      congested: () => watcher.congested(),
      relieved: () => watcher.relieved(),
    });
  }

  respond(json: Buffer, status: number): void {
    this.#watch.stop();
    this.#reply.respond(json, status);
  }

  #tell(things: readonly Thing[]): void {
    for (const thing of things) {
      if (!this.#wanted.includes(thing)) continue;
      this.#reply.notify(taggedNotification(messageText({ method: LIST_CHANGED[thing] }), this.#request.idText));
    }
  }
}
