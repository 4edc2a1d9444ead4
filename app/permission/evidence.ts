import { AT_ONCE_MS } from '../base/errno.ts';

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
