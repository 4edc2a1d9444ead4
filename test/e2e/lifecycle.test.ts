import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CRASH_EXIT } from '../../app/base/errno.ts';
import { shimCommand } from '../../app/connect/index.ts';
import { type AppState, requestChannel } from '../../app/ipc/index.ts';
import { makeToken } from '../../app/settings/index.ts';
import { freePort } from '../support/tcp.ts';
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
  startOver,
  stopApp,
  writeSettings,
} from './support/running-app.ts';
import { driverKind, startApp } from './support/start-app.ts';
import { openSse, serverSetting } from './support/traffic.ts';

const root = path.join(import.meta.dirname, '..', '..');

describeApp('The first start of the app', () => {
  let app: AppDriver;

  beforeAll(async () => {
    app = await startApp({ home: newHome() });
  });

  afterAll(() => stopApp(app));

  it('begins with the first steps, in the language of the system, and says them once', async () => {
    const page = await app.window('#welcome');
    await page.getByRole('heading', { name: 'Welcome to MCP Gangway' }).waitFor();
    await expect.poll(() => readSettings(app.home).habits.welcomed).toBe(true);
    await page.getByRole('button', { name: 'Done' }).click();
    await expect.poll(() => app.isVisible('#welcome')).toBe(false);
  });

  it('ends in good order while one of its windows is still loading', async () => {
    await app.tray.openMenu();
    await app.tray.pick('clients');
    expect(await app.stop()).toMatchObject({ code: 0, misuse: [] });
  });
});

// The real one waits for a person to close the box.
it.skipIf(driverKind === 'electron')('The app says why it cannot start at all, and ends', async () => {
  const home = newHome();
  fs.mkdirSync(path.join(home, 'Library'));
  fs.writeFileSync(path.join(home, 'Library', 'Logs'), 'a file in the place of the folder');
  const misuse = path.join(home, 'misuse.jsonl');
  const child = spawn(path.join(root, 'test/electron-host/bin/electron'), [root], {
    env: { ...process.env, HOME: home, ELECTRON_HOST_MISUSE: misuse },
    stdio: 'ignore',
  });
  const [code] = await once(child, 'exit');
  const said = fs.readFileSync(misuse, 'utf8');
  fs.rmSync(home, { recursive: true });
  expect(code).toBe(CRASH_EXIT);
  expect(said).toContain('dialog.showErrorBox');
  expect(said).toMatch(/ENOTDIR.*Check that the disk is not full/);
});

describeApp('The app, with a settings file that it cannot read', () => {
  let app: AppDriver;

  beforeAll(async () => {
    const home = newHome();
    writeSettings(home, '{"schemaVersion":1,"settings":{"port":"many"}}');
    app = await startApp({ home });
  });

  afterAll(() => stopApp(app));

  it('keeps the file, says where, and goes on', async () => {
    const page = await app.window('#popover');
    const folder = path.dirname(settingsFile(app.home));
    const kept = fs.readdirSync(folder).find((name) => name.startsWith('settings.corrupt-')) ?? '';
    expect(fs.readFileSync(path.join(folder, kept), 'utf8')).toContain('many');
    await expect.poll(() => page.locator('.problem').textContent()).toContain(kept);
    expect(fs.statSync(settingsFile(app.home)).mode & 0o777).toBe(0o600);
    await expect.poll(() => readSettings(app.home).settings.port).toBe(28_080);
  });

  it('asks before it quits while in use, and takes no for an answer', async () => {
    const port = await freePort();
    await startOver(app, { port, servers: [serverSetting('echo')] });
    await app.tray.openMenu();
    await app.tray.pick('toggle');
    await expect.poll(async () => (await app.tray.openMenu())[0]?.label).toContain(`127.0.0.1:${port}`);
    await expect.poll(() => readSettings(app.home).habits).toMatchObject({ on: true, confirmQuit: true });
    const client = await openSse(port, '/servers/echo/sse');
    await app.answerDialog('showMessageBox', { response: 1, checkboxChecked: false });
    await app.tray.openMenu();
    await app.tray.pick('quit');
    await expect.poll(async () => (await app.tray.openMenu())[0]?.label).toContain('1 MCP session');
    await app.answerDialog('showMessageBox', { response: 0, checkboxChecked: true });
    await app.tray.pick('quit').catch(() => undefined);
    expect(await app.ended).toMatchObject({ code: 0, misuse: [] });
    await expect.poll(() => readSettings(app.home).habits.confirmQuit).toBe(false);
    client.close();
  });
});

describeApp('The app while it runs', () => {
  let app: AppDriver;

  beforeAll(async () => {
    app = await runApp({
      settings: {
        servers: [serverSetting('echo'), serverSetting('deaf', '--deaf')],
        tokens: [makeToken('laptop', null, 0).setting],
      },
      habits: { on: true },
      env: { ELECTRON_HOST_PACKAGED: '1' },
    });
  });

  afterAll(() => stopApp(app));

  // Real Electron is told of another folder for its data, which a client would not know.
  it.skipIf(driverKind === 'electron')('is found by the program that its snippets name', async () => {
    const popover = await app.window('#popover');
    const giveToken = async (token: string | null): Promise<void> => {
      await popover.evaluate(`gangway.changeSettings({ token: ${JSON.stringify(token)} })`);
      await expect.poll(() => readSettings(app.home).settings.token).toBe(token);
    };
    await giveToken('a-token-that-is-long-enough');
    const { command, args } = shimCommand({ resources: null, app: root, platform: process.platform });
    // The stand-in keeps its data as on a Mac.
    const env = { HOME: app.home, XDG_CONFIG_HOME: path.dirname(path.dirname(settingsFile(app.home))) };
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(new StdioClientTransport({ command, args: [...args, 'echo'], env, stderr: 'ignore' }));
    expect((await client.listTools()).tools.length).toBeGreaterThan(0);
    await client.close();
    await giveToken(null);
  });

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
    await toggle.click();
    await expect.poll(() => readSettings(app.home).settings.requireToken).toBe(false);
  });

  // Real Electron registers for login only what is signed and installed.
  it.skipIf(driverKind === 'electron')('shows launch at login as the system has it', async () => {
    const page = await openWindow(app, 'settings');
    const control = page.getByRole('switch', { name: 'Launch at login' });
    expect(await control.getAttribute('aria-checked')).toBe('false');
    await control.click();
    await expect.poll(() => control.getAttribute('aria-checked')).toBe('true');
    expect(await app.app.evaluate((electron) => electron.app.getLoginItemSettings().openAtLogin)).toBe(true);
    await expect.poll(async () => (await app.tray.openMenu()).find(({ id }) => id === 'login')?.checked).toBe(true);
  });

  it('leaves no process behind, not even one that does not want to go', async () => {
    const { port } = readSettings(app.home).settings;
    await openSse(port, '/servers/deaf/sse');
    const pidOfChild = async () => {
      const response = await fetch(`http://127.0.0.1:${port}/status`);
      const { bridge } = (await response.json()) as { readonly bridge: AppState['bridge'] };
      const deaf = bridge.servers.find(({ name }) => name === 'deaf');
      return deaf?.children.find(({ use }) => use === 'session')?.pid ?? 0;
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
});
