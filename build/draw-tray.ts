// Draws the menu-bar images from their SVG sources: black on clear, as macOS wants template images, at 16 and 32 pixels.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const sources = path.join(import.meta.dirname, 'tray');
const target = path.join(import.meta.dirname, '..', 'assets', 'tray');

const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  for (const file of readdirSync(sources)) {
    const svg = readFileSync(path.join(sources, file), 'utf8');
    for (const [scale, suffix] of [
      [1, ''],
      [2, '@2x'],
    ] as const) {
      const page = await browser.newPage({ viewport: { width: 16, height: 16 }, deviceScaleFactor: scale });
      await page.setContent(`<style>body{margin:0}svg{display:block}</style>${svg}`);
      const name = `${path.basename(file, '.svg')}Template${suffix}.png`;
      await page.screenshot({ path: path.join(target, name), omitBackground: true });
      await page.close();
    }
  }
} finally {
  await browser.close();
}
