export { isNeighbour, isThisMachine } from './addresses.ts';
export { DialError, type DialFault } from './dial-error.ts';
export { createDialer, type Dialer, type DialerOptions, type Dialling } from './dialer.ts';
export { directTargets } from './no-proxy.ts';
export { type ParentRoute, parseParent, type Route } from './route.ts';
export { widenThreadPool } from './thread-pool.ts';
