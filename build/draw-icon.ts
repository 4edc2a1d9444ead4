// Draws the app's icon from its SVG source: icon.png for Linux, and icon.icns, a container of PNGs, for macOS.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

/** The sizes of an icon in points and scales, by the four letters that macOS knows each by; all may be PNG. */
const images = [
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
] as const;

const svg = readFileSync(path.join(import.meta.dirname, 'icon', 'icon.svg'), 'utf8');

const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  const drawn = new Map<number, Buffer>();
  for (const [, size] of images) {
    if (!drawn.has(size)) drawn.set(size, await draw(size));
  }
  const chunks = images.map(([type, size]) => chunk(type, drawn.get(size) ?? Buffer.alloc(0)));
  writeFileSync(path.join(import.meta.dirname, 'icon.icns'), chunk('icns', Buffer.concat(chunks)));
  writeFileSync(path.join(import.meta.dirname, 'icon.png'), await draw(512));
} finally {
  await browser.close();
}

async function draw(size: number): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
  const png = await page.screenshot({ omitBackground: true });
  await page.close();
  return png;
}

/** Four letters, the length of the whole in four bytes, big-endian, and the content. */
function chunk(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32BE(head.length + content.length, 4);
  return Buffer.concat([head, content]);
}
