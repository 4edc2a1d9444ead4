import type * as Electron from 'electron';
import type { CdpPayload, CdpSession } from '../../chromium/index.ts';
import type { Like } from '../../contract/like.ts';
import { refuseOtherMembers } from '../../contract/unsimulated.ts';
import { fromChromium } from '../protocol/index.ts';

/** What a frame needs of the page it belongs to. */
interface FrameOwner {
  send(channel: string, ...args: unknown[]): void;
  isDestroyed(): boolean;
}

export class WebFrameMain
  implements
    Like<Electron.WebFrameMain, 'url' | 'origin' | 'name' | 'frameToken' | 'parent' | 'top' | 'send' | 'isDestroyed'>
{
  readonly frameToken: string;
  readonly parent: WebFrameMain | null;
  url = '';
  origin = '';
  name = '';
  readonly #owner: FrameOwner;

  constructor(frameToken: string, parent: WebFrameMain | null, owner: FrameOwner) {
    this.frameToken = frameToken;
    this.parent = parent;
    this.#owner = owner;
  }

  get top(): WebFrameMain {
    return this.parent?.top ?? this;
  }

  send(channel: string, ...args: unknown[]): void {
    this.#owner.send(channel, ...args);
  }

  isDestroyed(): boolean {
    return this.#owner.isDestroyed();
  }
}

refuseOtherMembers(WebFrameMain.prototype, 'WebFrameMain');

type NavigatedFrame = CdpPayload<'Page.frameNavigated'>['frame'];

/** The frames of one page, kept up to date with Chromium. */
export class FrameTree {
  readonly #owner: FrameOwner;
  readonly #frames = new Map<string, WebFrameMain>();
  #main: WebFrameMain;

  constructor(owner: FrameOwner) {
    this.#owner = owner;
    this.#main = new WebFrameMain('', null, owner);
  }

  get main(): WebFrameMain {
    return this.#main;
  }

  find(id: string | undefined): WebFrameMain | undefined {
    return id === undefined ? undefined : this.#frames.get(id);
  }

  /** @param onMainDocument called for each new document of the main frame, with the id of its loader */
  follow(cdp: CdpSession, onMainDocument: (loaderId: string) => void): void {
    cdp.on('Page.frameAttached', ({ frameId, parentFrameId }) => this.#add(frameId, parentFrameId));
    cdp.on('Page.frameDetached', ({ frameId, reason }) => {
      if (reason === 'remove') this.#frames.delete(frameId);
    });
    cdp.on('Page.navigatedWithinDocument', ({ frameId, url }) => {
      const frame = this.#frames.get(frameId);
      if (frame !== undefined) frame.url = fromChromium(url);
    });
    cdp.on('Page.frameNavigated', ({ frame }) => {
      this.#moved(frame);
      if (frame.parentId === undefined) onMainDocument(frame.loaderId);
    });
  }

  #moved(navigated: NavigatedFrame): void {
    const frame = this.#frames.get(navigated.id) ?? this.#add(navigated.id, navigated.parentId);
    frame.url = fromChromium(navigated.url) + (navigated.urlFragment ?? '');
    // Chromium writes the opaque origin of file: and data: documents as '://'.
    frame.origin = navigated.securityOrigin === '://' ? 'null' : fromChromium(navigated.securityOrigin);
    frame.name = navigated.name ?? '';
    if (frame.parent === null) this.#main = frame;
  }

  #add(id: string, parentId: string | undefined): WebFrameMain {
    const frame = new WebFrameMain(id, this.find(parentId) ?? null, this.#owner);
    this.#frames.set(id, frame);
    return frame;
  }
}
