import { authorityOf, type Target } from '../base/address.ts';
import { AT_ONCE_MS } from '../base/errno.ts';
import type { Text } from '../i18n/index.ts';
import type { DialError } from './dialer.ts';

/** Error types of RFC 9209 section 2.3 that this proxy reports. */
type ProxyErrorType =
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

type Words = Text['failures'];

/** What an errno means: status, error type and sentence. */
interface Meaning {
  readonly status: Failure['status'];
  readonly error: ProxyErrorType;
  words(words: Words, error: DialError): Pick<Failure, 'sentence' | 'hint'>;
}

const NO_NETWORK: Meaning = {
  status: 502,
  error: 'destination_ip_unroutable',
  words: ({ networkDown }, { target }) => inWords(networkDown, authorityOf(target)),
};
const NO_SUCH_NAME: Meaning = {
  status: 502,
  error: 'dns_error',
  words: ({ notFound }, { target }) => inWords(notFound, target.host),
};
const NO_NAME_SERVER: Meaning = {
  status: 504,
  error: 'dns_timeout',
  words: ({ lookUpFailed }, { target }) => inWords(lookUpFailed, target.host),
};
const FORBIDDEN: Meaning = {
  status: 502,
  error: 'destination_unavailable',
  words: ({ notPermitted }, { target }) => inWords(notPermitted, authorityOf(target)),
};
/** Among others when every port for outgoing connections is in use (connect(2), EADDRNOTAVAIL). */
const NO_LOCAL_ADDRESS: Meaning = {
  status: 502,
  error: 'destination_ip_unroutable',
  words: ({ noLocalAddress }, { target }) => inWords(noLocalAddress, authorityOf(target)),
};
const NO_BUFFERS: Meaning = {
  status: 503,
  error: 'connection_limit_reached',
  words: ({ noBuffers }) => inWords(noBuffers),
};
const BROKEN_OFF: Meaning = {
  status: 502,
  error: 'connection_terminated',
  words: ({ brokenOff }, { target }) => inWords(brokenOff, authorityOf(target)),
};
const NO_ROOM: Meaning = {
  status: 503,
  error: 'connection_limit_reached',
  words: ({ tooManyFiles }) => inWords(tooManyFiles),
};

/** The system's errors. What is not here is told by its code. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  EHOSTUNREACH: {
    status: 502,
    error: 'destination_ip_unroutable',
    words: ({ unreachable }, error) => ({
      sentence: unreachable.sentence(authorityOf(error.target)),
      hint: unreachableCause(unreachable, error),
    }),
  },
  EHOSTDOWN: {
    status: 502,
    error: 'destination_unavailable',
    words: ({ hostDown }, { target }) => inWords(hostDown, authorityOf(target)),
  },
  ECONNREFUSED: {
    status: 502,
    error: 'connection_refused',
    words: ({ refused }, { target }) => inWords(refused, authorityOf(target)),
  },
  ETIMEDOUT: {
    status: 504,
    error: 'connection_timeout',
    words: ({ timedOut }, { target, elapsed }) => inWords(timedOut, authorityOf(target), Math.round(elapsed / 1000)),
  },
  ENETUNREACH: NO_NETWORK,
  ENETDOWN: NO_NETWORK,
  EADDRNOTAVAIL: NO_LOCAL_ADDRESS,
  ENOTFOUND: NO_SUCH_NAME,
  EAI_NODATA: NO_SUCH_NAME,
  EAI_NONAME: NO_SUCH_NAME,
  EAI_AGAIN: NO_NAME_SERVER,
  EAI_FAIL: NO_NAME_SERVER,
  EPERM: FORBIDDEN,
  EACCES: FORBIDDEN,
  EMFILE: NO_ROOM,
  ENFILE: NO_ROOM,
  ENOBUFS: NO_BUFFERS,
  ENOMEM: NO_BUFFERS,
  ECONNRESET: BROKEN_OFF,
  ECONNABORTED: BROKEN_OFF,
  EPIPE: BROKEN_OFF,
};

/** The connection was not made; why, only the code tells. */
function otherError(errno: string): Meaning {
  return {
    status: 502,
    error: 'destination_unavailable',
    words: (words, { target }) => inWords(words.otherError, authorityOf(target), errno),
  };
}

/** EHOSTUNREACH has three usual causes: this machine, no ARP reply on the local network, a router. Time and place distinguish them. */
function unreachableCause(words: Words['unreachable'], error: DialError): string {
  if (!error.onLink) return words.routed;
  return isDeniedHere(error) ? words.blockedLocally : words.noNeighbour;
}

function isDeniedHere({ fault, onLink, elapsed }: DialError): boolean {
  return fault.kind === 'system' && fault.errno === 'EHOSTUNREACH' && onLink && elapsed < AT_ONCE_MS;
}

/** What a failed connection means. Status after RFC 9110 sections 15.6.3 to 15.6.5, error type after RFC 9209. */
export function dialFailure(error: DialError, text: Text): Failure {
  const { fault, target } = error;
  const words = text.failures;
  const name = authorityOf(target);
  switch (fault.kind) {
    case 'system': {
      const meaning = MEANINGS[fault.errno] ?? otherError(fault.errno);
      return {
        status: meaning.status,
        code: fault.errno,
        error: meaning.error,
        ...(error.leadsNowhere ? inWords(words.leadsNowhere, target.host) : meaning.words(words, error)),
        ...(isDeniedHere(error) ? { deniedHere: true } : {}),
      };
    }
    case 'timeout':
      return {
        status: 504,
        code: 'ETIMEDOUT',
        error: 'connection_timeout',
        ...inWords(words.timedOut, name, fault.seconds),
      };
    case 'this-machine':
      return thisMachineFailure(target, text);
    case 'loop':
      return loopFailure(target, text);
    case 'parent-unreachable':
      return {
        status: 502,
        code: fault.errno,
        error: 'destination_unavailable',
        nextHop: fault.parent,
        ...inWords(words.parentFailed, fault.parent),
      };
    case 'parent-timeout':
      return {
        status: 504,
        code: 'ETIMEDOUT',
        error: 'connection_timeout',
        nextHop: fault.parent,
        ...inWords(words.parentSilent, fault.parent, fault.seconds),
      };
    case 'parent-refused':
      return { nextHop: fault.parent, ...parentRefusedFailure(fault.parent, fault.status, target, text) };
    case 'parent-tls':
      return {
        status: 502,
        code: fault.reason,
        error: 'tls_protocol_error',
        nextHop: fault.parent,
        ...inWords(words.tlsFailed, fault.parent, fault.reason),
      };
    case 'cancelled':
      return {
        status: 503,
        code: 'STOPPING',
        error: 'connection_terminated',
        ...inWords(words.stopping),
      };
    default:
      return fault satisfies never;
  }
}

/** The target is a port of ours (RFC 5842 section 7.2 for the status). */
function loopFailure(target: Target, text: Text): Failure {
  const words = inWords(text.failures.loop, authorityOf(target));
  return { status: 508, code: 'LOOP', error: 'proxy_loop_detected', ...words };
}

/** A client on another machine wants this machine itself, and the settings do not lend it. */
function thisMachineFailure(target: Target, text: Text): Failure {
  const words = inWords(text.failures.thisMachine, authorityOf(target));
  return { status: 403, code: 'THIS_MACHINE', error: 'destination_ip_prohibited', ...words };
}

/** What the parent's answer to a CONNECT means; 0 is none. */
function parentRefusedFailure(parent: string, status: number, target: Target, text: Text): Failure {
  const { parentLoop, parentClosed, parentRefused } = text.failures;
  const name = authorityOf(target);
  if (status === 508) {
    return { status, code: 'LOOP', error: 'proxy_loop_detected', ...inWords(parentLoop, parent, name) };
  }
  if (status === 0) {
    return { status: 502, code: 'PARENT_REFUSED', error: 'connection_terminated', ...inWords(parentClosed, parent) };
  }
  const hint = status === 407 ? parentRefused.credentials : status >= 500 ? parentRefused.failed : parentRefused.hint;
  return {
    status: status === 504 ? 504 : 502,
    code: 'PARENT_REFUSED',
    error: status === 407 ? 'proxy_configuration_error' : 'destination_unavailable',
    sentence: parentRefused.sentence(parent, name, status),
    hint,
  };
}
