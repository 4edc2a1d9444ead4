import type { Text } from '../text/index.ts';
import { authorityOf, type Target } from './target.ts';

/** Error types of RFC 9209 section 2.3 that this proxy reports. */
export type ProxyErrorType =
  | 'dns_error'
  | 'dns_timeout'
  | 'destination_unavailable'
  | 'destination_ip_unroutable'
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
  /** This machine itself said no to a neighbour, before anything was sent: what macOS does without the permission. */
  readonly deniedHere?: true;
}

/** The peer closed or reset the connection before a full answer had come. */
export function brokenOffFailure(target: Target, text: Text, errno = 'ECONNRESET'): Failure {
  const words = text.failures.brokenOff;
  return {
    status: 502,
    code: errno,
    error: 'connection_terminated',
    sentence: words.sentence(authorityOf(target)),
    hint: words.hint,
  };
}

/** The origin's answer breaks RFC 9112; `fault` says how, in a few words for a person. */
export function badAnswerFailure(target: Target, fault: string, text: Text): Failure {
  const words = text.failures.badAnswer;
  return {
    status: 502,
    code: 'BAD_ANSWER',
    error: 'http_protocol_error',
    sentence: words.sentence(authorityOf(target), fault),
    hint: words.hint,
  };
}

/** The request leads back to us (RFC 9110 section 7.6.3 for Via, RFC 5842 section 7.2 for the status). */
export function loopFailure(target: Target, text: Text): Failure {
  const words = text.failures.loop;
  return {
    status: 508,
    code: 'LOOP',
    error: 'proxy_loop_detected',
    sentence: words.sentence(authorityOf(target)),
    hint: words.hint,
  };
}

export function portDeniedFailure(port: number, text: Text): Failure {
  const words = text.failures.portDenied;
  return {
    status: 403,
    code: 'PORT_DENIED',
    error: 'http_request_denied',
    sentence: words.sentence(port),
    hint: words.hint,
  };
}

/** No or wrong Proxy-Authorization (RFC 9110 section 11.7). */
export function tokenRequiredFailure(text: Text): Failure {
  const words = text.failures.tokenRequired;
  return {
    status: 407,
    code: 'TOKEN_REQUIRED',
    error: 'http_request_denied',
    sentence: words.sentence(),
    hint: words.hint,
  };
}

/** The request breaks RFC 9112; `fault` says how, in a few words for a person. */
export function badRequestFailure(fault: string, text: Text): Failure {
  const words = text.failures.badRequest;
  return {
    status: 400,
    code: 'BAD_REQUEST',
    error: 'http_request_error',
    sentence: words.sentence(fault),
    hint: words.hint,
  };
}

export function headTooLargeFailure(bytes: number, text: Text): Failure {
  const words = text.failures.headTooLarge;
  return {
    status: 431,
    code: 'HEAD_TOO_LARGE',
    error: 'http_request_error',
    sentence: words.sentence(bytes),
    hint: words.hint,
  };
}

export function headTooSlowFailure(seconds: number, text: Text): Failure {
  const words = text.failures.headTooSlow;
  return {
    status: 408,
    code: 'HEAD_TOO_SLOW',
    error: 'http_request_error',
    sentence: words.sentence(seconds),
    hint: words.hint,
  };
}

/** Absolute-form with a scheme other than http. */
export function unsupportedSchemeFailure(scheme: string, text: Text): Failure {
  const words = text.failures.unsupportedScheme;
  return {
    status: 400,
    code: 'UNSUPPORTED_SCHEME',
    error: 'http_request_error',
    sentence: words.sentence(scheme),
    hint: words.hint,
  };
}

/** A fault of ours. */
export function internalFailure(text: Text): Failure {
  const words = text.failures.internal;
  return {
    status: 502,
    code: 'INTERNAL',
    error: 'proxy_internal_error',
    sentence: words.sentence(),
    hint: words.hint,
  };
}
