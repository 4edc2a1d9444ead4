import { isInteractive } from '../asks.ts';
import type { Call } from './call.ts';

/**
 * The call that a request of the child's belongs to; null when there is none. Legacy stdio does not say it, so this is a
 * guess among the calls of one client program of one principal: the oldest one that has not asked yet, then the oldest
 * that is asking, then the oldest that waits for its client. A wrong guess moves a question between two calls of the
 * same client; the answer still reaches the handler that asked, by the child's own id.
 */
export function callBehindAsk(calls: Iterable<Call>): Call | null {
  let gathering: Call | null = null;
  let parked: Call | null = null;
  for (const call of calls) {
    if (!isInteractive(call.request.method)) continue;
    if (call.stage.kind === 'running') return call;
    if (call.stage.kind === 'gathering') gathering ??= call;
    else parked ??= call;
  }
  return gathering ?? parked;
}

/**
 * The call that a log message belongs to; null when that can not be told. Legacy stdio does not say it either, and a log
 * line may hold what only one client should see: it is delivered only while a single call is at work, and dropped
 * otherwise (logs are a MAY: 2026-07-28, server/utilities/logging).
 */
export function callBehindLog(calls: Iterable<Call>): Call | null {
  let only: Call | null = null;
  for (const call of calls) {
    if (call.stage.kind === 'parked') continue;
    if (only !== null) return null;
    only = call;
  }
  return only;
}
