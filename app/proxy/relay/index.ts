export { quietBuffer } from './buffers.ts';
export { type RawReader, readRaw } from './raw-reads.ts';
export { Relay, type RelayEvents } from './relay.ts';
