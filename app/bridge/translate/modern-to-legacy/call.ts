import type { JsonObject, JsonRpcId } from '../../../mcp/jsonrpc/index.ts';
import type { ModernRequest, Reply } from '../request.ts';
import type { AskMethod } from '../server-requests.ts';

/** A request of the child's that only the client can answer. */
export interface Ask {
  /** The name of the question in `inputRequests`. */
  readonly key: string;
  /** The id the child waits under. */
  readonly childId: JsonRpcId;
  readonly method: AskMethod;
  /** JSON text. */
  readonly params: Buffer;
}

/** Where a call stands between the client and the child. */
export type Stage =
  | { readonly kind: 'running'; readonly reply: Reply }
  /** The child has asked; what else it asks within a moment goes into the same answer. */
  | { readonly kind: 'gathering'; readonly reply: Reply; readonly stopClock: () => void }
  /** The client has the questions and no request open. The child works or waits. */
  | { readonly kind: 'parked'; readonly held: HeldFrames }
  | { readonly kind: 'over' };

/** What the child said while the client was away. */
export interface HeldFrames {
  /** Notifications for the stream that comes with the answers. */
  readonly notifications: Buffer[];
  bytes: number;
  /** The response, when it came before the answers did. */
  response: Buffer | null;
}

/** Bytes of notifications kept for a client that is busy answering. */
const HELD_LIMIT = 64 * 1024;

export function nothingHeld(): HeldFrames {
  return { notifications: [], bytes: 0, response: null };
}

/** Keeps a notification for later, unless there is too much already. */
export function hold(held: HeldFrames, notification: Buffer): void {
  if (held.bytes + notification.length > HELD_LIMIT) return;
  held.bytes += notification.length;
  held.notifications.push(notification);
}

/** One modern request on its way through a legacy child, over all its rounds. */
export interface Call {
  /** Our request id towards the child, and the progress token. */
  readonly id: number;
  /** The newest round: the first request, then its retries. */
  request: ModernRequest;
  stage: Stage;
  /** Questions the client has or will get next. */
  asks: Ask[];
  /** False while questions from before the call have to be answered first. */
  sent: boolean;
  /** Capabilities the child needed for this call and the client does not have. */
  refused: JsonObject | null;
}

/** What the parking keeps for a call: how it goes on when its client retries. */
export interface Waiting {
  resume(request: ModernRequest, reply: Reply): void;
}
