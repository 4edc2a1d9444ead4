import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listening } from '../support/listening.ts';
import { freePort } from '../support/tcp.ts';
import { describeApp } from './support/describe-app.ts';
import type { AppDriver, MenuEntry } from './support/driver.ts';
import { openWindow, readSettings, runApp, stopApp } from './support/running-app.ts';
import { driverKind } from './support/start-app.ts';
import { connectTunnel } from './support/traffic.ts';

describeApp('The menu of the icon', () => {
  let app: AppDriver;
  let origin: Server;
  let port: number;

  beforeAll(async () => {
    app = await runApp();
    origin = createServer((socket) => socket.on('error', () => undefined).resume());
    port = readSettings(app.home).settings.port;
  });

  afterAll(async () => {
    origin.close();
    await stopApp(app);
  });

  const status = async (): Promise<string | undefined> => (await app.tray.openMenu())[0]?.label;

  it('begins with the state in words, and turns it over', async () => {
    expect(await status()).toBe('MCP Gangway is off');
    await app.tray.pick('toggle');
    await expect.poll(status).toBe(`On at 127.0.0.1:${port} — 0 tunnels, 0 MCP sessions`);
  });

  it('shows the number of tunnels beside the icon when the setting asks for it', async () => {
    const tunnel = await connectTunnel(port, `127.0.0.1:${await listening(origin)}`);
    const settings = await openWindow(app, 'settings');
    expect(await app.tray.title()).toBe('');
    await settings.getByRole('switch', { name: 'Count in the menu bar' }).click();
    await expect.poll(() => app.tray.title()).toBe('1');
    await expect.poll(() => readSettings(app.home).habits.countInBar).toBe(true);
    tunnel.destroy();
    await expect.poll(() => app.tray.title()).toBe('');
    origin.close();
  });

  it('lists the tunnels and closes one', async () => {
    const authority = `127.0.0.1:${await listening(origin)}`;
    const tunnel = await connectTunnel(port, authority);
    const closed = new Promise((resolve) => tunnel.once('close', resolve));
    tunnel.resume();
    const tunnels = async (): Promise<MenuEntry | undefined> =>
      (await app.tray.openMenu()).find(({ id }) => id === 'tunnels');
    await expect.poll(async () => (await tunnels())?.submenu[0]?.label).toContain(authority);
    await app.tray.pick((await tunnels())?.submenu[0]?.submenu.at(-1)?.id ?? '');
    await closed;
    await expect.poll(async () => (await tunnels())?.label).toBe('No Open Tunnels');
  });

  it('copies a configuration', async () => {
    const copy = (await app.tray.openMenu()).find(({ id }) => id === 'copy');
    await app.tray.pick(copy?.submenu[0]?.submenu.find(({ id }) => id.endsWith('posix'))?.id ?? '');
    await expect.poll(() => app.clipboard()).toContain(`127.0.0.1:${port}`);
  });

  it('opens the windows', async () => {
    for (const name of ['settings', 'logs', 'activity', 'welcome', 'clients', 'doctor']) {
      await app.tray.openMenu();
      await app.tray.pick(name);
      await expect.poll(() => app.isVisible(`#${name}`)).toBe(true);
    }
  });

  it.skipIf(driverKind === 'electron')(
    'says in the tooltip what is wrong, and notifies of it unless that is switched off',
    async () => {
      const tooltip = (): Promise<string> => app.app.evaluate(() => globalThis.__electronHost.tray().shown.toolTip);
      const notified = (): Promise<string[]> =>
        app.app.evaluate(() => globalThis.__electronHost.notifications.map(({ body }) => body));
      const settings = await app.window('#settings');
      const toggle = async (name: 'Notify of problems' | 'Notify of updates', on: boolean): Promise<void> => {
        const control = settings.getByRole('switch', { name });
        await control.click();
        await expect.poll(() => control.getAttribute('aria-checked')).toBe(String(on));
      };
      const openOnTakenPort = async (): Promise<number> => {
        const holder = createServer();
        const taken = await freePort();
        await settings.evaluate(`window.gangway.setOn(false)`);
        await settings.evaluate(`window.gangway.changeSettings({ port: ${taken} })`);
        await new Promise<void>((resolve) => holder.listen(taken, '127.0.0.1', resolve));
        await settings.evaluate(`window.gangway.setOn(true)`).catch(() => undefined);
        await expect.poll(tooltip).toMatch(new RegExp(`^MCP Gangway is off\nPort ${taken} is taken`));
        holder.close();
        return taken;
      };
      await toggle('Notify of updates', false);
      await toggle('Notify of problems', false);
      await openOnTakenPort();
      await toggle('Notify of problems', true);
      const taken = await openOnTakenPort();
      await expect.poll(notified).toEqual([expect.stringContaining(`Port ${taken} is taken`)]);
      await expect
        .poll(() => readSettings(app.home).habits)
        .toMatchObject({ notifyProblems: true, notifyUpdates: false });
    },
  );

  it('quits the app by its last item', async () => {
    await app.tray.openMenu();
    // The app may be gone before it has answered.
    await app.tray.pick('quit').catch(() => undefined);
    expect(await app.ended).toMatchObject({ code: 0, misuse: [] });
  });
});
