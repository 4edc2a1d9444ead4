import type { Text } from '../text/index.ts';
import type { DialError } from './dial/index.ts';
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
}

/** Below this many milliseconds no packet can have been answered by a distant machine or given up on by ARP. */
const AT_ONCE = 50;

/** What a failed connection means. Status after RFC 9110 sections 15.6.3 to 15.6.5, error type after RFC 9209. */
export function dialFailure(error: DialError, text: Text): Failure {
  const { fault, target } = error;
  const words = text.failures;
  const name = authorityOf(target);
  switch (fault.kind) {
    case 'system':
      return systemFailure(fault.errno, error, text);
    case 'timeout':
      return {
        status: 504,
        code: 'ETIMEDOUT',
        error: 'connection_timeout',
        sentence: words.timedOut.sentence(name, fault.seconds),
        hint: words.timedOut.hint,
      };
    case 'loop':
      return loopFailure(target, text);
    case 'parent-unreachable':
      return {
        status: 502,
        code: fault.errno,
        error: 'destination_unavailable',
        sentence: words.parentFailed.sentence(fault.parent),
        hint: words.parentFailed.hint,
      };
    case 'parent-refused':
      return {
        status: fault.status === 504 ? 504 : 502,
        code: 'PARENT_REFUSED',
        error: fault.status === 407 ? 'proxy_configuration_error' : 'destination_unavailable',
        sentence: words.parentRefused.sentence(fault.parent, name, fault.status),
        hint: words.parentRefused.hint,
      };
    case 'parent-tls':
      return {
        status: 502,
        code: fault.reason,
        error: 'tls_protocol_error',
        sentence: words.tlsFailed.sentence(fault.parent, fault.reason),
        hint: words.tlsFailed.hint,
      };
    case 'cancelled':
      return {
        status: 503,
        code: 'STOPPING',
        error: 'connection_terminated',
        sentence: words.stopping.sentence(),
        hint: words.stopping.hint,
      };
    default:
      return fault satisfies never;
  }
}

function systemFailure(errno: string, error: DialError, text: Text): Failure {
  const words = text.failures;
  const name = authorityOf(error.target);
  switch (errno) {
    case 'EHOSTUNREACH':
      return {
        status: 502,
        code: errno,
        error: 'destination_ip_unroutable',
        sentence: words.unreachable.sentence(name),
        hint: unreachableCauses(error, text),
      };
    case 'ENETUNREACH':
    case 'ENETDOWN':
    case 'EADDRNOTAVAIL':
      return {
        status: 502,
        code: errno,
        error: 'destination_ip_unroutable',
        sentence: words.networkDown.sentence(name),
        hint: words.networkDown.hint,
      };
    case 'EHOSTDOWN':
      return {
        status: 502,
        code: errno,
        error: 'destination_unavailable',
        sentence: words.hostDown.sentence(name),
        hint: words.hostDown.hint,
      };
    case 'ECONNREFUSED':
      return {
        status: 502,
        code: errno,
        error: 'connection_refused',
        sentence: words.refused.sentence(name),
        hint: words.refused.hint,
      };
    case 'ETIMEDOUT':
      return {
        status: 504,
        code: errno,
        error: 'connection_timeout',
        sentence: words.timedOut.sentence(name, Math.round(error.elapsed / 1000)),
        hint: words.timedOut.hint,
      };
    case 'ENOTFOUND':
    case 'EAI_NODATA':
    case 'EAI_NONAME':
      return {
        status: 502,
        code: errno,
        error: 'dns_error',
        sentence: words.notFound.sentence(error.target.host),
        hint: words.notFound.hint,
      };
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return {
        status: 504,
        code: errno,
        error: 'dns_timeout',
        sentence: words.lookUpFailed.sentence(error.target.host),
        hint: words.lookUpFailed.hint,
      };
    case 'EPERM':
    case 'EACCES':
      return {
        status: 502,
        code: errno,
        error: 'destination_unavailable',
        sentence: words.notPermitted.sentence(name),
        hint: words.notPermitted.hint,
      };
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOBUFS':
      return {
        status: 503,
        code: errno,
        error: 'connection_limit_reached',
        sentence: words.tooManyFiles.sentence(),
        hint: words.tooManyFiles.hint,
      };
    default:
      return brokenOffFailure(error.target, text, errno);
  }
}

/** EHOSTUNREACH has three usual authors: this machine, silence on the local network, a router. Time and place tell them apart. */
function unreachableCauses(error: DialError, text: Text): string {
  const words = text.failures.unreachable;
  if (!error.onLink) return words.routed;
  return error.elapsed < AT_ONCE ? words.blockedLocally : words.noNeighbour;
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
