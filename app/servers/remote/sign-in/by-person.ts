import type { OAuthSetting } from '../../../settings/settings.ts';
import { isPassingSignInFault, NO_OAUTH, SignInError, type SignInFault } from './fault.ts';
import type { TokenRequest, Tokens } from './oauth.ts';
import type { SignInStore } from './stored-sign-ins.ts';

/** What the browser is shown that has come back. */
export interface CallbackPage {
  /** Whether the sign-in has come about. */
  readonly ok: boolean;
  readonly sentence: string;
}

interface Expected {
  readonly server: string;
  take(callback: URLSearchParams): Promise<CallbackPage>;
}

/**
 * The sign-ins under way in this process, by the `state` that each has given to its authorization server. An address that comes back
 * is answered once, and only where its state is one of them: without it nothing is begun, and nothing ended.
 */
export class SignInDesk {
  readonly store: SignInStore;
  readonly redirectUri: (host: string) => string;
  readonly #expected = new Map<string, Expected>();

  /** `redirectUri` is where a browser finds this process, by that name of this machine. */
  constructor(store: SignInStore, redirectUri: (host: string) => string) {
    this.store = store;
    this.redirectUri = redirectUri;
  }

  /** Waits for the answer to this state. Returns what gives it up. */
  expect(state: string, server: string, take: Expected['take']): () => void {
    this.#expected.set(state, { server, take });
    return () => void this.#expected.delete(state);
  }

  /**
   * The parameters of an address that has come back; null when no sign-in waits for them. `server` is the one that it was pasted for;
   * null for one that a browser has opened.
   */
  async answer(callback: URLSearchParams, server: string | null): Promise<CallbackPage | null> {
    const [state = '', ...others] = callback.getAll('state');
    const expected = this.#expected.get(state);
    if (expected === undefined || others.length > 0) return null;
    if (server !== null && expected.server !== server) return null;
    // A state serves once, whatever comes of it.
    this.#expected.delete(state);
    return expected.take(callback);
  }
}

/** What a person is told on the way. */
export type SignInStep =
  /** The address to open in a browser. */
  | { readonly kind: 'open'; readonly url: string; readonly redirectUri: string }
  /** An address to open anywhere, and the code to type in there. */
  | { readonly kind: 'device'; readonly url: string; readonly code: string; readonly completeUrl: string | null };

export interface SignInOptions {
  /** Go on although the authorization server does not announce PKCE. */
  readonly acceptNoPkce: boolean;
  readonly told: (step: SignInStep) => void;
  readonly signal: AbortSignal;
}

/** What a person is to give tokens for, and to whom they go. */
export interface SignInFlow {
  readonly tokenRequest: TokenRequest;
  readonly scope: string;
  /** The secret of a client of the settings. */
  readonly secret: string | null;
  readonly options: SignInOptions;
  /** Keeps the tokens; the sign-in has come about when it resolves. */
  readonly given: (tokens: Tokens) => Promise<void>;
}

/** The browser of a person, and the page that it is shown when it has come back. */
export interface Browser {
  readonly server: string;
  readonly desk: SignInDesk;
  readonly redirectUri: string;
  readonly oauth: OAuthSetting;
  readonly done: () => CallbackPage;
  readonly failed: (fault: SignInFault) => CallbackPage;
}

/** Milliseconds a person has for the browser. */
const PATIENCE = 600_000;

/** Waits for a browser to come back with a code (RFC 6749 section 4.1). Rejects with SignInError. */
export async function byBrowser(
  { tokenRequest, scope, secret, options, given }: SignInFlow,
  browser: Browser,
): Promise<void> {
  const { authorizationRequest, exchangeCode } = await import('./oauth.ts');
  const { signal, told } = options;
  const { redirectUri, oauth, desk, server } = browser;
  const pending = await authorizationRequest(tokenRequest, redirectUri, scope, oauth);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const forget = desk.expect(pending.state, server, async (callback) => {
    try {
      const tokens = await exchangeCode(tokenRequest, pending, callback, secret);
      // The person may have given up while that was under way.
      signal.throwIfAborted();
      await given(tokens);
      resolve();
      return browser.done();
    } catch (error) {
      const known = error instanceof SignInError ? error : new SignInError({ kind: 'cancelled' });
      reject(known);
      return browser.failed(known.fault);
    }
  });
  const timer = setTimeout(() => reject(new SignInError({ kind: 'too-late' })), PATIENCE);
  const aborted = (): void => reject(reasonOf(signal));
  signal.addEventListener('abort', aborted, { once: true });
  try {
    if (signal.aborted) throw reasonOf(signal);
    told({ kind: 'open', url: pending.url, redirectUri });
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', aborted);
    forget();
  }
}

/** Asks again and again whether a person has typed a code in elsewhere (RFC 8628). Rejects with SignInError. */
export async function byDevice({ tokenRequest, scope, secret, options, given }: SignInFlow): Promise<void> {
  const { deviceCode, deviceTokens } = await import('./oauth.ts');
  const { signal, told } = options;
  const code = await deviceCode(tokenRequest, scope, secret);
  told({ kind: 'device', url: code.address, code: code.userCode, completeUrl: code.completeAddress });
  const end = performance.now() + Math.min(code.lifetime * 1000, PATIENCE);
  let interval = code.interval * 1000;
  while (performance.now() < end) {
    // What is longer than a timer knows would be no time at all.
    await pause(Math.min(interval, end - performance.now()), signal);
    try {
      return await given(await deviceTokens(tokenRequest, code.deviceCode, secret));
    } catch (error) {
      if (!(error instanceof SignInError)) throw error;
      const { fault } = error;
      const isSlow = fault.kind === 'refused' && fault.code === 'slow_down';
      const isPending = fault.kind === 'refused' && fault.code === 'authorization_pending';
      const isUnclear = fault.kind === 'refused' && fault.code === NO_OAUTH;
      if (isUnclear || (!isSlow && !isPending && !isPassingSignInFault(fault))) throw error;
      // RFC 8628 section 3.5.
      if (isSlow) interval += 5000;
    }
  }
  throw new SignInError({ kind: 'too-late' });
}

function reasonOf({ reason }: AbortSignal): SignInError {
  return reason instanceof SignInError ? reason : new SignInError({ kind: 'cancelled' });
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(reasonOf(signal));
    const aborted = (): void => {
      clearTimeout(timer);
      reject(reasonOf(signal));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', aborted);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', aborted, { once: true });
  });
}
