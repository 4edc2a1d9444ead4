import { authorityOf, type Target } from '../base/address.ts';
import type { Text } from '../i18n/index.ts';

/** Error types of RFC 9209 section 2.3 that this proxy reports. */
export type ProxyErrorType =
  | 'dns_error'
  | 'dns_timeout'
  | 'destination_unavailable'
  | 'destination_ip_unroutable'
  | 'destination_ip_prohibited'
  | 'connection_refused'
  | 'connection_terminated'
  | 'connection_timeout'
  | 'connection_limit_reached'
  | 'tls_protocol_error'
  | 'http_request_error'
  | 'http_request_denied'
  | 'http_protocol_error'
  | 'http_response_incomplete'
  | 'proxy_internal_error'
  | 'proxy_configuration_error'
  | 'proxy_loop_detected';

/** One thing that went wrong, in the three forms it is needed in: for programs, for the protocol, for people. */
export interface Failure {
  /** HTTP status of the answer. */
  readonly status: 400 | 403 | 407 | 408 | 417 | 431 | 501 | 502 | 503 | 504 | 505 | 508;
  /** Stable name for scripts and the log: the errno where there is one, else one of our own in the same spelling. */
  readonly code: string;
  readonly error: ProxyErrorType;
  readonly sentence: string;
  readonly hint: string;
  /** This machine itself refused the connection to a neighbour, before anything was sent, as macOS does without the permission. */
  readonly deniedHere?: true;
  /** The parent proxy whose failure it is, as `host:port` (RFC 9209 section 2.1.2). */
  readonly nextHop?: string;
  /** The same failure in another language, for what is kept and shown later. */
  readonly again?: (text: Text) => Failure;
}

/** A failure in the language of now that can be said again in another one. */
export function said(text: Text, make: (text: Text) => Failure): Failure {
  return { ...make(text), again: make };
}

/** The two sentences of a failure, as the catalogue has them. */
export interface FailureWords<Args extends readonly unknown[]> {
  readonly sentence: (...args: Args) => string;
  readonly hint: string;
}

/** `args` are the arguments of the sentence. */
export function inWords<Args extends readonly unknown[]>(
  { sentence, hint }: FailureWords<Args>,
  ...args: Args
): Pick<Failure, 'sentence' | 'hint'> {
  return { sentence: sentence(...args), hint };
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

/** The target is a port of ours (RFC 5842 section 7.2 for the status). */
export function loopFailure(target: Target, text: Text): Failure {
  const words = inWords(text.failures.loop, authorityOf(target));
  return { status: 508, code: 'LOOP', error: 'proxy_loop_detected', ...words };
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

/** A client on another machine wants this machine itself, and the settings do not lend it. */
export function thisMachineFailure(target: Target, text: Text): Failure {
  const words = inWords(text.failures.thisMachine, authorityOf(target));
  return { status: 403, code: 'THIS_MACHINE', error: 'destination_ip_prohibited', ...words };
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
