import type { CdpSession, PausedRequest } from '../../chromium/index.ts';
import type { RequestFacts, Session } from '../session/index.ts';

/** How long, in ms, Chromium may take to say that it was the page that asked for a navigation. */
const askedDeadline = 100;

const resourceTypes: Readonly<Record<string, string>> = {
  CSPViolationReport: 'cspReport',
  Document: 'mainFrame',
  Fetch: 'xhr',
  Font: 'font',
  Image: 'image',
  Media: 'media',
  Ping: 'ping',
  Script: 'script',
  Stylesheet: 'stylesheet',
  WebSocket: 'webSocket',
  XHR: 'xhr',
};

/** What the gate needs of its page. */
export interface GatedPage {
  readonly id: number;
  readonly session: Session;
  isMainFrame(frameId: string): boolean;
  /** Whether a navigation of the page's own may go on. */
  mayNavigate(event: 'will-navigate' | 'will-redirect', url: string): boolean;
}

/** Holds the requests of a page while the app's listeners decide: will-navigate, will-redirect and webRequest. */
export class RequestGate {
  readonly #page: GatedPage;
  readonly #cdp: CdpSession;
  readonly #asked = new Map<string, PromiseWithResolvers<boolean>>();
  /** The navigation the main process has asked for itself, which is none of will-navigate's business. */
  #own: string | undefined;
  #watchesNavigation = false;

  constructor(page: GatedPage, cdp: CdpSession) {
    this.#page = page;
    this.#cdp = cdp;
    cdp.on('Page.frameRequestedNavigation', ({ frameId, url, disposition }) => {
      if (page.isMainFrame(frameId) && disposition === 'currentTab') this.#askedFor(url).resolve(true);
    });
    cdp.on('Fetch.requestPaused', (request) => {
      // It fails when the page has been left or closed meanwhile, and then nobody waits for the request.
      this.#decide(request).catch(() => undefined);
    });
    page.session.webRequest.on('changed', () => void this.update());
  }

  /** From now on someone listens to will-navigate or will-redirect. */
  watchNavigation(): Promise<void> {
    this.#watchesNavigation = true;
    return this.update();
  }

  /** A navigation by loadURL, loadFile or reload follows. */
  expectOwn(url: string): void {
    this.#own = withoutFragment(url);
  }

  /** A document has come; what follows is the page's doing again. */
  documentCame(): void {
    this.#own = undefined;
  }

  /** Tells Chromium which requests to hold now. */
  async update(): Promise<void> {
    const documents = { urlPattern: '*', resourceType: 'Document', requestStage: 'Request' } as const;
    const patterns = [...this.#page.session.webRequest.patterns, ...(this.#watchesNavigation ? [documents] : [])];
    await (patterns.length > 0 ? this.#cdp.send('Fetch.enable', { patterns }) : this.#cdp.send('Fetch.disable'));
  }

  async #decide(request: PausedRequest): Promise<void> {
    const { requestId } = request;
    if (request.responseErrorReason !== undefined) {
      await this.#cdp.send('Fetch.continueResponse', { requestId });
    } else if (request.responseStatusCode !== undefined) {
      await this.#decideResponse(request);
    } else if (await this.#mayNavigate(request)) {
      await this.#decideRequest(request);
    } else {
      await this.#cdp.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
    }
  }

  async #mayNavigate({
    resourceType,
    frameId,
    redirectedRequestId,
    request: { url },
  }: PausedRequest): Promise<boolean> {
    if (resourceType !== 'Document' || !this.#page.isMainFrame(frameId) || url === this.#own) return true;
    if (redirectedRequestId !== undefined) return this.#page.mayNavigate('will-redirect', url);
    return !(await this.#wasAskedByPage(url)) || this.#page.mayNavigate('will-navigate', url);
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

  #askedFor(fullUrl: string): PromiseWithResolvers<boolean> {
    const url = withoutFragment(fullUrl);
    const known = this.#asked.get(url) ?? Promise.withResolvers<boolean>();
    this.#asked.set(url, known);
    return known;
  }

  async #decideRequest(request: PausedRequest): Promise<void> {
    const { requestId } = request;
    const { cancel, redirectURL } = await this.#page.session.webRequest.askBeforeRequest(this.#facts(request));
    if (cancel === true) {
      await this.#cdp.send('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' });
    } else if (redirectURL !== undefined) {
      const responseHeaders = [{ name: 'Location', value: redirectURL }];
      await this.#cdp.send('Fetch.fulfillRequest', { requestId, responseCode: 307, responseHeaders });
    } else {
      await this.#cdp.send('Fetch.continueRequest', { requestId });
    }
  }

  async #decideResponse(response: PausedRequest): Promise<void> {
    const { requestId, resourceType, responseStatusCode: responseCode = 200 } = response;
    const answer = await this.#page.session.webRequest.askHeadersReceived(this.#facts(response), response);
    if (answer.cancel === true) {
      await this.#cdp.send('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' });
      return;
    }
    if (answer.responseHeaders === undefined) {
      await this.#cdp.send('Fetch.continueResponse', { requestId });
      return;
    }
    const headers = Object.entries(answer.responseHeaders).flatMap(([name, values]) =>
      [values].flat().map((value) => ({ name, value })),
    );
    if (resourceType !== 'Document' || isRedirect(responseCode)) {
      await this.#cdp.send('Fetch.continueResponse', { requestId, responseCode, responseHeaders: headers });
      return;
    }
    // A document has to be answered anew: Chromium does not read a policy out of headers that continueResponse changed.
    const { body, base64Encoded } = await this.#cdp.send('Fetch.getResponseBody', { requestId });
    await this.#cdp.send('Fetch.fulfillRequest', {
      requestId,
      responseCode,
      responseHeaders: headers.filter(({ name }) => !/^content-(encoding|length)$/i.test(name)),
      body: base64Encoded ? body : Buffer.from(body, 'utf8').toString('base64'),
    });
  }

  #facts({ networkId, request, resourceType }: PausedRequest): RequestFacts {
    const { Referer: referrer = '' } = request.headers;
    return {
      id: Number.parseInt(networkId ?? '0', 16) || 0,
      url: request.url,
      method: request.method,
      webContentsId: this.#page.id,
      resourceType: resourceTypes[resourceType] ?? 'other',
      referrer,
      timestamp: Date.now(),
    };
  }
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

function withoutFragment(url: string): string {
  const { href, hash } = new URL(url);
  return hash === '' ? href : href.slice(0, -hash.length);
}
