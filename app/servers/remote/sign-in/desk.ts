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
