import { BackPressureGate } from '../base/back-pressure.ts';
import type { Clock } from '../base/clock.ts';
import type { Text } from '../i18n/index.ts';
import type { ServerFace } from '../mcp/index.ts';
import { CODE } from '../mcp/jsonrpc/index.ts';
import type { Peer, Server } from '../servers/index.ts';
import { discover, ModernToModern, patienceFor } from './translate/index.ts';

/** The modern revision in front of one child, as far as it takes to ask for `server/discover`. */
export function translatorFor(child: Peer, text: () => Text): ModernToModern {
  const flow = new BackPressureGate(
    () => child.pause(),
    () => child.resume(),
  );
  const nothing = () => undefined;
  return new ModernToModern({
    text,
    write: (json) => child.write(json),
    flow,
    unexpected: nothing,
    stateIssued: nothing,
  });
}

/**
 * Asks a sibling process whether it speaks the modern revision, then ends it: a legacy server may answer `server/discover` with
 * anything, or end at it, so it is never sent to a child that is to be kept (2026-07-28, basic/transports/stdio, Backward
 * Compatibility). Null when it does not, and when no child can be had.
 */
export async function probeModern(
  server: Server,
  text: () => Text,
  clock: Clock,
  via: string | undefined,
): Promise<ServerFace | null> {
  if (!server.mayProbe) return null;
  const opened = server.open('probe', via);
  if ('refusal' in opened) return null;
  const { child } = opened;
  const translator = translatorFor(child, text);
  child.listen({
    frames: (frames) => translator.frames(frames),
    drained: () => undefined,
    ended: () => translator.ended(GONE),
  });
  const discovery = await discover(translator, () => server.ageOf(child), patienceFor(server.startTook), clock);
  const gone = child.close();
  if (!server.allowsSeveral) await gone;
  return discovery.kind === 'modern' ? discovery.face : null;
}

/** For requests of ours, which are told of the end and not of its reason. */
export const GONE = { code: CODE.internalError, message: '' };
