import type { Log } from '../base/log.ts';
import type { OriginPool } from '../dial/http/index.ts';
import type { Dialer } from '../dial/index.ts';
import type { Text } from '../i18n/index.ts';
import type { Recorder } from '../inspect/index.ts';
import type { FailureLog, LastRequests, Tunnels } from './traffic.ts';

/** What every outbound route works with. Settings and language may change while requests are under way: read them each time. */
export interface ProxyContext {
  readonly dialer: Dialer;
  /** Connections to origins that are kept between two requests. */
  readonly origins: OriginPool;
  readonly tunnels: Tunnels;
  readonly failures: FailureLog;
  readonly lastRequests: LastRequests;
  /** Remembers each request, without its contents. */
  readonly recorder: Recorder;
  readonly log: Log;
  settings(): { readonly deniedPorts: readonly number[] };
  text(): Text;
}
