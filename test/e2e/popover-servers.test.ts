import fs from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appTextIn } from '../../app/i18n/app.ts';
import { listening } from '../support/listening.ts';
import { problemsOf } from './support/axe.ts';
import { writeClientFile } from './support/client-files.ts';
import { describeApp } from './support/describe-app.ts';
import type { AppDriver } from './support/driver.ts';
import { openWindow, readSettings, runApp, showPopover, startOver, stopApp } from './support/running-app.ts';
import { connectTunnel } from './support/traffic.ts';

const LONG = 'a-server-with-a-name-that-no-row-of-the-popover-has-room-for-8123';

/** Twelve servers, of which the eighth fails. */
function manyServers(): string {
  const names = [...Array.from({ length: 7 }, (_, at) => `server-${at}`), 'home-assistant', LONG, 'files', 'y', 'z'];
  const entry = { command: 'uvx', args: ['ha-mcp'], env: { HOMEASSISTANT_URL: 'http://nas.lan:8123' } };
  return JSON.stringify({ mcpServers: Object.fromEntries(names.map((name) => [name, entry])) });
}

describeApp('The popover with the servers of clients', () => {
  let app: AppDriver;
  let page: Page;
  let origin: Server;
  let target: string;

  beforeAll(async () => {
    app = await runApp({ habits: { on: true } });
    writeClientFile(app.home, 'claude', manyServers());
    const logs = path.join(app.home, 'Library/Logs/Claude');
    fs.mkdirSync(logs, { recursive: true });
    fs.writeFileSync(path.join(logs, 'mcp-server-home-assistant.log'), 'OSError: [Errno 65] No route to host\n');
    origin = createServer((socket) => socket.on('error', () => undefined).resume());
    target = `127.0.0.1:${await listening(origin)}`;
    page = await app.window('#popover');
  });

  afterAll(async () => {
    await stopApp(app);
    origin.close();
  });

  describe.each(['en', 'zh-Hant'] as const)('in %s', (language) => {
    const { popover, clientsWindow, settingsWindow } = appTextIn(language);

    beforeAll(() => startOver(app, { language }));

    const servers = () => page.getByRole('list', { name: popover.clientServers }).getByRole('listitem');

    it('begins with the server that fails, with its client, its way, the reason and a button', async () => {
      await showPopover(app);
      await expect.poll(() => servers().first().textContent()).toContain('home-assistant');
      const row = await servers().first().textContent();
      for (const part of ['Claude Desktop', clientsWindow.modes.off, 'No route to host']) expect(row).toContain(part);
      expect(await problemsOf(page)).toEqual([]);
    });

    it('shows five of twelve, so that what Gangway runs stays in view, and all of them on request', async () => {
      expect(await servers().count()).toBe(5);
      const next = page.getByRole('heading', { name: popover.servers, exact: true });
      expect(await next.boundingBox().then((box) => (box?.y ?? Number.POSITIVE_INFINITY) < 580)).toBe(true);
      await page.getByRole('button', { name: popover.more(7) }).click();
      await expect.poll(() => servers().count()).toBe(12);
      const name = servers().filter({ hasText: LONG }).locator('.middle-cut').first();
      const end = await name.locator('span').last().boundingBox();
      const badge = await servers().filter({ hasText: LONG }).locator('.badge').boundingBox();
      // The end of the name is shown whole, and the client's badge beside it.
      expect((end?.x ?? 0) + (end?.width ?? 0)).toBeLessThanOrEqual(badge?.x ?? 0);
      expect((badge?.x ?? 0) + (badge?.width ?? 0)).toBeLessThan(360);
      // A name of narrow letters takes no more room than they do.
      const short = servers().filter({ hasText: 'files' }).locator('.middle-cut').first();
      const letters = await short.locator('span').last().boundingBox();
      expect(await short.boundingBox().then((box) => box?.width)).toBeCloseTo(letters?.width ?? 0, 0);
      await page.getByRole('button', { name: popover.fewer }).click();
      await expect.poll(() => servers().count()).toBe(5);
    });

    it('finds one of many by a part of its name, in the popover and in the window, and Escape shows them all again', async () => {
      const { filter } = appTextIn(language).windows;
      const clients = await openWindow(app, 'clients');
      const rows = clients.getByRole('list', { name: 'Claude Desktop' }).locator('> li');
      for (const [window, list, field, most] of [
        [page, servers(), popover.clientServers, 5],
        [clients, rows, 'Claude Desktop', 12],
      ] as const) {
        const search = window.getByRole('searchbox', { name: filter.label(field) });
        await search.fill('ASSIST');
        await expect.poll(() => list.count()).toBe(1);
        expect(await list.textContent()).toContain('home-assistant');
        expect(await window.getByText(filter.shown(1, 12), { exact: true }).getAttribute('role')).toBe('status');
        await search.fill('nothing');
        await window.getByText(filter.shown(0, 12), { exact: true }).waitFor();
        expect(await problemsOf(window)).toEqual([]);
        await search.press('Escape');
        await expect.poll(() => list.count()).toBe(most);
      }
      await showPopover(app);
      expect(await app.isVisible('#popover')).toBe(true);
    });

    it('shows twenty tunnels to one target as one row, and closes them with one click', async () => {
      const { port } = readSettings(app.home).settings;
      const tunnels = await Promise.all(Array.from({ length: 20 }, () => connectTunnel(port, target)));
      const rows = page.getByRole('list', { name: popover.tunnels }).getByRole('listitem');
      await expect.poll(() => rows.locator('.badge').textContent()).toBe('×20');
      expect(await rows.count()).toBe(1);
      await page.getByRole('button', { name: popover.closeTunnels(20, target) }).click();
      await expect.poll(() => rows.count()).toBe(0);
      for (const tunnel of tunnels) tunnel.destroy();
    });

    it('turns off for an hour in two clicks, says who is cut off, and takes that back in one', async () => {
      const { port } = readSettings(app.home).settings;
      const tunnel = await connectTunnel(port, target);
      await page.keyboard.press('Escape');
      await expect.poll(() => app.isVisible('#popover')).toBe(false);
      const status = async (): Promise<string> => (await app.tray.openMenu())[0]?.label ?? '';
      await expect.poll(status).toContain(`127.0.0.1:${port}`);
      await app.tray.pick('off:hour');
      await expect.poll(() => app.isVisible('#popover')).toBe(true);
      const note = page.locator('.off-note');
      await expect.poll(() => note.textContent()).toContain(popover.cutOff(popover.unnamed(1)));
      const left = (age: string): string => appTextIn(language).status.offFor(age);
      const { ages } = appTextIn(language).status;
      await expect.poll(status).toBeOneOf([left(ages.hours(1, 0)), left(ages.minutes(59))]);
      await expect.poll(() => app.tray.title()).toBeOneOf([ages.wholeHours(1), ages.minutes(59)]);
      await expect.poll(() => readSettings(app.home).habits).toMatchObject({ on: false, backOnAt: expect.any(Number) });
      expect(await problemsOf(page)).toEqual([]);
      await note.getByRole('button', { name: popover.undoOff, exact: true }).click();
      await expect.poll(status).toContain(`127.0.0.1:${port}`);
      await expect.poll(() => app.tray.title()).toBe('');
      await expect.poll(() => readSettings(app.home).habits).toMatchObject({ on: true, backOnAt: null });
      tunnel.destroy();
    });

    it('shows everything twice as large, grows with that as far as the screen has room, and is usable so', async () => {
      for (let step = 0; step < 5; step++) await app.pickFromMenuBar('text-larger');
      await expect.poll(() => page.evaluate('document.documentElement.style.zoom')).toBe('2');
      await expect.poll(() => readSettings(app.home).habits.textSize).toBe(200);
      // The window follows a moment after its page.
      await expect.poll(() => page.evaluate('innerWidth')).toBe(720);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      expect(await problemsOf(page)).toEqual([]);
      const settings = await openWindow(app, 'settings');
      const overflow = () =>
        settings.evaluate<number>(
          `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.settings-page'))`,
        );
      for (const part of await settings.getByRole('navigation').getByRole('button').all()) {
        await part.click();
        expect(await overflow(), (await part.textContent()) ?? '').toBe(0);
      }
      await settings.getByRole('button', { name: settingsWindow.parts.servers, exact: true }).click();
      await settings.getByRole('button', { name: settingsWindow.servers.add, exact: true }).click();
      await settings.getByLabel(settingsWindow.servers.command.label).waitFor();
      expect(await overflow()).toBe(0);
      // The person cannot make this one larger.
      const welcome = await openWindow(app, 'welcome');
      await expect.poll(() => welcome.evaluate('innerWidth')).toBe(1240);
      await app.pickFromMenuBar('text-actual');
      await expect.poll(() => welcome.evaluate('innerWidth')).toBe(620);
      await showPopover(app);
      await expect.poll(() => page.evaluate('document.documentElement.style.zoom')).toBe('1');
      await expect.poll(() => page.evaluate('innerWidth')).toBe(360);
    });

    it('leads from the button to the change that helps, in the window for the servers', async () => {
      await page.getByRole('button', { name: popover.fixOf(popover.fix.fix, 'home-assistant') }).click();
      const clients = await app.window('#clients');
      await expect
        .poll(() => clients.getByRole('dialog').locator('h2').textContent())
        .toBe(clientsWindow.preview.title.through('home-assistant'));
      expect(await clients.title()).toBe(appTextIn(language).windows.titles.clients);
    });
  });
});
