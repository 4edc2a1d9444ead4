import fs from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appTextIn } from '../../app/i18n/app.ts';
import { fixtureServer } from '../support/fixture-servers.ts';
import { openSession, type SessionClient } from '../support/raw-mcp.ts';
import { MANY, tellMany } from './support/activity-flood.ts';
import { problemsOf } from './support/axe.ts';
import { describeApp } from './support/describe-app.ts';
import type { AppDriver } from './support/driver.ts';
import { openWindow, readSettings, runApp, speak, startOver, stopApp } from './support/running-app.ts';
import { connectTunnel, serverSetting } from './support/traffic.ts';

describeApp('The Activity window', () => {
  const settings = {
    servers: [
      serverSetting('echo', '--honest'),
      serverSetting('quiet'),
      fixtureServer('modern', { name: 'modern', era: 'modern' }),
    ],
    recordContents: ['echo'],
  };
  let app: AppDriver;

  beforeAll(async () => {
    app = await runApp({ settings, habits: { on: true } });
  });

  afterAll(() => stopApp(app));

  describe.each(['en', 'zh-Hant'] as const)('in %s', (language) => {
    const text = appTextIn(language);
    const words = text.activityWindow;
    const { outcomes } = text.cliRun.tap;
    let page: Page;
    let client: SessionClient;

    beforeAll(async () => {
      await startOver(app, { ...settings, language });
      page = await openWindow(app, 'activity');
      if (language !== 'en') await forget();
      const { port } = readSettings(app.home).settings;
      client = await openSession(`http://127.0.0.1:${port}`, { path: '/servers/echo/mcp' });
      await connectTunnel(port, '127.0.0.1:1').catch(() => undefined);
    });

    afterAll(async () => {
      await client.end();
      await app.pickFromMenuBar('text-actual');
    });

    /** Clears what the other language has left. */
    async function forget(): Promise<void> {
      const rows = page.locator('.activity-row');
      await rows.first().waitFor();
      await button(words.clear).click();
      await rows.first().waitFor({ state: 'detached' });
    }

    const row = (holds: string) => page.locator('.activity-row', { hasText: holds });
    const detail = () => page.locator('.activity-detail');
    const selected = () => page.locator('[aria-selected="true"]').getAttribute('id');
    const button = (name: string) => page.getByRole('button', { name, exact: true });

    it('shows a call as it passes, and its contents as a tree without secrets', async () => {
      await client.call('tools/call', { name: 'echo', arguments: { text: 'salt', password: 'pass-of-mine' } });
      await expect.poll(() => row('tools/call echo').textContent()).toContain(outcomes.ok);
      await row('tools/call echo').click();
      await expect.poll(() => detail().locator('.tree').first().textContent()).toContain('salt');
      const shown = (await detail().textContent()) ?? '';
      expect(shown).toContain(words.masked(1));
      expect(shown).not.toContain('pass-of-mine');
      expect(await detail().locator('.timing-bar').count()).toBeGreaterThan(0);
      expect(await page.getByRole('note').textContent()).toContain(words.recorded('echo'));
    });

    it('offers no copy of a request in which something is hidden, and copies a whole one', async () => {
      expect(await button(words.copyCurl).isDisabled()).toBe(true);
      await client.call('tools/list');
      await row('tools/list').click();
      await button(words.copyJson).click();
      await expect.poll(() => app.clipboard()).toMatch(/^\{.*"method":"tools\/list".*\}$/);
      await button(words.copyCurl).click();
      await expect.poll(() => app.clipboard()).toContain('/servers/echo/mcp');
      expect(await app.clipboard()).toContain('"Mcp-Session-Id: $MCP_SESSION_ID"');
    });

    it('shows the raw text of a message', async () => {
      await button(words.raw).click();
      await expect.poll(() => detail().locator('pre').first().textContent()).toContain('"method":"tools/list"');
      await button(words.raw).click();
    });

    it('runs a call again whose tool only reads, and leads to its row', async () => {
      await client.call('tools/call', { name: 'echo', arguments: { text: 'pepper' } });
      await expect.poll(() => row('tools/call echo').count()).toBe(2);
      await row('tools/call echo').last().click();
      await expect.poll(() => detail().textContent()).toContain('pepper');
      const first = await selected();
      await button(words.runAgain).click();
      await expect.poll(() => detail().textContent()).toContain(words.runAgainBegan);
      await expect.poll(selected).not.toBe(first);
      await expect.poll(() => page.locator('[aria-selected="true"]').textContent()).toContain('mcp-gangway');
      await expect.poll(() => detail().textContent()).toContain(outcomes.ok);
      // The contents of a row are read once the row has come: a moment after its outcome.
      await expect.poll(() => detail().textContent()).toContain('pepper');
    });

    it('asks before a tool is run again that may change something, and shows what is sent; by keyboard alone', async () => {
      await client.call('tools/call', { name: 'store', arguments: { value: 'coal' } });
      await row('tools/call store').click();
      const first = await selected();
      await page.locator('.virtual').focus();
      await page.keyboard.press('Control+r');
      const sheet = page.getByRole('dialog', { name: words.runAgainTitle('store') });
      await sheet.waitFor();
      await expect.poll(() => sheet.textContent()).toContain('{"name":"store","arguments":{"value":"coal"}}');
      expect(await problemsOf(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await expect.poll(() => sheet.count()).toBe(0);
      expect(await row('tools/call store').count()).toBe(1);
      await page.locator('.virtual').focus();
      await page.keyboard.press('Control+r');
      await sheet.waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await expect.poll(() => row('tools/call store').count()).toBe(2);
      await expect.poll(selected).not.toBe(first);
    });

    it('says why a call is not run again in which something is hidden', async () => {
      await row('tools/call echo').first().click();
      await button(words.runAgain).click();
      await expect.poll(() => detail().textContent()).toContain(words.notRunAgain.masked);
      const other = language === 'en' ? 'zh-Hant' : 'en';
      await speak(page, other);
      await expect.poll(() => detail().textContent()).toContain(appTextIn(other).activityWindow.notRunAgain.masked);
      await speak(page, language);
      await expect.poll(() => detail().textContent()).toContain(words.notRunAgain.masked);
    });

    it('shows both sides of a call that is translated, each with its own times', async () => {
      const { port } = readSettings(app.home).settings;
      const legacy = await openSession(`http://127.0.0.1:${port}`, { path: '/servers/modern/mcp' });
      await legacy.call('tools/call', { name: 'echo', arguments: { text: 'twice' } });
      await row('modern').filter({ hasText: 'tools/call echo' }).click();
      const sides = detail().locator('.call-side');
      await expect.poll(() => sides.locator('> h3').allTextContents()).toEqual([words.clientSide, words.serverSide]);
      expect(await sides.locator('.timing').count()).toBe(2);
      expect(await sides.first().textContent()).toContain(words.transports.streamable);
      await page.getByLabel(words.kind).selectOption('messages');
      await expect.poll(() => row('⇄ → tools/call echo').count()).toBe(1);
      await row('⇄ → tools/call echo').click();
      await expect.poll(() => sides.locator('> h3').allTextContents()).toEqual([words.clientSide, words.serverSide]);
      await page.getByLabel(words.kind).selectOption('all');
      await legacy.end();
    });

    it('lists a request under each call that was under way for its server, as one of them, and leads there and back', async () => {
      const { port } = readSettings(app.home).settings;
      const pending = await Promise.all(
        ['one', 'two'].map((id) =>
          client.stream({ id, method: 'tools/call', params: { name: 'never', arguments: { of: id } } }),
        ),
      );
      await expect.poll(() => row('tools/call never').count()).toBe(2);
      await connectTunnel(port, '127.0.0.1:1', 'claude.echo').catch(() => undefined);
      for (const at of [0, 1]) {
        await row('tools/call never').nth(at).click();
        const requests = detail().getByRole('region', { name: words.requests(1) });
        await expect.poll(() => requests.textContent()).toContain(words.oneOf(2));
      }
      await detail()
        .getByRole('region', { name: words.requests(1) })
        .getByRole('button')
        .click();
      const during = detail().getByRole('region', { name: words.during(2) });
      await expect.poll(() => during.getByRole('button').count()).toBe(2);
      await during.getByRole('button').first().click();
      await expect.poll(() => page.locator('[aria-selected="true"]').textContent()).toContain('tools/call never');
      for (const stream of pending) stream.close();
    });

    it('shows a request that failed with its reason, and says that a tunnel has no contents to show', async () => {
      await row('127.0.0.1:1').first().click();
      await expect.poll(() => detail().textContent()).toContain(words.endpoints.connect);
      await expect.poll(() => detail().textContent()).toContain('ECONNREFUSED');
    });

    it('walks with the keyboard', async () => {
      await page.locator('.virtual').focus();
      await page.keyboard.press('Home');
      await expect.poll(() => page.locator('[aria-selected="true"]').textContent()).toContain('initialize');
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => page.locator('[aria-selected="true"]').textContent()).not.toContain('initialize');
      await page.keyboard.press('Control+f');
      await page.keyboard.type('INITIALIZE');
      const others = page.locator('.activity-row').filter({ hasNotText: 'initialize' });
      await expect.poll(() => others.count()).toBe(0);
      await expect.poll(() => row('initialize').count()).toBeGreaterThan(0);
      await page.keyboard.press('Escape');
      await expect.poll(() => others.count()).toBeGreaterThan(1);
    });

    it('pauses, and has what came meanwhile afterwards', async () => {
      await button(words.pause).click();
      await expect.poll(() => page.locator('.log-foot').textContent()).toContain(words.paused);
      await client.call('tools/call', { name: 'nowhere' });
      expect(await row('nowhere').count()).toBe(0);
      await button(words.resume).click();
      await expect.poll(() => row('nowhere').count()).toBe(1);
    });

    it('keeps what is pinned, and exports what is shown without secrets, for its owner alone', async () => {
      await row('tools/call echo').first().click();
      await button(words.pin).click();
      await button(words.pinnedOnly).click();
      await expect.poll(() => page.locator('.activity-row').count()).toBe(1);
      const filePath = path.join(app.home, 'activity.ndjson');
      await app.answerDialog('showSaveDialog', { canceled: false, filePath });
      await button(words.export).click();
      await page.getByLabel(words.withContents).check();
      await button(words.exportAction).click();
      await expect.poll(() => page.locator('.log-foot').textContent()).toContain(words.exported(filePath));
      const saved = fs.readFileSync(filePath, 'utf8');
      expect(saved.trimEnd().split('\n')).toHaveLength(2);
      expect(saved).toContain('salt');
      expect(saved).not.toContain('pass-of-mine');
      expect(fs.statSync(filePath).mode & 0o777).toBe(0o600);
      await button(words.pinnedOnly).click();
    });

    it('holds twenty thousand rows in at most two hundred elements, and filters them', async () => {
      await tellMany(app, 7);
      await expect.poll(() => page.locator('.log-foot').textContent()).toContain(words.missed(7));
      const most = await page.evaluate<number>(`new Promise((resolve) => {
        const list = document.querySelector('.virtual');
        let step = 0, most = 0;
        const frame = () => {
          most = Math.max(most, document.querySelectorAll('.activity-row').length);
          if (step++ === 30) return resolve(most);
          list.scrollTop = (list.scrollHeight * step) / 30;
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      })`);
      expect(most).toBeGreaterThan(5);
      expect(most).toBeLessThanOrEqual(200);
      await page.getByLabel(words.client).selectOption('=flood');
      const foot = (shown: number) => new RegExp(`(^|\\D)${shown}(\\D|$)`);
      await expect.poll(() => page.locator('.log-foot').textContent()).toMatch(foot(MANY));
      await page.getByLabel(words.outcome).selectOption('failures');
      await expect.poll(() => page.locator('.log-foot').textContent()).toMatch(foot(MANY / 100));
      await page.getByLabel(words.slow).selectOption('500');
      await expect.poll(() => page.locator('.log-foot').textContent()).toMatch(foot(MANY / 1000));
      await button(words.loadMissed).click();
      await expect.poll(() => page.locator('.activity-missed').count()).toBe(0);
    });

    it('is without serious findings for accessibility, with rows and details', async () => {
      await page.locator('.activity-row').first().click();
      expect(await problemsOf(page)).toEqual([]);
    });

    it('keeps every tool in view in a narrow window, with the text twice as large', async () => {
      await page.setViewportSize({ width: 640, height: 520 });
      for (let step = 0; step < 5; step++) await app.pickFromMenuBar('text-larger');
      await expect.poll(() => page.evaluate('document.documentElement.style.zoom')).toBe('2');
      for (const tool of await page.getByRole('toolbar').locator('button, select, input').all()) {
        const box = await tool.boundingBox();
        expect(box?.x).toBeGreaterThanOrEqual(0);
        expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(640);
      }
    });
  });
});
