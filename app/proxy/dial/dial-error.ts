import type { Target } from '../target.ts';

/** What kept a connection from being made, before anyone put it into words. */
export type DialFault =
  /** The system's own errno name, such as `ECONNREFUSED`, from connect or the resolver. */
  | { readonly kind: 'system'; readonly errno: string }
  /** Nothing came back within the connect timeout. */
  | { readonly kind: 'timeout'; readonly seconds: number }
  /** The target is this machine, which clients on other machines may not reach. */
  | { readonly kind: 'this-machine' }
  /** The target's address is our own listener. */
  | { readonly kind: 'loop' }
  /** The parent proxy itself could not be reached. */
  | { readonly kind: 'parent-unreachable'; readonly parent: string; readonly errno: string }
  /** The parent proxy did not accept the connection or did not answer the CONNECT in time. */
  | { readonly kind: 'parent-timeout'; readonly parent: string; readonly seconds: number }
  /** The parent proxy answered the CONNECT with something other than 2xx; 0 when it closed the connection or spoke no HTTP. */
  | { readonly kind: 'parent-refused'; readonly parent: string; readonly status: number }
  /** TLS to the parent proxy failed; `reason` is OpenSSL's code, such as `CERT_HAS_EXPIRED`. */
  | { readonly kind: 'parent-tls'; readonly parent: string; readonly reason: string }
  /** Whoever asked went away, or we are stopping. Nobody needs an answer. */
  | { readonly kind: 'cancelled' };

/** A connection that was not made: the fault with the circumstances that tell its causes apart. */
export class DialError extends Error {
  override readonly name = 'DialError';
  readonly fault: DialFault;
  readonly target: Target;
  /** Milliseconds from the first attempt to the last fault. An immediate EHOSTUNREACH is a local verdict, a late one is not. */
  readonly elapsed: number;
  /** Whether the last address tried lies in the subnet of one of this machine's interfaces. */
  readonly onLink: boolean;

  constructor(fault: DialFault, target: Target, circumstances: { readonly elapsed: number; readonly onLink: boolean }) {
    super(`${target.host}:${target.port}: ${fault.kind === 'system' ? fault.errno : fault.kind}`);
    this.fault = fault;
    this.target = target;
    this.elapsed = circumstances.elapsed;
    this.onLink = circumstances.onLink;
  }
}
