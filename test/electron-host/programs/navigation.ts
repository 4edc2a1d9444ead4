// Where a page may go, what headers do, and how loads fail.
import http from 'node:http';
import path from 'node:path';
import { app, BrowserWindow, session } from 'electron';
import { note, runProgram, until } from './program.ts';

const pages = path.join(import.meta.dirname, 'pages');

runProgram(async () => {
  const server = http.createServer((request, response) => {
    if (request.url === '/away') response.writeHead(302, { location: '/elsewhere' });
    else response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>served</title><script>window.ran = true</script>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;

  const window = new BrowserWindow({ show: false });
  const { webContents } = window;
  const { webRequest } = session.defaultSession;
  const inPage = (code: string) => webContents.executeJavaScript(code);

  webRequest.onHeadersReceived({ urls: [`${origin}/*`] }, ({ responseHeaders }, done) => {
    done({ responseHeaders: { ...responseHeaders, 'Content-Security-Policy': ["script-src 'none'"] } });
  });
  await window.loadURL(`${origin}/`);
  note('policy', [await inPage('window.ran === undefined'), window.getTitle()]);
  webRequest.onHeadersReceived(null);
  await window.loadURL(`${origin}/`);
  note('noPolicy', await inPage('window.ran === true'));

  webRequest.onBeforeRequest(({ url }, done) => done({ cancel: url.endsWith('/blocked') }));
  note('blocked', await inPage(`fetch('/blocked').then(() => 'came', () => 'refused')`));
  webRequest.onBeforeRequest(null);

  const asked: string[] = [];
  let allow = false;
  webContents.on('will-navigate', (event) => {
    asked.push(`navigate ${event.url.replace(origin, '')}`);
    if (!allow) event.preventDefault();
  });
  webContents.on('will-redirect', (event) => {
    asked.push(`redirect ${event.url.replace(origin, '')}`);
    event.preventDefault();
  });
  await inPage(`location.href = '/refused'; 0`);
  await until(() => asked.length === 1);
  allow = true;
  await inPage(`location.href = '/away'; 0`);
  await until(() => asked.length === 3);
  note('asked', asked);
  note('stayed', webContents.getURL() === `${origin}/`);
  await window.loadURL(`${origin}/own`);
  note('ownNavigation', asked.length);

  const popups: string[] = [];
  webContents.setWindowOpenHandler(({ url }) => {
    popups.push(url);
    return { action: 'deny' };
  });
  await inPage(`window.open('https://example.test/'); 0`);
  await until(() => popups.length === 1);
  note('popups', popups);

  const failure = (error: { code: string; errno: number }) => [error.code, error.errno];
  note('missingFile', await window.loadFile('nowhere.html').catch(failure));
  note('noUrl', await window.loadURL('no url').catch(failure));
  const overtaken = window.loadURL(`${origin}/first`).catch(failure);
  await window.loadURL(`${origin}/second`);
  note('overtaken', await overtaken);

  const broken = new BrowserWindow({
    show: false,
    webPreferences: { preload: path.join(pages, 'module-preload.mjs') },
  });
  const preloadError = new Promise<string>((resolve) => {
    broken.webContents.once('preload-error', (_event, _path, error) => resolve(error.name));
  });
  await broken.loadFile(path.join(pages, 'page.html'));
  note('preloadError', await preloadError);

  server.close();
  app.quit();
});
