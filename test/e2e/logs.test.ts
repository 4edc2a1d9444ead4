import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeApp } from './support/describe-app.ts';
import type { AppDriver } from './support/driver.ts';
import { openWindow, runApp, stopApp } from './support/running-app.ts';

/** A server may write 400 lines at once; more of them one after the other fill the log with lines in a known order. */
const SERVERS = 6;
const LINES_EACH = 350;

/** Waits for the server before it, writes its lines, and the last server says what must not be shown. */
const chatty = (index: number, folder: string): string => `
const fs = require('node:fs');
const ready = () => ${index} === 0 || fs.existsSync(${JSON.stringify(folder)} + '/${index - 1}');
const timer = setInterval(() => {
  if (!ready()) return;
  clearInterval(timer);
  for (let at = ${index * LINES_EACH + 1}; at <= ${(index + 1) * LINES_EACH}; at++)
    console.error('line ' + at + (at % 42 === 0 ? ' needle' : ''));
  if (${index} === ${SERVERS - 1}) {
    console.error('the environment says ' + process.env.PLAIN);
    console.error('the last of them, with token=s3cr3t-value-of-mine');
  }
  // Our stderr is read before the next one writes.
  setTimeout(() => fs.writeFileSync(${JSON.stringify(folder)} + '/${index}', ''), 100);
}, 10);
process.stdin.resume();
`;

describeApp('The log window', () => {
  let app: AppDriver;
  let page: Page;
  let order: string;

  const server = (name: string, program: string) =>
    ({
      name,
      command: process.execPath,
      args: ['-e', program],
      env: { PLAIN: 'value-of-plain' },
      cwd: null,
      era: 'legacy',
      spare: true,
    }) as const;

  beforeAll(async () => {
    order = fs.mkdtempSync(path.join(os.tmpdir(), 'gangway-lines-'));
    const servers = Array.from({ length: SERVERS }, (_, index) => server(`chatty-${index}`, chatty(index, order)));
    app = await runApp({ settings: { servers, token: 'token-of-sixteen-letters' }, habits: { on: true } });
    page = await openWindow(app, 'logs');
  });

  afterAll(async () => {
    await stopApp(app);
    fs.rmSync(order, { recursive: true });
  });

  const lastRow = (): Promise<string | null> => page.locator('.log-row').last().textContent();

  it('follows two thousand lines in a handful of elements', async () => {
    await expect.poll(lastRow, { timeout: 40_000 }).toContain('the last of them');
    expect(await page.locator('.log-row').count()).toBeLessThan(80);
    await expect.poll(() => page.locator('.log-foot').textContent()).toMatch(/2[,.]?1\d\d/);
  });

  it('shows no secret', async () => {
    expect(await lastRow()).toContain('token=[redacted]');
  });

  it('stops following when scrolled up, and goes on at the end', async () => {
    const follow = page.getByRole('button', { name: 'Follow' });
    expect(await follow.getAttribute('aria-pressed')).toBe('true');
    await page.locator('.virtual').hover();
    await page.mouse.wheel(0, -5000);
    await expect.poll(() => follow.getAttribute('aria-pressed')).toBe('false');
    await follow.click();
    await expect.poll(lastRow).toContain('the last of them');
  });

  it('holds a handful of elements in every frame while it is scrolled from end to end', async () => {
    // How long a frame takes is a row of the benches: here other suites run beside it.
    const { most, ends } = await page.evaluate<{ most: number; ends: string }>(`new Promise((resolve) => {
      const list = document.querySelector('.virtual');
      let step = 0, most = 0;
      const frame = () => {
        const rows = document.querySelectorAll('.log-row');
        most = Math.max(most, rows.length);
        if (step++ === 60) return resolve({ most, ends: rows[rows.length - 1].textContent });
        list.scrollTop = (list.scrollHeight * step) / 60;
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    })`);
    expect(most).toBeGreaterThan(5);
    expect(most).toBeLessThan(80);
    expect(ends).toContain('the last of them');
  });

  it('searches, counts the matches and walks through them', async () => {
    await page.keyboard.press('Control+f');
    await page.keyboard.type('NEEDLE');
    await expect.poll(() => page.locator('.search .figures').textContent()).toBe('50 of 50');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.search .figures').textContent()).toBe('1 of 50');
    await expect.poll(() => page.locator('.log-row[aria-selected="true"]').textContent()).toContain('line 42 needle');
    await page.getByRole('button', { name: 'Next match' }).click();
    await expect.poll(() => page.locator('.log-row[aria-selected="true"]').textContent()).toContain('line 84 needle');
  });

  it('copies the selected line', async () => {
    await page.getByRole('button', { name: 'Copy line' }).click();
    await expect.poll(() => app.clipboard()).toMatch(/INFO {2}server:chatty-0 {2}line 84 needle$/);
  });

  it('filters by level and by source', async () => {
    await page.getByLabel('Search').fill('');
    await page.getByLabel('Source').selectOption({ label: 'app' });
    await expect.poll(lastRow).toContain('listening on');
    await page.getByLabel('Level').selectOption('error');
    await expect.poll(() => page.locator('.log-empty').textContent()).toBe('No line passes the filter.');
    await page.getByLabel('Level').selectOption('debug');
    await page.getByLabel('Source').selectOption('all');
  });

  it('pauses, and gets what it missed afterwards', async () => {
    await page.getByRole('button', { name: 'Pause' }).click();
    const popover = await app.window('#popover');
    await popover.evaluate(`window.gangway.setOn(false)`);
    expect((await app.tray.openMenu())[0]?.label).toBe('MCP Gangway is off');
    expect(await lastRow()).not.toContain('stopped');
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByLabel('Source').selectOption({ label: 'app' });
    await expect.poll(lastRow).toContain('stopped');
  });

  it('saves diagnostics without the secrets, readable by the owner alone', async () => {
    const filePath = path.join(app.home, 'diagnostics.txt');
    fs.writeFileSync(filePath, 'from before', { mode: 0o644 });
    await app.answerDialog('showSaveDialog', { canceled: false, filePath });
    await page.getByRole('button', { name: 'Save diagnostics' }).click();
    await expect.poll(() => page.locator('.log-foot').textContent()).toContain(`Saved as ${filePath}`);
    const saved = fs.readFileSync(filePath, 'utf8');
    expect(saved).toContain('line 2100 needle');
    expect(saved).toContain('"PLAIN": "[redacted]"');
    for (const secret of ['from before', 's3cr3t', 'value-of-plain', 'token-of-sixteen']) {
      expect(saved).not.toContain(secret);
    }
    expect(fs.statSync(filePath).mode & 0o777).toBe(0o600);
  });

  it('exports what is kept, and shows the file in Finder', async () => {
    const filePath = path.join(app.home, 'exported.log');
    await app.answerDialog('showSaveDialog', { canceled: false, filePath });
    await page.getByRole('button', { name: 'Export…' }).click();
    await expect.poll(() => fs.existsSync(filePath)).toBe(true);
    await expect.poll(() => fs.readFileSync(filePath, 'utf8')).toContain('line 2100 needle');
    expect(fs.readFileSync(filePath, 'utf8')).not.toContain('s3cr3t');
    expect(fs.statSync(filePath).mode & 0o777).toBe(0o600);
    await page.getByRole('button', { name: 'Show in Finder' }).click();
    await expect.poll(async () => (await app.opened()).at(-1)).toMatch(/gangway\.log$/);
  });

  it.each([0, 5])('keeps every tool in view in a narrow window, with the text %i steps larger', async (steps) => {
    await page.setViewportSize({ width: 560, height: 420 });
    for (let step = 0; step < steps; step++) await app.pickFromMenuBar('text-larger');
    const zoom = steps === 0 ? '1' : '2';
    await expect.poll(() => page.evaluate('document.documentElement.style.zoom')).toBe(zoom);
    const tools = page.getByRole('toolbar');
    for (const tool of await tools.locator('button, select, input').all()) {
      const box = await tool.boundingBox();
      expect(box?.x).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(560);
    }
    if (steps > 0) await app.pickFromMenuBar('text-actual');
  });
});
