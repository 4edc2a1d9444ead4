import type { Target } from '../../base/address.ts';
import { firstFreePort } from '../../platform/port/index.ts';
import type { ForwardSetting } from '../../settings/settings.ts';
import type { ForwardCandidate } from '../plan/forward.ts';
import type { Plan } from '../plan/plan.ts';
import type { DesiredMode, EntryKey, PlanEnvironment } from '../plan/record.ts';

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

/** What it takes to lead a server to a TCP forward. */
export type ForwardPlan =
  | Plan
  /** Nobody but the person knows which: at least two. */
  | { readonly kind: 'choose'; readonly candidates: readonly ForwardCandidate[] };

export type ForwardSurroundings = PlanEnvironment & { readonly forwards: readonly ForwardSetting[] };

/** The plan for the one candidate that is meant; `candidates` is null when the entry is no program, or cannot be read. */
export async function forwardPlan(
  { name }: EntryKey,
  candidates: readonly ForwardCandidate[] | null,
  target: Target | null,
  { gateway, forwards }: ForwardSurroundings,
  plan: (wish: DesiredMode) => Promise<Plan>,
): Promise<ForwardPlan> {
  // What is no program, or cannot be read, is refused for the same reasons as it is for the proxy.
  if (candidates === null) return plan({ kind: 'through' });
  const fitting = target === null ? candidates : candidates.filter((each) => isSame(each.target, target));
  if (fitting.length > 1) return { kind: 'choose', candidates };
  const [only] = fitting;
  if (only === undefined) return { kind: 'refused', refusal: { kind: 'no-address', name } };
  const forward = await localForward(only.target, forwards, [gateway.port]);
  return plan({ kind: 'forward', forward });
}

function isSame(left: Target, right: Target): boolean {
  return left.host === right.host && left.port === right.port;
}
