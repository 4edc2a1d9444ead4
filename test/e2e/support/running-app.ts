import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import type { Language } from '../../../app/i18n/index.ts';
import { DEFAULT_STORED, type Habits, type Settings, type Stored } from '../../../app/settings/index.ts';
import { freePort } from '../../support/tcp.ts';
import type { AppDriver } from './driver.ts';
import { driverKind, type StartOptions, startApp } from './start-app.ts';

/** What is not there within that long does not come: where `expect.poll` cannot be used, outside of a test. */
export const PATIENT = { timeout: 20_000, interval: 50 };

export interface AppWishes extends Omit<StartOptions, 'home'> {
  readonly settings?: Partial<Settings>;
  readonly habits?: Partial<Habits>;
}

/** The app with a home of its own, on a port of its own, past its first run. The spec stops it with `stopApp`. */
export async function runApp({ settings = {}, habits = {}, ...options }: AppWishes = {}): Promise<AppDriver> {
  const home = newHome();
  const port = settings.port ?? (await freePort());
  const stored: Stored = {
    ...DEFAULT_STORED,
    settings: { ...DEFAULT_STORED.settings, ...settings, port },
    habits: { ...DEFAULT_STORED.habits, welcomed: true, confirmQuit: false, ...habits },
  };
  writeSettings(home, JSON.stringify(stored));
  const app = await startApp({ ...options, home });
  // Behind the icon: this window leads to all the others.
  await app.window('#popover');
  return app;
}

/** An empty home, as on the first day. */
export function newHome(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'gangway-e2e-'));
}

/** Opens an ordinary window from the menu of the icon. */
export async function openWindow(
  app: AppDriver,
  name: 'settings' | 'logs' | 'activity' | 'welcome' | 'clients' | 'doctor',
): Promise<Page> {
  await app.tray.openMenu();
  await app.tray.pick(name);
  const page = await app.window(`#${name}`);
  await page.locator('main').waitFor();
  return page;
}

/** The window under the icon, shown. */
export async function showPopover(app: AppDriver): Promise<Page> {
  if (!(await app.isVisible('#popover'))) await app.tray.click();
  await expect.poll(() => app.isVisible('#popover')).toBe(true);
  return app.window('#popover');
}

/** Puts a settings file where the app will look for it. */
export function writeSettings(home: string, content: string): void {
  const file = settingsFile(home);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

export function settingsFile(home: string): string {
  const folder = driverKind === 'electron' ? ['userData'] : ['Library', 'Application Support', 'MCP Gangway'];
  return path.join(home, ...folder, 'settings.json');
}

export function readSettings(home: string): Stored {
  return JSON.parse(fs.readFileSync(settingsFile(home), 'utf8'));
}

/** Quits the app and removes its home. The spec fails if the app has misused Electron on its way. */
export async function stopApp(app: AppDriver): Promise<void> {
  const { misuse, output } = await app.stop();
  fs.rmSync(app.home, { recursive: true, force: true });
  expect(misuse, output).toEqual([]);
}

/** Chooses a language as the settings window does, without leaving what is on show. */
export async function speak(page: Page, language: Language): Promise<void> {
  await page.evaluate(`gangway.changeSettings({ language: '${language}' })`);
}

/** For the next group of specs: these settings and the defaults of all others but the port, and no window beside the popover. */
export async function startOver(app: AppDriver, settings: Partial<Settings>): Promise<void> {
  const others = () => app.app.windows().filter((page) => !page.url().endsWith('#popover'));
  const closeOthers = () =>
    app.app.evaluate(({ BrowserWindow }) => {
      for (const window of BrowserWindow.getAllWindows()) {
        if (!window.webContents.getURL().endsWith('#popover')) window.close();
      }
    });
  await vi.waitFor(async () => {
    await closeOthers();
    expect(others()).toHaveLength(0);
  }, PATIENT);
  const popover = await app.window('#popover');
  const { port } = readSettings(app.home).settings;
  const next: Settings = { ...DEFAULT_STORED.settings, port, ...settings };
  const answer = await popover.evaluate(`gangway.changeSettings(${JSON.stringify(next)})`);
  expect(answer).toMatchObject({ ok: true, value: { ok: true } });
  await vi.waitFor(() => expect(readSettings(app.home).settings).toEqual(next), PATIENT);
  const spoken = () => popover.evaluate('document.documentElement.lang');
  await vi.waitFor(async () => expect(await spoken()).toBe(next.language), PATIENT);
}
