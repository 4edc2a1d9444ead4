import type { Writable } from 'node:stream';
import type { Frame } from './frame.ts';

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
