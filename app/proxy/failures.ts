import { authorityOf, type Target } from '../base/address.ts';
import { type Failure, type FailureWords, inWords } from '../dial/index.ts';
import type { Text } from '../i18n/index.ts';

export type { Failure } from '../dial/index.ts';

/** A failure in the language of now that can be said again in another one. */
export function said(text: Text, make: (text: Text) => Failure): Failure {
  return { ...make(text), again: make };
}

/** The peer closed or reset the connection before a full answer had come. */
export function brokenOffFailure(target: Target, text: Text, errno = 'ECONNRESET'): Failure {
  const words = inWords(text.failures.brokenOff, authorityOf(target));
  return { status: 502, code: errno, error: 'connection_terminated', ...words };
}

/** The origin's answer breaks RFC 9112; `fault` says how, in a few words for a person. */
export function badAnswerFailure(target: Target, fault: string, text: Text): Failure {
  const words = inWords(text.failures.badAnswer, authorityOf(target), fault);
  return { status: 502, code: 'BAD_ANSWER', error: 'http_protocol_error', ...words };
}

/** The request has passed this process before: an upstream proxy leads back here (RFC 9110 section 7.6.3). */
export function returnedFailure(target: Target, text: Text): Failure {
  const words = inWords(text.failures.returned, authorityOf(target));
  return { status: 508, code: 'LOOP', error: 'proxy_loop_detected', ...words };
}

export function portDeniedFailure(port: number, text: Text): Failure {
  const words = inWords(text.failures.portDenied, port);
  return { status: 403, code: 'PORT_DENIED', error: 'http_request_denied', ...words };
}

/** No or wrong Proxy-Authorization (RFC 9110 section 11.7); `shown` where there was one. */
export function tokenRequiredFailure(text: Text, shown: boolean): Failure {
  const { sentence, wrong, hint } = text.failures.tokenRequired;
  const words = inWords({ sentence: shown ? wrong : sentence, hint });
  return { status: 407, code: 'TOKEN_REQUIRED', error: 'http_request_denied', ...words };
}

/** The request breaks RFC 9112; `fault` says how, in a few words for a person. */
export function badRequestFailure(fault: string, text: Text): Failure {
  const words = inWords(text.failures.badRequest, fault);
  return { status: 400, code: 'BAD_REQUEST', error: 'http_request_error', ...words };
}

export function headTooLargeFailure(bytes: number, text: Text): Failure {
  const words = inWords(text.failures.headTooLarge, bytes);
  return { status: 431, code: 'HEAD_TOO_LARGE', error: 'http_request_error', ...words };
}

export function headTooSlowFailure(seconds: number, text: Text): Failure {
  const words = inWords(text.failures.headTooSlow, seconds);
  return { status: 408, code: 'HEAD_TOO_SLOW', error: 'http_request_error', ...words };
}

/** Absolute-form with a scheme other than http and ws. For https and wss there is a way: CONNECT. */
export function unsupportedSchemeFailure(scheme: string, text: Text): Failure {
  const { needsTunnel, unsupportedScheme } = text.failures;
  const words = inWords(scheme === 'https' || scheme === 'wss' ? needsTunnel : unsupportedScheme, `${scheme}://`);
  return { status: 400, code: 'UNSUPPORTED_SCHEME', error: 'http_request_error', ...words };
}

/** There are no file descriptors left for another connection. */
export function tooManyFilesFailure(text: Text): Failure {
  const words = inWords(text.failures.tooManyFiles);
  return { status: 503, code: 'EMFILE', error: 'connection_limit_reached', ...words };
}

/** A fault of ours. */
export function internalFailure(text: Text): Failure {
  return { status: 502, code: 'INTERNAL', error: 'proxy_internal_error', ...inWords(text.failures.internal) };
}

/** The answer had begun when it broke off: what came was passed on, the rest is missing (RFC 9209 section 2.3.11). */
export function cutOffFailure(target: Target, text: Text, errno: string): Failure {
  const words = inWords(text.faults.cutOff, authorityOf(target));
  return { status: 502, code: errno, error: 'http_response_incomplete', ...words };
}

/** A method outside the registry our parser knows (RFC 9110 section 15.6.2). */
export function unknownMethodFailure(text: Text): Failure {
  return failure(501, 'UNKNOWN_METHOD', text.faults.method);
}

/** A TLS handshake: the client was given an address with https://. It cannot read the answer; the log and the windows have it. */
export function tlsSpokenFailure(text: Text): Failure {
  return failure(400, 'TLS', text.faults.tls);
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
