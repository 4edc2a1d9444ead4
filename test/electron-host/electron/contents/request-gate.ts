import type { CdpSession, PausedRequest } from '../../chromium/index.ts';
import { answerCustomScheme, customAddresses, fromChromium } from '../protocol/index.ts';
import { inBackground } from '../runtime.ts';
import type { RequestFacts, Session } from '../session/index.ts';
import { type NavigatedPage, NavigationGate } from './navigation-gate.ts';

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

export interface GatedPage extends NavigatedPage {
  readonly id: number;
  readonly session: Session;
}

/** A response on its way to the page. */
interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly Header[];
  /** In Base64. */
  body(): Promise<string>;
}

interface Header {
  readonly name: string;
  readonly value: string;
}

/** Holds the requests of a page while the app decides: will-navigate, webRequest, and the handlers of custom schemes. */
export class RequestGate {
  readonly navigation: NavigationGate;
  readonly #page: GatedPage;
  readonly #cdp: CdpSession;
  readonly #onChange = () => inBackground(this.update());
  #watchesNavigation = false;

  constructor(page: GatedPage, cdp: CdpSession) {
    this.navigation = new NavigationGate(page, cdp);
    this.#page = page;
    this.#cdp = cdp;
    cdp.on('Fetch.requestPaused', (request) => {
      // It fails when the page has been left or closed meanwhile, and then the request is not awaited any more.
      inBackground(this.#decide(request));
    });
    page.session.webRequest.on('changed', this.#onChange);
  }

  /** From now on the app listens to will-navigate or will-redirect. */
  watchNavigation(): Promise<void> {
    this.#watchesNavigation = true;
    return this.update();
  }

  /** The page is gone. */
  leave(): void {
    this.#page.session.webRequest.off('changed', this.#onChange);
  }

  /** Tells Chromium which requests to hold now. */
  async update(): Promise<void> {
    const custom = { urlPattern: customAddresses, requestStage: 'Request' } as const;
    const documents = { urlPattern: '*', resourceType: 'Document', requestStage: 'Request' } as const;
    const patterns = [
      custom,
      ...this.#page.session.webRequest.patterns,
      ...(this.#watchesNavigation ? [documents] : []),
    ];
    await this.#cdp.send('Fetch.enable', { patterns });
  }

  async #decide(request: PausedRequest): Promise<void> {
    const { requestId } = request;
    if (request.responseErrorReason !== undefined) {
      await this.#cdp.send('Fetch.continueResponse', { requestId });
    } else if (request.responseStatusCode !== undefined) {
      await this.#decideResponse(request, this.#answerOf(request, request.responseStatusCode));
    } else if (await this.navigation.lets(request)) {
      await this.#decideRequest(request);
    } else {
      await this.#cdp.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
    }
  }

  async #decideRequest(held: PausedRequest): Promise<void> {
    const { requestId, request } = held;
    const { cancel, redirectURL } = await this.#page.session.webRequest.askBeforeRequest(this.#facts(held));
    if (cancel === true) {
      await this.#block(requestId);
    } else if (redirectURL !== undefined) {
      const responseHeaders = [{ name: 'Location', value: redirectURL }];
      await this.#cdp.send('Fetch.fulfillRequest', { requestId, responseCode: 307, responseHeaders });
    } else {
      const response = await answerCustomScheme(request.url, request.method);
      if (response === undefined) await this.#cdp.send('Fetch.continueRequest', { requestId });
      else if (response.type === 'error')
        await this.#cdp.send('Fetch.failRequest', { requestId, errorReason: 'Failed' });
      else await this.#decideResponse(held, answerFrom(response));
    }
  }

  async #decideResponse(held: PausedRequest, answer: Answer): Promise<void> {
    const { requestId } = held;
    const { webRequest } = this.#page.session;
    const { cancel, responseHeaders } = await webRequest.askHeadersReceived(this.#facts(held), answer);
    const isServer = held.responseStatusCode !== undefined;
    if (cancel === true) {
      await this.#block(requestId);
    } else if (isServer && responseHeaders === undefined) {
      await this.#cdp.send('Fetch.continueResponse', { requestId });
    } else {
      // Not continueResponse with other headers: Chromium would not read a policy out of them.
      const headers = responseHeaders === undefined ? answer.headers : listed(responseHeaders);
      await this.#cdp.send('Fetch.fulfillRequest', {
        requestId,
        responseCode: answer.status,
        // The body is not as it was sent any more.
        responseHeaders: headers.filter(({ name }) => !/^content-(encoding|length)$/i.test(name)),
        body: isRedirect(answer.status) ? '' : await answer.body(),
      });
    }
  }

  async #block(requestId: string): Promise<void> {
    await this.#cdp.send('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' });
  }

  #answerOf({ requestId, responseHeaders = [], responseStatusText = '' }: PausedRequest, status: number): Answer {
    return {
      status,
      statusText: responseStatusText,
      headers: responseHeaders,
      body: async () => {
        const { body, base64Encoded } = await this.#cdp.send('Fetch.getResponseBody', { requestId });
        return base64Encoded ? body : Buffer.from(body, 'utf8').toString('base64');
      },
    };
  }

  #facts({ networkId, request, resourceType }: PausedRequest): RequestFacts {
    const { Referer: referrer = '' } = request.headers;
    return {
      id: Number.parseInt(networkId ?? '0', 16) || 0,
      url: fromChromium(request.url),
      method: request.method,
      webContentsId: this.#page.id,
      resourceType: resourceTypes[resourceType] ?? 'other',
      referrer: fromChromium(referrer),
      timestamp: Date.now(),
    };
  }
}

function answerFrom(response: Response): Answer {
  return {
    status: response.status,
    statusText: response.statusText,
    headers: [...response.headers].map(([name, value]) => ({ name, value })),
    body: async () => Buffer.from(await response.arrayBuffer()).toString('base64'),
  };
}

function listed(headers: Readonly<Record<string, string | string[]>>): Header[] {
  return Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value) => ({ name, value })));
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}
