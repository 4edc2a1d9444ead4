import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stored } from '../../app/settings/index.ts';
import type { LocalNetworkRule } from '../electron-host/system/local-network.ts';
import { describeApp } from './support/describe-app.ts';
import type { AppDriver } from './support/driver.ts';
import {
  newHome,
  openWindow,
  readSettings,
  runApp,
  showPopover,
  stopApp,
  writeSettings,
} from './support/running-app.ts';
import { driverKind, startApp } from './support/start-app.ts';
import { connectTunnel } from './support/traffic.ts';

const PANE = 'x-apple.systempreferences:com.apple.settings.PrivacySecurity.extension?Privacy_LocalNetwork';

const network = (rule: LocalNetworkRule) => ({ ELECTRON_HOST_LOCAL_NETWORK: rule });
/** From now on the network does this, and its list of uses is empty. */
const becomes = (app: AppDriver, rule: LocalNetworkRule): Promise<void> =>
  app.app.evaluate((_electron, next) => globalThis.__electronHost.setLocalNetwork(next), rule);
const standing = (page: Page): Promise<string | null> => page.locator('.standing').textContent();
const uses = (app: AppDriver): Promise<readonly string[]> =>
  app.app.evaluate(() => [...globalThis.__electronHost.localNetwork.uses]);
const policy = (app: AppDriver): Promise<string> =>
  app.app.evaluate(() => globalThis.__electronHost.activationPolicy());

/** A record of the permission, as an earlier start has left it. */
function known(outcome: NonNullable<Stored['permission']>['outcome']): Pick<Stored, 'permission'> {
  return { permission: { outcome, at: 1, system: '1A1', program: '0.0.1' } };
}

// What macOS itself would do cannot be set up: docs/macos-checks.md walks through it by hand.
const describeOnStandIn = driverKind === 'electron' ? describe.skip : describeApp;

describeOnStandIn('The permission for the local network', () => {
  let app: AppDriver;

  beforeAll(async () => {
    app = await runApp({ habits: { welcomed: false }, env: network('allows') });
  });

  afterAll(() => stopApp(app));

  it('is asked for by the click of a person in the first-run window, and by nothing before it', async () => {
    const page = await app.window('#welcome');
    await expect.poll(() => standing(page)).toContain('Not asked yet');
    await page.getByRole('switch', { name: 'Turn it on' }).click();
    await expect.poll(() => readSettings(app.home).habits.on).toBe(true);
    expect(await uses(app)).toEqual([]);
    await expect.poll(() => readSettings(app.home).permission).toBeNull();

    await page.getByRole('button', { name: 'Request Access…' }).click();
    await expect.poll(() => standing(page)).toContain('Allowed');
    expect(await standing(page)).toContain('1 device has answered.');
    expect(await uses(app)).toEqual(expect.arrayContaining(['udp fe80:…%en0', 'multicast 224.0.0.251 5353']));
    await expect.poll(() => readSettings(app.home).permission?.outcome).toBe('granted');
    await expect.poll(() => policy(app)).toBe('accessory');
  });

  it('is called refused after the last try, with the way to the switch in words and by a button', async () => {
    await becomes(app, 'refuses');
    const page = await openWindow(app, 'welcome');
    const field = page.getByLabel('A device to try (optional)');
    await field.fill('two words');
    await page.getByRole('button', { name: 'Check Again' }).click();
    await expect.poll(() => page.locator('.ask-form .error').textContent()).toContain('nas.lan:8123');
    expect(await uses(app)).toEqual([]);
    await field.fill('192.168.1.20:8123');
    await field.press('Enter');
    await expect.poll(() => standing(page)).toContain('Waiting for an answer');
    await expect.poll(() => standing(page), { timeout: 40_000 }).toContain('Refused');
    expect(await standing(page)).toContain('192.168.1.20:8123 was stopped as well');
    expect((await uses(app)).filter((use) => use === 'tcp 192.168.1.20')).toHaveLength(6);
    expect(await page.locator('.permission-help').textContent()).toContain(
      'System Settings › Privacy & Security › Local Network',
    );
    await page.getByRole('button', { name: 'Open Local Network Settings' }).click();
    await expect.poll(() => app.opened()).toEqual([PANE]);
    await expect.poll(() => readSettings(app.home).permission?.outcome).toBe('denied');
    await field.fill('');
  });

  it('turns uncertain when the proxy is refused, and the card leads to where it is asked for again', async () => {
    await becomes(app, 'allows');
    const welcome = await openWindow(app, 'welcome');
    await welcome.getByRole('button', { name: 'Request Access Again…' }).click();
    await expect.poll(() => standing(welcome)).toContain('Allowed');

    await becomes(app, 'refuses');
    const { port } = readSettings(app.home).settings;
    await expect(connectTunnel(port, '192.168.1.20:8123')).rejects.toThrow('502');
    await expect.poll(() => standing(welcome)).toContain('uncertain now');
    expect(await standing(welcome)).toContain('stopped a connection to a device near you');
    await expect.poll(() => readSettings(app.home).permission?.outcome).toBe('revoked');

    const popover = await showPopover(app);
    await popover.getByRole('button', { name: 'Allow the Local Network…' }).click();
    const settings = await app.window('#settings');
    await expect.poll(() => settings.locator('h1').textContent()).toBe('Network');
    await expect.poll(() => settings.getByLabel('A device to try (optional)').inputValue()).toBe('192.168.1.20:8123');

    await becomes(app, 'allows');
    await settings.getByRole('button', { name: 'Request Access Again…' }).click();
    await expect.poll(() => standing(settings)).toContain('Allowed');
    await expect.poll(() => standing(settings)).toContain('The permission is not in the way.');
    await expect.poll(() => popover.locator('.problem').count()).toBe(0);
  });
});

describeOnStandIn('The permission for the local network, from a start of its own', () => {
  it('shows that it waits, in front as an ordinary app, and can be called off', async () => {
    const app = await runApp({ env: network('silent') });
    const page = await openWindow(app, 'welcome');
    await page.getByRole('button', { name: 'Request Access…' }).click();
    await expect.poll(() => standing(page)).toContain('Waiting for an answer');
    expect(await policy(app)).toBe('regular');
    await expect.poll(() => uses(app)).toContain('multicast ff02::fb%en0 5353');
    await page.getByRole('button', { name: 'Stop Waiting' }).click();
    await expect.poll(() => standing(page)).toContain('no sign of an answer');
    expect(await standing(page)).toContain('macOS has no way to tell');
    await expect.poll(() => policy(app)).toBe('accessory');
    await stopApp(app);
  });

  it.each([
    ['granted', 'uncertain now', 'macOS was updated'],
    ['denied', 'Refused', 'before anything was sent'],
  ] as const)('that was %s at an earlier start is remembered', async (outcome, title, words) => {
    const home = newHome();
    writeSettings(
      home,
      JSON.stringify({ schemaVersion: 1, settings: {}, habits: { welcomed: true }, ...known(outcome) }),
    );
    const app = await startApp({ home, env: network('silent') });
    await app.window('#popover');
    const page = await openWindow(app, 'settings');
    await page.getByRole('button', { name: 'Network', exact: true }).click();
    await expect.poll(() => standing(page)).toContain(title);
    expect(await standing(page)).toContain(words);
    expect(await uses(app)).toEqual([]);
    await stopApp(app);
  });

  it('is not needed on other systems, and says so quietly', async () => {
    const app = await runApp({ env: { ...network('refuses'), ELECTRON_HOST_PLATFORM: 'linux' } });
    const page = await openWindow(app, 'welcome');
    await expect.poll(() => standing(page)).toContain('Not needed here');
    expect(await page.locator('.ask-form').count()).toBe(0);
    expect(await page.evaluate(`window.gangway.askLocalNetwork(null)`)).toEqual({ ok: true, value: true });
    expect(await uses(app)).toEqual([]);
    await stopApp(app);
  });
});
