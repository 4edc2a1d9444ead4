// Windows: their events, their place, what a page sees of them, and how it looks.
import path from 'node:path';
import { app, BrowserWindow, nativeTheme } from 'electron';
import { controls, failureOf, note, runProgram, until } from './program.ts';

const pages = path.join(import.meta.dirname, 'pages');

// Closing the last window would end the program.
app.on('window-all-closed', () => undefined);

runProgram(async () => {
  const window = new BrowserWindow({ width: 300, height: 200, x: 40, y: 60, show: false });
  const { webContents } = window;
  const events: string[] = [];
  window.on('show', () => events.push('show'));
  window.on('hide', () => events.push('hide'));
  window.on('focus', () => events.push('focus'));
  window.on('blur', () => events.push('blur'));
  window.on('ready-to-show', () => events.push('ready-to-show'));
  webContents.on('dom-ready', () => events.push('dom-ready'));
  webContents.on('did-finish-load', () => events.push('did-finish-load'));
  const inPage = (code: string) => webContents.executeJavaScript(code);

  await window.loadFile(path.join(pages, 'page.html'));
  note('loaded', [...events]);
  note('title', window.getTitle());

  await inPage(
    `window.seen = []; document.addEventListener('visibilitychange', () => seen.push(document.visibilityState)); 0`,
  );
  events.length = 0;
  window.show();
  window.hide();
  await until(async () => (await inPage('document.visibilityState')) === 'hidden');
  window.show();
  await until(async () => (await inPage('document.visibilityState')) === 'visible');
  note('shown', events);
  note('visibility', await inPage('seen.slice(-2)'));
  note('place', await inPage('[screenX, screenY, innerWidth, innerHeight]'));
  window.setPosition(10, 0);
  note('underMenuBar', window.getPosition());
  note(
    'fraction',
    failureOf(() => window.setPosition(1.5, 30)),
  );

  nativeTheme.themeSource = 'dark';
  controls.setAppearance({ highContrast: true, reducedMotion: true });
  await until(() => inPage(`matchMedia('(prefers-contrast: more)').matches`));
  note('appearance', [
    await inPage(`matchMedia('(prefers-color-scheme: dark)').matches`),
    await inPage(`matchMedia('(prefers-reduced-motion: reduce)').matches`),
    nativeTheme.shouldUseDarkColors,
    nativeTheme.shouldUseHighContrastColors,
  ]);

  const image = await window.capturePage();
  note('capture', image.getSize());
  note(
    'unsimulated',
    failureOf(() => window.setShape([])),
  );
  const gone = new Promise<string>((resolve) => {
    webContents.once('render-process-gone', (_event, { reason }) => resolve(reason));
  });
  webContents.forcefullyCrashRenderer();
  note('crashed', await gone);
  window.destroy();
  note(
    'destroyed',
    failureOf(() => window.show()),
  );
  app.quit();
});
