export { isNeighbour, isThisMachine } from '../base/local-addresses.ts';
export { createDialer, DialError, type Dialer, type DialerOptions, type DialFault, type Dialling } from './dialer.ts';
export { forgetKeepAlive, keepAlive } from './keep-alive.ts';
export { type RawReader, readRaw } from './raw-reads.ts';
export { giveBack, type Lease, lease, sharedReadBuffer } from './read-buffers.ts';
export type { Route } from './route.ts';
export { widenThreadPool } from './thread-pool.ts';
