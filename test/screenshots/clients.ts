import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { appTextIn } from '../../app/i18n/app.ts';
import type { Language } from '../../app/i18n/index.ts';
import {
  BROKEN_FILE,
  CLAUDE_FILE,
  CURSOR_FILE,
  NOT_A_CLIENTS_FILE,
  writeClientFile,
  writeExtension,
  writeProject,
} from '../e2e/support/client-files.ts';
import { openWindow, runApp } from '../e2e/support/running-app.ts';
import { getThrough } from '../e2e/support/traffic.ts';
import { before, INSTALLED, NEIGHBOUR, PORT, settleIn, writeProgram } from './neat.ts';

/** Takes the pictures of one state. */
type Pictures = (page: Page, name: string, language: Language) => Promise<void>;

/** The window while a file is read that a disk takes its time for. */
async function takeLoading(language: Language, pictures: Pictures): Promise<void> {
  const app = await runApp({ settings: { language, port: PORT }, env: INSTALLED });
  try {
    const cursor = writeClientFile(app.home, 'cursor', CURSOR_FILE);
    await app.app.evaluate(neverRead, cursor);
    const page = await openWindow(app, 'clients');
    await page.locator('main[aria-busy]').waitFor();
    await page.evaluate(`Promise.all(document.getAnimations().map(({ finished }) => finished))`);
    await pictures(page, 'clients-loading', language);
  } finally {
    await app.stop();
    rmSync(app.home, { recursive: true, force: true });
  }
}

/** Runs in the main process. */
function neverRead(_electron: unknown, file: string): void {
  const disk = process.getBuiltinModule('node:fs/promises');
  const read = disk.readFile;
  Object.assign(disk, {
    readFile: (path: unknown, ...rest: unknown[]) =>
      path === file ? new Promise(() => undefined) : Reflect.apply(read, disk, [path, ...rest]),
  });
  process.getBuiltinModule('node:module').syncBuiltinESMExports();
}

/** Every state of the window for the servers of other programs. */
export async function takeClients(language: Language, pictures: Pictures): Promise<void> {
  await takeLoading(language, pictures);
  const folder = mkdtempSync(path.join(tmpdir(), 'gangway-programs-'));
  writeProgram(folder, 'printer-mcp', 'printer');
  const env = { ...INSTALLED, PATH: before(folder) };
  const app = await runApp({ settings: { language, port: PORT }, habits: { on: true }, env });
  await settleIn(app);
  const text = appTextIn(language);
  const words = text.clientsWindow;
  try {
    const page = await openWindow(app, 'clients');
    await page.locator('.empty h1').waitFor();
    await pictures(page, 'clients-none', language);

    const claude = writeClientFile(app.home, 'claude', CLAUDE_FILE);
    writeClientFile(app.home, 'cursor', CURSOR_FILE);
    writeClientFile(app.home, 'vscode', BROKEN_FILE);
    const look = (): Promise<void> => page.evaluate(`window.dispatchEvent(new Event('focus'))`);
    await look();
    await page.locator('.client-server').first().waitFor();
    const logs = path.join(app.home, 'Library/Logs/Claude');
    mkdirSync(logs, { recursive: true });
    writeFileSync(path.join(logs, 'mcp-server-home-assistant.log'), 'OSError: [Errno 65] No route to host\n');
    await look();
    await page.locator('.seen').waitFor();
    await pictures(page, 'clients', language);

    await page.getByRole('button', { name: words.bulk.suggestions, exact: true }).click();
    await page.locator('.bulk-file').first().waitFor();
    await pictures(page, 'clients-bulk', language);
    await page.keyboard.press('Escape');

    const choose = (server: string, mode: keyof typeof words.modes): Promise<void> =>
      page
        .getByRole('radiogroup', { name: words.modeOf(server) })
        .getByRole('radio', { name: words.modes[mode] })
        .click();
    const apply = page.getByRole('button', { name: words.preview.apply, exact: true });
    await choose('home-assistant', 'through');
    await apply.waitFor();
    await pictures(page, 'clients-preview', language);
    await apply.click();
    await page.locator('.outcome').waitFor();
    await choose('portainer', 'run');
    await apply.waitFor();
    await pictures(page, 'clients-preview-run', language);
    await apply.click();
    await page.locator('.client-server', { hasText: 'portainer' }).locator('.outcome').waitFor();
    await page.locator('.sheet').waitFor({ state: 'detached' });
    await pictures(page, 'clients-applied', language);

    const nas = createServer((_request, response) => response.end());
    await new Promise<void>((listening) => nas.listen(8123, NEIGHBOUR, listening));
    const proxy = /"HTTP_PROXY": "([^"]+)"/.exec(readFileSync(claude, 'utf8'))?.[1] ?? '';
    await getThrough(proxy, 'http://nas.lan:8123/');
    await page.locator('.seen', { hasText: 'nas.lan:8123' }).waitFor();
    await pictures(page, 'clients-seen', language);
    nas.closeAllConnections();
    nas.close();
    await getThrough(proxy, 'http://nas.lan:8123/');
    await page.locator('.client-server .warning').waitFor();
    await pictures(page, 'clients-failing', language);
    await app.tray.openMenu();
    await app.tray.pick('toggle');
    await page.locator('.client-page > .warning').waitFor();
    await pictures(page, 'clients-off', language);
    await page.getByRole('button', { name: words.off.turnOn, exact: true }).click();
    await page.locator('.client-page > .warning').waitFor({ state: 'detached' });

    await choose('notes', 'through');
    await apply.waitFor();
    writeFileSync(claude, CLAUDE_FILE.replace('Alt+Space', 'Alt+Tab'));
    await apply.click();
    await page.locator('.sheet .trouble').waitFor();
    await pictures(page, 'clients-changed', language);
    // Until the attempt is over, Escape does nothing.
    await page.locator('.sheet .primary:enabled').waitFor();
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: /^Cursor/ }).click();
    await pictures(page, 'clients-addresses', language);
    await choose('proxmox', 'through');
    await apply.waitFor();
    await pictures(page, 'clients-chaining', language);
    await page.keyboard.press('Escape');

    const servers = { printer: { command: 'printer-mcp', env: { PRINTER_URL: 'http://printer.lan:631/' } } };
    writeClientFile(app.home, 'cursor', JSON.stringify({ mcpServers: servers }));
    await look();
    await page.getByRole('button', { name: words.verify.buttonOf('printer') }).click();
    await page.locator('.verify-step.skipped').last().waitFor();
    await page.locator('.verify[aria-busy="false"]').waitFor();
    await page.locator('.verify summary').click();
    await pictures(page, 'clients-verified', language);

    const env = { PGHOST: 'db.lan', PGPORT: '5432', CACHE_URL: 'rediss://cache.lan:6380' };
    writeClientFile(
      app.home,
      'cursor',
      JSON.stringify({ mcpServers: { orders: { command: 'npx', args: ['-y', 'mcp-postgres'], env } } }, null, 2),
    );
    await look();
    await page.getByRole('button', { name: words.forward.buttonOf('orders') }).click();
    await apply.waitFor();
    await page.getByRole('combobox').selectOption({ index: 1 });
    await page.locator('.sheet .warning').waitFor();
    await pictures(page, 'clients-preview-forward', language);
    await apply.click();
    await page.locator('.outcome').waitFor();
    await pictures(page, 'clients-forwarded', language);

    await page.getByRole('button', { name: /^VS Code/ }).click();
    await page.locator('.trouble').waitFor();
    await pictures(page, 'clients-broken', language);

    const project = path.join(app.home, 'house');
    writeExtension(app.home, 'Filesystem');
    writeProject(project);
    await app.answerDialog('showOpenDialog', { canceled: false, filePaths: [project] });
    await page.getByRole('button', { name: words.chosen.folder, exact: true }).click();
    await page.locator('h1', { hasText: 'Claude Code' }).waitFor();
    await pictures(page, 'clients-project', language);
    await choose('home', 'through');
    await apply.waitFor();
    await pictures(page, 'clients-preview-project', language);
    await page.keyboard.press('Escape');
    const strange = path.join(app.home, 'package.json');
    writeFileSync(strange, NOT_A_CLIENTS_FILE);
    await app.answerDialog('showOpenDialog', { canceled: false, filePaths: [strange] });
    await page.getByRole('button', { name: words.chosen.file, exact: true }).click();
    await page.locator('.client-parts [role="status"] small').waitFor();
    await page.getByRole('button', { name: /Claude Extensions/ }).click();
    await pictures(page, 'clients-extensions', language);
  } finally {
    await app.stop();
    for (const gone of [app.home, folder]) rmSync(gone, { recursive: true, force: true });
  }
}
