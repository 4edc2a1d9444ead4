export { Relay, type RelayEvents } from './relay.ts';
