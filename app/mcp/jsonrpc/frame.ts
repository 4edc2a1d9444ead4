import type { Writable } from 'node:stream';

/** Frames from this size on are written as they are instead of being copied into one piece with their neighbours. */
const LARGE = 32 * 1024;

const LINE_FEED = Buffer.from('\n');

/** Writes frames, a line each, in as few pieces as is cheap (MCP transports, stdio). */
export function writeLines(stream: Pick<Writable, 'cork' | 'uncork' | 'write'>, frames: readonly Frame[]): void {
  let pieces: Buffer[] = [];
  stream.cork();
  for (const { bytes } of frames) {
    if (bytes.length >= LARGE) {
      if (pieces.length > 0) stream.write(Buffer.concat(pieces));
      stream.write(bytes);
      pieces = [LINE_FEED];
    } else {
      pieces.push(bytes, LINE_FEED);
    }
  }
  if (pieces.length > 0) stream.write(Buffer.concat(pieces));
  stream.uncork();
}

/**
 * A JSON-RPC id as it compares: 1 and 1.0 are one id, 1 and "1" are two. Integers beyond 2^53 are bigints, which a number would
 * confuse with their neighbours. Some servers send null.
 */
export type JsonRpcId = string | number | bigint | null;

interface FrameBytes {
  /** One JSON object without line breaks, byte for byte as it came. */
  readonly bytes: Buffer;
}

export interface RequestFrame extends FrameBytes {
  readonly kind: 'request';
  readonly id: JsonRpcId;
  readonly method: string;
}

export interface NotificationFrame extends FrameBytes {
  readonly kind: 'notification';
  readonly method: string;
}

/** A result or an error. The id is null where the server had none to answer to. */
export interface ResponseFrame extends FrameBytes {
  readonly kind: 'response';
  readonly id: JsonRpcId;
  /** The id is a number in another notation than its plain one, such as 1.0. */
  readonly oddId?: true;
  /** It is ours, in the place of a server that is not there. */
  readonly isStandIn?: true;
}

/** One JSON-RPC message on its way through: bytes to relay, and as much of their head as routing needs. */
export type Frame = RequestFrame | NotificationFrame | ResponseFrame;

/** What a frame is, without its bytes. */
export type FrameHead = Omit<RequestFrame, 'bytes'> | Omit<NotificationFrame, 'bytes'> | Omit<ResponseFrame, 'bytes'>;
