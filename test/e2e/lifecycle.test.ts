import fs from 'node:fs';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { shimCommand } from '../../app/connect/index.ts';
import { requestChannel } from '../../app/ipc/index.ts';
import { makeToken } from '../../app/settings/index.ts';
import { isAlive, untilGone } from '../support/until.ts';
import { describeApp } from './support/describe-app.ts';
import type { AppDriver } from './support/driver.ts';
import {
  newHome,
  openWindow,
  readSettings,
  runApp,
  settingsFile,
  showPopover,
  stopApp,
  writeSettings,
} from './support/running-app.ts';
import { driverKind, startApp } from './support/start-app.ts';
import { openSse, serverSetting } from './support/traffic.ts';

const root = path.join(import.meta.dirname, '..', '..');

describeApp('The life of the app', () => {
  it('begins with the first steps, in the language of the system, and says them once', async () => {
    const home = newHome();
    const app = await startApp({ home });
    const page = await app.window('#welcome');
    await page.getByRole('heading', { name: 'Welcome to MCP Gangway' }).waitFor();
    await expect.poll(() => readSettings(home).habits.welcomed).toBe(true);
    await page.getByRole('button', { name: 'Done' }).click();
    await expect.poll(() => app.isVisible('#welcome')).toBe(false);
    await stopApp(app);
  });

  it('keeps a settings file that it cannot read, says where, and goes on', async () => {
    const home = newHome();
    writeSettings(home, '{"schemaVersion":1,"settings":{"port":"many"}}');
    const app = await startApp({ home });
    const page = await app.window('#popover');
    const folder = path.dirname(settingsFile(home));
    const kept = fs.readdirSync(folder).find((name) => name.startsWith('settings.corrupt-')) ?? '';
    expect(fs.readFileSync(path.join(folder, kept), 'utf8')).toContain('many');
    await expect.poll(() => page.locator('.problem').textContent()).toContain(kept);
    expect(fs.statSync(settingsFile(home)).mode & 0o777).toBe(0o600);
    await expect.poll(() => readSettings(home).settings.port).toBe(28_080);
    await stopApp(app);
  });

  // Real Electron is told of another folder for its data, which a client would not know.
  it.skipIf(driverKind === 'electron')('is found by the program that its snippets name', async () => {
    const settings = { servers: [serverSetting('echo')], token: 'a-token-that-is-long-enough' };
    const app = await runApp({ settings, habits: { on: true } });
    const { command, args } = shimCommand({ resources: null, app: root, platform: process.platform });
    // The stand-in keeps its data as on a Mac.
    const env = { HOME: app.home, XDG_CONFIG_HOME: path.dirname(path.dirname(settingsFile(app.home))) };
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(new StdioClientTransport({ command, args: [...args, 'echo'], env, stderr: 'ignore' }));
    expect((await client.listTools()).tools.length).toBeGreaterThan(0);
    await client.close();
    await stopApp(app);
  });

  it('leaves no process behind, not even one that does not want to go', async () => {
    const app = await runApp({ settings: { servers: [serverSetting('deaf', '--deaf')] }, habits: { on: true } });
    const { port } = readSettings(app.home).settings;
    await openSse(port, '/servers/deaf/sse');
    const pidOfChild = async () => {
      const status = await (await fetch(`http://127.0.0.1:${port}/status`)).text();
      return Number(/"pid":(\d+),"use":"session"/.exec(status)?.[1]);
    };
    await expect.poll(pidOfChild).toBeGreaterThan(0);
    const pid = await pidOfChild();
    expect(isAlive(pid)).toBe(true);
    const before = performance.now();
    await stopApp(app);
    await untilGone(pid);
    // Five seconds are its own limit; the rest is the end of Chromium on a busy machine.
    expect(performance.now() - before).toBeLessThan(15_000);
  });

  it('asks before it quits while in use, and takes no for an answer', async () => {
    const app = await runApp({
      settings: { servers: [serverSetting('echo')] },
      habits: { on: true, confirmQuit: true },
    });
    const client = await openSse(readSettings(app.home).settings.port, '/servers/echo/sse');
    await app.answerDialog('showMessageBox', { response: 1, checkboxChecked: false });
    await app.tray.openMenu();
    await app.tray.pick('quit');
    expect((await app.tray.openMenu())[0]?.label).toContain('1 MCP session');
    await app.answerDialog('showMessageBox', { response: 0, checkboxChecked: true });
    await app.tray.pick('quit').catch(() => undefined);
    expect(await app.ended).toMatchObject({ code: 0, misuse: [] });
    await expect.poll(() => readSettings(app.home).habits.confirmQuit).toBe(false);
    client.close();
    fs.rmSync(app.home, { recursive: true, force: true });
  });

  // Real Electron registers for login only what is signed and installed.
  it.skipIf(driverKind === 'electron')('shows launch at login as the system has it', async () => {
    const app = await runApp({ env: { ELECTRON_HOST_PACKAGED: '1' } });
    const page = await openWindow(app, 'settings');
    const control = page.getByRole('switch', { name: 'Launch at login' });
    expect(await control.getAttribute('aria-checked')).toBe('false');
    await control.click();
    await expect.poll(() => control.getAttribute('aria-checked')).toBe('true');
    expect(await app.app.evaluate((electron) => electron.app.getLoginItemSettings().openAtLogin)).toBe(true);
    expect((await app.tray.openMenu()).find(({ id }) => id === 'login')?.checked).toBe(true);
    await stopApp(app);
  });
});

describeApp('The app while it runs', () => {
  let app: AppDriver;

  beforeAll(async () => {
    app = await runApp({ settings: { tokens: [makeToken('laptop', null, 0).setting] }, habits: { on: true } });
  });

  afterAll(() => stopApp(app));

  it('still answers after a sleep', async () => {
    await app.power('suspend');
    await app.power('resume');
    const page = await showPopover(app);
    await expect.poll(() => page.locator('#phase').textContent()).toBe('On');
  });

  it('offers to require a token where other people have an account, and only there', async () => {
    const people = async (count: number): Promise<void> =>
      app.app.evaluate(
        ({ ipcMain }, [channel, value]) => {
          ipcMain.removeHandler(channel);
          ipcMain.handle(channel, () => ({ ok: true, value }));
        },
        [requestChannel('peopleHere'), count] as const,
      );
    await people(1);
    const alone = await openWindow(app, 'welcome');
    await alone.getByRole('heading', { name: 'Launch at login' }).waitFor();
    expect(await alone.getByRole('switch', { name: 'Require a token' }).count()).toBe(0);
    const closed = alone.waitForEvent('close');
    await alone.getByRole('button', { name: 'Done' }).click();
    await closed;
    await expect.poll(() => app.isVisible('#welcome')).toBe(false);
    await people(2);
    const shared = await openWindow(app, 'welcome');
    await shared.getByRole('heading', { name: 'Other people use this Mac' }).waitFor();
    const toggle = shared.getByRole('switch', { name: 'Require a token' });
    await toggle.click();
    await expect.poll(() => readSettings(app.home).settings.requireToken).toBe(true);
    await expect.poll(() => toggle.getAttribute('aria-checked')).toBe('true');
  });

  it('ends in good order while one of its windows is still loading', async () => {
    await app.tray.openMenu();
    await app.tray.pick('clients');
    expect(await app.stop()).toMatchObject({ code: 0, misuse: [] });
  });
});
