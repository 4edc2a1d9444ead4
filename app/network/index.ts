export { broadcastAddresses, type Interfaces, type LocalAddress, placeOf } from './interfaces.ts';
export { type WatchOptions, watchPlace } from './watch.ts';
