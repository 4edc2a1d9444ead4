import { AT_ONCE_MS } from '../base/errno.ts';
import type { Identity, PermissionRecord } from '../base/records.ts';
import type { Attempt } from './probes.ts';

/** One thing that happened on the local network, and what it shows. macOS itself can not be asked. */
export type Evidence =
  /** A TCP connection was tried. */
  | {
      readonly kind: 'attempt';
      /** Errno name; null when it was made. */
      readonly errno: string | null;
      /** Milliseconds from the first packet that could have been sent to the end. */
      readonly elapsed: number;
      /** Whether the address lies in a network of this machine's own, without a router between. */
      readonly onLink: boolean;
    }
  /** Another machine answered a multicast question. */
  | { readonly kind: 'answer'; readonly from: string }
  /** A UDP socket was connected to a neighbour, or a multicast question sent; `errno` as above. */
  | { readonly kind: 'datagram'; readonly errno: string | null; readonly elapsed: number };

/** What a piece of evidence shows of the permission; most show nothing. */
export function signOf(evidence: Evidence): 'granted' | 'denied' | 'none' {
  switch (evidence.kind) {
    case 'attempt':
      // An answer of a router, or of a machine beyond it, shows nothing of the local network.
      if (!evidence.onLink) return 'none';
      if (evidence.errno === null || evidence.errno === 'ECONNREFUSED') return 'granted';
      return isRefusedHere(evidence) ? 'denied' : 'none';
    case 'answer':
      return 'granted';
    case 'datagram':
      return isRefusedHere(evidence) ? 'denied' : 'none';
    default:
      return evidence satisfies never;
  }
}

/** EHOSTUNREACH before anything can have been sent. A device that is off needs seconds of ARP, and is EHOSTDOWN after that. */
function isRefusedHere({ errno, elapsed }: { readonly errno: string | null; readonly elapsed: number }): boolean {
  return errno === 'EHOSTUNREACH' && elapsed < AT_ONCE_MS;
}

/**
 * What a whole round of asking has shown, oldest first. macOS may refuse at once while its own question is still on the screen, so
 * only the end of the round can be `denied`, and one sign of a permission outweighs every refusal.
 */
export function verdictOf(round: readonly Evidence[]): 'granted' | 'denied' | 'none' {
  const local = round.filter((one) => one.kind !== 'attempt' || one.onLink);
  if (local.some((one) => signOf(one) === 'granted')) return 'granted';
  // A target that took longer once was asked for on the wire: this machine did not refuse it.
  const attempts = local.filter(({ kind }) => kind === 'attempt');
  const signs = (attempts.length > 0 ? attempts : local).map(signOf);
  return signs.length > 0 && signs.every((sign) => sign === 'denied') ? 'denied' : 'none';
}

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
