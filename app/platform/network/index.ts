export {
  broadcastAddresses,
  type Interfaces,
  type LocalAddress,
  placeOf,
  type WatchOptions,
  watchPlace,
} from './interfaces.ts';
