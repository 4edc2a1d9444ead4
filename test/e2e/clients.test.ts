import { once } from 'node:events';
import fs from 'node:fs';
import { createServer } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appTextIn } from '../../app/i18n/app.ts';
import { tokenHash } from '../../app/settings/index.ts';
import { listening } from '../support/listening.ts';
import { problemsOf } from './support/axe.ts';
import { BROKEN_FILE, CLAUDE_FILE, CURSOR_FILE, restartable, writeClientFile } from './support/client-files.ts';
import { describeApp } from './support/describe-app.ts';
import type { AppDriver } from './support/driver.ts';
import {
  openWindow,
  readSettings,
  runApp,
  settingsFile,
  showPopover,
  speak,
  startOver,
  stopApp,
} from './support/running-app.ts';
import { getThrough, serverSetting } from './support/traffic.ts';

/** What the app keeps of clients' files. */
function keptOf(home: string): readonly { readonly name: string; readonly text: string }[] {
  const folder = path.join(path.dirname(settingsFile(home)), 'clients');
  const all = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return all.map(({ name, parentPath }) => ({ name, text: fs.readFileSync(path.join(parentPath, name), 'utf8') }));
}

describeApp('The window for the servers of other programs', () => {
  let app: AppDriver;
  let page: Page;
  let claude: string;
  let notes: string;

  beforeAll(async () => {
    const programs = fs.mkdtempSync('/tmp/gangway-programs-');
    notes = path.join(programs, 'notes');
    restartable(programs, notes);
    app = await runApp({
      habits: { on: true },
      env: {
        PATH: `${programs}${path.delimiter}${process.env['PATH'] ?? ''}`,
        TERM: 'xterm',
        ELECTRON_HOST_KEYRING: '1',
      },
    });
    claude = path.join(app.home, 'not yet');
    page = await openWindow(app, 'clients');
  });

  afterAll(async () => {
    fs.rmSync(path.dirname(notes), { recursive: true, force: true });
    await stopApp(app);
  });

  const choose = (server: string, mode: string): Promise<void> =>
    page
      .getByRole('radiogroup', { name: `How ${server} reaches the network` })
      .getByRole('radio', { name: mode })
      .click();
  const checked = (server: string): Promise<string | null> =>
    page
      .getByRole('radiogroup', { name: `How ${server} reaches the network` })
      .locator('[aria-checked="true"]')
      .textContent();
  const sheet = () => page.getByRole('dialog');
  const press = (name: string | RegExp): Promise<void> => page.getByRole('button', { name, exact: true }).click();
  const content = (): string => fs.readFileSync(claude, 'utf8');
  const returnTo = (): Promise<void> => page.evaluate(`window.dispatchEvent(new Event('focus'))`);

  it('says so when there is no client, and finds them when it gets the focus', async () => {
    await expect.poll(() => page.locator('h1').textContent()).toBe('No MCP client found');
    await press('Show Where I Looked');
    await expect
      .poll(() => page.locator('.places').textContent())
      .toContain('~/Library/Application Support/Claude/claude_desktop_config.json');
    await press('Set Up by Hand…');
    await expect.poll(() => page.locator('.empty .preview, .empty select').count()).toBeGreaterThan(0);
    expect(await problemsOf(page)).toEqual([]);
    claude = writeClientFile(app.home, 'claude', CLAUDE_FILE);
    writeClientFile(app.home, 'vscode', BROKEN_FILE);
    writeClientFile(app.home, 'cursor', CURSOR_FILE);
    await returnTo();
    await expect
      .poll(() => page.getByRole('navigation').getByRole('button').allTextContents())
      .toEqual(['Claude Desktop3 servers', 'Cursor2 servers', 'VS CodeCannot be read']);
    expect(await page.locator('.client-server h3').allTextContents()).toEqual(['home-assistant', 'portainer', 'notes']);
  });

  it('marks the mode that fits, with the reason', async () => {
    const group = page.getByRole('radiogroup', { name: 'How portainer reaches the network' });
    expect(await group.getByRole('radio', { name: 'suggested' }).textContent()).toBe('Through Gangway');
    expect(await page.locator('.client-server', { hasText: 'portainer' }).textContent()).toContain('in a container');
  });

  it('shows what a choice would change, and changes nothing when it is called off', async () => {
    await choose('home-assistant', 'Through Gangway');
    await expect.poll(() => sheet().locator('ins').count()).toBeGreaterThan(6);
    expect(await sheet().textContent()).toContain('claude_desktop_config.json');
    expect(await sheet().textContent()).toContain('clients/backups');
    await page.keyboard.press('Escape');
    await expect.poll(() => sheet().count()).toBe(0);
    expect(content()).toBe(CLAUDE_FILE);
    expect(await checked('home-assistant')).toBe('Direct');
  });

  it('sends a server through Gangway, comments kept, and undoes it to the byte', async () => {
    await choose('home-assistant', 'Through Gangway');
    await press('Apply');
    await expect.poll(() => page.locator('.outcome').textContent()).toContain('Quit Claude Desktop completely');
    const { port } = readSettings(app.home).settings;
    const proxy = new RegExp(
      `"HTTP_PROXY": "http://claude-desktop\\.home-assistant:([\\w-]{43})@127\\.0\\.0\\.1:${port}"`,
    );
    const secret = proxy.exec(content())?.[1] ?? '';
    // The keychain of the account encrypts what is kept of the file.
    await expect.poll(() => page.locator('.outcome').textContent()).toContain('Backup, encrypted: ');
    const kept = keptOf(app.home);
    expect(kept.filter(({ name }) => /^file-.*\.json$|\.sealed$/.test(name))).toHaveLength(2);
    for (const { name, text } of kept) expect(text, name).not.toContain('home-assistant');
    const stored = () => readSettings(app.home).settings.tokens;
    expect(stored()).toMatchObject([{ name: 'claude-desktop.home-assistant', hash: tokenHash(secret) }]);
    expect(content()).toContain('"notes":   {');
    await expect.poll(() => checked('home-assistant')).toBe('Through Gangway');
    expect(await page.locator('.client-server', { hasText: 'home-assistant' }).textContent()).toContain(
      'No request seen yet',
    );
    await press('Undo the change of home-assistant');
    await expect.poll(() => page.locator('.outcome').textContent()).toContain('Undone.');
    expect(content()).toBe(CLAUDE_FILE);
    expect(stored()).toEqual([]);
    expect(keptOf(app.home).map(({ name }) => name)).toEqual([]);
    await expect.poll(() => checked('home-assistant')).toBe('Direct');
  });

  it('says what cannot be decrypted, and shows the servers all the same', async () => {
    await choose('home-assistant', 'Through Gangway');
    await press('Apply');
    await expect.poll(() => checked('home-assistant')).toBe('Through Gangway');
    const entry = keptOf(app.home).find(({ name }) => name.startsWith('file-'));
    const file = path.join(path.dirname(settingsFile(app.home)), 'clients', entry?.name ?? '');
    fs.writeFileSync(file, JSON.stringify({ sealed: Buffer.from('made with another key').toString('base64') }));
    await returnTo();
    const note = page.getByText('the system does not give the key');
    await expect.poll(() => note.textContent()).toContain('Unlock the keychain');
    const row = page.locator('.client-server', { hasText: 'home-assistant' });
    expect(await row.textContent()).not.toContain('Set by hand');
    fs.writeFileSync(file, entry?.text ?? '');
    await returnTo();
    await expect.poll(() => note.count()).toBe(0);
    await choose('home-assistant', 'Direct');
    await press('Apply');
    await expect.poll(() => checked('home-assistant')).toBe('Direct');
    expect(content()).toBe(CLAUDE_FILE);
  });

  it('shows the last request of a server: that it arrived, and what became of it', async () => {
    await choose('home-assistant', 'Through Gangway');
    await press('Apply');
    await expect.poll(() => checked('home-assistant')).toBe('Through Gangway');
    const proxy = /"HTTP_PROXY": "([^"]+)"/.exec(content())?.[1] ?? '';
    const origin = createServer((_request, response) => response.end('ok'));
    const authority = `127.0.0.1:${await listening(origin)}`;
    expect(await getThrough(proxy, `http://${authority}/`)).toBe(200);
    origin.close();
    const row = page.locator('.client-server', { hasText: 'home-assistant' });
    await expect.poll(() => row.textContent()).toMatch(new RegExp(`Last request \\d+ s ago: ${authority}, 200`));
    expect(await getThrough(proxy, 'http://127.0.0.1:1/')).toBe(502);
    await expect.poll(() => row.textContent()).toMatch(/127\.0\.0\.1:1, failed \(ECONNREFUSED\)/);
    expect(await row.locator('.warning').textContent()).toContain('127.0.0.1:1');
    await row.getByRole('button', { name: 'Ask Doctor…' }).click();
    const doctor = await app.window('#doctor');
    await expect.poll(() => doctor.getByRole('combobox').inputValue()).toBe('=home-assistant (Claude Desktop)');
    expect(await doctor.getByLabel('Target').inputValue()).toBe('127.0.0.1:1');
    await doctor.close();
    await press('Undo the change of home-assistant');
    await expect.poll(() => checked('home-assistant')).toBe('Direct');
  });

  it('marks a server that its client’s log tells a block of', async () => {
    const logs = path.join(app.home, 'Library/Logs/Claude');
    fs.mkdirSync(logs, { recursive: true });
    fs.writeFileSync(path.join(logs, 'mcp-server-notes.log'), 'Error: connect EHOSTUNREACH 192.168.1.20:8080\n');
    await returnTo();
    await expect
      .poll(() => page.locator('.client-server', { hasText: 'notes' }).textContent())
      .toContain('the log of Claude Desktop says “EHOSTUNREACH 192.168.1.20:8080”');
  });

  it('runs a server in Gangway: the entry becomes our program, the server is among ours and in the popover', async () => {
    await choose('portainer', 'Run in Gangway');
    await expect.poll(() => sheet().textContent()).toContain('Gangway gets the server “portainer”');
    await press('Apply');
    await expect.poll(() => checked('portainer')).toBe('Run in Gangway');
    expect(content()).toMatch(/"portainer": \{ "command": "[^"]*", "args": \[[^\]]*"connect", ?"portainer"\] \}/);
    await expect
      .poll(() => readSettings(app.home).settings.servers)
      .toMatchObject([{ name: 'portainer', command: 'docker' }]);
    const popover = await showPopover(app);
    for (const list of ['Servers in your clients', 'Run by Gangway']) {
      const rows = popover.getByRole('list', { name: list }).getByRole('listitem').filter({ hasText: 'portainer' });
      await expect.poll(() => rows.count()).toBe(1);
    }
  });

  it('restarts the client on request, and says how that went', async () => {
    await press('Restart Claude Desktop');
    const bar = page.locator('.restart-bar');
    await expect.poll(() => bar.getByRole('status').textContent()).toContain('Claude Desktop was restarted.');
    await expect.poll(() => bar.textContent()).not.toContain('for a restart');
    expect(fs.readFileSync(notes, 'utf8')).toBe(
      'quit com.anthropic.claudefordesktop\nopen com.anthropic.claudefordesktop\n',
    );
  });

  it('undoes everything in a file, and takes back what came into the settings', async () => {
    await choose('notes', 'Through Gangway');
    await press('Apply');
    await expect.poll(() => checked('notes')).toBe('Through Gangway');
    await press('Undo All Changes…');
    await expect.poll(() => sheet().textContent()).toContain('Also remove from Gangway: the server “portainer”');
    await press('Apply');
    await expect.poll(() => sheet().count()).toBe(0);
    expect(content()).toBe(CLAUDE_FILE);
    await expect.poll(() => readSettings(app.home).settings.servers).toEqual([]);
  });

  it('refuses when the file has changed since, and shows what there is to do now', async () => {
    await choose('home-assistant', 'Through Gangway');
    await sheet().waitFor();
    const other = CLAUDE_FILE.replace('Alt+Space', 'Alt+Tab');
    fs.writeFileSync(claude, other);
    await press('Apply');
    await expect.poll(() => sheet().getByRole('alert').textContent()).toContain('Nothing was written');
    expect(content()).toBe(other);
    await speak(page, 'zh-Hant');
    await expect.poll(() => sheet().getByRole('alert').textContent()).toMatch(/\p{Script=Han}/u);
    await speak(page, 'en');
    await expect.poll(() => sheet().getByRole('alert').textContent()).toContain('Nothing was written');
    await press('Apply');
    await expect.poll(() => checked('home-assistant')).toBe('Through Gangway');
    expect(content()).toContain('Alt+Tab');
    await choose('home-assistant', 'Direct');
    await press('Apply');
    await expect.poll(() => checked('home-assistant')).toBe('Direct');
    expect(content()).toBe(other);
  });

  it('offers to go through the proxy that a server had', async () => {
    await page
      .getByRole('navigation')
      .getByRole('button', { name: /^Cursor/ })
      .click();
    expect(await page.locator('.client-server', { hasText: 'docs' }).textContent()).toContain('server with a URL');
    await choose('proxmox', 'Through Gangway');
    await sheet()
      .getByRole('checkbox', { name: /Let Gangway itself go through http:\/\/proxy\.corp:3128/ })
      .check();
    await press('Apply');
    await expect.poll(() => readSettings(app.home).settings.upstream).toBe('http://proxy.corp:3128');
    await press('Undo the change of proxmox');
    await expect.poll(() => readSettings(app.home).settings.upstream).toBeNull();
  });

  it('checks a server from end to end, and shows each step with what came of it', async () => {
    const { command, args } = serverSetting('echo');
    const servers = { echo: { command, args }, gone: { command: 'no-such-command-at-all' } };
    writeClientFile(app.home, 'cursor', JSON.stringify({ mcpServers: servers }));
    await returnTo();
    await press('Verify echo');
    const step = (of: string, title: string) =>
      page
        .getByRole('region', { name: `Check of ${of}` })
        .getByRole('listitem')
        .filter({ hasText: title });
    await expect.poll(() => step('echo', 'Ask for its tools').first().textContent()).toContain('passed');
    expect(await step('echo', 'Greet it').textContent()).toContain('passed');
    await expect.poll(() => step('echo', 'See its requests').textContent()).toContain('skipped');
    await press('Verify gone');
    await expect.poll(() => step('gone', 'Start it').textContent()).toContain('no-such-command-at-all was not found');
    expect(await page.getByRole('region', { name: 'Check of echo' }).count()).toBe(0);
    await speak(page, 'zh-Hant');
    await expect.poll(() => page.locator('.verify').textContent()).toContain('找不到指令 no-such-command-at-all');
    expect(await page.locator('.verify').textContent()).not.toContain('was not found');
    await speak(page, 'en');
    await expect.poll(() => step('gone', 'Start it').textContent()).toContain('was not found');
    await page.getByRole('region', { name: 'Check of gone' }).getByRole('button', { name: 'Close' }).click();
    await expect.poll(() => page.getByRole('region', { name: 'Check of gone' }).count()).toBe(0);
  });

  it('leads a server to a TCP forward, through which its bytes arrive, and back', async () => {
    const database = createTcpServer((socket) => socket.on('error', () => undefined).pipe(socket));
    const port = await listening(database);
    // This machine, in a spelling that is not recognised: it stands for another one.
    const env = { PGHOST: '::ffff:127.0.0.1', PGPORT: String(port), CACHE_URL: 'redis://cache.lan:6379' };
    const before = JSON.stringify({ mcpServers: { pg: { command: 'npx', args: ['pg-mcp'], env } } }, null, 2);
    const cursor = writeClientFile(app.home, 'cursor', before);
    await returnTo();
    await press('Forward a Port for pg…');
    await sheet().getByRole('combobox', { name: 'Address' }).selectOption('cache.lan:6379');
    await expect.poll(() => sheet().textContent()).toContain('which leads to cache.lan:6379');
    await sheet().getByRole('combobox', { name: 'Address' }).selectOption(`[::ffff:127.0.0.1]:${port}`);
    await expect.poll(() => sheet().textContent()).toContain(`which leads to [::ffff:127.0.0.1]:${port}`);
    expect(await sheet().textContent()).toContain('socks5h://cursor.pg:x@127.0.0.1:');
    await press('Apply');
    await expect.poll(() => checked('pg')).toBe('TCP Forward');
    const [forward] = readSettings(app.home).settings.forwards;
    expect(forward).toMatchObject({ host: '::ffff:127.0.0.1', targetPort: port });
    expect(JSON.parse(fs.readFileSync(cursor, 'utf8')).mcpServers.pg.env).toMatchObject({
      PGHOST: '127.0.0.1',
      PGPORT: String(forward?.port),
    });
    expect(await echoed(forward?.port ?? 0, 'SELECT 1')).toBe('SELECT 1');
    await expect
      .poll(() => page.locator('.client-server').textContent())
      .toContain(`[::ffff:127.0.0.1]:${port}, connected`);
    await press('Undo the change of pg');
    await expect.poll(() => readSettings(app.home).settings.forwards).toEqual([]);
    expect(fs.readFileSync(cursor, 'utf8')).toBe(before);
    database.close();
  });

  it('leaves a broken file alone and says where the mistake is', async () => {
    await page
      .getByRole('navigation')
      .getByRole('button', { name: /^VS Code/ })
      .click();
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('line 3, column 34');
    await page.getByRole('button', { name: 'Show in Finder' }).click();
    await expect.poll(() => app.opened()).toHaveLength(1);
    expect((await app.opened())[0]).toMatch(/Code\/User\/mcp\.json$/);
  });

  it('tells two files of one client apart', async () => {
    const content = JSON.stringify({ mcp: { nas: { type: 'local', command: ['uvx', 'nas-mcp'] } } });
    for (const file of ['kilo', 'kiloPlain'] as const) writeClientFile(app.home, file, content);
    await returnTo();
    const items = page.getByRole('navigation').getByRole('button', { name: /^Kilo Code/ });
    await expect
      .poll(() => items.allTextContents())
      .toEqual(['Kilo Codekilo.jsonc1 server', 'Kilo Codekilo.json1 server']);
  });

  it('says that nothing arrives while Gangway is off', async () => {
    await page
      .getByRole('navigation')
      .getByRole('button', { name: /^Claude Desktop/ })
      .click();
    await choose('notes', 'Through Gangway');
    await press('Apply');
    await expect.poll(() => checked('notes')).toBe('Through Gangway');
    await app.tray.openMenu();
    await app.tray.pick('toggle');
    await expect.poll(() => page.locator('.client-page > .warning').textContent()).toContain('Gangway is off');
    await press('Turn On');
    await expect.poll(() => page.locator('.client-page > .warning').count()).toBe(0);
  });

  it('moves between the modes with the arrow keys, and chooses with the space bar', async () => {
    const group = page.getByRole('radiogroup', { name: 'How home-assistant reaches the network' });
    await group.getByRole('radio', { name: 'Direct' }).focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Through Gangway');
    expect(await sheet().count()).toBe(0);
    const caption = page.locator('.client-server', { hasText: 'home-assistant' }).locator('.segments-caption');
    await expect.poll(() => caption.textContent()).toBe('The client starts it; its connections go through Gangway');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Run in Gangway');
    await page.keyboard.press('Space');
    await expect.poll(() => sheet().count()).toBe(1);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Run in Gangway');
  });
});

describeApp('The window for the servers of other programs', () => {
  let app: AppDriver;

  beforeAll(async () => {
    app = await runApp({ habits: { on: true } });
  });

  afterAll(() => stopApp(app));

  it.each(['en', 'zh-Hant'] as const)('is accessible in each of its states: %s', async (language) => {
    await startOver(app, { language });
    const words = appTextIn(language).clientsWindow;
    const page = await openWindow(app, 'clients');
    const check = async (): Promise<void> => expect(await problemsOf(page)).toEqual([]);
    await page.locator('.empty h1').waitFor();
    await check();
    const claude = writeClientFile(app.home, 'claude', CLAUDE_FILE);
    const vscode = writeClientFile(app.home, 'vscode', BROKEN_FILE);
    const cursor = writeClientFile(app.home, 'cursor', CURSOR_FILE);
    await page.evaluate(`window.dispatchEvent(new Event('focus'))`);
    await page.locator('.client-server').first().waitFor();
    await page.getByRole('button', { name: /^Cursor/ }).click();
    await page.getByRole('radiogroup').first().getByRole('radio', { name: words.modes.through }).click();
    await page.getByRole('checkbox').waitFor();
    await check();
    await page.getByRole('button', { name: words.preview.apply }).click();
    await page.locator('.outcome').waitFor();
    await page.getByRole('button', { name: words.verify.buttonOf('docs') }).click();
    await page.locator('.verify[aria-busy="false"]').waitFor();
    await check();
    await page.getByRole('button', { name: /^VS Code/ }).click();
    await page.getByRole('alert').waitFor();
    await check();
    // As it was before.
    await page.getByRole('button', { name: /^Cursor/ }).click();
    await page.getByRole('button', { name: words.undoFile, exact: true }).click();
    await page.getByRole('button', { name: words.preview.apply, exact: true }).click();
    await expect.poll(() => fs.readFileSync(cursor, 'utf8')).toBe(CURSOR_FILE);
    for (const file of [claude, vscode, cursor]) fs.rmSync(file);
  });
});

/** What comes back from a port of this machine. */
async function echoed(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  const [answer]: unknown[] = await once(socket, 'data');
  socket.destroy();
  return String(answer);
}
