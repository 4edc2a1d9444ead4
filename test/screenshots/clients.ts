import { rmSync, writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { type Language, textIn } from '../../app/text/index.ts';
import { BROKEN_FILE, CLAUDE_FILE, CURSOR_FILE, writeClientFile } from '../e2e/support/client-files.ts';
import { openWindow, runApp } from '../e2e/support/running-app.ts';

/** Takes the pictures of one state. */
type Pictures = (page: Page, name: string, language: Language) => Promise<void>;

/** Every state of the window for the servers of other programs. */
export async function takeClients(language: Language, pictures: Pictures): Promise<void> {
  const app = await runApp({ settings: { language }, habits: { on: true }, env: { TERM: 'xterm' } });
  const text = textIn(language);
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
    await pictures(page, 'clients', language);

    const choose = (server: string, mode: keyof typeof words.modes): Promise<void> =>
      page
        .getByRole('radiogroup', { name: words.modeOf(server) })
        .getByRole('radio', { name: words.modes[mode] })
        .click();
    const apply = page.getByRole('button', { name: words.preview.apply });
    await choose('home-assistant', 'through');
    await apply.waitFor();
    await pictures(page, 'clients-preview', language);
    await apply.click();
    await page.locator('.outcome').waitFor();
    await choose('portainer', 'run');
    await apply.waitFor();
    await pictures(page, 'clients-preview-run', language);
    await apply.click();
    await page.locator('.outcome').waitFor();
    await pictures(page, 'clients-applied', language);

    await choose('notes', 'through');
    await apply.waitFor();
    writeFileSync(claude, CLAUDE_FILE.replace('Alt+Space', 'Alt+Tab'));
    await apply.click();
    await page.locator('.sheet .trouble').waitFor();
    await pictures(page, 'clients-changed', language);
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: /^Cursor/ }).click();
    await pictures(page, 'clients-addresses', language);
    await choose('proxmox', 'through');
    await apply.waitFor();
    await pictures(page, 'clients-chaining', language);
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: /^VS Code/ }).click();
    await page.locator('.trouble').waitFor();
    await pictures(page, 'clients-broken', language);
  } finally {
    await app.stop();
    rmSync(app.home, { recursive: true, force: true });
  }
}
