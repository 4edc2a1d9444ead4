import type { Text } from '../../../i18n/index.ts';
import { isPassing, type RemoteFault, remoteCause } from '../end.ts';

/**
 * Why a sign-in came to nothing. Plain values, which are shown: origins, issuers, names of scopes and the codes of OAuth errors,
 * never a token, a code, a verifier, a secret, or a text that an authorization server has written.
 */
export type SignInFault =
  /** It could not be asked. */
  | { readonly kind: 'unreachable'; readonly origin: string; readonly fault: RemoteFault }
  /** An HTTP status without a usable answer. */
  | { readonly kind: 'status'; readonly origin: string; readonly status: number }
  | { readonly kind: 'not-json'; readonly origin: string }
  /** An address that metadata of this server must not lead to. */
  | { readonly kind: 'unsafe-address'; readonly origin: string }
  /** The server does not ask for a sign-in. */
  | { readonly kind: 'not-asked' }
  /** It asks for one, and no metadata says where. */
  | { readonly kind: 'not-offered' }
  /** Its metadata is about another resource (RFC 9728 section 3.3). */
  | { readonly kind: 'other-resource'; readonly resource: string }
  /** The metadata of an authorization server is that of another (RFC 8414 section 3.3). */
  | { readonly kind: 'other-issuer'; readonly expected: string; readonly found: string; readonly at: string }
  /** The registered client belongs to another authorization server. */
  | { readonly kind: 'issuer-changed'; readonly before: string; readonly now: string }
  | { readonly kind: 'no-endpoint'; readonly issuer: string; readonly endpoint: string }
  /** It registers no clients, and no client id is set. */
  | { readonly kind: 'no-client'; readonly issuer: string; readonly redirectUri: string }
  /** PKCE is not announced, and no person has accepted that. */
  | { readonly kind: 'no-pkce'; readonly issuer: string }
  /** An error code of OAuth, in an answer or in the address that the browser came back with. */
  | { readonly kind: 'refused'; readonly issuer: string; readonly code: string }
  /** The browser came back from another authorization server than it was sent to (RFC 9207). */
  | { readonly kind: 'wrong-issuer'; readonly issuer: string }
  | { readonly kind: 'too-late' }
  /** Another sign-in to the same server has begun. */
  | { readonly kind: 'replaced' }
  | { readonly kind: 'cancelled' }
  /** Tokens cannot be kept, or read; `code` is an errno, `too-wide` or `locked`. */
  | { readonly kind: 'store'; readonly file: string; readonly code: string }
  /** It is a program that is run here. */
  | { readonly kind: 'not-remote' }
  /** Its settings say how it is signed in to: by a header, or not at all. */
  | { readonly kind: 'by-header' };

export class SignInError extends Error {
  override readonly name = 'SignInError';
  readonly fault: SignInFault;

  constructor(fault: SignInFault) {
    super(fault.kind);
    this.fault = fault;
  }
}

/** Our code for an answer that holds neither what was asked for nor an error of OAuth. */
export const NO_OAUTH = 'unexpected_response';

const PASSING_CODES = new Set(['temporarily_unavailable', 'server_error', 'slow_down', NO_OAUTH]);

/**
 * Whether the same may succeed later, so that nothing is known against what is kept. An answer that is none of OAuth is the word of
 * something in between: a firewall, a page for maintenance, the sign-in of a hotel's network.
 */
export function isPassingSignInFault(fault: SignInFault): boolean {
  switch (fault.kind) {
    case 'unreachable':
    case 'not-json':
      return true;
    case 'status':
      return isPassing(fault.status);
    case 'refused':
      return PASSING_CODES.has(fault.code);
    default:
      return false;
  }
}

/** Whether a request was led to another origin, which is not followed. */
export function isRedirectElsewhere(error: unknown): boolean {
  return error instanceof SignInError && error.fault.kind === 'unreachable' && error.fault.fault.kind === 'redirect';
}

/** What happened and what helps. */
export function signInSentence(server: string, fault: SignInFault, text: Text): string {
  const words = text.servers.remote.signIn.faults;
  switch (fault.kind) {
    case 'unreachable':
      return words.unreachable(fault.origin, remoteCause(fault.fault, text));
    case 'status':
      return words.status(fault.origin, fault.status);
    case 'not-json':
      return words.notJson(fault.origin);
    case 'unsafe-address':
      return words.unsafeAddress(server, fault.origin);
    case 'not-asked':
      return words.notAsked(server);
    case 'not-offered':
      return words.notOffered(server);
    case 'other-resource':
      return words.otherResource(server, fault.resource);
    case 'other-issuer':
      return words.otherIssuer(fault.expected, fault.found, fault.at);
    case 'issuer-changed':
      return words.issuerChanged(server, fault.before, fault.now);
    case 'no-endpoint':
      return words.noEndpoint(fault.issuer, fault.endpoint);
    case 'no-client':
      return words.noClient(fault.issuer, fault.redirectUri);
    case 'no-pkce':
      return words.noPkce(fault.issuer);
    case 'refused':
      return fault.code === 'access_denied' ? words.denied(fault.issuer) : words.refused(fault.issuer, fault.code);
    case 'wrong-issuer':
      return words.wrongIssuer(fault.issuer);
    case 'too-late':
      return words.tooLate;
    case 'replaced':
      return words.replaced(server);
    case 'cancelled':
      return words.cancelled;
    case 'store':
      if (fault.code === 'too-wide') return words.storeTooWide(fault.file);
      return fault.code === 'locked' ? words.storeLocked(fault.file) : words.store(fault.file, fault.code);
    case 'not-remote':
      return words.notRemote(server);
    case 'by-header':
      return words.byHeader(server);
    default:
      return fault satisfies never;
  }
}
