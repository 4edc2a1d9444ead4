import type { Socket } from 'node:net';
import { reset } from '../reset.ts';
import { Direction } from './direction.ts';
import { type HalfClosed, unwatchHalfClosed, watchHalfClosed } from './half-closed.ts';
import { forgetKeepAlive, keepAlive } from './keep-alive.ts';

export { quietBuffer } from './buffers.ts';
export { type RawReader, readRaw } from './raw-reads.ts';

/** What a relay tells while it runs. */
export interface RelayEvents {
  /** Bytes from the client to the target. */
  up(bytes: number): void;
  /** Bytes from the target to the client. */
  down(bytes: number): void;
  /** Both sockets are closed; called once. */
  closed(): void;
}

/** A tunnel's two sockets, joined. */
export interface Relay {
  /** Resets both sides. */
  close(): void;
}

/**
 * client <=> target, byte for byte, until both sides have ended.
 *
 * A FIN is passed on and leaves the other direction alone (RFC 9110 section 9.3.6 lets a tunnel drain); an RST is
 * passed on as an RST. There is no idle timeout: a quiet tunnel is a living tunnel, and TCP keep-alive finds the dead.
 * Both sockets must allow half-open, and have nobody else reading them.
 */
export function relay(client: Socket, target: Socket, events: RelayEvents): Relay {
  let moved = 0;
  let open = 2;
  const halfClosed: HalfClosed = { moved: () => moved, close };

  join(client, target);
  join(target, client);
  new Direction(client, target, (bytes) => {
    moved += bytes;
    events.up(bytes);
  }).start();
  new Direction(target, client, (bytes) => {
    moved += bytes;
    events.down(bytes);
  }).start();
  return { close };

  function join(from: Socket, to: Socket): void {
    keepAlive(from);
    from.once('end', () => {
      if (!to.readableEnded) {
        to.end();
        watchHalfClosed(halfClosed);
      } else if (to.writableLength === 0) {
        // Both have said their last word and all of it has left: closing says FIN, too, and a system call earlier.
        to.destroy();
        from.destroy();
      } else {
        to.end();
      }
    });
    from.once('error', () => reset(to));
    from.once('close', () => {
      forgetKeepAlive(from);
      if (--open > 0) {
        if (!from.readableEnded && !to.destroyed) to.destroy();
        return;
      }
      unwatchHalfClosed(halfClosed);
      events.closed();
    });
    if (from.readableEnded) to.end();
  }

  function close(): void {
    reset(client);
    reset(target);
  }
}
