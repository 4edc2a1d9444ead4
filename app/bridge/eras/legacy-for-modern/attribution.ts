import { isInteractive } from '../asks.ts';
import type { Call } from './call.ts';

/**
 * The calls that a request of the child's may belong to. Legacy stdio does not say which, and the question may hold what only
 * one client should see: with more than one of them, there is no telling.
 */
export function callsBehindAsk(calls: Iterable<Call>): Call[] {
  return [...calls].filter(({ request }) => isInteractive(request.method));
}

/**
 * The call that a log message belongs to; null when that can not be told. Legacy stdio does not say it either: a message
 * is delivered only while a single call is at work, and dropped otherwise (logs are a MAY: 2026-07-28,
 * server/utilities/logging).
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
