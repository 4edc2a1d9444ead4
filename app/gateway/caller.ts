/** Who sent a request, as far as the guard could tell. */
export interface Caller {
  /**
   * What sessions, parked calls and replay buffers are bound to. Two requests share state only if this is equal:
   * `local` for everyone on loopback without a token, else a digest of the token that was shown.
   */
  readonly principal: string;
  /**
   * The name of the token that was shown; without one, the user name of Proxy-Authorization or SOCKS, a name the client chose
   * to be seen by. Empty when it gave none.
   */
  readonly label: string;
  /** Whether it is on another machine. */
  readonly isRemote: boolean;
}
