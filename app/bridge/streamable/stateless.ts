import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from '../../gateway/caller.ts';

/** One POST that the classifier gave to revision 2026-07-28. Its body is read, is JSON, and is one object. */
export interface StatelessPost {
  readonly request: IncomingMessage;
  /** Nothing is written to it yet. */
  readonly response: ServerResponse;
  readonly caller: Caller;
  /** The body as it came, line breaks between tokens made spaces. */
  readonly bytes: Buffer;
  readonly message: Readonly<Record<string, unknown>>;
}

/** The stateless half of a server's `/mcp`, one per server. */
export interface StatelessEndpoint {
  /** Answers the request; whatever goes wrong is an answer too. Called for every method and era of child. */
  handle(post: StatelessPost): void;
  /** Ends every open stream: the server was changed or removed, or we stop. Its children are ended by the server itself. */
  close(): void;
}
