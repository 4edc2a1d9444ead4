import type { JsonObject } from '../../mcp/jsonrpc/index.ts';
import type { HttpExchange } from '../http/index.ts';

/** One POST that the classifier gave to revision 2026-07-28. Its body is read, is JSON, and is one object; nothing is answered yet. */
export interface StatelessPost extends HttpExchange {
  /** The body as it came, line breaks between tokens made spaces. */
  readonly bytes: Buffer;
  readonly message: JsonObject;
}

/** The stateless half of a server's `/mcp`, one per server. */
export interface StatelessEndpoint {
  /** Answers the request; whatever goes wrong is an answer too. */
  handle(post: StatelessPost): void;
  /** Ends every open stream: the server was changed or removed, or we stop. Its children are ended by the server itself. */
  close(): void;
}
