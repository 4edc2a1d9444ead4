import fs from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeApp } from './support/describe-app.ts';
import type { AppDriver } from './support/driver.ts';
import { readSettings, runApp, stopApp } from './support/running-app.ts';

describeApp('The boundary between windows and main process', () => {
  let app: AppDriver;
  let page: Page;

  beforeAll(async () => {
    app = await runApp();
    page = await app.window('#popover');
  });

  afterAll(() => stopApp(app));

  const ask = (expression: string): Promise<unknown> => page.evaluate(`window.gangway.${expression}`);

  it.each([
    ['a port in words', `changeSettings({ port: 'many' })`],
    ['a setting nobody knows', `changeSettings({ shell: '/bin/sh' })`],
    ['a server with a forged shape', `tryServer({ name: 'x', command: ['sh', '-c', 'id'] })`],
    ['a tunnel that is no number', `closeTunnel('1; drop')`],
    ['a window that does not exist', `openWindow({ window: 'https://example.com', part: null })`],
    ['a path where the id of a server belongs', `planClient({ server: '/etc/passwd', mode: 'through' })`],
    ['a plan made up by the page', `applyClientPlan({ plan: { diff: '' }, upstream: false, release: false })`],
    ['more than was asked for', `quit({ now: true })`],
  ])('refuses %s', async (_what, expression) => {
    const before = readSettings(app.home);
    expect(await ask(expression)).toMatchObject({ ok: false, code: 'bad-request' });
    expect(readSettings(app.home)).toEqual(before);
  });

  it('refuses a page that is not ours, preload or not', async () => {
    const file = path.join(app.home, 'stranger.html');
    fs.writeFileSync(file, '<!doctype html><title>stranger</title>');
    const preload = path.join(import.meta.dirname, '..', '..', 'out', 'preload', 'index.cjs');
    await app.app.evaluate(
      ({ BrowserWindow }, where) => {
        const window = new BrowserWindow({ show: false, webPreferences: { preload: where.preload, sandbox: true } });
        void window.loadFile(where.file);
      },
      { file, preload },
    );
    const stranger = await app.window('stranger.html');
    expect(await stranger.evaluate(`window.gangway.settings()`)).toMatchObject({ ok: false, code: 'foreign-sender' });
    expect(await stranger.evaluate(`window.gangway.setOn(true)`)).toMatchObject({ ok: false, code: 'foreign-sender' });
  });

  it('gives a page no window of its own, however often it asks', async () => {
    const before = app.app.windows().length;
    for (let time = 0; time < 10; time++) {
      await page.evaluate(`void window.open('https://example.com/')`);
      expect(await ask('state()')).toMatchObject({ ok: true });
    }
    await expect.poll(() => app.app.windows().length).toBe(before);
    expect(await app.opened()).toEqual([]);
  });

  it('gives pages neither Node nor a way to anywhere', async () => {
    const found = await page.evaluate(
      `['require', 'process', 'module', 'Buffer', 'ipcRenderer'].filter((name) => name in window)`,
    );
    expect(found).toEqual([]);
    await expect(page.evaluate(`fetch('http://127.0.0.1:1/')`)).rejects.toThrow();
    // Not within the call: it would be lost together with the page, were the page to go.
    await page.evaluate(`void setTimeout(() => (location.href = 'https://example.com/'))`);
    await expect.poll(() => page.locator('#phase').textContent()).toBe('Off');
    expect(page.url()).toMatch(/^file:.*index\.html#popover$/);
    expect(await app.opened()).toEqual([]);
  });
});
