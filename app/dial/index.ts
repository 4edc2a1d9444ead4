export {
  createDialer,
  DialError,
  type Dialer,
  type DialerOptions,
  type DialFault,
  type Dialling,
  type DialSource,
  PROXY_NAME,
  type Route,
} from './dialer.ts';
