import type { Browser } from '../chromium/index.ts';
import { settings } from '../settings.ts';

interface Chromium {
  readonly browser: Browser;
  readonly userAgent: string;
}

let chromium: Chromium | undefined;

/** Called once by the boot, before the app is ready. */
export function chromiumStarted(started: Chromium): void {
  chromium = started;
}

/** Whether the app has been told that it is ready; windows and tray icons have to wait for it. */
export function isReady(): boolean {
  return chromium !== undefined;
}

/** @throws Error before the app is ready */
export function runningChromium(): Chromium {
  if (chromium === undefined) throw new Error('Chromium has not been started: wait for app.whenReady()');
  return chromium;
}

/** Closes Chromium, if it ever ran. */
export async function closeChromium(): Promise<void> {
  await chromium?.browser.close();
}

/**
 * For commands without an awaited outcome, as Electron's own window methods return before they have taken effect.
 * They fail only when their window is closed under them, which is no fault.
 */
export function inBackground(work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    if (settings.verbose) console.error('[electron-host]', error);
  });
}
