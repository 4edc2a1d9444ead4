import fs from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AppDriver, DriverKind } from '../../e2e/support/driver.ts';
import { startApp } from '../../e2e/support/start-app.ts';
import { describeInChromium } from '../support/chromium.ts';

const persons: readonly DriverKind[] = ['stand-in', 'electron'];

// Both ways of acting as the person, on the stand-in: that of real Electron uses public interfaces only.
for (const person of persons) {
  describeInChromium(`menubar and electron-store on the stand-in, driven as on ${person}`, () => {
    let driver: AppDriver;
    let page: Page;

    beforeAll(async () => {
      driver = await startApp({ app: path.join(import.meta.dirname, 'main.ts'), person });
      page = await driver.window('page.html');
    });

    afterAll(async () => {
      await driver.stop();
      fs.rmSync(driver.home, { recursive: true, force: true });
    });

    const settings = async (): Promise<unknown> =>
      JSON.parse(fs.readFileSync(path.join(await driver.userData(), 'settings.json'), 'utf8'));

    it('hides the window until the icon is clicked, and shows it under the menu bar then', async () => {
      await expect.poll(() => page.title()).toBe('Sample');
      expect(await driver.isVisible('page.html')).toBe(false);
      await driver.tray.click();
      await expect.poll(() => driver.isVisible('page.html')).toBe(true);
      const bounds = await driver.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());
      expect(bounds).toMatchObject({ width: 360, height: 240, y: 24 });
    });

    it('brings a real click to the main process and its answer back', async () => {
      await page.click('#ask');
      await expect.poll(() => page.textContent('#answer')).toBe('HELLO true 1');
      expect(await settings()).toEqual({ enabled: true, asked: 1 });
      await page.click('#badly');
      await expect.poll(() => page.textContent('#answer')).toContain('TypeError: A question is a string');
    });

    it('keeps the preload apart from the page, and the page under its policy', async () => {
      const names = ['require', 'process', '__electronHostSend', 'inlineRan', 'sample'];
      const found = await page.evaluate((wanted) => wanted.filter((name) => name in globalThis), names);
      expect(found).toEqual(['sample']);
    });

    it('changes the store, the icon and the page from the menu', async () => {
      const menu = await driver.tray.openMenu();
      expect(menu.map(({ label, type }) => (type === 'separator' ? '-' : label))).toEqual([
        'Enabled',
        '-',
        'Busy',
        'Quit',
      ]);
      expect(menu[0]).toMatchObject({ id: 'enabled', checked: true });
      await driver.tray.pick('enabled');
      await expect.poll(settings).toEqual({ enabled: false, asked: 1 });
      await expect.poll(() => page.textContent('#state')).toBe('off');
      expect(await driver.tray.title()).toBe('off');
      expect((await driver.tray.openMenu())[0]).toMatchObject({ checked: false });
      await expect(driver.tray.pick('busy')).rejects.toThrow('Nobody can pick');
    });

    it('opens links in the browser and goes nowhere itself', async () => {
      await page.click('#outside');
      await expect.poll(() => driver.opened()).toEqual(['https://example.test/']);
      await page.click('#away', { noWaitAfter: true });
      await page.click('#ask');
      expect(page.url()).toMatch(/^file:.*page\.html$/);
    });

    it('hides when something else is clicked, and shows again for a second start', async () => {
      await driver.clickOutside();
      await expect.poll(() => driver.isVisible('page.html')).toBe(false);
      expect(await driver.startAgain()).toBe(0);
      await expect.poll(() => driver.isVisible('page.html')).toBe(true);
    });

    it('hears of a wake-up and of a click in Finder', async () => {
      await driver.power('resume');
      await expect.poll(() => driver.tray.title()).toBe('awake');
      await driver.clickOutside();
      await expect.poll(() => driver.isVisible('page.html')).toBe(false);
      await driver.activate();
      await expect.poll(() => driver.isVisible('page.html')).toBe(true);
    });

    it('asks where to export to, from the menu bar, and copies the answer', async () => {
      await driver.answerDialog('showSaveDialog', { canceled: false, filePath: '/tmp/export.txt' });
      await driver.pickFromMenuBar('export');
      await expect.poll(() => driver.clipboard()).toBe('/tmp/export.txt');
    });

    it('quits from its menu, having misused nothing', async () => {
      await driver.tray.openMenu();
      await driver.tray.pick('quit').catch(() => undefined);
      expect(await driver.ended).toMatchObject({ code: 0, misuse: [] });
    });
  });
}
