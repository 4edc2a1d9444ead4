import type { ResponseHead } from '../../dial/http/index.ts';
import { fieldOf } from './request.ts';

/** Seconds that are believed: what asks for more is asked again after an hour. */
const LONGEST = 3600;

/**
 * Whole seconds after which an answer asks to be sent its request again (RFC 9110 section 10.2.3): a number, or a date, which is measured by
 * the clock that the answer itself names. Null where it says nothing.
 */
export function retryAfterIn(head: ResponseHead): number | null {
  const written = fieldOf(head, 'retry-after').trim();
  if (/^\d+(?:\.\d+)?$/.test(written)) return Math.min(Math.ceil(Number(written)), LONGEST);
  const at = Date.parse(written);
  if (Number.isNaN(at)) return null;
  const now = Date.parse(fieldOf(head, 'date'));
  const seconds = Math.ceil((at - (Number.isNaN(now) ? Date.now() : now)) / 1000);
  return Math.min(Math.max(seconds, 0), LONGEST);
}
