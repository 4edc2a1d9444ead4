import { firstFreePort } from '../../port/index.ts';
import type { Target } from '../../proxy/index.ts';
import type { ForwardSetting } from '../../settings/settings.ts';

/** Below it, only root may listen on most systems. */
const FIRST_PORT = 1024;
const HIGHEST_PORT = 65_535;
const STEP = 10_000;

/**
 * The forward of ours that leads to a target, or a new one. Its port is the target's own where that can be had, so that a
 * server's settings need no other one; else one that looks like it: 15432 for 5432.
 */
export async function localForward(
  { host, port }: Target,
  forwards: readonly ForwardSetting[],
  taken: readonly number[],
): Promise<ForwardSetting> {
  const known = forwards.find((forward) => forward.host === host && forward.targetPort === port);
  if (known !== undefined) return known;
  const used = new Set([...taken, ...forwards.map((forward) => forward.port)]);
  const wanted = Array.from({ length: 6 }, (_, index) => port + index * STEP);
  const candidates = wanted.filter((each) => each >= FIRST_PORT && each <= HIGHEST_PORT && !used.has(each));
  return { port: await firstFreePort(candidates), host, targetPort: port };
}
