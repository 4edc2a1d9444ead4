export { PROXY_NAME } from '../base/host.ts';
export {
  createDialer,
  DialError,
  type Dialer,
  type DialerOptions,
  type DialFault,
  type Dialling,
  type DialSource,
  type Route,
} from './dialer.ts';
export { dialFailure, type Failure, type FailureWords, inWords } from './failure.ts';
