import fs from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appTextIn } from '../../app/i18n/app.ts';
import { freePort } from '../support/tcp.ts';
import { problemsOf } from './support/axe.ts';
import { describeApp } from './support/describe-app.ts';
import type { AppDriver } from './support/driver.ts';
import { openWindow, readSettings, runApp, startOver, stopApp } from './support/running-app.ts';

const link = (name: string, entry: object) =>
  `mcp-gangway://add?name=${encodeURIComponent(name)}&config=${encodeURIComponent(JSON.stringify(entry))}`;

describeApp('What comes from outside', () => {
  let app: AppDriver;

  beforeAll(async () => {
    app = await runApp({ habits: { on: true } });
  });

  afterAll(() => stopApp(app));

  describe.each(['en', 'zh-Hant'] as const)('in %s', (language) => {
    let page: Page;
    const { settingsWindow: words, windows, clients } = appTextIn(language);
    const { adding, connecting, moving, parts } = words;

    beforeAll(() => startOver(app, { language }));

    const stored = () => readSettings(app.home).settings;
    const sheet = (): Locator => page.getByRole('dialog');
    const button = (name: string): Locator => page.getByRole('button', { name, exact: true });
    const turnTo = (part: keyof typeof parts): Promise<void> =>
      page.locator('nav').getByRole('button', { name: parts[part], exact: true }).click();
    /** As macOS hands it over. */
    const openLink = (url: string): Promise<boolean> =>
      app.app.evaluate(
        ({ app: electron }, given) => electron.emit('open-url', { preventDefault: () => undefined }, given),
        url,
      );

    it('a link opens a preview of everything it says, and stores that once it is added', async () => {
      const entry = {
        command: '/opt/tools/run me',
        args: ['--path', '${HOME}/x', ''],
        env: { API_TOKEN: 'sk-shown-in-full', NODE_OPTIONS: '--require /tmp/x.cjs' },
        cwd: '~/work',
      };
      await openLink(link('My Tools', entry));
      page = await app.window('#settings');
      await expect.poll(() => sheet().locator('h2').textContent()).toBe(adding.title.link);
      expect(await sheet().locator('code').allTextContents()).toEqual([
        entry.command,
        '--path',
        '${HOME}/x',
        'API_TOKEN=sk-shown-in-full',
        'NODE_OPTIONS=--require /tmp/x.cjs',
        '~/work',
        `http://127.0.0.1:${stored().port}/servers/my-tools/mcp`,
      ]);
      expect(await sheet().textContent()).toContain(adding.empty);
      expect(await sheet().textContent()).toContain(adding.warning);
      // What loads more than the command says is named.
      expect(await sheet().textContent()).toContain(adding.loaders(['NODE_OPTIONS']));
      // What looks as if it were filled in is marked.
      expect(await sheet().textContent()).toContain(adding.verbatim);
      expect(stored().servers).toEqual([]);
      expect(await problemsOf(page)).toEqual([]);
      // What nobody has asked for is not a key press away.
      expect(await page.evaluate('document.activeElement.textContent')).toBe(windows.cancel);
      await openLink(link('other', { command: 'other' }));
      await expect.poll(() => sheet().textContent()).toContain(adding.droppedLink);
      await button(adding.add(1)).click();
      await expect
        .poll(() => stored().servers)
        .toEqual([{ name: 'my-tools', title: 'My Tools', ...entry, era: 'auto', spare: false }]);
      await expect.poll(() => sheet().count()).toBe(0);
    });

    it('a link that is none, or hides something, is refused with the reason, and Escape leaves everything as it is', async () => {
      await openLink(link('x', { command: 'x', autoApprove: true }));
      await expect.poll(() => sheet().locator('h2').textContent()).toBe(adding.nothing.link);
      expect(await sheet().textContent()).toContain(adding.linkFaults.entry);
      expect(await button(adding.add(0)).isDisabled()).toBe(true);
      await page.keyboard.press('Escape');
      await expect.poll(() => sheet().count()).toBe(0);
      await openLink('mcp-gangway://quit');
      await expect.poll(() => sheet().textContent()).toContain(adding.linkFaults['not-a-link']);
      await button(windows.cancel).click();
      await expect.poll(() => sheet().count()).toBe(0);
      expect(stored().servers).toHaveLength(1);
    });

    it('the JSON of a client is pasted, looked at, chosen from and added', async () => {
      const json = JSON.stringify({
        mcpServers: {
          notes: { command: 'npx', args: ['-y', 'notes-mcp'] },
          ha: { type: 'http', url: 'http://ha.lan:8123/api/mcp', headers: { Authorization: 'Bearer abc' } },
        },
      });
      await button(adding.paste).click();
      await page.getByRole('textbox', { name: adding.pasteLabel }).fill('{"mcpServers": {"a": {"command": 3}}}');
      await button(adding.preview).click();
      await expect.poll(() => sheet().locator('h2').textContent()).toBe(adding.nothing.text);
      await button(windows.cancel).click();
      await button(adding.paste).click();
      await page.getByRole('textbox', { name: adding.pasteLabel }).fill(json);
      expect(await problemsOf(page)).toEqual([]);
      await button(adding.preview).click();
      await expect.poll(() => sheet().locator('h2').textContent()).toBe(adding.title.text);
      expect(await sheet().locator('code').allTextContents()).toContain('Authorization=Bearer abc');
      expect(await sheet().textContent()).not.toContain(adding.verbatim);
      // By the keyboard alone.
      await sheet().getByLabel('notes').focus();
      await page.keyboard.press('Space');
      await button(adding.add(1)).focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => stored().servers.map(({ name }) => name)).toEqual(['my-tools', 'ha']);
    });

    it('a configuration that is pasted into the line of the command becomes a server, and a file of one as well', async () => {
      await button(words.servers.add).click();
      const line = page.getByLabel(words.servers.command.label);
      await line.evaluate((input, text) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', text);
        input.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
      }, '{"command": "uvx", "args": ["files-mcp"]}');
      await expect.poll(() => sheet().locator('code').first().textContent()).toBe('uvx');
      await sheet().getByRole('button', { name: windows.cancel, exact: true }).click();
      await expect.poll(() => sheet().count()).toBe(0);
      await button(windows.cancel).click();
      const file = path.join(app.home, 'mcp.json');
      fs.writeFileSync(file, '{"servers": {"files": {"command": "uvx", "args": ["files-mcp"]}}}');
      await app.answerDialog('showOpenDialog', { canceled: false, filePaths: [file] });
      await button(adding.paste).click();
      await button(adding.choose).click();
      await expect.poll(() => sheet().locator('code').first().textContent()).toBe('uvx');
      await button(adding.add(1)).click();
      await expect.poll(() => stored().servers.map(({ name }) => name)).toEqual(['my-tools', 'ha', 'files']);
    });

    it('a client is set up for a server: a Copy for each field, the host of containers allowed there, or its own link', async () => {
      // The panel of what was just added is open.
      const panel = page.locator('.connect');
      await panel.getByRole('button', { name: 'Open WebUI', exact: true }).click();
      const url = `http://host.docker.internal:${stored().port}/servers/files/mcp`;
      await expect.poll(() => panel.locator('code').allTextContents()).toContain(url);
      await panel.getByRole('button', { name: connecting.allow('host.docker.internal') }).click();
      await expect.poll(() => stored().allowedHosts).toEqual(['host.docker.internal']);
      await expect
        .poll(() => panel.getByRole('button', { name: connecting.allow('host.docker.internal') }).count())
        .toBe(0);
      await panel.getByRole('button', { name: connecting.copyOf('URL') }).click();
      await expect.poll(() => app.clipboard()).toBe(url);
      expect(await problemsOf(page)).toEqual([]);
      await panel.getByRole('button', { name: 'Cursor', exact: true }).click();
      const openedBefore = (await app.opened()).length;
      await panel.getByRole('button', { name: connecting.link('Cursor') }).click();
      await expect
        .poll(async () => (await app.opened()).slice(openedBefore).join())
        .toMatch(/^cursor:\/\/anysphere\.cursor-deeplink\/mcp\/install\?name=files&config=/);
      await panel.getByRole('button', { name: connecting.close }).click();
      await expect.poll(() => panel.count()).toBe(0);
    });

    it('a client is given a token of its own where one is required: shown there once, filled in, and let in', async () => {
      await turnTo('access');
      await page.getByRole('switch', { name: words.access.require.label }).click();
      await expect.poll(() => stored().requireToken).toBe(true);
      await turnTo('servers');
      await page.getByRole('button', { name: connecting.openOf('files') }).click();
      const panel = page.locator('.connect');
      await panel.getByRole('button', { name: 'Open WebUI', exact: true }).click();
      await expect.poll(() => panel.locator('code').allTextContents()).toContain('TOKEN');
      await panel.getByRole('button', { name: connecting.makeToken }).click();
      await expect.poll(() => panel.textContent()).toContain(connecting.madeToken('open-webui'));
      await expect.poll(() => panel.getByText('TOKEN', { exact: true }).count()).toBe(0);
      expect(await problemsOf(page)).toEqual([]);
      await panel.getByRole('button', { name: connecting.copyOf(clients.snippet.fields.key) }).click();
      await expect.poll(() => app.clipboard()).toMatch(/^[\w-]{20,}$/);
      const secret = await app.clipboard();
      const status = `http://127.0.0.1:${stored().port}/status`;
      expect((await fetch(status, { headers: { authorization: `Bearer ${secret}` } })).status).toBe(200);
      expect((await fetch(status, { headers: { authorization: 'Bearer TOKEN' } })).status).not.toBe(200);
      expect(stored().tokens.map(({ name }) => name)).toEqual(['open-webui']);
      expect(JSON.stringify(readSettings(app.home))).not.toContain(secret);
      // Another client is not given this one's.
      await panel.getByRole('button', { name: 'Cursor', exact: true }).click();
      await expect.poll(() => panel.locator('code').textContent()).toContain('Bearer TOKEN');
      expect(await panel.textContent()).not.toContain(secret);
      await panel.getByRole('button', { name: connecting.makeToken }).click();
      await expect.poll(() => panel.textContent()).toContain(connecting.madeToken('cursor'));
      await expect.poll(() => panel.locator('code').textContent()).not.toContain('Bearer TOKEN');
      const openedBefore = (await app.opened()).length;
      await panel.getByRole('button', { name: connecting.link('Cursor') }).click();
      const opened = async (): Promise<string> => (await app.opened()).slice(openedBefore).join();
      await expect.poll(opened).toContain('cursor://');
      expect(Buffer.from(decodeURIComponent((await opened()).split('config=')[1] ?? ''), 'base64').toString()).toMatch(
        /"Authorization":"Bearer (?!TOKEN)\S{20,}"/,
      );
      await panel.getByRole('button', { name: connecting.close }).click();
      await page.getByRole('button', { name: connecting.openOf('files') }).click();
      await panel.getByRole('button', { name: 'Open WebUI', exact: true }).click();
      await expect.poll(() => panel.locator('code').allTextContents()).toContain('TOKEN');
      await panel.getByRole('button', { name: connecting.close }).click();
    });

    it('a name is made fit for an address, ~/ is the home folder, and a folder can be chosen', async () => {
      await button(words.servers.add).click();
      await page.getByLabel(words.servers.name.label).fill('Echo Server');
      await expect.poll(() => page.locator('form').textContent()).toContain('/servers/echo-server/mcp');
      await page.getByLabel(words.servers.command.label).fill('~/bin/echo ~/x a~/b');
      await expect
        .poll(() => page.locator('.chips li').allTextContents())
        .toEqual([`${app.home}/bin/echo`, `${app.home}/x`, 'a~/b']);
      await app.answerDialog('showOpenDialog', { canceled: false, filePaths: [app.home] });
      await button(words.servers.cwd.choose).click();
      await expect.poll(() => page.getByLabel(words.servers.cwd.label).inputValue()).toBe(app.home);
      // However long the form is.
      expect(
        await page.getByRole('button', { name: windows.save, exact: true }).evaluate((save) => {
          const { bottom } = save.getBoundingClientRect();
          return bottom <= window.innerHeight;
        }),
      ).toBe(true);
      expect(await problemsOf(page)).toEqual([]);
      await button(windows.save).click();
      await expect
        .poll(() => stored().servers.at(-1))
        .toMatchObject({ name: 'echo-server', title: 'Echo Server', command: `${app.home}/bin/echo`, cwd: app.home });
    });

    it('a target that is pasted with its port fills both fields; a forward is edited, copied and shows that it listens', async () => {
      await turnTo('forwards');
      const { forwards } = words;
      const port = await freePort();
      await page.getByLabel(forwards.port).fill(String(port));
      await page.getByLabel(forwards.host).fill('http://nas.lan:8123/path');
      await page.getByLabel(forwards.host).blur();
      expect(await page.getByLabel(forwards.host).inputValue()).toBe('nas.lan');
      expect(await page.getByLabel(forwards.targetPort).inputValue()).toBe('8123');
      await button(forwards.add).click();
      const row = page.locator('.row').first();
      await expect.poll(() => row.textContent()).toContain(forwards.listening);
      await row.getByRole('button', { name: forwards.copy(`127.0.0.1:${port}`) }).click();
      await expect.poll(() => app.clipboard()).toBe(`127.0.0.1:${port}`);
      await row.getByRole('button', { name: forwards.edit(port) }).click();
      await row.getByLabel(forwards.host).fill('[fd00::1]:22');
      await row.getByRole('button', { name: forwards.save, exact: true }).click();
      await expect.poll(() => stored().forwards).toEqual([{ port, host: 'fd00::1', targetPort: 22 }]);
      expect(await problemsOf(page)).toEqual([]);
    });

    it('an allowed host name with a port is refused with the reason', async () => {
      await turnTo('access');
      const field = page.getByLabel(words.access.hosts.label);
      await field.fill('nas.lan:8080');
      await field.blur();
      await expect.poll(() => page.getByRole('alert').textContent()).toContain(words.faults['host-with-port']);
      expect(stored().allowedHosts).toEqual(['host.docker.internal']);
      await field.press('Escape');
    });

    it('the settings are exported without secrets, and what has to be given again is listed', async () => {
      const file = path.join(app.home, 'export.json');
      fs.rmSync(file, { force: true });
      await app.answerDialog('showSaveDialog', { canceled: false, filePath: file });
      await turnTo('general');
      await button(moving.export).click();
      await expect
        .poll(() => page.locator('.chips li').allTextContents())
        .toContain('servers.ha.headers.Authorization');
      expect(fs.readFileSync(file, 'utf8')).not.toMatch(/Bearer abc|sk-shown-in-full/);
      expect(await problemsOf(page)).toEqual([]);
      // The same settings: there is nothing to import.
      await app.answerDialog('showOpenDialog', { canceled: false, filePaths: [file] });
      await button(moving.import).click();
      await expect.poll(() => sheet().textContent()).toContain(moving.nothing);
      expect(await sheet().textContent()).not.toContain(adding.verbatim);
      await sheet().getByRole('button', { name: windows.cancel, exact: true }).click();
      await expect.poll(() => sheet().count()).toBe(0);
      // A reference stays as it is written, and is marked.
      fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"files-mcp"', '"${file:/etc/passwd}\u202ex"'));
      await button(moving.import).click();
      await expect
        .poll(() => sheet().locator('ins').allTextContents())
        .toContainEqual(expect.stringContaining('${file:/etc/passwd}\\u{202e}x'));
      expect(await sheet().textContent()).toContain(adding.verbatim);
      await sheet().getByRole('button', { name: windows.cancel, exact: true }).click();
      fs.writeFileSync(file, '{"mcpServers": {}}');
      await button(moving.import).click();
      await expect.poll(() => page.getByRole('alert').textContent()).toContain(moving.noExport('export.json'));
    });
  });

  it('a link that a second start of the app is given is followed', async () => {
    await startOver(app, { language: 'en' });
    await app.startAgain(link('late', { command: 'late' }));
    const page = await app.window('#settings');
    await expect.poll(() => page.getByRole('dialog').locator('code').first().textContent()).toBe('late');
    // A window that is closed has decided against it.
    await page.evaluate('window.gangway.closeWindow()').catch(() => undefined);
    await expect.poll(() => app.isVisible('#settings')).toBe(false);
    const again = await openWindow(app, 'settings');
    await again.getByRole('button', { name: appTextIn('en').settingsWindow.parts.servers, exact: true }).click();
    expect(await again.getByRole('dialog').count()).toBe(0);
    await expect.poll(() => readSettings(app.home).settings.servers).toEqual([]);
  });
});
