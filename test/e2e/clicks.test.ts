import fs from 'node:fs';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appTextIn } from '../../app/i18n/app.ts';
import { REDACTED } from '../../app/log/index.ts';
import { listening } from '../support/listening.ts';
import { freePort } from '../support/tcp.ts';
import { problemsOf } from './support/axe.ts';
import { restartable, writeClientFile } from './support/client-files.ts';
import { describeApp } from './support/describe-app.ts';
import type { AppDriver } from './support/driver.ts';
import { openWindow, readSettings, runApp, showPopover, startOver, stopApp } from './support/running-app.ts';
import { getThrough } from './support/traffic.ts';

/** Counts what a person does to get there. */
function counter(): { readonly count: () => number; readonly click: (what: Locator) => Promise<void> } {
  let count = 0;
  return {
    count: () => count,
    async click(what) {
      count++;
      await what.click();
    },
  };
}

/** Home Assistant and five others under one client. */
function claudeFile(homeAssistant: string): string {
  const python = (name: string, url: string) => ({ command: 'uvx', args: [`${name}-mcp`], env: { URL: url } });
  const others = Array.from({ length: 5 }, (_, at) => [`python-${at}`, python(`python-${at}`, 'http://nas.lan:80')]);
  const servers = { 'home-assistant': python('ha', homeAssistant), ...Object.fromEntries(others) };
  return `${JSON.stringify({ mcpServers: servers, globalShortcut: 'Alt+Space' }, null, 2)}\n`;
}

/** Six under another, which fit both ways. */
function cursorFile(): string {
  const container = (name: string) => ({ command: 'docker', args: ['run', '-i', '--rm', `example/${name}-mcp`] });
  const node = (name: string) => ({ command: 'npx', args: ['-y', `${name}-mcp`, 'http://192.168.1.20:8080'] });
  const servers = ['a', 'b', 'c'].flatMap((name) => [
    [`container-${name}`, container(name)],
    [`node-${name}`, node(name)],
  ]);
  return `${JSON.stringify({ mcpServers: Object.fromEntries(servers) }, null, 4)}\n`;
}

describeApp('The clicks that it takes', () => {
  let app: AppDriver;
  let origin: Server;
  let programs: string;
  let status: number;
  let homeAssistant: string;

  beforeAll(async () => {
    programs = fs.mkdtempSync('/tmp/gangway-programs-');
    restartable(programs, path.join(programs, 'notes'));
    origin = createServer((_request, response) => response.writeHead(status).end('ok'));
    homeAssistant = `http://127.0.0.1:${await listening(origin)}`;
    app = await runApp({
      habits: { welcomed: false },
      env: { PATH: `${programs}${path.delimiter}${process.env['PATH'] ?? ''}`, TERM: 'xterm' },
    });
    const logs = path.join(app.home, 'Library/Logs/Claude');
    fs.mkdirSync(logs, { recursive: true });
    fs.writeFileSync(path.join(logs, 'mcp-server-home-assistant.log'), 'OSError: [Errno 65] No route to host\n');
  });

  afterAll(async () => {
    await stopApp(app);
    origin.close();
    fs.rmSync(programs, { recursive: true, force: true });
  });

  describe.each([
    ['en', 200],
    ['zh-Hant', 202],
  ] as const)('in %s', (language, answered) => {
    let welcome: Page;
    let files: { readonly claude: string; readonly cursor: string };
    let before: readonly string[];
    const { clientsWindow: words, welcome: first, popover, settingsWindow, windows } = appTextIn(language);

    beforeAll(async () => {
      status = answered;
      files = {
        claude: writeClientFile(app.home, 'claude', claudeFile(homeAssistant)),
        cursor: writeClientFile(app.home, 'cursor', cursorFile()),
      };
      before = contents();
      if (language === 'en') welcome = await app.window('#welcome');
      else await asAtFirst();
    });

    /** What the other language has left is gone: the settings, what was restarted, what was copied. */
    async function asAtFirst(): Promise<void> {
      await (await app.window('#popover')).evaluate('gangway.setOn(false)');
      await startOver(app, { language });
      fs.rmSync(path.join(programs, 'notes'), { force: true });
      await app.app.evaluate(({ clipboard }) => clipboard.writeText(''));
      welcome = await openWindow(app, 'welcome');
    }

    const contents = (): readonly string[] => Object.values(files).map((file) => fs.readFileSync(file, 'utf8'));
    const row = (page: Page, server: string): Locator => page.locator('.client-server', { hasText: server });
    const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });

    it('from the first launch to a Home Assistant that works under Claude: four', async () => {
      const { click, count } = counter();
      await click(welcome.getByRole('switch', { name: first.on.title }));
      await click(button(welcome, first.clients.open));
      const page = await app.window('#clients');
      await click(row(page, 'home-assistant').getByRole('radio', { name: words.modes.through }));
      await click(button(page, words.restart.applyAnd('Claude Desktop')));
      await expect
        .poll(() => page.locator('.restart-bar').getByRole('status').textContent())
        .toContain(words.restart.restarted('Claude Desktop'));
      expect(count()).toBeLessThanOrEqual(4);
      expect(fs.readFileSync(path.join(programs, 'notes'), 'utf8')).toContain('quit com.anthropic.claudefordesktop');
      const { env } = JSON.parse(fs.readFileSync(files.claude, 'utf8')).mcpServers['home-assistant'];
      expect(await getThrough(env.HTTP_PROXY, env.URL)).toBe(answered);
      await expect
        .poll(() => row(page, 'home-assistant').locator('.seen').textContent())
        .toMatch(new RegExp(`${answered}$`));
      // The first steps have ticks for what is done.
      await welcome.evaluate(`window.dispatchEvent(new Event('focus'))`);
      await expect
        .poll(() => welcome.locator('.steps > li.done h2').allTextContents())
        .toEqual(
          expect.arrayContaining([first.on.title, first.clients.title].map((title) => `${title}${first.stepDone}`)),
        );
    });

    it('to give everything in all clients back, to the byte: two', async () => {
      const { click, count } = counter();
      const page = await app.window('#clients');
      await click(button(page, words.bulk.undo));
      await click(button(page, words.preview.apply));
      await expect.poll(() => page.locator('.outcome').first().textContent()).toContain(words.bulk.undone);
      expect(count()).toBe(2);
      expect(contents()).toEqual(before);
      await expect.poll(() => readSettings(app.home).settings.tokens).toEqual([]);
      await expect.poll(() => page.locator('.restart-bar').textContent()).toContain(words.restart.waiting(1));
      // It is gone before it has answered.
      await page.evaluate('window.gangway.closeWindow()').catch(() => undefined);
      await expect.poll(() => app.isVisible('#clients')).toBe(false);
    });

    it('from the first steps to twelve servers as they are suggested: three, and one more takes all of it back', async () => {
      const { click, count } = counter();
      await click(button(welcome, first.clients.open));
      const page = await app.window('#clients');
      await click(button(page, words.bulk.suggestions));
      await expect
        .poll(() => page.getByRole('dialog').locator('h2').textContent())
        .toBe(words.bulk.titles.suggestions(12));
      expect(await problemsOf(page)).toEqual([]);
      await click(button(page, words.preview.apply));
      await expect.poll(() => page.locator('.outcome').textContent()).toContain(words.bulk.applied(12));
      expect(count()).toBeLessThanOrEqual(3);
      const { servers, tokens } = readSettings(app.home).settings;
      // Each goes through Gangway by a token of its own, or is run by it.
      expect(servers.length + tokens.length).toBe(12);
      for (const content of contents()) expect(content).toContain(`127.0.0.1:`);
      await expect.poll(() => page.locator('.restart-bar').textContent()).toContain(words.restart.waiting(7));
      expect(await problemsOf(page)).toEqual([]);
      await click(button(page, words.done.undo));
      await expect.poll(() => page.locator('.outcome').textContent()).toContain(words.bulk.undone);
      expect(contents()).toEqual(before);
      await expect.poll(() => readSettings(app.home).settings).toMatchObject({ servers: [], tokens: [] });
    });

    it('from a command of Python to a server of Open WebUI, with the host of its container allowed: five', async () => {
      const { click, count } = counter();
      const shown = await showPopover(app);
      await click(button(shown, popover.addServer).first());
      const page = await app.window('#settings');
      await page.getByLabel(settingsWindow.servers.name.label).fill('notes');
      await page.getByLabel(settingsWindow.servers.command.label).fill('uvx notes-mcp');
      await click(button(page, windows.save));
      await click(button(page, 'Open WebUI'));
      await click(button(page, settingsWindow.connecting.allow('host.docker.internal')));
      await click(button(page, settingsWindow.connecting.copyOf('URL')));
      expect(count()).toBeLessThanOrEqual(5);
      await expect
        .poll(() => readSettings(app.home).settings)
        .toMatchObject({
          servers: [{ name: 'notes', command: 'uvx', args: ['notes-mcp'] }],
          allowedHosts: ['host.docker.internal'],
        });
      const { port } = readSettings(app.home).settings;
      await expect.poll(() => app.clipboard()).toBe(`http://host.docker.internal:${port}/servers/notes/mcp`);
    });

    it('to be off for an hour: two', async () => {
      // The first opens the menu.
      await app.tray.openMenu();
      await app.tray.pick('off:hour');
      const page = await app.window('#popover');
      await expect.poll(() => page.locator('#phase').textContent()).toBe(popover.states.off);
      await expect.poll(() => readSettings(app.home).habits).toMatchObject({ on: false, backOnAt: expect.any(Number) });
    });

    it('from the first launch on a new Mac to the settings of the old one, with the port open: four', async () => {
      const { click, count } = counter();
      const { settings } = readSettings(app.home);
      const server = {
        name: 'old',
        command: 'uvx',
        args: ['old-mcp'],
        env: { KEY: REDACTED },
        cwd: null,
        era: 'auto',
        spare: true,
      };
      const file = path.join(app.home, 'export.json');
      const forwards = [{ port: await freePort(), host: 'db.lan', targetPort: 5432 }];
      const { port: _port, tokens: _tokens, ...kept } = settings;
      const moved = { ...kept, servers: [server], defaultServer: 'old', forwards };
      fs.writeFileSync(file, JSON.stringify({ 'mcp-gangway': 1, settings: moved, given: ['tokens.phone'] }));
      // The second click is that of the system's dialog.
      await app.answerDialog('showOpenDialog', { canceled: false, filePaths: [file] });
      await click(button(welcome, settingsWindow.moving.import));
      const sheet = welcome.getByRole('dialog');
      await expect.poll(() => sheet.locator('.added').allTextContents()).toContain('+old: uvx old-mcp');
      expect(await problemsOf(welcome)).toEqual([]);
      await click(button(welcome, settingsWindow.moving.apply));
      await expect
        .poll(() => welcome.locator('.chips li').allTextContents())
        .toEqual(['servers.old.env.KEY', 'tokens.phone']);
      await click(welcome.getByRole('switch', { name: first.on.title }));
      expect(count() + 1).toBeLessThanOrEqual(4);
      const after = readSettings(app.home);
      expect(after.settings).toMatchObject({ defaultServer: 'old', forwards, servers: [{ name: 'old', env: {} }] });
      await expect.poll(() => readSettings(app.home).habits.on).toBe(true);
    });
  });
});
