import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Electron from 'electron';
import type { CdpPayload, CdpSession } from '../../chromium/index.ts';
import { requireString } from '../../contract/arguments.ts';
import { DeclaredEmitter } from '../../contract/declared-emitter.ts';
import type { Like } from '../../contract/like.ts';
import { type Preventable, preventable } from '../../contract/preventable.ts';
import { refuseOtherMembers } from '../../contract/unsimulated.ts';
import { violation } from '../../contract/violations.ts';
import { decodeClone, encodeClone, type FromPreload } from '../../renderer/index.ts';
import { appearance } from '../appearance.ts';
import { NativeImage } from '../image/native-image.ts';
import { inBackground, runningChromium } from '../runtime.ts';
import { Session, session } from '../session/index.ts';
import { answerPreload } from './answer-preload.ts';
import { consoleMessage } from './console.ts';
import { FrameTree, type WebFrameMain } from './frames.ts';
import { Loading } from './loading.ts';
import type { LoadError } from './net-error.ts';
import { openPage, type Page, type Preload } from './page.ts';
import { checkPreferences } from './preferences.ts';
import { preloadProcess, readPreload } from './preload-file.ts';
import { type Origin, PreloadLink } from './preload-link.ts';
import { RequestGate } from './request-gate.ts';

type WindowOpenHandler = Parameters<Electron.WebContents['setWindowOpenHandler']>[0];
type WindowOpen = CdpPayload<'Page.windowOpen'>;

/** The window around a page, as far as the page needs to know it. */
export interface PageWindow {
  close(): void;
  focus(): void;
  isFocused(): boolean;
  readyToShow(): void;
  titleChanged(title: string, event: Preventable): void;
}

/** The folder that loadFile's relative paths begin in; the app sets it. */
export const appFolder = { path: process.cwd() };

const all = new Map<number, WebContents>();
let lastId = 0;

export class WebContents
  extends DeclaredEmitter
  implements
    Like<
      Electron.WebContents,
      | 'id'
      | 'session'
      | 'mainFrame'
      | 'loadURL'
      | 'loadFile'
      | 'reload'
      | 'getURL'
      | 'getTitle'
      | 'getUserAgent'
      | 'getType'
      | 'isLoading'
      | 'isDestroyed'
      | 'isCrashed'
      | 'isFocused'
      | 'focus'
      | 'close'
      | 'send'
      | 'executeJavaScript'
      | 'capturePage'
      | 'setWindowOpenHandler'
      | 'setBackgroundThrottling'
      | 'openDevTools'
      | 'closeDevTools'
      | 'isDevToolsOpened'
      | 'forcefullyCrashRenderer'
    >
{
  readonly id = ++lastId;
  readonly session: Session;
  /** The page in Chromium, once it can be commanded. */
  readonly page: Promise<Page>;
  readonly #window: PageWindow;
  readonly #preferences: Electron.WebPreferences;
  readonly #frames = new FrameTree(this);
  readonly #preload = new PreloadLink((message, origin) => this.#fromPreload(message, origin));
  readonly #loading = new Loading({
    started: () => this.fire('did-start-loading', preventable()),
    domReady: () => this.fire('dom-ready', preventable()),
    finished: () => this.#finished(),
    failed: (error) => this.#failed(error),
  });
  #gate: RequestGate | undefined;
  #openHandler: WindowOpenHandler = () => ({ action: 'allow' });
  #title = '';
  #crashed = false;
  #destroyed = false;
  #devTools = false;

  constructor(window: PageWindow, preferences: Electron.WebPreferences, size: Electron.Size) {
    super('WebContents');
    this.#window = window;
    this.#preferences = preferences;
    checkPreferences(preferences);
    const given: unknown = preferences.session;
    this.session = given instanceof Session ? given : session.fromPartition(preferences.partition ?? '');
    all.set(this.id, this);
    this.page = openPage(size, this.#readPreload(), (cdp) => this.#follow(cdp));
    this.#command(() => Promise.resolve());
    this.on('newListener', (event) => {
      if (event === 'will-navigate' || event === 'will-redirect')
        this.#command(async () => this.#gate?.watchNavigation());
    });
    const restyle = () =>
      this.#command((cdp) => cdp.send('Emulation.setEmulatedMedia', { features: appearance.mediaFeatures }));
    appearance.on('changed', restyle);
    this.once('destroyed', () => appearance.off('changed', restyle));
  }

  static getAllWebContents(): WebContents[] {
    return [...all.values()];
  }

  static fromId(id: number): WebContents | undefined {
    return all.get(id);
  }

  static getFocusedWebContents(): WebContents | null {
    return WebContents.getAllWebContents().find((contents) => contents.isFocused()) ?? null;
  }

  get mainFrame(): WebFrameMain {
    return this.#frames.main;
  }

  async loadURL(url: string, _options?: Electron.LoadURLOptions): Promise<void> {
    this.mustLive();
    const { cdp } = await this.page;
    if (URL.canParse(url)) this.#gate?.expectOwn(url);
    await this.#loading.load(cdp, url);
  }

  loadFile(file: string, options: Electron.LoadFileOptions = {}): Promise<void> {
    const url = pathToFileURL(path.resolve(appFolder.path, file));
    if (options.search !== undefined) url.search = options.search;
    for (const [name, value] of Object.entries(options.query ?? {})) url.searchParams.set(name, value);
    if (options.hash !== undefined) url.hash = options.hash;
    return this.loadURL(url.href);
  }

  reload(): void {
    this.#command(async (cdp) => {
      this.#gate?.expectOwn(this.getURL());
      await cdp.send('Page.reload');
    });
  }

  getURL(): string {
    return this.mainFrame.url === 'about:blank' ? '' : this.mainFrame.url;
  }

  getTitle(): string {
    return this.#title;
  }

  getUserAgent(): string {
    return runningChromium().userAgent;
  }

  getType(): 'window' {
    return 'window';
  }

  isLoading(): boolean {
    return this.#loading.busy;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  isCrashed(): boolean {
    return this.#crashed;
  }

  isFocused(): boolean {
    return this.#window.isFocused();
  }

  focus(): void {
    this.#window.focus();
  }

  close(): void {
    this.#window.close();
  }

  send(channel: string, ...args: unknown[]): void {
    requireString('webContents.send', channel);
    const message = { kind: 'message', channel, args: encodeClone(args) } as const;
    this.#command(async (cdp) => this.#preload.post(cdp, this.mainFrame.frameToken, message));
  }

  /** The result crosses as JSON. @throws Error what the code throws */
  async executeJavaScript(code: string, userGesture = false): Promise<unknown> {
    const { cdp } = await this.page;
    const request = { expression: code, awaitPromise: true, returnByValue: true, userGesture };
    const { result, exceptionDetails } = await cdp.send('Runtime.evaluate', request);
    if (exceptionDetails !== undefined)
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async capturePage(): Promise<NativeImage> {
    const { cdp } = await this.page;
    const { data } = await cdp.send('Page.captureScreenshot', { format: 'png' });
    return NativeImage.createFromBuffer(Buffer.from(data, 'base64'));
  }

  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.#openHandler = handler;
  }

  setBackgroundThrottling(_allowed: boolean): void {
    // Headless Chromium does not throttle.
  }

  openDevTools(): void {
    this.#devTools = true;
  }

  closeDevTools(): void {
    this.#devTools = false;
  }

  isDevToolsOpened(): boolean {
    return this.#devTools;
  }

  forcefullyCrashRenderer(): void {
    this.#command((cdp) => cdp.send('Page.crash'));
  }

  /** Called by the window when it goes. */
  destroyWithWindow(): void {
    this.#destroyed = true;
    all.delete(this.id);
    this.#loading.abandon('ERR_FAILED');
    const { browser } = runningChromium();
    inBackground(this.page.then(({ targetId }) => browser.connection.root.send('Target.closeTarget', { targetId })));
    this.fire('destroyed');
  }

  mustLive(): void {
    if (this.#destroyed) throw new TypeError('The page has been destroyed');
  }

  #command(work: (cdp: CdpSession) => Promise<unknown>): void {
    inBackground(this.page.then(({ cdp }) => work(cdp)));
  }

  #readPreload(): Preload | undefined {
    const file = this.#preferences.preload;
    if (file === undefined) return undefined;
    try {
      return { source: readPreload(file), process: preloadProcess(this.#preferences.additionalArguments) };
    } catch (error) {
      // The page is shown without its preload, as in Electron; a listener can be there at the earliest next turn.
      setImmediate(() => this.#preloadFailed(file, error));
      return undefined;
    }
  }

  #preloadFailed(file: string, error: unknown): void {
    console.error(`The preload script ${file} failed:`, error);
    this.fire('preload-error', preventable(), file, error);
  }

  #follow(cdp: CdpSession): void {
    const isMainFrame = (frameId: string) => frameId === this.mainFrame.frameToken;
    this.#frames.follow(cdp, (loaderId) => this.#documentCame(loaderId));
    this.#loading.follow(cdp, isMainFrame);
    this.#preload.follow(cdp);
    this.#gate = new RequestGate(
      {
        id: this.id,
        session: this.session,
        isMainFrame,
        mayNavigate: (event, url) => this.#mayNavigate(event, url),
      },
      cdp,
    );
    inBackground(this.#gate.update());
    cdp.on('Page.navigatedWithinDocument', ({ frameId, url }) => {
      this.fire('did-navigate-in-page', preventable(), url, isMainFrame(frameId), 1, 1);
    });
    cdp.on('Page.windowOpen', (request) => this.#popup(request));
    cdp.on('Page.javascriptDialogOpening', ({ type, message }) => violation(`A page called ${type}(): ${message}`));
    cdp.on('Runtime.consoleAPICalled', (call) => {
      this.fire('console-message', preventable({ ...consoleMessage(call), frame: this.mainFrame }));
    });
    cdp.on('Inspector.targetCrashed', () => {
      this.#crashed = true;
      this.fire('render-process-gone', preventable(), { reason: 'crashed', exitCode: 5 });
    });
  }

  #documentCame(loaderId: string): void {
    // Every target begins with a blank page that nobody asked for.
    if (this.mainFrame.url === 'about:blank' && !this.#loading.busy) return;
    this.#gate?.documentCame();
    this.#loading.documentCame(loaderId);
    this.fire('did-navigate', preventable(), this.mainFrame.url, 200, 'OK');
  }

  async #finished(): Promise<void> {
    const title = String(await this.executeJavaScript('document.title'));
    if (this.#destroyed) return;
    if (title !== this.#title) {
      this.#title = title;
      const event = preventable();
      this.fire('page-title-updated', event, title, true);
      this.#window.titleChanged(title, event);
    }
    this.#window.readyToShow();
    this.fire('did-finish-load', preventable());
    this.fire('did-stop-loading', preventable());
  }

  #failed({ errno, code, url }: LoadError): void {
    this.fire('did-fail-load', preventable(), errno, code, url, true, 1, 1);
    this.fire('did-stop-loading', preventable());
  }

  #mayNavigate(event: 'will-navigate' | 'will-redirect', url: string): boolean {
    const frame = this.mainFrame;
    const details = preventable({ url, isMainFrame: true, isSameDocument: false, frame, initiator: frame });
    this.fire(event, details, url, false, true, 1, 1);
    return !details.defaultPrevented;
  }

  /** Chromium opens its window at once, and the boot closes it; what counts is the app's answer. */
  #popup({ url, windowName, windowFeatures }: WindowOpen): void {
    const { action } = this.#openHandler({
      url,
      frameName: windowName === '_blank' ? '' : windowName,
      features: windowFeatures.join(','),
      disposition: windowName === '_blank' ? 'foreground-tab' : 'new-window',
      referrer: { url: '', policy: 'strict-origin-when-cross-origin' },
    });
    if (action !== 'deny') violation(`A page opened a window for ${url}: child windows are not simulated, deny them`);
  }

  #fromPreload(message: FromPreload, origin: Origin): void {
    if (this.#destroyed) return;
    if (message.kind === 'failed') {
      this.#preloadFailed(this.#preferences.preload ?? '', decodeClone(message.error));
      return;
    }
    answerPreload(message, origin, this, this.#frames.find(origin.frameId) ?? this.mainFrame);
  }
}

refuseOtherMembers(WebContents.prototype, 'WebContents');

/** Electron exports an object with these functions under the name webContents. */
export const webContents = {
  getAllWebContents: WebContents.getAllWebContents,
  fromId: WebContents.fromId,
  getFocusedWebContents: WebContents.getFocusedWebContents,
};
