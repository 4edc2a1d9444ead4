import { Browser, type CdpConnection } from '../chromium/index.ts';
import { electronVersion } from '../contract/files.ts';
import { app } from '../electron/app/index.ts';
import { chromiumStarted } from '../electron/runtime.ts';
import { nameChromeVersion } from './process-face.ts';

/** Starts Chromium; afterwards windows can be made. @param fail called when it ends before the app does */
export async function startChromium(fail: (reason: string) => void): Promise<void> {
  let quitting = false;
  app.once('quit', () => {
    quitting = true;
  });
  const browser = new Browser(app.commandLine.all, (reason) => {
    if (!quitting) fail(reason);
  });
  const { root } = browser.connection;
  const { product, userAgent } = await root.send('Browser.getVersion');
  nameChromeVersion(product.split('/').at(1) ?? '');
  await closePopups(browser.connection);
  chromiumStarted({ browser, userAgent: electronUserAgent(userAgent) });
}

/** The window a page has opened; setWindowOpenHandler has been asked about it in the meantime. */
async function closePopups(connection: CdpConnection): Promise<void> {
  const { root } = connection;
  root.on('Target.targetCreated', ({ targetInfo: { type, openerId, targetId } }) => {
    // It may be gone before it is closed.
    if (type === 'page' && openerId !== undefined) closePopup(connection, targetId).catch(() => undefined);
  });
  await root.send('Target.setDiscoverTargets', { discover: true });
}

/**
 * A DevTools client such as playwright has new pages wait until it has attached to them. They share a process with the page that
 * opened them, and while they wait it waits too: closed in that state, they would leave it waiting for ever.
 */
async function closePopup(connection: CdpConnection, targetId: string): Promise<void> {
  const { sessionId } = await connection.root.send('Target.attachToTarget', { targetId, flatten: true });
  await connection.session(sessionId).send('Runtime.runIfWaitingForDebugger');
  await connection.root.send('Target.closeTarget', { targetId });
}

/** As Electron writes it: the app's name and version, and its own. */
function electronUserAgent(chromium: string): string {
  const name = app.name.replaceAll(' ', '');
  return chromium
    .replace(/\(X11; [^)]*\)/, '(Macintosh; Intel Mac OS X 10_15_7)')
    .replace(/(?:Headless)?Chrome\//, `${name}/${app.getVersion()} Chrome/`)
    .replace(/ Safari\//, ` Electron/${electronVersion} Safari/`);
}
