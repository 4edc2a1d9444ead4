// A page under a scheme of the app's own, which is how Electron advises to show local files.
import path from 'node:path';
import { app, BrowserWindow, ipcMain, protocol, session } from 'electron';
import { failureOf, note, runProgram } from './program.ts';

protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);

const files: Readonly<Record<string, string>> = {
  '/index.html': `<!doctype html><title>Own scheme</title><script type="module" src="main.js"></script>
    <script>window.inlineRan = true</script>`,
  '/main.js': `window.ran = import.meta.url.endsWith('/main.js')`,
  '/data.json': '{"answer": 42}',
};
const types: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript', json: 'application/json' };
const policy = "default-src 'none'; script-src 'self'; connect-src 'self'";

ipcMain.handle('who', ({ senderFrame }) => [senderFrame?.url, senderFrame?.origin]);

runProgram(async () => {
  const requested: string[] = [];
  protocol.handle('app', ({ url }) => {
    requested.push(url);
    const { pathname } = new URL(url);
    if (pathname === '/broken') throw new Error('The handler is broken');
    const text = files[pathname];
    if (text === undefined) return new Response('', { status: 404 });
    const type = types[pathname.split('.').at(-1) ?? ''] ?? '';
    return new Response(text, { headers: { 'content-type': type, 'content-security-policy': policy } });
  });
  note('handled', [protocol.isProtocolHandled('app'), protocol.isProtocolHandled('other')]);
  note(
    'late',
    failureOf(() => protocol.registerSchemesAsPrivileged([])),
  );
  const seen: string[] = [];
  session.defaultSession.webRequest.onBeforeRequest(({ url }, done) => {
    seen.push(url);
    done({});
  });

  const preload = path.join(import.meta.dirname, 'pages', 'preload.cjs');
  const window = new BrowserWindow({ show: false, webPreferences: { preload } });
  const { webContents } = window;
  const inPage = (code: string) => webContents.executeJavaScript(code);
  await window.loadURL('app://bundle/index.html?a=1#top');
  note('page', [window.getTitle(), webContents.getURL(), await inPage('[ran, window.inlineRan, isSecureContext]')]);
  note('who', await inPage(`api.invoke('who')`));
  note('fetched', await inPage(`fetch('data.json').then((response) => response.json())`));
  note('missing', await inPage(`fetch('nowhere').then(({ status }) => status)`));
  note('broken', await inPage(`fetch('broken').catch(({ name }) => name)`));
  note('requested', requested);
  note('seen', seen.length);

  const asked = new Promise<string>((resolve) => {
    webContents.on('will-navigate', (event) => {
      event.preventDefault();
      resolve(event.url);
    });
  });
  await inPage(`location.href = 'other.html'; 0`);
  note('asked', await asked);
  app.quit();
});
