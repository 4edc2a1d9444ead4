import type * as Electron from 'electron';
import { settings } from '../../settings.ts';
import type { Page } from '../contents/index.ts';
import { inBackground, runningChromium } from '../runtime.ts';

/** Height in points of the toolbar that headless Chromium adds to a window, though it is not visible. */
const toolbar = 87;

/** Makes a page's place and visibility in Chromium the same as its window's here. */
export class Placement {
  readonly #page: Promise<Page>;
  #bounds: Electron.Rectangle;
  #minimized = false;

  constructor(page: Promise<Page>, bounds: Electron.Rectangle) {
    this.#page = page;
    this.#bounds = bounds;
    this.#place();
  }

  get bounds(): Electron.Rectangle {
    return { ...this.#bounds };
  }

  move(bounds: Electron.Rectangle): void {
    this.#bounds = bounds;
    this.#place();
  }

  /** A hidden window is a minimized one to Chromium: the page's visibilityState becomes `hidden`, as in Electron. */
  setHidden(hidden: boolean): void {
    if (this.#minimized === hidden) return;
    this.#minimized = hidden;
    this.#command(async (page) => {
      await setWindowBounds(page, { windowState: hidden ? 'minimized' : 'normal' });
    });
    if (!hidden) this.#place();
  }

  bringToFront(): void {
    this.#command(({ cdp }) => cdp.send('Page.bringToFront'));
  }

  #place(): void {
    const { x, y, width, height } = this.#bounds;
    const { width: screenWidth, height: screenHeight, scale } = settings.display;
    const minimized = this.#minimized;
    this.#command(async (page) => {
      if (!minimized) await setWindowBounds(page, { left: x, top: y, width, height: height + toolbar });
      await page.cdp.send('Emulation.setDeviceMetricsOverride', {
        width,
        height,
        deviceScaleFactor: scale,
        mobile: false,
        screenWidth,
        screenHeight,
        positionX: x,
        positionY: y,
      });
    });
  }

  #command(work: (page: Page) => Promise<unknown>): void {
    inBackground(this.#page.then(work));
  }
}

interface ChromiumBounds {
  readonly left?: number;
  readonly top?: number;
  readonly width?: number;
  readonly height?: number;
  readonly windowState?: 'normal' | 'minimized';
}

async function setWindowBounds({ targetId }: Page, bounds: ChromiumBounds): Promise<void> {
  const { root } = runningChromium().browser.connection;
  const { windowId } = await root.send('Browser.getWindowForTarget', { targetId });
  await root.send('Browser.setWindowBounds', { windowId, bounds });
}
