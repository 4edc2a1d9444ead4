import type { Target } from '../../base/address.ts';
import { DialError, type DialFault, dialFailure } from '../../dial/index.ts';
import { inARow } from '../../i18n/in-a-row.ts';
import type { AnswerFault, Text } from '../../i18n/index.ts';
import { isUnknownAuthority, type TlsFault } from './tls.ts';

/**
 * What went wrong with one request to a remote server. Plain values, which status pages show: no header, no body and no
 * query of a URL is among them.
 */
export type RemoteFault =
  /** No connection could be made. */
  | {
      readonly kind: 'dial';
      readonly fault: DialFault;
      readonly target: Target;
      readonly elapsed: number;
      readonly onLink: boolean;
    }
  /** No TLS connection that can be trusted. */
  | TlsFault
  /** Another instance of ours answers that the request has passed one already, itself perhaps. */
  | { readonly kind: 'circle' }
  /** The connection ended before the answer, or in the middle of it. */
  | { readonly kind: 'broken-off'; readonly errno: string }
  /** The answer breaks RFC 9112. */
  | { readonly kind: 'bad-answer'; readonly fault: AnswerFault }
  /** An HTTP status that is no MCP answer. `shown` says whether the request carried an Authorization of the settings. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly reason: string;
      /** Seconds after which it asks to be asked again; missing where it says nothing of that. */
      readonly retryAfter?: number;
      readonly shown: boolean;
      /** What a person can do about it; missing where it is nothing that a sign-in helps. */
      readonly signIn?: SignInNeed;
    }
  /** The sign-in could not be renewed for now; `origin` is that of the authorization server, `why` a sentence. */
  | { readonly kind: 'sign-in'; readonly origin: string; readonly why: string }
  /** A redirect to another origin, which `to` names, or one too many, where it is empty. */
  | { readonly kind: 'redirect'; readonly to: string }
  /** The content is neither JSON-RPC nor an event stream. */
  | { readonly kind: 'not-mcp'; readonly type: string }
  /** The content is compressed although that was declined, in a coding that is not decoded here. */
  | { readonly kind: 'compressed'; readonly coding: string }
  /** The content is damaged, or a bomb. */
  | { readonly kind: 'not-decodable'; readonly coding: string }
  /** A message of the answer is over the limit, in bytes. */
  | { readonly kind: 'too-long'; readonly limit: number }
  /** 2024-11-05: the stream opened, and its `endpoint` event did not come. */
  | { readonly kind: 'no-endpoint'; readonly seconds: number }
  /** 2024-11-05: messages were to be posted to another origin. */
  | { readonly kind: 'foreign-endpoint'; readonly to: string }
  /** Taken without an answer. */
  | { readonly kind: 'unanswered'; readonly status: number }
  /** The stream that the answer was to come by ended, and cannot be resumed. */
  | { readonly kind: 'cut' }
  /** The remote has forgotten the session, and with it the request. */
  | { readonly kind: 'session-lost' }
  /** This machine has not the address any more by which the request was sent. */
  | { readonly kind: 'network-left' }
  /** Nothing came for so long. */
  | { readonly kind: 'silent'; readonly seconds: number };

/**
 * Why a person has to sign in: they have not yet, what they had has ended or was revoked, or the server asks for a permission that
 * they have not given.
 */
export type SignInNeed = 'needed' | 'again' | 'scope';

interface EndFacts {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Milliseconds the session lived. */
  readonly lived: number;
  /** We ended it: session closed, settings changed, stop. */
  readonly asked: boolean;
  /** Always empty; processes have one. */
  readonly stderr: readonly string[];
}

/** How a session with a remote server came to its end. */
export type RemoteEnd = EndFacts &
  (
    | { readonly kind: 'closed' }
    /** Nothing is known against the server: it may be there again at any time. */
    | { readonly kind: 'unreachable'; readonly fault: RemoteFault }
    /** 401 or 403. */
    | { readonly kind: 'signed-out'; readonly fault: RemoteFault }
    /** It answers, and not as an MCP server would; or we do not follow where it leads. */
    | { readonly kind: 'refused'; readonly fault: RemoteFault }
  );

/** Statuses with which a proxy or a server that starts says "not now" (RFC 9110 sections 15.5.9, 15.6; RFC 6585 section 4). */
export function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 429;
}

/** What a fault says of the server. */
export function kindOf(fault: RemoteFault): 'unreachable' | 'signed-out' | 'refused' {
  switch (fault.kind) {
    case 'status':
      if (fault.status === 401 || fault.status === 403) return 'signed-out';
      return isPassing(fault.status) ? 'unreachable' : 'refused';
    case 'dial':
      return fault.fault.kind === 'loop' ? 'refused' : 'unreachable';
    case 'broken-off':
    case 'cut':
    case 'session-lost':
    case 'network-left':
    case 'silent':
    case 'sign-in':
      return 'unreachable';
    case 'circle':
    case 'tls':
    case 'other-certificate':
    case 'tls-file':
    case 'bad-answer':
    case 'redirect':
    case 'not-mcp':
    case 'compressed':
    case 'not-decodable':
    case 'too-long':
    case 'no-endpoint':
    case 'foreign-endpoint':
    case 'unanswered':
      return 'refused';
    default:
      return fault satisfies never;
  }
}

/** Whether a fault is about the server, and not about one request. */
export function saysOfServer(fault: RemoteFault): boolean {
  switch (fault.kind) {
    case 'dial':
    case 'tls':
    case 'other-certificate':
    case 'tls-file':
    case 'broken-off':
    case 'silent':
      return true;
    case 'status':
      return kindOf(fault) !== 'refused' && fault.status !== 429;
    default:
      return false;
  }
}

/** Faults after which the same request may well succeed, and has not been done. */
export function isPassingFault(fault: RemoteFault): boolean {
  return kindOf(fault) === 'unreachable' && fault.kind !== 'session-lost';
}

/** Milliseconds after which the server wants to be asked again; 0 where it says nothing of that. */
export function pauseIn(fault: RemoteFault): number {
  return fault.kind === 'status' && isPassing(fault.status) ? (fault.retryAfter ?? 0) * 1000 : 0;
}

/** The end that a fault makes. `since` is when the session began, on the monotonic clock. */
export function endBy(fault: RemoteFault, since: number): RemoteEnd {
  return { kind: kindOf(fault), fault, at: Date.now(), lived: performance.now() - since, asked: false, stderr: [] };
}

export function remoteEndSentence(
  server: string,
  end: Exclude<RemoteEnd, { readonly kind: 'closed' }>,
  text: Text,
): string {
  return faultSentence(server, end.fault, text);
}

/** The whole cause with what helps, for clients, pages and the log. */
export function faultSentence(server: string, fault: RemoteFault, text: Text): string {
  const { remote } = text.servers;
  const kind = kindOf(fault);
  if (fault.kind === 'status' && kind === 'signed-out') return signInSentence(server, fault, text);
  return remote[kind === 'unreachable' ? 'unreachable' : 'refused'](server, remoteCause(fault, text));
}

/** Whether a session ended because a person has to sign in. */
export function needsSignIn(end: { readonly kind: string } | RemoteEnd): boolean {
  return 'asked' in end && end.kind === 'signed-out' && end.fault.kind === 'status' && end.fault.signIn !== undefined;
}

function signInSentence(server: string, fault: Extract<RemoteFault, { kind: 'status' }>, text: Text): string {
  const { signIn } = text.servers.remote;
  if (fault.signIn !== undefined) return signIn.needs[fault.signIn](server);
  if (fault.status === 403) return signIn.forbidden(server);
  return fault.shown ? signIn.refused(server) : signIn.missing(server);
}

/** The alert with which a server turns down every protocol that it is offered (RFC 7301 section 3.2). */
const NO_HTTP1 = 'ALERT_NO_APPLICATION_PROTOCOL';

/** What went wrong, without whose it is. */
export function remoteCause(fault: RemoteFault, text: Text): string {
  const { causes } = text.servers.remote;
  switch (fault.kind) {
    case 'dial': {
      const { elapsed, onLink, target } = fault;
      if (fault.fault.kind === 'loop') return causes.ourselves;
      const { sentence, hint } = dialFailure(new DialError(fault.fault, target, { elapsed, onLink }), text);
      return inARow(sentence, hint);
    }
    case 'circle':
      return causes.circle;
    case 'tls':
      if (fault.reason.endsWith(NO_HTTP1)) return causes.noHttp1;
      return fault.fingerprint === null || !isUnknownAuthority(fault)
        ? causes.tls(fault.reason)
        : causes.unknownCertificate(fault.reason, fault.fingerprint);
    case 'other-certificate':
      return causes.otherCertificate(fault.trusted, fault.shown);
    case 'tls-file':
      return causes.tlsFile(fault.files, fault.code);
    case 'broken-off':
      return causes.brokenOff(fault.errno);
    case 'bad-answer':
      return causes.badAnswer(text.faults.answer[fault.fault]);
    case 'status':
      return causes.status(fault.status, fault.reason, fault.retryAfter ?? null);
    case 'redirect':
      return causes.redirect(fault.to);
    case 'not-mcp':
      return causes.notMcp(fault.type);
    case 'compressed':
      return causes.compressed(fault.coding);
    case 'not-decodable':
      return causes.notDecodable(fault.coding);
    case 'too-long':
      return causes.tooLong(fault.limit);
    case 'no-endpoint':
      return causes.noEndpoint(fault.seconds);
    case 'foreign-endpoint':
      return causes.foreignEndpoint(fault.to);
    case 'unanswered':
      return causes.unanswered(fault.status);
    case 'cut':
      return causes.cut;
    case 'session-lost':
      return causes.sessionLost;
    case 'network-left':
      return causes.networkLeft;
    case 'silent':
      return causes.silent(fault.seconds);
    case 'sign-in':
      return causes.signIn(fault.origin, fault.why);
    default:
      return fault satisfies never;
  }
}
