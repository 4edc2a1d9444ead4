import { type Envelope, errorText } from '../../mcp/index.ts';
import { type Frame, httpStatusOf, type JsonObject, type JsonRpcError } from '../../mcp/jsonrpc/index.ts';

/** A request of revision 2026-07-28 that has passed the gate: it is well-formed and its envelope is complete. */
export interface ModernRequest {
  /** The id as the client wrote it, JSON text: it goes back byte for byte. */
  readonly idText: Buffer;
  readonly method: string;
  readonly params: JsonObject;
  /** The whole request as it came, without line breaks. */
  readonly bytes: Buffer;
  readonly envelope: Envelope;
  /** An error -32601 of the server is about what the request names; see `isAboutName`. */
  readonly aboutName: boolean;
  /** See ClientIdentity.principal. */
  readonly principal: string;
  /** See Scope.via. */
  readonly via: string | undefined;
}

/** One child's side of many modern requests. Frames in, frames out; it does not own the process. */
export interface ProtocolTranslator {
  /** Requests that have no final response yet, suspended ones included. */
  readonly size: number;
  start(request: ModernRequest, reply: Reply): void;
  frames(frames: readonly Frame[]): void;
  /** The child is gone: every waiting request is answered with `error`. */
  ended(error: JsonRpcError): void;
}

/** Where the response to one modern request goes. Frames carry the client's own ids. */
export interface Reply {
  /** A notification that belongs to this request, to be sent before its response. */
  notify(json: Buffer): void;
  /** The response; nothing follows it. `status` is for HTTP, and only if nothing has been sent yet. */
  respond(json: Buffer, status: number): void;
  /** Starts to report what becomes of the client. Called once, by the translator that takes the request on. */
  watch(watcher: ReplyWatcher): void;
}

export interface ReplyWatcher {
  /** The client has gone before the response: the request is cancelled (2026-07-28, basic/patterns/cancellation). */
  closed(): void;
  /** The client reads slower than it is written to. Nothing is lost, but the source should stop for now. */
  congested(): void;
  relieved(): void;
}

/** Ends a request with an error and the HTTP status that belongs to its code. */
export function refuse(reply: Reply, idText: Buffer | string, error: JsonRpcError): void {
  reply.respond(errorText(idText, error), httpStatusOf(error.code));
}
