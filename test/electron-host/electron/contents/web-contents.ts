import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Electron from 'electron';
import type { CdpSession } from '../../chromium/index.ts';
import { requireString } from '../../contract/arguments.ts';
import { DeclaredEmitter } from '../../contract/declared-emitter.ts';
import type { Like } from '../../contract/like.ts';
import { type Preventable, preventable } from '../../contract/preventable.ts';
import { refuseOtherMembers } from '../../contract/unsimulated.ts';
import { decodeClone, encodeClone, type FromPreload } from '../../renderer/index.ts';
import { appearance } from '../appearance.ts';
import { NativeImage } from '../image/native-image.ts';
import { chromiumAddress } from '../protocol/index.ts';
import { inBackground, runningChromium } from '../runtime.ts';
import { Session, session } from '../session/index.ts';
import { answerPreload } from './answer-preload.ts';
import { askAboutWindow, type WindowOpenHandler } from './child-window.ts';
import { announceEvents } from './event-announcer.ts';
import { FrameTree, type WebFrameMain } from './frames.ts';
import { livingContents } from './living-contents.ts';
import { Loading } from './loading.ts';
import type { LoadError } from './net-error.ts';
import { openPage, type Page } from './page.ts';
import { checkPreferences } from './preferences.ts';
import { type Preload, readPreload } from './preload-file.ts';
import { type Origin, PreloadLink } from './preload-link.ts';
import { RequestGate } from './request-gate.ts';

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
      | 'isLoading'
      | 'isDestroyed'
      | 'isFocused'
      | 'focus'
      | 'close'
      | 'send'
      | 'executeJavaScript'
      | 'capturePage'
      | 'setWindowOpenHandler'
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
  #destroyed = false;
  #devTools = false;

  constructor(window: PageWindow, preferences: Electron.WebPreferences, size: Electron.Size) {
    super('WebContents');
    this.#window = window;
    this.#preferences = preferences;
    checkPreferences(preferences);
    const given: unknown = preferences.session;
    this.session = given instanceof Session ? given : session.fromPartition(preferences.partition ?? '');
    livingContents.set(this.id, this);
    this.page = openPage(size, this.#readPreload(), (cdp) => this.#follow(cdp));
    this.on('newListener', (event) => {
      if (event !== 'will-navigate' && event !== 'will-redirect') return;
      this.#command(async () => this.#gate?.watchNavigation());
    });
    const restyle = () =>
      this.#command((cdp) => cdp.send('Emulation.setEmulatedMedia', { features: appearance.mediaFeatures }));
    appearance.on('changed', restyle);
    this.once('destroyed', () => appearance.off('changed', restyle));
  }

  get mainFrame(): WebFrameMain {
    return this.#frames.main;
  }

  async loadURL(url: string, _options?: Electron.LoadURLOptions): Promise<void> {
    if (this.#destroyed) throw new TypeError('The page has been destroyed');
    const { cdp } = await this.page;
    this.#gate?.navigation.expectOwn(chromiumAddress(url));
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
      this.#gate?.navigation.expectOwn(chromiumAddress(this.getURL()));
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

  isLoading(): boolean {
    return this.#loading.busy;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
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
    if (exceptionDetails === undefined) return result.value;
    throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  }

  async capturePage(): Promise<NativeImage> {
    const { cdp } = await this.page;
    const { data } = await cdp.send('Page.captureScreenshot', { format: 'png' });
    return NativeImage.createFromBuffer(Buffer.from(data, 'base64'));
  }

  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.#openHandler = handler;
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
    livingContents.delete(this.id);
    this.#loading.abandon('ERR_FAILED');
    this.#gate?.leave();
    const { browser } = runningChromium();
    inBackground(this.page.then(({ targetId }) => browser.connection.root.send('Target.closeTarget', { targetId })));
    this.fire('destroyed');
  }

  #command(work: (cdp: CdpSession) => Promise<unknown>): void {
    inBackground(this.page.then(({ cdp }) => work(cdp)));
  }

  /** The page is shown without a broken preload, as in Electron. */
  #readPreload(): Preload | undefined {
    const file = this.#preferences.preload;
    if (file === undefined) return undefined;
    try {
      return readPreload(file, this.#preferences.additionalArguments);
    } catch (error) {
      // A listener can be there in the next turn at the earliest.
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
    announceEvents(cdp, this, () => this.mainFrame);
    cdp.on('Page.windowOpen', (request) => askAboutWindow(this.#openHandler, request));
  }

  #documentCame(loaderId: string): void {
    // Every target begins with a blank page.
    if (this.mainFrame.url === 'about:blank' && !this.#loading.busy) return;
    this.#gate?.navigation.documentCame();
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
