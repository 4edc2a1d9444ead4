export type { ProxyContext } from './context.ts';
export { failureAnswer, respondWithFailure } from './failure-response.ts';
export {
  badRequestFailure,
  expectationFailure,
  type Failure,
  headTooLargeFailure,
  headTooSlowFailure,
  said,
  tlsSpokenFailure,
  tokenRequiredFailure,
  tooManyFilesFailure,
  unknownCodingFailure,
  unknownMethodFailure,
  unsupportedVersionFailure,
} from './failures.ts';
export { createForward, type Forward } from './forward/index.ts';
export { lingeringEnd } from './socket-close.ts';
export { type SocksGuard, serveSocks } from './socks.ts';
export { forwardLabel, TcpForwards } from './tcp-forward.ts';
export {
  FailureLog,
  type FailureRecord,
  type IsAllowed,
  type LastRequest,
  LastRequests,
  type RequestOutcome,
  type Totals,
  type Tunnel,
  type TunnelKind,
  Tunnels,
} from './traffic.ts';
export { type ConnectRequest, connect, refuseConnect } from './tunnel.ts';
