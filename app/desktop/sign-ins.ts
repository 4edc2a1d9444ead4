import { type Engine, SignInError, signInSentence } from '../engine/index.ts';
import { said } from '../i18n/app.ts';
import type { SignInAnswer, SignInProgress } from '../ipc/index.ts';

/** What of the app a sign-in uses. */
export interface SignInController {
  /** Null while Gangway is off. */
  readonly engine: Pick<Engine, 'signIn' | 'signOut'> | null;
}

/** The sign-ins that windows ask for: one under way at a time, in the browser of the person. */
export class SignIns {
  readonly #controller: SignInController;
  /** Opens an address of http or https in the browser. */
  readonly #browse: (url: string) => void;
  #current: AbortController | null = null;

  constructor(controller: SignInController, browse: (url: string) => void) {
    this.#controller = controller;
    this.#browse = browse;
  }

  /** Resolves when the person has come back from the browser, or it has come to nothing. A sign-in under way is given up. */
  async signIn(
    { server, acceptNoPkce }: { readonly server: string; readonly acceptNoPkce: boolean },
    told: (progress: SignInProgress) => void,
  ): Promise<SignInAnswer> {
    this.cancel();
    const current = new AbortController();
    this.#current = current;
    try {
      await this.#running().signIn(server, {
        acceptNoPkce,
        signal: current.signal,
        told: (step) => {
          const code = step.kind === 'device' ? step.code : null;
          this.#open(step.kind === 'device' ? (step.completeUrl ?? step.url) : step.url);
          told({ server, code });
        },
      });
      return { kind: 'done' };
    } catch (error) {
      return this.#failed(server, error);
    } finally {
      if (this.#current === current) this.#current = null;
    }
  }

  cancel(): void {
    this.#current?.abort();
    this.#current = null;
  }

  async signOut(server: string): Promise<SignInAnswer> {
    try {
      await this.#running().signOut(server);
      return { kind: 'done' };
    } catch (error) {
      return this.#failed(server, error);
    }
  }

  #running(): Pick<Engine, 'signIn' | 'signOut'> {
    const { engine } = this.#controller;
    if (engine === null) throw new OffError();
    return engine;
  }

  /** A server decides where its sign-in is: nothing but a web page is opened. */
  #open(address: string): void {
    const url = URL.parse(address);
    if (url !== null && (url.protocol === 'https:' || url.protocol === 'http:')) this.#browse(url.href);
  }

  #failed(server: string, error: unknown): SignInAnswer {
    if (error instanceof OffError) {
      const sentence = said(({ settingsWindow: { servers } }) => servers.signIn.off(server));
      return { kind: 'failed', reason: 'off', sentence };
    }
    if (!(error instanceof SignInError)) throw error;
    const { fault } = error;
    return { kind: 'failed', reason: fault.kind, sentence: said((text) => signInSentence(server, fault, text)) };
  }
}

/** There is no engine that could sign in. */
class OffError extends Error {}
