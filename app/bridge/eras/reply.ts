/** Who waits for the answer to one modern request. Implemented by the HTTP exchange; frames carry the client's own ids. */
export interface Reply {
  /** A notification that belongs to this request, to be sent before its response. */
  notify(json: Buffer): void;
  /** The response; nothing follows it. `status` is for HTTP, and only if nothing has been sent yet. */
  respond(json: Buffer, status: number): void;
  /** Starts to report what becomes of the client. Called once, by whoever takes the request on. */
  watch(watcher: ReplyWatcher): void;
}

export interface ReplyWatcher {
  /** The client has gone before the response: the request is cancelled (2026-07-28, basic/patterns/cancellation). */
  closed(): void;
  /** The client reads slower than it is written to. Nothing is lost, but the source should stop for now. */
  congested(): void;
  relieved(): void;
}
