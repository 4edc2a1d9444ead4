export { broadcastAddresses, type Interfaces, type LocalAddress, placeOf } from './interfaces.ts';
