import type { Server } from '../../servers/index.ts';
import { type Clock, Flow, faceFromDiscover, ModernConversation, resultIn, type ServerFace } from '../eras/index.ts';

/** Milliseconds a sibling gets to answer, its start included. Silence means legacy. */
const PATIENCE = 5000;

/**
 * Asks a sibling process whether it speaks the modern era, then ends it: a legacy server may answer `server/discover` with
 * anything, or end at it, so it is never sent to a child that is to be kept (2026-07-28, basic/transports/stdio, Backward
 * Compatibility). Null when it does not, and when no child can be had.
 */
export function probeModern(server: Server, clock: Clock): Promise<ServerFace | null> {
  const opened = server.open('probe');
  if ('refusal' in opened) return Promise.resolve(null);
  const { child } = opened;
  return new Promise((resolve) => {
    const settle = (face: ServerFace | null) => {
      stop();
      void child.close();
      resolve(face);
    };
    const stop = clock.after(PATIENCE, () => settle(null));
    const flow = new Flow(
      () => child.pause(),
      () => child.resume(),
    );
    const talk = new ModernConversation({
      write: (json) => child.write(json),
      flow,
      unexpected: () => undefined,
      stateIssued: () => undefined,
    });
    child.listen({
      frames: (frames) => talk.frames(frames),
      drained: () => undefined,
      ended: () => settle(null),
    });
    talk.ask('server/discover', {}, (response) => settle(faceFromDiscover(resultIn(response))));
  });
}
