export {
  createDialer,
  DialError,
  type Dialer,
  type DialerOptions,
  type DialFault,
  type Dialling,
  PROXY_NAME,
  type Route,
} from './dialer.ts';
export { type RawReader, readRaw, sharedReadBuffer } from './raw-reads.ts';
