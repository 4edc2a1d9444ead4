import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openSession } from '../support/raw-mcp.ts';
import { describeApp } from './support/describe-app.ts';
import { openWindow, readSettings, runApp, stopApp } from './support/running-app.ts';
import { driverKind } from './support/start-app.ts';
import { serverSetting } from './support/traffic.ts';

const CUPBOARD = fileURLToPath(new URL('../fixtures/cupboard-server.mjs', import.meta.url));

describeApp('A server whose tools change', () => {
  it.skipIf(driverKind === 'electron')('is told of by a notification, which leads to what has changed', async () => {
    const server = { ...serverSetting('cupboard'), command: process.execPath, args: [CUPBOARD] };
    const app = await runApp({ settings: { servers: [server] }, habits: { on: true } });
    const list = async (): Promise<void> => {
      const session = await openSession(`http://127.0.0.1:${readSettings(app.home).settings.port}`, {
        path: '/servers/cupboard/mcp',
      });
      await session.call('tools/list');
      await session.call('tools/list', { cursor: '' });
      await session.end();
    };
    const notified = (): Promise<string[][]> =>
      app.app.evaluate(() => globalThis.__electronHost.notifications.map(({ title, body }) => [title, body]));
    const settings = await openWindow(app, 'settings');
    await list();
    await settings.evaluate(
      `window.gangway.changeSettings({ servers: ${JSON.stringify([{ ...server, env: { ADDED: 'fresh' } }])} })`,
    );
    await list();
    await expect.poll(notified).toEqual([['Tools of cupboard have changed', '1 tool is not as approved.']]);
    expect(await settings.locator('.tool-change').count()).toBe(0);
    await app.app.evaluate(() => globalThis.__electronHost.notifications[0]?.fire('click'));
    await expect
      .poll(() => settings.locator('.tool-change summary').allTextContents())
      .toEqual([expect.stringContaining('fresh')]);
    await stopApp(app);
  });
});
