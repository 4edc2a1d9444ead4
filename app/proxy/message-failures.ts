import type { Text } from '../text/index.ts';
import { type Failure, type FailureWords, inWords } from './failures.ts';
import { authorityOf, type Target } from './target.ts';

/** The answer had begun when it broke off: what came was passed on, the rest is missing (RFC 9209 section 2.3.11). */
export function cutOffFailure(target: Target, text: Text, errno: string): Failure {
  const words = inWords(text.faults.cutOff, authorityOf(target));
  return { status: 502, code: errno, error: 'http_response_incomplete', ...words };
}

/** A method outside the registry our parser knows (RFC 9110 section 15.6.2). */
export function unknownMethodFailure(text: Text): Failure {
  return failure(501, 'UNKNOWN_METHOD', text.faults.method);
}

/** A Transfer-Encoding other than chunked (RFC 9112 section 6.1). */
export function unknownCodingFailure(text: Text): Failure {
  return failure(501, 'UNKNOWN_CODING', text.faults.unknownCoding);
}

/** RFC 9110 section 15.6.6. */
export function unsupportedVersionFailure(text: Text): Failure {
  return failure(505, 'UNSUPPORTED_VERSION', text.faults.version);
}

/** An Expect other than 100-continue (RFC 9110 section 10.1.1). */
export function expectationFailure(text: Text): Failure {
  return failure(417, 'UNKNOWN_EXPECTATION', text.faults.expectation);
}

function failure(status: Failure['status'], code: string, words: FailureWords<[]>): Failure {
  return { status, code, error: 'http_request_error', ...inWords(words) };
}
