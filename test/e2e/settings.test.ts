import { createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appTextIn } from '../../app/i18n/app.ts';
import { askGangway } from '../../app/platform/port/index.ts';
import { tokenHash } from '../../app/settings/index.ts';
import { listening } from '../support/listening.ts';
import { modernAnswer } from '../support/modern-request.ts';
import { openSession } from '../support/raw-mcp.ts';
import { freePort } from '../support/tcp.ts';
import { problemsOf } from './support/axe.ts';
import { writeClientFile } from './support/client-files.ts';
import { describeApp } from './support/describe-app.ts';
import type { AppDriver } from './support/driver.ts';
import { openWindow, readSettings, runApp, showPopover, speak, stopApp } from './support/running-app.ts';
import { openSse, serverSetting } from './support/traffic.ts';

const CUPBOARD = fileURLToPath(new URL('../fixtures/cupboard-server.mjs', import.meta.url));

describeApp('The settings', () => {
  let app: AppDriver;
  let page: Page;

  beforeAll(async () => {
    const sets = [{ name: 'nothing', servers: { echo: { tools: { allow: [] } } } }];
    app = await runApp({ settings: { sets }, habits: { on: true } });
    page = await openWindow(app, 'settings');
  });

  afterAll(() => stopApp(app));

  const stored = () => readSettings(app.home).settings;
  const turnTo = (part: string): Promise<void> => page.getByRole('button', { name: part, exact: true }).click();
  const focused = () =>
    page.evaluate('document.activeElement.ariaLabel ?? document.activeElement.textContent') as Promise<string>;
  const isUp = async (port: number): Promise<boolean> =>
    (await askGangway({ host: '127.0.0.1', port, path: '/healthz', timeout: 5000 })).kind === 'page';

  it('refuse a port that is none, and keep what was typed', async () => {
    const field = page.getByLabel('Port', { exact: true });
    await field.fill('99999');
    await field.press('Enter');
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('from 1 to 65535');
    expect(await field.inputValue()).toBe('99999');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    await field.press('Escape');
    expect(await field.inputValue()).toBe(String(stored().port));
  });

  it('name the program that holds a port, stay on the old one, and offer another', async () => {
    const holder: Server = createServer();
    const taken = await listening(holder);
    const before = stored().port;
    const field = page.getByLabel('Port', { exact: true });
    await field.fill(String(taken));
    await field.press('Enter');
    const alert = page.getByRole('alert');
    await expect.poll(() => alert.textContent()).toContain(`Port ${taken} is taken by`);
    expect(await alert.textContent()).toContain(`process ${process.pid}`);
    expect(await isUp(before)).toBe(true);
    expect(stored().port).toBe(before);
    await page.getByRole('button', { name: /^Use \d+ instead$/ }).click();
    await expect.poll(() => stored().port).not.toBe(before);
    await expect.poll(() => isUp(stored().port)).toBe(true);
    await expect.poll(() => isUp(before)).toBe(false);
    const popover = await showPopover(app);
    await expect.poll(() => popover.locator('.popover-address').textContent()).toContain(String(stored().port));
    holder.close();
  });

  it('try a server before it is saved: its tools, or its last words', async () => {
    await turnTo('MCP Servers');
    await page.getByRole('button', { name: 'Add Server' }).click();
    // It drops what an input method proposes, as for Chinese, and not the draft.
    await page.getByLabel('Name').dispatchEvent('keydown', { key: 'Escape', isComposing: true });
    await page.getByLabel('Name').fill('draft');
    await page.getByLabel('Name').press('Escape');
    // The keyboard goes on where it was, and what was typed can be had back.
    await expect.poll(focused).toBe('Add Server');
    await page.getByRole('button', { name: 'Continue Editing' }).click();
    expect(await page.getByLabel('Name').inputValue()).toBe('draft');
    // Nothing of it can stand in an address.
    await page.getByLabel('Name').fill('!?');
    await page.getByLabel('Command').fill('no-such-command-at-all --flag');
    // A draft outlives a visit to another part of the window.
    await turnTo('Access');
    await turnTo('MCP Servers');
    expect(await page.getByLabel('Command').inputValue()).toBe('no-such-command-at-all --flag');
    await page.getByRole('button', { name: 'Try', exact: true }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('not allowed here');
    await page.getByLabel('Name').fill('echo');
    await page.getByRole('button', { name: 'Try', exact: true }).click();
    await expect
      .poll(() => page.locator('.try-result').textContent())
      .toContain('The command no-such-command-at-all was not found');
    const { command, args } = serverSetting('echo');
    await page.getByLabel('Command').fill([command, ...args].join(' '));
    await page.getByRole('button', { name: 'Try', exact: true }).click();
    await expect.poll(() => page.locator('.tools li').count()).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => stored().servers.map(({ name }) => name)).toEqual(['echo']);
    expect(stored().defaultServer).toBe('echo');
  });

  it('a server added here is spawned for a client, and shown with its process', async () => {
    const client = await openSse(stored().port, '/sse');
    expect(client.endpoint).toContain('/messages');
    const popover = await showPopover(app);
    const row = popover.locator('.row', { hasText: 'echo' });
    await expect.poll(() => row.textContent()).toMatch(/1 MCP session.*Process \d+/);
    const pid = Number(/Process (\d+)/.exec((await row.textContent()) ?? '')?.[1]);
    expect(() => process.kill(pid, 0)).not.toThrow();
    client.close();
  });

  it('keep a server from starting that has no process, and let it start again', async () => {
    await turnTo('MCP Servers');
    const row = page.locator('.row', { hasText: 'echo' });
    // Without a process there is no end of one that windows would hear of.
    await expect.poll(() => row.locator('.badge').first().textContent()).toBe('Not started');
    expect(await row.locator('.light').getAttribute('class')).toBe('light stopped');
    expect(await row.getByRole('button', { name: 'Stop echo' }).count()).toBe(0);
    // Of an address, the end is what clients are told apart by.
    await expect.poll(() => row.locator('.mono').last().textContent()).toMatch(/\/servers\/echo\/mcp$/);
    expect(
      await page.evaluate(`(() => {
        const address = document.querySelector('.row .mono.whole');
        address.style.width = '120px';
        return address.scrollWidth <= address.clientWidth;
      })()`),
    ).toBe(true);
    const hold = row.getByRole('button', { name: 'Keep echo from starting' });
    await hold.hover();
    await page.mouse.down({ clickCount: 1 });
    await page.mouse.up({ clickCount: 1 });
    await expect.poll(() => row.locator('.badge').first().textContent()).toBe('Stopped');
    // The second half of a double click meets the button that has come there, and is not meant for it.
    await page.mouse.down({ clickCount: 2 });
    await page.mouse.up({ clickCount: 2 });
    await page.evaluate('gangway.state()');
    expect(await row.locator('.badge').first().textContent()).toBe('Stopped');
    expect(await row.getByRole('button', { name: 'Restart echo' }).count()).toBe(0);
    expect((await fetch(`http://127.0.0.1:${stored().port}/sse`)).status).toBe(503);
    // The button that had the focus has given way to this one.
    await expect.poll(focused).toBe('Start echo');
    await page.keyboard.press('Enter');
    await expect.poll(() => row.locator('.badge').first().textContent()).toMatch(/^(?:Not started|Starting|Running)/);
    const client = await openSse(stored().port, '/sse');
    client.close();
  });

  it('switch a tool of a server off and on: clients get what is on, and another change of the server keeps it', async () => {
    const client = await openSession(`http://127.0.0.1:${stored().port}`);
    const listed = async () =>
      Object((await client.call('tools/list')).result).tools.map(({ name }: { name: string }) => name);
    const [first, ...others]: string[] = await listed();
    const tool = page.locator('.tool-list').getByRole('switch', { name: first ?? '', exact: true });
    const save = () => page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Edit “echo”' }).click();
    await expect.poll(() => tool.getAttribute('aria-checked')).toBe('true');
    expect(await page.locator('.tool-count').textContent()).toMatch(
      new RegExp(`^${others.length + 1} of ${others.length + 1} on, about \\d+ tokens$`),
    );
    expect(await problemsOf(page)).toEqual([]);
    await tool.focus();
    await page.keyboard.press('Space');
    await expect.poll(() => tool.getAttribute('aria-checked')).toBe('false');
    await save();
    await expect.poll(() => stored().servers[0]?.tools).toEqual({ deny: [first] });
    await expect.poll(listed).toEqual(others);
    // A set and a group follow the new name; what is off stays off.
    await page.getByRole('button', { name: 'Edit “echo”' }).click();
    await page.getByLabel('Name', { exact: true }).fill('parrot');
    await save();
    await expect.poll(() => stored().servers[0]).toMatchObject({ name: 'parrot', tools: { deny: [first] } });
    await page.getByRole('button', { name: 'Edit “parrot”' }).click();
    await page.getByLabel('Name', { exact: true }).fill('echo');
    await save();
    await expect.poll(() => stored().servers[0]?.name).toBe('echo');
    await page.getByRole('button', { name: 'Edit “echo”' }).click();
    await tool.click();
    await save();
    await expect.poll(() => stored().servers[0]?.tools).toBeUndefined();
    await client.end();
  });

  it('make a group of servers, copy its address, change it, and take its removal back', async () => {
    const section = page.locator('.groups');
    await section.getByRole('button', { name: 'New Group' }).click();
    const form = section.locator('form');
    await form.getByLabel('Name of the group').fill('work');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => form.getByRole('alert').textContent()).toContain('Choose a server');
    await form.getByLabel('echo', { exact: true }).focus();
    await page.keyboard.press('Space');
    await form.getByLabel('Prefix of the tools of echo').fill('e-1');
    await page.keyboard.press('Enter');
    await expect.poll(() => form.getByRole('alert').textContent()).toContain('letters, digits and _');
    await form.getByLabel('Prefix of the tools of echo').fill('e');
    expect(await problemsOf(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await expect.poll(() => stored().groups).toEqual([{ name: 'work', servers: ['echo'] }]);
    expect(stored().servers[0]?.alias).toBe('e');

    await section.getByRole('button', { name: 'Copy the address of work' }).click();
    const address = `http://127.0.0.1:${stored().port}/groups/work`;
    await expect.poll(() => app.clipboard()).toBe(`${address}/mcp`);
    const names = async (): Promise<string> => JSON.stringify(await modernAnswer(address, { method: 'tools/list' }));
    await expect.poll(names, { timeout: 30_000 }).toContain('"e__');

    await section.getByRole('button', { name: 'Edit the group work' }).click();
    await form.getByLabel('Name of the group').fill('all');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => form.getByRole('alert').textContent()).toContain('cannot be named all');
    await form.getByLabel('Name of the group').fill('office');
    await form.getByLabel('Prefix of the tools of echo').fill('');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => stored().groups).toEqual([{ name: 'office', servers: ['echo'] }]);
    expect(stored().servers[0]?.alias).toBeUndefined();

    await section.getByRole('button', { name: 'Remove the group office' }).click();
    await expect.poll(() => stored().groups).toEqual([]);
    await section.getByRole('button', { name: 'Undo removing office' }).click();
    await expect.poll(() => stored().groups).toEqual([{ name: 'office', servers: ['echo'] }]);
    await section.getByRole('button', { name: 'Edit the group office' }).click();
    await expect
      .poll(() => form.getByLabel('Name of the group').evaluate((field) => field.matches(':focus')))
      .toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => form.count()).toBe(0);
    await speak(page, 'zh-Hant');
    await expect.poll(() => section.getByRole('button', { name: '移除群組 office' }).count()).toBe(1);
    await speak(page, 'en');
    await section.getByRole('button', { name: 'Remove the group office' }).click();
    await expect.poll(() => stored().groups).toEqual([]);
  });

  it('hold back the tools of a server that have changed, show what differs, and let them through once approved', async () => {
    const edit = () => page.getByRole('button', { name: 'Edit “echo”' }).click();
    const save = () => page.getByRole('button', { name: 'Save', exact: true }).click();
    const setUp = async (line: readonly string[], mode: 'notice' | 'hold'): Promise<void> => {
      await edit();
      await page.getByLabel('Command').fill(line.join(' '));
      await page.getByLabel('When tools change').selectOption(mode);
      await save();
      await expect.poll(() => stored().servers[0]).toMatchObject({ args: line.slice(1) });
    };
    const { command, args } = serverSetting('echo');
    // Another program under the same name is compared with what was approved.
    await setUp([command, CUPBOARD], 'hold');
    expect(stored().servers[0]?.changes).toBe('hold');
    const client = await openSession(`http://127.0.0.1:${stored().port}`);
    const listed = async () => {
      const pages = [await client.call('tools/list'), await client.call('tools/list', { cursor: '' })];
      return pages.flatMap(({ result }) => Object(result).tools.map(({ name }: { name: string }) => name));
    };
    expect(await listed()).toEqual([]);
    const popover = await showPopover(app);
    const note = popover.getByRole('button', { name: '5 tools held back' });
    await note.click();
    const changes = page.locator('.tool-changes');
    await expect
      .poll(() => changes.getByRole('status').textContent())
      .toMatch(/tools are not as approved, 5 held back\.$/);
    const open = changes.locator('.tool-change', { has: page.getByText('open', { exact: true }) }).first();
    await open.locator('summary').click();
    await expect.poll(() => open.locator('ins').first().textContent()).toBe('+open');
    expect(await problemsOf(page)).toEqual([]);
    await open.getByRole('button', { name: 'Approve open' }).click();
    await expect.poll(listed).toEqual(['open']);
    await changes.getByRole('button', { name: 'Approve All' }).click();
    await expect.poll(listed).toEqual(['open', 'wipe', 'erase', 'seen', 'change']);
    await expect.poll(() => changes.count()).toBe(0);
    await expect.poll(() => note.count()).toBe(0);
    await client.end();
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await setUp([command, ...args], 'notice');
    expect(stored().servers[0]).not.toHaveProperty('changes');
  });

  it('have the limits behind a fold; what is out of range stays to be corrected', async () => {
    const field = page.getByLabel('Idle session ends after');
    expect(await field.isVisible()).toBe(false);
    await page.getByText('Advanced').click();
    expect(await field.inputValue()).toBe('300');
    await field.fill('5');
    await field.press('Enter');
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('from 10 to 86400');
    expect(await field.inputValue()).toBe('5');
    await field.fill('600');
    expect(await page.getByRole('alert').count()).toBe(0);
    await field.press('Enter');
    await expect.poll(() => stored().limits.sessionIdle).toBe(600_000);
    await page.getByLabel('Largest message').fill('2');
    await page.getByLabel('Largest message').blur();
    await expect.poll(() => stored().limits.messageBytes).toBe(2 * 1024 * 1024);
  });

  it('go back to the defaults in one click, but for what was entered with care, and forth again', async () => {
    await turnTo('General');
    const { port, servers, limits } = stored();
    expect(limits.messageBytes).toBe(2 * 1024 * 1024);
    await page.getByRole('button', { name: 'Restore Defaults' }).click();
    await expect.poll(() => stored().limits.messageBytes).toBe(64 * 1024 * 1024);
    expect(stored()).toMatchObject({ port, servers });
    await page.getByRole('button', { name: 'Undo Restoring' }).click();
    await expect.poll(() => stored().limits).toEqual(limits);
    expect(await isUp(port)).toBe(true);
  });

  it('add a TCP forward and remove it', async () => {
    await turnTo('TCP Forwards');
    const port = await freePort();
    await page.getByLabel('Port on this Mac').fill(String(port));
    await page.getByLabel('Target host').fill('127.0.0.1');
    await page.getByLabel('Target port').fill('1');
    await page.getByRole('button', { name: 'Add Forward' }).click();
    await expect.poll(() => stored().forwards).toEqual([{ port, host: '127.0.0.1', targetPort: 1 }]);
    await page.getByRole('button', { name: `Remove the forward from port ${port}` }).click();
    await expect.poll(() => stored().forwards).toEqual([]);
    await page.getByRole('button', { name: `Undo removing 127.0.0.1:${port} → 127.0.0.1:1` }).click();
    await expect.poll(() => stored().forwards).toEqual([{ port, host: '127.0.0.1', targetPort: 1 }]);
    const proxied = { command: 'psql-mcp', args: [`postgres://127.0.0.1:${port}/x`], env: {} };
    writeClientFile(app.home, 'cursor', JSON.stringify({ mcpServers: { orders: proxied } }));
    await page.getByRole('button', { name: `Remove the forward from port ${port}` }).click();
    await expect.poll(() => page.locator('.removable .warning').textContent()).toContain('orders (Cursor)');
    expect(stored().forwards).toHaveLength(1);
    await page.getByRole('button', { name: 'Remove All the Same' }).click();
    await expect.poll(() => stored().forwards).toEqual([]);
  });

  it('make a token, show it once with a button to copy it, tell of its use, and revoke it', async () => {
    await turnTo('Access');
    const field = page.getByRole('textbox', { name: 'Name of the client' });
    await field.fill('my laptop');
    await page.getByRole('button', { name: 'New Token' }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('Letters, digits');
    await field.fill('laptop');
    await page.getByRole('button', { name: 'New Token' }).click();
    const fresh = page.locator('.fresh-token');
    await expect.poll(() => fresh.textContent()).toContain('not shown again');
    await page.getByRole('button', { name: 'Copy the token laptop' }).click();
    const secret = (await fresh.locator('code').textContent()) ?? '';
    await expect.poll(() => app.clipboard()).toBe(secret);
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    expect(stored().tokens).toMatchObject([{ name: 'laptop', hash: tokenHash(secret), client: null }]);

    const row = page.locator('.tokens .row');
    await expect.poll(() => row.textContent()).toContain('not used since');
    const headers = { authorization: `Bearer ${secret}` };
    const status = async (init: RequestInit = {}): Promise<number> =>
      (await fetch(`http://127.0.0.1:${stored().port}/status`, init)).status;
    expect(await status({ headers })).toBe(200);
    await expect.poll(() => row.textContent()).toMatch(/used .* ago/);

    // What the token may use is chosen beside it, and holds from the next request on.
    const listed = async (): Promise<unknown> => {
      const { result } = await modernAnswer(`http://127.0.0.1:${stored().port}`, { method: 'tools/list', headers });
      return Object(result).tools?.length;
    };
    await expect.poll(listed, { timeout: 30_000 }).toBeGreaterThan(0);
    await row.getByLabel('What laptop may use').selectOption('nothing');
    await expect.poll(() => stored().tokens).toMatchObject([{ name: 'laptop', set: 'nothing' }]);
    await expect.poll(listed, { timeout: 30_000 }).toBe(0);
    await row.getByLabel('What laptop may use').selectOption('');
    await expect.poll(listed, { timeout: 30_000 }).toBeGreaterThan(0);

    await page.getByRole('switch', { name: 'Require a token' }).click();
    await expect.poll(() => status()).toBe(401);
    expect(await status({ headers })).toBe(200);
    await fresh.getByRole('button', { name: 'Done' }).click();
    expect(await page.locator('.secret').count()).toBe(0);

    await field.fill('laptop');
    await page.getByRole('button', { name: 'New Token' }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('has this name');
    await field.fill('');
    await page.getByRole('button', { name: 'Revoke laptop' }).click();
    await expect.poll(() => stored().tokens).toEqual([]);
    await expect.poll(() => status({ headers })).toBe(401);
    await page.getByRole('button', { name: 'Undo removing laptop' }).click();
    await expect.poll(() => status({ headers })).toBe(200);
    await page.getByRole('button', { name: 'Revoke laptop' }).click();
    await expect.poll(() => stored().tokens).toEqual([]);
    await page.getByRole('switch', { name: 'Require a token' }).click();
    await expect.poll(() => status()).toBe(200);
  });

  it('follow what another window or the command line changes, while they are open', async () => {
    const popover = await app.window('#popover');
    const names = () => page.locator('.tokens .mono').allTextContents();
    const before = await names();
    await popover.evaluate("gangway.addToken('elsewhere')");
    await expect.poll(names).toEqual([...before, 'elsewhere']);
    await popover.evaluate("gangway.changeSettings({ allowedHosts: ['nas.lan'], token: 'one-for-all-'.repeat(4) })");
    await expect.poll(() => page.getByLabel('Allowed host names').inputValue()).toBe('nas.lan');
    // Nobody knows the token by heart: its removal can be taken back.
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await expect.poll(() => stored().token).toBe(null);
    await page.getByRole('button', { name: 'Undo removing One token for all' }).click();
    await expect.poll(() => stored().token).toBe('one-for-all-'.repeat(4));
    await popover.evaluate('gangway.changeSettings({ allowedHosts: [], token: null })');
    await popover.evaluate("gangway.removeSetting({ kind: 'token', name: 'elsewhere' })");
    await expect.poll(names).toEqual(before);
  });

  it('let other machines in only behind a warning, and only with a token of 256 bit', async () => {
    await turnTo('Access');
    await page.getByRole('switch', { name: 'Let other machines in' }).click();
    const notes = page.locator('#lan-notes');
    await expect.poll(() => notes.textContent()).toContain('Everyone on your networks');
    expect(stored().host).toBe('127.0.0.1');
    await page.getByRole('button', { name: 'Let Other Machines In' }).click();
    await expect.poll(() => stored().host).toBe('0.0.0.0');
    const secret = (await page.locator('.fresh-token code').textContent()) ?? '';
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    expect(stored().tokens).toMatchObject([{ name: 'other-machines', hash: tokenHash(secret) }]);
    expect(stored()).toMatchObject({ lanLoopback: false, lanForwards: false, requireToken: false });
    await page.getByRole('switch', { name: 'Services of this Mac' }).click();
    await expect.poll(() => stored().lanLoopback).toBe(true);
    await page.getByRole('switch', { name: 'TCP forwards' }).click();
    await expect.poll(() => stored().lanForwards).toBe(true);
    await page.getByRole('button', { name: 'Revoke other-machines' }).click();
    await expect.poll(() => page.locator('.mishap, [role="alert"]').first().textContent()).toContain('token');
    expect(stored().tokens).toHaveLength(1);
    await page.locator('.mishap').getByRole('button').click();
    await page.getByRole('switch', { name: 'Let other machines in' }).click();
    await expect.poll(() => stored().host).toBe('127.0.0.1');
    await page.getByRole('button', { name: 'Revoke other-machines' }).click();
    await expect.poll(() => stored().tokens).toEqual([]);
    const trust = page.getByRole('switch', { name: 'Trust a reverse proxy' });
    await trust.click();
    await expect.poll(() => stored().trustReverseProxy).toBe(true);
    // The file is written before the window hears of it; a click before that would turn it on again.
    await expect.poll(() => trust.getAttribute('aria-checked')).toBe('true');
    await trust.click();
    await expect.poll(() => stored().trustReverseProxy).toBe(false);
  });

  it('refuse what is no origin, and take what is', async () => {
    const field = page.getByLabel('Allowed origins');
    await field.fill('https://a.example/path');
    await field.blur();
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('no origin');
    await field.fill('https://a.example');
    await field.blur();
    await expect.poll(() => stored().allowedOrigins).toEqual(['https://a.example']);
  });

  it('speak another language at once, in every window and the menu', async () => {
    await turnTo('General');
    await page.getByLabel('Language').selectOption('zh-Hant');
    await expect.poll(() => page.locator('h1').textContent()).toBe('一般');
    const popover = await showPopover(app);
    await expect.poll(() => popover.locator('#phase').textContent()).toBe('已開啟');
    expect(await page.getAttribute('html', 'lang')).toBe('zh-Hant');
    expect((await app.tray.openMenu())[0]?.label).toContain('已在');
  });

  it('say again in the language that is chosen what was refused, for its words or by the machine', async () => {
    const alert = page.getByRole('alert').first();
    const port = page.locator('input.short').first();
    await speak(page, 'en');
    const holder = createServer();
    const taken = await listening(holder);
    await port.fill(String(taken));
    await port.press('Enter');
    await expect.poll(() => alert.textContent()).toContain(`Port ${taken} is taken by`);
    await speak(page, 'zh-Hant');
    await expect.poll(() => alert.textContent()).toMatch(new RegExp(`連接埠 ${taken}.*使用`));
    holder.close();
    await port.fill('99999');
    await port.press('Enter');
    await expect.poll(() => alert.textContent()).toBe(`${appTextIn('zh-Hant').settingsWindow.faults.port} `);
    await speak(page, 'en');
    await expect.poll(() => alert.textContent()).toContain('from 1 to 65535');
    await port.press('Escape');
  });
});
