import fs from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppText, appTextIn } from '../../app/i18n/app.ts';
import type { Language } from '../../app/i18n/index.ts';
import type { AppState } from '../../app/ipc/index.ts';
import { untilGone } from '../support/until.ts';
import { UpdateFeed } from '../support/update-feed.ts';
import { problemsOf } from './support/axe.ts';
import { describeApp } from './support/describe-app.ts';
import type { AppDriver } from './support/driver.ts';
import { newHome, openWindow, readSettings, runApp, showPopover, speak, stopApp } from './support/running-app.ts';
import { driverKind } from './support/start-app.ts';
import { openSse, serverSetting } from './support/traffic.ts';

const { version } = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, '../../package.json'), 'utf8'));

const describeStandIn = driverKind === 'electron' ? describe.skip : describeApp;

/** Goes through the languages, the last of which is spoken afterwards. */
async function inEach(
  languages: readonly Language[],
  page: Page,
  look: (words: AppText['updates'], text: AppText) => Promise<void>,
): Promise<void> {
  for (const language of languages) {
    await speak(page, language);
    await look(appTextIn(language).updates, appTextIn(language));
  }
}

/** Nothing that axe-core would complain about, with everything in the popover unfolded. */
async function expectAccessible(popover: Page, ...others: readonly Page[]): Promise<void> {
  for (const fold of await popover.locator('details:not([open]) > summary').all()) await fold.click();
  for (const page of [popover, ...others]) expect(await problemsOf(page)).toEqual([]);
}

describeStandIn('Updates (on the stand-in: real Electron updates only what is packed and signed)', () => {
  const english = appTextIn('en').updates;
  const chinese = appTextIn('zh-Hant').updates;
  const feed = new UpdateFeed();
  const bundle = newHome();
  let app: AppDriver;
  let page: Page;
  let settings: Page;

  beforeAll(async () => {
    await feed.open();
    const resources = path.join(bundle, 'MCP Gangway.app', 'Contents', 'Resources');
    feed.writeConfig(resources);
    app = await runApp({
      settings: { servers: [serverSetting('echo')] },
      habits: { on: true },
      env: { ELECTRON_HOST_PACKAGED: '1', ELECTRON_HOST_RESOURCES: resources },
    });
    page = await app.window('#popover');
    settings = await openWindow(app, 'settings');
  });

  afterAll(async () => {
    await stopApp(app);
    feed.close();
    fs.rmSync(bundle, { recursive: true, force: true });
  });

  const card = () => page.locator('.update');
  const button = (name: string) => card().getByRole('button', { name });
  const checkButton = (words: AppText['updates']) => settings.getByRole('button', { name: words.settings.check });
  const menuItem = async (): Promise<string | undefined> =>
    (await app.tray.openMenu()).find(({ id }) => id === 'update')?.label;

  it('are not looked for by themselves at the start, and nothing is shown of them', async () => {
    await inEach(['en', 'zh-Hant'], settings, async (words) => {
      await settings.getByText(words.settings.running(version)).waitFor();
      expect(await card().count()).toBe(0);
    });
    expect(feed.asked).toEqual([]);
  });

  it('are switched off and on in the settings', async () => {
    await settings.getByRole('switch', { name: chinese.settings.automatic }).click();
    await expect.poll(() => readSettings(app.home).habits.checkUpdates).toBe(false);
    await speak(settings, 'en');
    await settings.getByRole('switch', { name: english.settings.automatic }).click();
    await expect.poll(() => readSettings(app.home).habits.checkUpdates).toBe(true);
  });

  it('say why a check has failed, in both windows, until that is dismissed', async () => {
    feed.answer = (_request, response) => response.end('<html>Sign in</html>');
    await checkButton(english).click();
    await inEach(['en', 'zh-Hant'], settings, async (words, { windows }) => {
      await expect.poll(() => card().textContent()).toContain(words.failed.check + words.reasons['not-a-feed']);
      await settings.getByText(words.reasons['not-a-feed']).waitFor();
      await expect.poll(() => button(windows.dismiss).count()).toBe(1);
      await expectAccessible(page, settings);
    });
    await button(appTextIn('zh-Hant').windows.dismiss).click();
    await expect.poll(() => card().count()).toBe(0);
  });

  it('are offered in the popover and the menu, with what is new', async () => {
    feed.answer = feed.serve;
    await checkButton(chinese).click();
    await inEach(['zh-Hant', 'en'], settings, async (words) => {
      await expect.poll(() => card().textContent()).toContain(words.available('99.0.0'));
      await settings.getByText(words.settings.available('99.0.0')).waitFor();
      await expect.poll(() => button(words.download).count()).toBe(1);
      await expectAccessible(page);
      expect(await card().locator('li').allTextContents()).toEqual(['A new thing that helps.', 'An old thing.']);
      await expect.poll(menuItem).toBe(words.menu.available('99.0.0'));
    });
    expect(feed.asked).not.toContain(`/${feed.offer.file}`);
    await expect
      .poll(() => readSettings(app.home).update)
      .toMatchObject({ checkedAt: expect.any(Number), dismissed: null });
  });

  it('are downloaded at a click, and then wait for the end of the app', async () => {
    page = await showPopover(app);
    await button(english.download).click();
    await inEach(['en', 'zh-Hant'], settings, async (words) => {
      await expect.poll(() => card().textContent()).toContain(words.ready('99.0.0'));
      await settings.getByText(words.ready('99.0.0')).waitFor();
      await expect.poll(() => button(words.install).count()).toBe(1);
      await expectAccessible(page);
      await expect.poll(menuItem).toBe(words.menu.ready('99.0.0'));
    });
  });

  it('are installed after servers and port are gone, with no window in the way', async () => {
    const { port } = readSettings(app.home).settings;
    const client = await openSse(port, '/servers/echo/sse');
    const response = await fetch(`http://127.0.0.1:${port}/status`, { headers: { Accept: 'application/json' } });
    const { bridge } = (await response.json()) as { readonly bridge: AppState['bridge'] };
    const pids = bridge.servers.flatMap(({ children }) => children.flatMap(({ pid }) => pid ?? []));
    expect(pids.length).toBeGreaterThan(0);
    page = await showPopover(app);
    await button(chinese.install).click();
    const { code, misuse } = await app.ended;
    client.close();
    expect({ code, misuse }).toEqual({ code: 0, misuse: [] });
    for (const pid of pids) await untilGone(pid);
    await expect(isOpen(port)).resolves.toBe(false);
    const installed = fs.readFileSync(path.join(app.home, 'Library/Application Support/MCP Gangway/installed.zip'));
    expect(installed.equals(feed.archive)).toBe(true);
  });
});

describeApp('A copy without a feed', () => {
  const bundle = newHome();
  const contents = path.join(bundle, 'MCP Gangway.app', 'Contents');
  let app: AppDriver;

  beforeAll(async () => {
    fs.mkdirSync(path.join(contents, 'Resources'), { recursive: true });
    app = await runApp({
      env: { ELECTRON_HOST_PACKAGED: '1', ELECTRON_HOST_RESOURCES: path.join(contents, 'Resources') },
    });
  });

  afterAll(async () => {
    await stopApp(app);
    fs.rmSync(bundle, { recursive: true, force: true });
  });

  it('says in its settings alone that it does not look for updates', async () => {
    const settings = await openWindow(app, 'settings');
    const words = appTextIn('en').updates;
    await settings.getByText(words.settings.noFeed).waitFor();
    expect(await settings.getByRole('button', { name: words.settings.check }).count()).toBe(0);
    expect(await (await showPopover(app)).locator('.update').count()).toBe(0);
    expect((await app.tray.openMenu()).some(({ id }) => id === 'update')).toBe(false);
  });

  it.skipIf(driverKind === 'electron')(
    'gives way to a newer version that something else has put in place',
    async () => {
      const plist = '<plist><dict><key>CFBundleShortVersionString</key>\n<string>100.0.0</string></dict></plist>';
      fs.writeFileSync(path.join(contents, 'Info.plist'), plist);
      if (await app.isVisible('#popover')) await app.tray.click();
      const page = await showPopover(app);
      await inEach(['en', 'zh-Hant'], page, async (words) => {
        await expect.poll(() => page.locator('.update').textContent()).toContain(words.replaced('100.0.0'));
        await expectAccessible(page);
      });
    },
  );
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
