import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listening } from '../support/listening.ts';
import { has, run } from '../support/programs.ts';
import { describeApp } from './support/describe-app.ts';
import type { AppDriver } from './support/driver.ts';
import { readSettings, runApp, stopApp } from './support/running-app.ts';
import { driverKind } from './support/start-app.ts';
import { connectTunnel } from './support/traffic.ts';

describeApp('The popover', () => {
  let app: AppDriver;
  let page: Page;
  let origin: Server;
  let target: string;
  let port: number;

  beforeAll(async () => {
    origin = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
    target = `127.0.0.1:${await listening(origin)}`;
    app = await runApp();
    port = readSettings(app.home).settings.port;
    page = await app.window('#popover');
  });

  afterAll(async () => {
    origin.close();
    await stopApp(app);
  });

  it('stays away until the icon is clicked, and says that all is off', async () => {
    expect(await app.isVisible('#popover')).toBe(false);
    await app.tray.click();
    await expect.poll(() => app.isVisible('#popover')).toBe(true);
    await expect.poll(() => page.getByRole('switch').getAttribute('aria-checked')).toBe('false');
    await expect.poll(() => page.locator('#phase').textContent()).toBe('Off');
  });

  it('opens the port with its switch, and remembers that', async () => {
    await page.getByRole('switch', { name: 'MCP Gangway' }).click();
    await expect.poll(() => page.locator('#phase').textContent()).toBe('On');
    const health = await fetch(`http://127.0.0.1:${port}/healthz`);
    expect(await health.json()).toMatchObject({ product: 'mcp-gangway' });
    await expect.poll(() => readSettings(app.home).habits.on).toBe(true);
  });

  it.skipIf(!has('curl', '--version'))('shows the tunnel of a curl with its bytes, and closes it', async () => {
    const site = createHttpServer((request, response) => {
      request.resume();
      response.flushHeaders();
      response.write(Buffer.alloc(123_000));
    });
    const authority = `127.0.0.1:${await listening(site)}`;
    const curl = run('curl', ['-sS', '--proxytunnel', '-x', `127.0.0.1:${port}`, '-o', '-', `http://${authority}/`]);
    const row = page.locator('.row', { hasText: authority });
    await expect.poll(() => row.textContent()).toContain('CONNECT');
    await expect.poll(() => row.textContent()).toMatch(/↑ \d+ B ↓ 123 KB/);
    await row.getByRole('button', { name: `Close the tunnel to ${authority}` }).click();
    await expect.poll(() => row.count()).toBe(0);
    const { code, stderr } = await curl;
    // 18: the transfer was partial, or 56: the connection was reset.
    expect([18, 56], stderr).toContain(code);
    site.close();
  });

  it('shows a tunnel that many bytes go up through', async () => {
    const tunnel = await connectTunnel(port, target);
    tunnel.write(Buffer.alloc(123_456));
    tunnel.resume();
    const row = page.locator('.row', { hasText: target });
    await expect.poll(() => row.textContent()).toContain('↑ 123 KB');
    await expect.poll(() => row.textContent()).toContain('↓ 123 KB');
    tunnel.destroy();
    await expect.poll(() => row.count()).toBe(0);
  });

  it('says what failed and why, in a sentence that can be dismissed', async () => {
    await expect(connectTunnel(port, '127.0.0.1:1')).rejects.toThrow('502');
    const problem = page.locator('.problem');
    await expect.poll(() => problem.textContent()).toContain('127.0.0.1:1 refused the connection');
    await problem.getByRole('button', { name: 'Dismiss' }).click();
    await expect.poll(() => problem.count()).toBe(0);
  });

  it('copies exactly the snippet it has shown, with the port that is open', async () => {
    await page.locator('summary').click();
    const shown = await page.locator('.preview').textContent();
    expect(shown).toContain(`127.0.0.1:${port}`);
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await expect.poll(() => app.clipboard()).toBe(shown);
    await expect.poll(() => page.locator('.voice').textContent()).toBe('Copied');
  });

  it('hides on Escape and when something else is clicked', async () => {
    await page.keyboard.press('Escape');
    await expect.poll(() => app.isVisible('#popover')).toBe(false);
    await app.tray.click();
    await expect.poll(() => app.isVisible('#popover')).toBe(true);
    await app.clickOutside();
    await expect.poll(() => app.isVisible('#popover')).toBe(false);
  });

  // Real Electron's icon cannot be hidden by a test.
  it.skipIf(driverKind === 'electron')('says where the icon is when it is opened without one', async () => {
    await app.app.evaluate(() => {
      Object.assign(globalThis.__electronHost.tray(), { getBounds: () => ({ x: 0, y: 1080, width: 0, height: 0 }) });
    });
    await app.activate();
    const problem = page.locator('.problem');
    await expect.poll(() => problem.textContent()).toContain('is not in the menu bar');
    await problem.getByRole('button', { name: 'Dismiss' }).click();
    await app.app.evaluate(() => void Reflect.deleteProperty(globalThis.__electronHost.tray(), 'getBounds'));
    await page.keyboard.press('Escape');
    await expect.poll(() => app.isVisible('#popover')).toBe(false);
  });

  it('shows itself for a second start, and when the app is clicked in Finder', async () => {
    expect(await app.startAgain()).toBe(0);
    await expect.poll(() => app.isVisible('#popover')).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => app.isVisible('#popover')).toBe(false);
    await app.activate();
    await expect.poll(() => app.isVisible('#popover')).toBe(true);
  });
});
