import type { Frame, JsonRpcError } from '../frame/index.ts';
import type { ModernRequest } from './modern-request.ts';
import type { Reply } from './reply.ts';

/** One child's side of many modern requests. Frames in, frames out; the process is somebody else's. */
export interface Conversation {
  /** Requests that have no final response yet, parked ones included. */
  readonly size: number;
  start(request: ModernRequest, reply: Reply): void;
  frames(frames: readonly Frame[]): void;
  /** The child is gone; everybody who waits for it is told why. */
  ended(error: JsonRpcError): void;
}
