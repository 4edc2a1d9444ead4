export { isHostName, parseAuthority } from './authority.ts';
export { type ConnectRequest, connect, refuseConnect } from './connect.ts';
export type { ProxyContext } from './context.ts';
export {
  createDialer,
  DialError,
  type Dialer,
  type Dialling,
  directTargets,
  isNeighbour,
  isThisMachine,
  parseParent,
  widenThreadPool,
} from './dial/index.ts';
export { AT_ONCE, dialFailure } from './dial-failure.ts';
export { failureAnswer, PROXY_NAME } from './failure-answer.ts';
export { FailureBook, type FailureRecord } from './failure-book.ts';
export { respondWithFailure } from './failure-response.ts';
export {
  badRequestFailure,
  type Failure,
  headTooLargeFailure,
  headTooSlowFailure,
  tokenRequiredFailure,
  tooManyFilesFailure,
} from './failures.ts';
export { createForward, type Forward } from './forward/index.ts';
export { lingeringEnd } from './lingering-end.ts';
export {
  expectationFailure,
  unknownCodingFailure,
  unknownMethodFailure,
  unsupportedVersionFailure,
} from './message-failures.ts';
export { type LastRequest, RequestLedger, type RequestOutcome } from './request-ledger.ts';
export { type SocksGuard, serveSocks } from './socks.ts';
export { authorityOf, type Target } from './target.ts';
export { forwardLabel, TcpForwards } from './tcp-forward.ts';
export { type Totals, type Tunnel, type TunnelKind, Tunnels } from './tunnels.ts';
