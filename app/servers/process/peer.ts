import type { Frame } from '../../mcp/jsonrpc/index.ts';
import type { ChildEnd } from './failure.ts';

/**
 * The server's side of one legacy session, seen from the transport: either the child itself, its bytes relayed as they
 * are, or a translator in front of a child of another era. Nothing here is per session but the caller's use of it: one
 * session, one peer.
 */
export interface Peer {
  /**
   * Sends one JSON-RPC message, without line breaks. Frames written after the end are dropped: the listener hears of the
   * end anyway. Whoever writes looks at `congested` afterwards.
   */
  write(json: Buffer): void;
  /** The server is slow to read. Take no further message from the client until `drained` is called. */
  readonly congested: boolean;
  /** Starts the flow towards the listener; called once. What the server said before is delivered first. */
  listen(listener: PeerListener): void;
  /** Stops the flow towards the listener, and with it the server as soon as its pipe is full. Memory stays where it is. */
  pause(): void;
  resume(): void;
  /** Ends the server for good. Idempotent; resolves when its whole process group is gone. */
  close(): Promise<void>;
  /** Null while the server lives. */
  readonly end: ChildEnd | null;
}

export interface PeerListener {
  /** All frames of one read, in order. To be written on in one go. Never called while paused. */
  frames(frames: readonly Frame[]): void;
  /** `congested` has become false. */
  drained(): void;
  /** The server is gone and everything it said has been delivered. Called once, also after `close`. */
  ended(end: ChildEnd): void;
}
