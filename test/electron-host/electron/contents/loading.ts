import { CdpError, type CdpSession } from '../../chromium/index.ts';
import { chromiumAddress } from '../protocol/index.ts';
import { inBackground } from '../runtime.ts';
import { LoadError } from './net-error.ts';

interface Awaited {
  readonly loaderId: string;
  readonly url: string;
  resolve(): void;
  reject(error: LoadError): void;
}

/** What a page learns about its main document. */
export interface LoadListener {
  started(): void;
  domReady(): void;
  finished(): Promise<void>;
  failed(error: LoadError): void;
}

/**
 * The loads of a page's main frame. Chromium names each by a loader: Page.navigate answers with its id, and the later
 * events carry it, which tells the load a caller waits for from those the page starts by itself.
 */
export class Loading {
  readonly #listener: LoadListener;
  #awaited: Awaited | undefined;
  #current: string | undefined;
  #finished: string | undefined;
  #busy = false;

  constructor(listener: LoadListener) {
    this.#listener = listener;
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** @param isMainFrame whether a frame id is the main frame's */
  follow(cdp: CdpSession, isMainFrame: (frameId: string) => boolean): void {
    cdp.on('Page.lifecycleEvent', ({ frameId, loaderId, name }) => {
      // Until a document has come, what happens concerns the blank page every target begins with.
      if (!isMainFrame(frameId) || loaderId !== this.#current) return;
      if (name === 'DOMContentLoaded') this.#listener.domReady();
      if (name === 'load') inBackground(this.#loaded(loaderId));
    });
  }

  /** A new document has come, asked for or not: a load that waits for another one has lost. */
  documentCame(loaderId: string): void {
    this.#current = loaderId;
    this.#busy = true;
    if (this.#awaited !== undefined && this.#awaited.loaderId !== loaderId) this.abandon('ERR_ABORTED');
  }

  /**
   * Resolves when the document and all it needs are there.
   * @throws LoadError
   */
  async load(cdp: CdpSession, url: string): Promise<void> {
    this.abandon('ERR_ABORTED');
    this.#busy = true;
    this.#listener.started();
    const { loaderId, errorText } = await navigate(cdp, url);
    if (errorText !== undefined) throw this.#failed(new LoadError(errorText.replace('net::', ''), url));
    if (loaderId === undefined) {
      this.#busy = false; // Only the fragment changed.
      return;
    }
    if (this.#finished === loaderId) return;
    await new Promise<void>((resolve, reject) => {
      this.#awaited = { loaderId, url, resolve, reject };
    });
  }

  /** Fails the load that is waited for, if there is one. */
  abandon(code: string): void {
    const awaited = this.#awaited;
    this.#awaited = undefined;
    awaited?.reject(new LoadError(code, awaited.url));
  }

  async #loaded(loaderId: string): Promise<void> {
    this.#busy = false;
    await this.#listener.finished();
    this.#finished = loaderId;
    if (this.#awaited?.loaderId !== loaderId) return;
    this.#awaited.resolve();
    this.#awaited = undefined;
  }

  #failed(error: LoadError): LoadError {
    this.#busy = false;
    this.#listener.failed(error);
    return error;
  }
}

async function navigate(cdp: CdpSession, url: string): Promise<{ loaderId?: string; errorText?: string }> {
  try {
    return await cdp.send('Page.navigate', { url: chromiumAddress(url) });
  } catch (error) {
    // Chromium refuses what is no URL as a protocol error, not as a failed load.
    if (error instanceof CdpError)
      return { errorText: /invalid URL/i.test(error.message) ? 'ERR_INVALID_URL' : 'ERR_FAILED' };
    throw error;
  }
}
