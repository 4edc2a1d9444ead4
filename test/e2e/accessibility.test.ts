import { createServer, type Server } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appTextIn } from '../../app/i18n/app.ts';
import { listening } from '../support/listening.ts';
import { problemsOf } from './support/axe.ts';
import { CLAUDE_FILE, writeClientFile } from './support/client-files.ts';
import { describeApp } from './support/describe-app.ts';
import type { AppDriver } from './support/driver.ts';
import { openWindow, readSettings, runApp, startOver, stopApp } from './support/running-app.ts';
import { connectTunnel, serverSetting } from './support/traffic.ts';

/** Whether every control can be reached with the Tab key. */
async function reachable(page: Page): Promise<{ readonly reached: number; readonly controls: number }> {
  const controls = await page.evaluate<number>(
    `[...document.querySelectorAll('button:not(:disabled):not([tabindex="-1"]), input, select, textarea, summary, [tabindex="0"]')]
      .filter((control) => control.checkVisibility()).length`,
  );
  await page.evaluate(`document.activeElement?.blur?.(); window.reached = new Set()`);
  for (let press = 0; press < controls + 3; press++) {
    await page.keyboard.press('Tab');
    await page.evaluate(`if (document.activeElement !== document.body) window.reached.add(document.activeElement)`);
  }
  return { reached: await page.evaluate<number>(`window.reached.size`), controls };
}

describeApp('Every window', () => {
  const servers = [serverSetting('echo')];
  let app: AppDriver;
  let origin: Server;

  beforeAll(async () => {
    app = await runApp({ settings: { servers }, habits: { on: true } });
    origin = createServer((socket) => socket.on('error', () => undefined).resume());
    const { port } = readSettings(app.home).settings;
    await connectTunnel(port, `127.0.0.1:${await listening(origin)}`);
    await connectTunnel(port, '127.0.0.1:1').catch(() => undefined);
    writeClientFile(app.home, 'claude', CLAUDE_FILE);
  });

  afterAll(async () => {
    await stopApp(app);
    origin.close();
  });

  describe.each(['en', 'zh-Hant'] as const)('in %s', (language) => {
    const words = appTextIn(language).settingsWindow;

    beforeAll(async () => {
      await startOver(app, { language, servers });
      if (!(await app.isVisible('#popover'))) await app.tray.click();
    });

    it.each(['popover', 'settings', 'logs', 'activity', 'welcome', 'clients', 'doctor'] as const)(
      '%s: light and dark, without serious findings',
      async (name) => {
        const page = name === 'popover' ? await app.window('#popover') : await openWindow(app, name);
        await page.locator('main').waitFor();
        if (name === 'doctor') {
          const { target, run } = appTextIn(language).doctor.window;
          await page.getByLabel(target).fill('127.0.0.1:1');
          await page.getByRole('button', { name: run, exact: true }).click();
          await page.locator('.findings').waitFor();
        }
        const parts = name === 'settings' ? await page.getByRole('navigation').getByRole('button').all() : [null];
        for (const part of parts) {
          await part?.click();
          for (const fold of await page.locator('details:not([open]) > summary').all()) await fold.click();
          expect(await problemsOf(page)).toEqual([]);
        }
      },
    );

    it.each([
      ['a new server', words.servers.add],
      ['a server that is there', words.servers.edit('echo')],
    ])('the editor of %s: light and dark, without serious findings, reached by Tab', async (_what, button) => {
      const page = await openWindow(app, 'settings');
      await page.getByRole('button', { name: words.parts.servers, exact: true }).click();
      await page.getByRole('button', { name: button }).click();
      await page.getByLabel(words.servers.command.label).waitFor();
      await page.getByRole('button', { name: words.servers.try, exact: true }).click();
      await page.locator('.try-result, .error').first().waitFor();
      expect(await problemsOf(page)).toEqual([]);
      const { reached, controls } = await reachable(page);
      expect(reached).toBe(controls);
      await page.getByRole('button', { name: appTextIn(language).windows.cancel }).click();
    });

    it.each(['popover', 'settings', 'logs', 'activity', 'welcome', 'clients', 'doctor'] as const)(
      '%s: every control is reached by Tab',
      async (name) => {
        const page = await app.window(`#${name}`);
        const { reached, controls } = await reachable(page);
        expect(controls).toBeGreaterThan(2);
        expect(reached).toBe(controls);
      },
    );
  });
});
