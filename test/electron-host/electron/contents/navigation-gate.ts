import type { CdpSession, PausedRequest } from '../../chromium/index.ts';
import { fromChromium } from '../protocol/index.ts';

/** How long, in ms, Chromium may take to say that it was the page that asked for a navigation. */
const askedDeadline = 100;

/** What the gate needs of its page. */
export interface NavigatedPage {
  isMainFrame(frameId: string): boolean;
  /** Whether a navigation of the page's own may go on. */
  mayNavigate(event: 'will-navigate' | 'will-redirect', url: string): boolean;
}

/**
 * Tells apart who wants a page to go somewhere: the page, which the app may stop; the app itself; or a DevTools client,
 * which neither of the two has a say in. All addresses are Chromium's.
 */
export class NavigationGate {
  readonly #page: NavigatedPage;
  readonly #asked = new Map<string, PromiseWithResolvers<boolean>>();
  #own: string | undefined;

  constructor(page: NavigatedPage, cdp: CdpSession) {
    this.#page = page;
    cdp.on('Page.frameRequestedNavigation', ({ frameId, url, disposition }) => {
      if (page.isMainFrame(frameId) && disposition === 'currentTab') this.#askedFor(url).resolve(true);
    });
  }

  /** The app has asked for a navigation that follows. */
  expectOwn(address: string): void {
    this.#own = withoutFragment(address);
  }

  /** A document has come; what follows is the page's doing again. */
  documentCame(): void {
    this.#own = undefined;
  }

  async lets({ resourceType, frameId, redirectedRequestId, request: { url } }: PausedRequest): Promise<boolean> {
    if (resourceType !== 'Document' || !this.#page.isMainFrame(frameId) || url === this.#own) return true;
    if (redirectedRequestId !== undefined) return this.#page.mayNavigate('will-redirect', fromChromium(url));
    return !(await this.#wasAskedByPage(url)) || this.#page.mayNavigate('will-navigate', fromChromium(url));
  }

  /** Chromium says so in an event that may come a little after the request; a DevTools client's own never has one. */
  async #wasAskedByPage(url: string): Promise<boolean> {
    const { promise, resolve } = this.#askedFor(url);
    const timer = setTimeout(resolve, askedDeadline, false);
    const asked = await promise;
    clearTimeout(timer);
    this.#asked.delete(url);
    return asked;
  }

  #askedFor(address: string): PromiseWithResolvers<boolean> {
    const url = withoutFragment(address);
    const known = this.#asked.get(url) ?? Promise.withResolvers<boolean>();
    this.#asked.set(url, known);
    return known;
  }
}

/** A request never carries its fragment. */
function withoutFragment(address: string): string {
  if (!URL.canParse(address)) return address;
  const { href, hash } = new URL(address);
  return hash === '' ? href : href.slice(0, -hash.length);
}
