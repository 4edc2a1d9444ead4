import type { OnReadOpts, Socket } from 'node:net';
import type { Target } from '../target.ts';

export { DialError, type DialFault } from './dial-error.ts';

/** How a target is reached: on a connection of our own, or through the parent proxy of the settings. */
export type Route =
  | { readonly kind: 'direct' }
  | {
      readonly kind: 'parent';
      /** Where the parent proxy listens. */
      readonly parent: Target;
      readonly tls: boolean;
      /** Ready value for Proxy-Authorization; null when the parent wants none. */
      readonly authorization: string | null;
    };

export interface DialOptions {
  /** Reads of the new socket go to this buffer and callback instead of the stream machinery (net.connect's `onread`). */
  readonly onread?: OnReadOpts;
}

/** An attempt under way. */
export interface Dialling {
  /** The connected socket: `noDelay`, TCP keep-alive and `allowHalfOpen` are set. Rejects with DialError only. */
  readonly socket: Promise<Socket>;
  /** Gives up: frees every descriptor and timer of the attempt at once. Harmless once it has settled. */
  cancel(): void;
}

/** Makes every outbound connection of the product. */
export interface Dialer {
  /** Which way `target` goes under the present settings. */
  route(target: Target): Route;
  /** A byte stream that ends at `target`, through the parent's CONNECT if that is the route. */
  dial(target: Target, options?: DialOptions): Dialling;
  /** A byte stream to the parent proxy of `route` itself, for absolute-form requests it is to fetch. */
  dialParent(route: Route & { readonly kind: 'parent' }): Dialling;
}
