import type { Log } from '../log/log.ts';
import type { Settings } from '../settings/settings.ts';
import type { Text } from '../text/index.ts';
import type { Dialer } from './dial/index.ts';
import type { FailureBook } from './failure-book.ts';
import type { RequestLedger } from './request-ledger.ts';
import type { Tunnels } from './tunnels.ts';

/** What every outbound route works with. Settings and words may change while requests are under way: ask each time. */
export interface ProxyContext {
  readonly dialer: Dialer;
  readonly tunnels: Tunnels;
  readonly failures: FailureBook;
  readonly ledger: RequestLedger;
  readonly log: Log;
  settings(): Pick<Settings, 'deniedPorts'>;
  text(): Text;
}
