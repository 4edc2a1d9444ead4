import fs from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appTextIn } from '../../app/i18n/app.ts';
import { requestChannel } from '../../app/ipc/index.ts';
import { answerAll, type RemoteOrigin, sendJson, startRemote } from '../support/remote-origin.ts';
import { startTlsOrigin, type TlsOrigin } from '../support/tls-origin.ts';
import { problemsOf } from './support/axe.ts';
import { describeApp } from './support/describe-app.ts';
import type { AppDriver } from './support/driver.ts';
import { openWindow, readSettings, runApp, stopApp } from './support/running-app.ts';

const TOKEN = 'llat-0123456789';
const NO_KEY = 'in files that only your account can read (mode 0600)';

describeApp('A server with a URL', () => {
  let app: AppDriver;
  let page: Page;
  let remote: RemoteOrigin;
  let secure: TlsOrigin;

  beforeAll(async () => {
    remote = await startRemote('/api/mcp');
    remote.hook = ({ headers }, response) =>
      headers.authorization !== `Bearer ${TOKEN}` &&
      sendJson(response, 401, { error: 'unauthorized' }, { 'WWW-Authenticate': 'Bearer' });
    secure = await startTlsOrigin(answerAll);
    app = await runApp({ habits: { on: true } });
    page = await openWindow(app, 'settings');
    await page.getByRole('button', { name: 'MCP Servers', exact: true }).click();
  });

  afterAll(async () => {
    await stopApp(app);
    await remote[Symbol.asyncDispose]();
    await secure[Symbol.asyncDispose]();
  });

  const stored = () => readSettings(app.home).settings;
  const result = () => page.locator('.try-result').textContent();
  /** The first message of a client, to the server as Gangway serves it. */
  const greet = (signal: AbortSignal = AbortSignal.timeout(10_000)): Promise<Response> => {
    const clientInfo = { name: 'test', version: '1' };
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
    return fetch(`http://127.0.0.1:${stored().port}/servers/ha/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }),
      signal,
    });
  };
  const tryIt = () => page.getByRole('button', { name: 'Try', exact: true }).click();

  it('is tried step by step: what it does not get past is named, with what helps', async () => {
    await page.getByRole('button', { name: 'Add Server' }).click();
    await page.getByLabel('Name', { exact: true }).fill('ha');
    await page.getByLabel('Command or URL').fill(remote.url);
    await tryIt();
    await expect.poll(result).toContain('Sign-in: failed');
    expect(await result()).toMatch(/HTTP: done.*Session: not reached/s);
    expect(await result()).toContain('as the header Authorization');
    await page.getByRole('button', { name: 'Add Header' }).click();
    expect(await page.getByLabel('Name of header 1').inputValue()).toBe('Authorization');
    await page.getByLabel('Value of header 1').fill(`Bearer ${TOKEN}`);
    expect(await page.getByLabel('Value of header 1').getAttribute('type')).toBe('password');
    expect(await problemsOf(page)).toEqual([]);
    await tryIt();
    await expect.poll(result).toContain('1 tool');
    // The stand-in's system keeps no key, as a Linux session without a keyring: that is said where secrets are typed.
    expect(await page.locator('.field', { hasText: 'Add Header' }).textContent()).toContain(NO_KEY);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => stored().servers.map(({ name }) => name)).toEqual(['ha']);
  });

  it('is listed with a word on where its secrets are, which is not said where the system keeps a key', async () => {
    const notice = page.getByText(NO_KEY);
    await expect.poll(() => notice.count()).toBe(1);
    await app.app.evaluate(({ ipcMain }, channel) => {
      ipcMain.removeHandler(channel);
      ipcMain.handle(channel, () => ({ ok: true, value: true }));
    }, requestChannel('hasSystemKey'));
    await page.reload();
    await page.getByRole('button', { name: 'MCP Servers', exact: true }).click();
    await page.getByRole('button', { name: 'Edit “ha”' }).click();
    await page.getByLabel('Value of header 1').waitFor();
    expect(await notice.count()).toBe(0);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Add Server' }).waitFor();
    expect(await notice.count()).toBe(0);
  });

  it('is looked for in the network at a click and not before, and what is found is added with its URL filled in', async () => {
    const { found } = appTextIn('en').settingsWindow.servers;
    const url = 'http://homeassistant.local:8123/api/mcp';
    await app.app.evaluate(
      ({ ipcMain }, [channel, address]) => {
        ipcMain.removeHandler(channel);
        ipcMain.handle(channel, () => ({ ok: true, value: [{ name: 'Zuhause', url: address }] }));
      },
      [requestChannel('findRemotes'), url] as const,
    );
    const add = page.getByRole('button', { name: found.addOne('Zuhause') });
    await page.getByRole('button', { name: found.look }).waitFor();
    expect(await add.count()).toBe(0);
    await page.getByRole('button', { name: found.look }).click();
    await add.click();
    expect(await page.getByLabel('Command or URL').inputValue()).toBe(url);
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('home-assistant');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Add Server' }).waitFor();
  });

  it('keeps what its headers hold out of the settings file and the window, and still sends it', async () => {
    const folder = await app.userData();
    const file = path.join(folder, 'settings.json');
    expect(fs.readFileSync(file, 'utf8')).not.toContain('llat');
    expect(fs.statSync(path.join(folder, 'settings-key.json')).mode & 0o077).toBe(0);
    await page.getByRole('button', { name: 'Edit “ha”' }).click();
    const value = page.getByLabel('Value of header 1');
    expect(await value.inputValue()).toBe('');
    expect(await value.getAttribute('placeholder')).toBe('Kept, not shown');
    expect(await page.content()).not.toContain('llat');
    await tryIt();
    await expect.poll(result).toContain('1 tool');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Edit “ha”' }).waitFor();
    const seen = remote.seen.length;
    expect((await greet()).status).toBe(200);
    expect(remote.seen[seen]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it('with a certificate of its own is trusted by a click, and by that certificate alone', async () => {
    await page.getByRole('button', { name: 'Add Server' }).click();
    await page.getByLabel('Name', { exact: true }).fill('nas');
    await page.getByLabel('Command or URL').fill(`https://localhost:${secure.port}/mcp`);
    await tryIt();
    await expect.poll(result).toContain('Certificate: failed');
    expect(await result()).toContain(secure.fingerprint);
    await page.getByRole('button', { name: 'Trust This Certificate' }).click();
    await expect.poll(() => page.locator('.field .fingerprint').textContent()).toBe(secure.fingerprint);
    await tryIt();
    await expect.poll(result).toContain('1 tool');
    await page.getByRole('button', { name: 'Save' }).click();
    const fingerprint = secure.fingerprint.replaceAll(':', '').toLowerCase();
    await expect.poll(() => stored().servers[1]).toMatchObject({ name: 'nas', tls: { fingerprint } });
  });

  it('that asks for a sign-in has a button for it, and says why it came to nothing', async () => {
    await page.getByRole('button', { name: 'Edit “ha”' }).click();
    await page.getByRole('button', { name: 'Remove header 1' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => Object.keys(Object(stored().servers[0]).headers)).toEqual([]);
    await greet(AbortSignal.timeout(2000)).catch(() => undefined);
    const row = page.locator('.row', { hasText: 'ha' }).first();
    await expect.poll(() => row.textContent()).toContain('Not signed in');
    await row.getByRole('button', { name: 'Sign in to ha' }).click();
    await expect.poll(() => row.locator('.error').textContent()).toMatch(/sign/i);
    expect(await problemsOf(page)).toEqual([]);
  });

  it('with a client that was registered by hand is named beside the port, which its sign-in comes back to', async () => {
    const { port } = appTextIn('en').settingsWindow;
    const told = page.locator('.field', { hasText: port.hint });
    const general = () => page.getByRole('button', { name: 'General', exact: true }).click();
    await general();
    await expect.poll(() => told.textContent()).toContain(port.hint);
    expect(await told.textContent()).not.toContain('oauth');
    const servers = stored().servers.map((one) => (one.name === 'ha' ? { ...one, oauth: { clientId: 'x' } } : one));
    await page.evaluate(`window.gangway.changeSettings(${JSON.stringify({ servers })})`);
    await page.reload();
    await general();
    await expect.poll(() => told.textContent()).toContain(port.signIns('ha'));
  });
});
