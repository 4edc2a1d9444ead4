import fs from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { appTextIn } from '../../app/i18n/app.ts';
import { problemsOf } from './support/axe.ts';
import { NOT_A_CLIENTS_FILE, writeExtension, writeProject } from './support/client-files.ts';
import { describeApp } from './support/describe-app.ts';
import type { AppDriver } from './support/driver.ts';
import { openWindow, PATIENT, runApp, startOver, stopApp } from './support/running-app.ts';

describeApp("Servers that stand in no file of the person's own", () => {
  let app: AppDriver;
  let project: string;

  beforeAll(async () => {
    app = await runApp({ habits: { on: true } });
    project = path.join(app.home, 'house');
    writeExtension(app.home, 'Filesystem');
  });

  afterAll(() => stopApp(app));

  describe.each(['en', 'zh-Hant'] as const)('in %s', (language) => {
    const text = appTextIn(language);
    const words = text.clientsWindow;
    let page: Page;

    beforeAll(async () => {
      await startOver(app, { language });
      page = await openWindow(app, 'clients');
      await page.locator('.client-server').first().waitFor();
    });

    afterAll(async () => {
      await press(words.chosen.forget);
      await vi.waitFor(async () => expect(await listed().count()).toBe(1), PATIENT);
      fs.rmSync(project, { recursive: true });
    });

    const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
    const listed = () => page.getByRole('navigation').getByRole('button');
    const pick = (...filePaths: string[]) =>
      app.answerDialog('showOpenDialog', { canceled: filePaths.length === 0, filePaths });

    it('are shown with what can be done where they are an extension, and have no modes to choose', async () => {
      expect(await page.locator('.client-server h3').textContent()).toContain('Filesystem');
      const row = page.locator('.client-server');
      expect(await row.textContent()).toContain(text.clients.refused.extension('Filesystem', 'Claude Desktop'));
      expect(await row.getByRole('radiogroup').count()).toBe(0);
      expect(await problemsOf(page)).toEqual([]);
    });

    it('come into the list with the folder of a project, each file under its client', async () => {
      writeProject(project);
      await pick(project);
      await press(words.chosen.folder);
      await expect.poll(() => listed().count()).toBe(4);
      expect((await listed().allTextContents()).map((one) => one.replace(/\d.*$/, ''))).toEqual(
        expect.arrayContaining(['Claude Code', 'Cursor', expect.stringContaining('Continue')]),
      );
      expect(await page.locator('h1').textContent()).toBe('Claude Code');
    });

    it('are changed in a project’s file with a word about those who share it, and get their bytes back', async () => {
      const file = path.join(project, '.mcp.json');
      const before = fs.readFileSync(file, 'utf8');
      await page.getByRole('radiogroup').getByRole('radio', { name: words.modes.through }).click();
      const sheet = page.getByRole('dialog');
      await expect.poll(() => sheet.textContent()).toContain(words.access.project('~/house'));
      await press(words.preview.apply);
      await page.locator('.outcome').waitFor();
      // What is open follows the language.
      const other = language === 'en' ? 'zh-Hant' : 'en';
      const next = (tongue: typeof language) => appTextIn(tongue).clients.applies['after-restart']('Claude Code');
      expect(await page.locator('.outcome').textContent()).toContain(next(language));
      await page.evaluate(`window.gangway.changeSettings({ language: '${other}' })`);
      await expect.poll(() => page.locator('.outcome').textContent()).toContain(next(other));
      await page.evaluate(`window.gangway.changeSettings({ language: '${language}' })`);
      await expect.poll(() => page.locator('.outcome').textContent()).toContain(next(language));
      expect(fs.readFileSync(file, 'utf8')).toContain('HTTPS_PROXY');
      await press(words.undoFile);
      await press(words.preview.apply);
      await expect.poll(() => fs.readFileSync(file, 'utf8')).toBe(before);
    });

    it('are taken out of the list again, and stay as they are', async () => {
      await press(words.chosen.forget);
      await expect.poll(() => listed().count()).toBe(1);
      expect(fs.existsSync(path.join(project, '.mcp.json'))).toBe(true);
    });

    it('come into the list with a file, unless no client writes one like it; a dialog that is closed changes nothing', async () => {
      await pick();
      await press(words.chosen.file);
      const strange = path.join(app.home, 'package.json');
      fs.writeFileSync(strange, NOT_A_CLIENTS_FILE);
      await pick(strange);
      await press(words.chosen.file);
      const said = page.locator('.client-parts [role="status"]');
      await expect.poll(() => said.textContent()).toBe(words.chosen.noClientsFile('~/package.json'));
      expect(await listed().count()).toBe(1);
      await pick(path.join(project, '.cursor', 'mcp.json'));
      await press(words.chosen.file);
      await expect.poll(() => page.locator('h1').textContent()).toBe('Cursor');
      await expect.poll(() => said.textContent()).toBe('');
      await expect
        .poll(() => page.locator('.client-server h3').allTextContents())
        .toEqual([`nas${words.project('~/house')}`]);
    });
  });
});
