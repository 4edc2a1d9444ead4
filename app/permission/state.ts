import type { Identity, PermissionRecord } from '../settings/records.ts';
import type { Attempt } from './probes.ts';

/** The state of the permission. What macOS does not tell is not guessed: `asked` may be granted or denied. */
export type PermissionState =
  /** Not macOS: no permission is needed. */
  | { readonly kind: 'not-needed' }
  | { readonly kind: 'not-asked' }
  /** Asked, and no sign of an answer. */
  | { readonly kind: 'asked'; readonly at: number }
  /** Another machine on the local network has been heard. */
  | { readonly kind: 'granted'; readonly at: number }
  | { readonly kind: 'denied'; readonly at: number }
  /** Granted once, and since then macOS or the app has changed, or connections were refused. */
  | { readonly kind: 'stale'; readonly at: number; readonly reason: 'system' | 'program' | 'refused' };

/** The state that follows from what is remembered, and from who we are now. */
export function stateOf(record: PermissionRecord | null, now: Identity, platform: NodeJS.Platform): PermissionState {
  if (platform !== 'darwin') return { kind: 'not-needed' };
  if (record === null) return { kind: 'not-asked' };
  const { outcome, at, system, program } = record;
  switch (outcome) {
    case 'asked':
    case 'denied':
      return { kind: outcome, at };
    case 'revoked':
      return { kind: 'stale', at, reason: 'refused' };
    case 'granted':
      if (system !== now.system) return { kind: 'stale', at, reason: 'system' };
      if (program !== now.program) return { kind: 'stale', at, reason: 'program' };
      return { kind: 'granted', at };
    default:
      return outcome satisfies never;
  }
}

/** What is to be remembered after a person has asked: without a sign, what was known before stays. */
export function afterAsking(
  record: PermissionRecord | null,
  verdict: 'granted' | 'denied' | 'none',
  identity: Identity,
  at: number,
): PermissionRecord {
  if (verdict === 'none') return record ?? { ...identity, outcome: 'asked', at };
  return { ...identity, outcome: verdict, at };
}

/**
 * What is to be remembered after a sign that the proxy came across on its way. A refusal takes back a permission; before a
 * person was asked it is no denial.
 */
export function afterSign(
  record: PermissionRecord | null,
  sign: 'granted' | 'denied',
  identity: Identity,
  at: number,
): PermissionRecord | null {
  if (sign === 'granted') return { ...identity, outcome: 'granted', at };
  if (record === null || record.outcome !== 'granted') return record;
  return { ...record, outcome: 'revoked', at };
}

/** What came of the try at the target that a person had named. */
export interface TriedTarget extends Attempt {
  /** `host:port`. */
  readonly target: string;
}

/** The permission as windows show it. */
export interface PermissionView {
  readonly state: PermissionState;
  /** A round of asking is under way. */
  readonly asking: boolean;
  /** Machines that answered in the last round. */
  readonly answers: number;
  /** The last try of the last round; null when no target was named. */
  readonly tried: TriedTarget | null;
  /** The last place near here that could not be reached, as `host:port`; null when there was none. */
  readonly suggested: string | null;
}
