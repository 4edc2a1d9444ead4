import fs from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appTextIn } from '../../app/i18n/app.ts';
import { startSilentPort } from '../support/full-backlog.ts';
import { listening } from '../support/listening.ts';
import { has, PYTHON } from '../support/programs.ts';
import { freePort } from '../support/tcp.ts';
import { describeApp } from './support/describe-app.ts';
import type { AppDriver } from './support/driver.ts';
import { openWindow, readSettings, runApp, showPopover, speak, stopApp } from './support/running-app.ts';
import { connectTunnel, serverSetting } from './support/traffic.ts';

describeApp('The Doctor window', () => {
  let app: AppDriver;
  let page: Page;
  let closed: number;
  let silent: Server;
  let open: string;

  beforeAll(async () => {
    app = await runApp({ settings: { servers: [serverSetting('echo')] }, habits: { on: true } });
    closed = await freePort();
    silent = createServer((socket) => socket.on('error', () => undefined));
    open = `127.0.0.1:${await listening(silent)}`;
    page = await openWindow(app, 'doctor');
  });

  afterAll(async () => {
    silent.close();
    await stopApp(app);
  });

  const run = async (target: string): Promise<void> => {
    await page.getByLabel('Target').fill(target);
    await page.getByLabel('Target').press('Enter');
  };
  const findings = (): Promise<string[]> => page.locator('.finding h2').allTextContents();

  it('runs nothing until it is asked to', async () => {
    expect(await page.locator('main').textContent()).toMatch(/^Press Run [^.]*\.$/);
    expect(await page.getByRole('button', { name: 'Copy Report' }).isDisabled()).toBe(true);
    // What follows looks at the port as well.
    const popover = await app.window('#popover');
    await expect.poll(() => popover.locator('#phase').textContent()).toBe('On');
  });

  it('finds out why a port refuses, and says what to do', async () => {
    await run(`127.0.0.1:${closed}`);
    await expect
      .poll(findings)
      .toContain(`Problem: 127.0.0.1:${closed} refuses the connection: nothing listens on that port.`);
    expect(await page.locator('.findings h1').textContent()).toBe('1 problem found.');
    expect(await page.locator('.finding.problem ol').textContent()).toContain('Check the port number.');
  });

  it('keeps what it has looked at behind the findings', async () => {
    const facts = page.locator('.doctor-facts');
    expect(await facts.locator('dl').isVisible()).toBe(false);
    await facts.locator('summary').click();
    await expect.poll(() => facts.textContent()).toMatch(/127\.0\.0\.1 \(this machine\): ECONNREFUSED after [\d.]+ ms/);
    expect(await facts.textContent()).toContain('Through Gangway502');
  });

  it('copies a report without the home of the person', async () => {
    await page.getByRole('button', { name: 'Copy Report' }).click();
    await expect.poll(() => app.clipboard()).toContain(`# MCP Gangway`);
    const report = await app.clipboard();
    expect(report).toContain(`- Target: 127.0.0.1:${closed}`);
    expect(report).toContain('`refused`');
    expect(report).not.toContain(app.home);
  });

  it('is content with a target that answers', async () => {
    await run(open);
    await expect
      .poll(findings)
      .toEqual([`Fine: This program reaches ${open}.`, `Fine: ${open} is in reach through Gangway as well.`]);
    expect(await page.locator('.findings h1').textContent()).toBe('Nothing wrong was found.');
    await speak(page, 'zh-Hant');
    await expect.poll(() => page.locator('.findings h1').textContent()).toBe(appTextIn('zh-Hant').doctor.report.well);
    expect((await findings()).join('')).not.toContain('in reach');
    await speak(page, 'en');
    await expect.poll(() => page.locator('.findings h1').textContent()).toBe('Nothing wrong was found.');
  });

  it('says what is wrong with a target it cannot read', async () => {
    await run('nas');
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('“nas” is no target');
    await speak(page, 'zh-Hant');
    await expect.poll(() => page.getByRole('alert').textContent()).toBe(appTextIn('zh-Hant').doctor.badTarget('nas'));
    await speak(page, 'en');
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('“nas” is no target');
    expect(await page.getByLabel('Target').getAttribute('aria-invalid')).toBe('true');
  });

  it('tries the runtime of the server that is chosen', async () => {
    await page.getByLabel('Server').selectOption('echo');
    await run(`127.0.0.1:${closed}`);
    await page.locator('.findings').waitFor();
    await page.locator('.doctor-facts summary').click();
    const row = page.locator('.fact-row', { hasText: 'From other runtimes' });
    await expect.poll(() => row.textContent()).toMatch(/Node \(.*\): ECONNREFUSED/);
    expect(await row.textContent()).not.toContain('Python');
  });

  it('is opened by the problem card for the target that failed, and looks at once', async () => {
    const other = await freePort();
    await expect(connectTunnel(readSettings(app.home).settings.port, `127.0.0.1:${other}`)).rejects.toThrow('502');
    const popover = await showPopover(app);
    await popover.locator('.problem').getByRole('button', { name: 'Find Out Why…' }).click();
    await expect.poll(() => page.getByLabel('Target').inputValue()).toBe(`127.0.0.1:${other}`);
    await expect
      .poll(findings)
      .toContain(`Problem: 127.0.0.1:${other} refuses the connection: nothing listens on that port.`);
  });

  it('turns the port on when that is what helps', async () => {
    const popover = await app.window('#popover');
    await popover.evaluate(`window.gangway.setOn(false)`);
    await run('');
    const off = page.locator('.finding', { hasText: 'MCP Gangway is not running.' });
    await off.getByRole('button', { name: 'Turn On' }).click();
    await expect
      .poll(() => connectTunnel(readSettings(app.home).settings.port, `127.0.0.1:${closed}`).catch(String))
      .toContain('502');
  });

  it('offers another port while another program has ours, and takes it', async () => {
    await (await app.window('#popover')).evaluate(`window.gangway.setOn(false)`);
    const taken = readSettings(app.home).settings.port;
    const stranger = createServer((socket) => socket.on('error', () => undefined).end('no HTTP'));
    await new Promise<void>((resolve) => stranger.listen(taken, '127.0.0.1', resolve));
    await run('');
    const found = page.locator('.finding.problem', { hasText: 'Another program has the port' });
    await found.getByRole('button', { name: /^Use Port \d+ Instead$/ }).click();
    await expect.poll(() => readSettings(app.home).settings.port).toBeGreaterThan(taken);
    stranger.close();
  });

  it.skipIf(process.platform === 'win32')(
    'knows the servers of clients, and leads to where they are changed',
    async () => {
      const folder = path.join(app.home, '.cursor');
      fs.mkdirSync(folder, { recursive: true });
      const entry = { command: process.execPath, args: ['server.js'], env: { NAS_TOKEN: 's3cr3t-of-mine' } };
      fs.writeFileSync(path.join(folder, 'mcp.json'), JSON.stringify({ mcpServers: { nas: entry } }));
      await page.evaluate(`window.gangway.closeWindow()`).catch(() => undefined);
      await expect.poll(() => page.isClosed()).toBe(true);
      page = await openWindow(app, 'doctor');
      const twin = { ...entry, args: ['other.js'] };
      fs.writeFileSync(path.join(folder, 'mcp.json'), JSON.stringify({ mcpServers: { nas: entry, later: twin } }));
      await page.evaluate(`window.dispatchEvent(new Event('focus'))`);
      const listed = (): Promise<string[]> => page.getByLabel('Server').locator('option').allTextContents();
      await expect.poll(listed).toContain('later (Cursor)');
      await page.getByLabel('Server').selectOption('nas (Cursor)');
      await run(open);
      const found = page.locator('.finding', {
        hasText: 'If nas still fails, Cursor starts it without the permission',
      });
      await found.getByRole('button', { name: 'Show Servers' }).click();
      await expect.poll(() => app.isVisible('#clients')).toBe(true);
      expect(await page.locator('body').textContent()).not.toContain('s3cr3t');
    },
  );

  it.skipIf(!has(PYTHON, '--version'))('stops when it is told to, and tells what it has seen', async () => {
    await using nobody = await startSilentPort();
    await run(`127.0.0.1:${nobody.port}`);
    await expect.poll(() => page.locator('.doctor-meter').textContent()).toMatch(/\d+ of \d+ looked at/);
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect
      .poll(() => page.locator('.findings h1').textContent())
      .toBe('Stopped before everything was looked at.');
    await page.locator('.doctor-facts summary').click();
    const row = page.locator('.fact-row', { hasText: 'Connection from here' });
    expect(await row.textContent()).toContain('not finished');
  });

  it.skipIf(!has(PYTHON, '--version'))('ends what runs when it is closed, and opens as new', async () => {
    await using nobody = await startSilentPort();
    await run(`127.0.0.1:${nobody.port}`);
    await page.locator('.doctor-meter').waitFor();
    const closed = page.waitForEvent('close');
    await page.evaluate(`window.gangway.closeWindow()`).catch(() => undefined);
    await closed;
    page = await openWindow(app, 'doctor');
    expect(await page.getByLabel('Target').inputValue()).toBe('');
    expect(await page.locator('main').textContent()).toMatch(/^Press Run [^.]*\.$/);
  });
});
