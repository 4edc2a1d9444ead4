import fs from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppText, appTextIn } from '../../app/i18n/app.ts';
import type { AppState } from '../../app/ipc/index.ts';
import { untilGone } from '../support/until.ts';
import { UpdateFeed } from '../support/update-feed.ts';
import { problemsOf } from './support/axe.ts';
import { describeApp } from './support/describe-app.ts';
import type { AppDriver } from './support/driver.ts';
import { newHome, openWindow, readSettings, runApp, showPopover, stopApp } from './support/running-app.ts';
import { driverKind } from './support/start-app.ts';
import { openSse, serverSetting } from './support/traffic.ts';

const { version } = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, '../../package.json'), 'utf8'));

const describeStandIn = driverKind === 'electron' ? describe.skip : describeApp;

for (const language of ['en', 'zh-Hant'] as const) {
  describeStandIn(
    `Updates, in ${language} (on the stand-in: real Electron updates only what is packed and signed)`,
    () => {
      const words: AppText['updates'] = appTextIn(language).updates;
      const { windows } = appTextIn(language);
      const feed = new UpdateFeed();
      const bundle = newHome();
      const contents = path.join(bundle, 'MCP Gangway.app', 'Contents');
      let app: AppDriver;
      let page: Page;
      let settings: Page;

      beforeAll(async () => {
        await feed.open();
        feed.writeConfig(path.join(contents, 'Resources'));
        app = await runApp({
          settings: { language, servers: [serverSetting('echo')] },
          habits: { on: true },
          env: { ELECTRON_HOST_PACKAGED: '1', ELECTRON_HOST_RESOURCES: path.join(contents, 'Resources') },
        });
        page = await app.window('#popover');
        settings = await openWindow(app, 'settings');
      });

      afterAll(async () => {
        await stopApp(app);
        feed.close();
        fs.rmSync(bundle, { recursive: true, force: true });
      });

      const check = (): Promise<void> => settings.getByRole('button', { name: words.settings.check }).click();
      const card = () => page.locator('.update');

      /** Nothing that axe-core would complain about, in light and in dark, with everything unfolded. */
      async function expectAccessible(...pages: readonly Page[]): Promise<void> {
        for (const fold of await page.locator('details:not([open]) > summary').all()) await fold.click();
        for (const shown of pages) {
          for (const colorScheme of ['light', 'dark'] as const) {
            await shown.emulateMedia({ colorScheme });
            expect(await problemsOf(shown), colorScheme).toEqual([]);
          }
        }
      }

      it('are not looked for by themselves at the start, and nothing is shown of them', async () => {
        await settings.getByText(words.settings.running(version)).waitFor();
        expect(feed.asked).toEqual([]);
        expect(await card().count()).toBe(0);
      });

      it('are switched off and on in the settings', async () => {
        const toggle = settings.getByRole('switch', { name: words.settings.automatic });
        await toggle.click();
        await expect.poll(() => readSettings(app.home).habits.checkUpdates).toBe(false);
        await toggle.click();
        await expect.poll(() => readSettings(app.home).habits.checkUpdates).toBe(true);
      });

      it('say why a check has failed, in both windows, until that is dismissed', async () => {
        feed.answer = (_request, response) => response.end('<html>Sign in</html>');
        await check();
        await expect.poll(() => card().textContent()).toContain(words.failed.check + words.reasons['not-a-feed']);
        await settings.getByText(words.reasons['not-a-feed']).waitFor();
        await expectAccessible(page, settings);
        await card().getByRole('button', { name: windows.dismiss }).click();
        await expect.poll(() => card().count()).toBe(0);
      });

      it('are offered in the popover and the menu, with what is new', async () => {
        feed.answer = feed.serve;
        await check();
        await expect.poll(() => card().textContent()).toContain(words.available('99.0.0'));
        await settings.getByText(words.settings.available('99.0.0')).waitFor();
        await expectAccessible(page);
        expect(await card().locator('li').allTextContents()).toEqual(['A new thing that helps.', 'An old thing.']);
        const menu = await app.tray.openMenu();
        expect(menu.find(({ id }) => id === 'update')?.label).toBe(words.menu.available('99.0.0'));
        expect(feed.asked).not.toContain(`/${feed.offer.file}`);
        await expect
          .poll(() => readSettings(app.home).update)
          .toMatchObject({ checkedAt: expect.any(Number), dismissed: null });
      });

      it('are downloaded at a click, and then wait for the end of the app', async () => {
        page = await showPopover(app);
        await card().getByRole('button', { name: words.download }).click();
        await expect.poll(() => card().textContent()).toContain(words.ready('99.0.0'));
        await settings.getByText(words.ready('99.0.0')).waitFor();
        await expectAccessible(page);
        const menu = await app.tray.openMenu();
        expect(menu.find(({ id }) => id === 'update')?.label).toBe(words.menu.ready('99.0.0'));
      });

      if (language === 'en') {
        it('are installed after servers and port are gone, with no window in the way', async () => {
          const { port } = readSettings(app.home).settings;
          const client = await openSse(port, '/servers/echo/sse');
          const response = await fetch(`http://127.0.0.1:${port}/status`, { headers: { Accept: 'application/json' } });
          const { bridge } = (await response.json()) as { readonly bridge: AppState['bridge'] };
          const pids = bridge.servers.flatMap(({ children }) => children.flatMap(({ pid }) => pid ?? []));
          expect(pids.length).toBeGreaterThan(0);
          page = await showPopover(app);
          await card().getByRole('button', { name: words.install }).click();
          const { code, misuse } = await app.ended;
          client.close();
          expect({ code, misuse }).toEqual({ code: 0, misuse: [] });
          for (const pid of pids) await untilGone(pid);
          await expect(isOpen(port)).resolves.toBe(false);
          const installed = fs.readFileSync(
            path.join(app.home, 'Library/Application Support/MCP Gangway/installed.zip'),
          );
          expect(installed.equals(feed.archive)).toBe(true);
        });
      } else {
        it('give way to a newer version that something else has put in place', async () => {
          const plist = '<plist><dict><key>CFBundleShortVersionString</key>\n<string>100.0.0</string></dict></plist>';
          fs.writeFileSync(path.join(contents, 'Info.plist'), plist);
          if (await app.isVisible('#popover')) await app.tray.click();
          page = await showPopover(app);
          await expect.poll(() => card().textContent()).toContain(words.replaced('100.0.0'));
          await expectAccessible(page);
        });
      }
    },
  );
}

describeApp('A copy without a feed', () => {
  it('says in its settings alone that it does not look for updates', async () => {
    const app = await runApp();
    const settings = await openWindow(app, 'settings');
    const words = appTextIn('en').updates;
    await settings.getByText(words.settings.noFeed).waitFor();
    expect(await settings.getByRole('button', { name: words.settings.check }).count()).toBe(0);
    expect(await (await showPopover(app)).locator('.update').count()).toBe(0);
    expect((await app.tray.openMenu()).some(({ id }) => id === 'update')).toBe(false);
    await stopApp(app);
  });
});

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
