// Usage: npm run screenshots [-- NAME]
// Takes pictures of every window of the running app, light and dark, in each language, into assets/screenshots; with NAME only
// those whose name begins with it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { appTextIn } from '../../app/i18n/app.ts';
import type { Language } from '../../app/i18n/index.ts';
import {
  type EventName,
  type Events,
  eventChannel,
  type PermissionView,
  type UpdateView,
} from '../../app/ipc/index.ts';
import type { ServerSetting } from '../../app/settings/index.ts';
import { readNotes } from '../../app/update/index.ts';
import { writeClientFile } from '../e2e/support/client-files.ts';
import type { AppDriver } from '../e2e/support/driver.ts';
import { runApp } from '../e2e/support/running-app.ts';
import { connectTunnel, openSse } from '../e2e/support/traffic.ts';
import { openSession } from '../support/raw-mcp.ts';
import { takeClients } from './clients.ts';
import { before, INSTALLED, NEIGHBOUR, PORT, settleIn, writeProgram } from './neat.ts';

const target = path.join(import.meta.dirname, '..', '..', 'assets', 'screenshots');
const WRITE_MS = 200;
const SECONDS_OF_TRAFFIC = 14;

const AT_REST: PermissionView = {
  state: { kind: 'not-asked' },
  asking: false,
  answers: 0,
  tried: null,
  suggested: null,
};
const NAS = { target: '192.168.1.20:8123', onLink: true } as const;

/** What the open tunnels lead to. */
const TARGETS = [
  { host: 'db.lan', port: 5432, label: 'claude-desktop.orders', count: 1 },
  { host: 'nas.lan', port: 8123, label: 'claude-desktop.home-assistant', count: 20 },
] as const;

/** How the permission may stand, beside "not asked yet", which the welcome window shows by itself. */
const PERMISSIONS: Readonly<Record<string, PermissionView>> = {
  asking: { ...AT_REST, asking: true, answers: 0 },
  asked: {
    ...AT_REST,
    state: { kind: 'asked', at: 0 },
    tried: { ...NAS, errno: 'ETIMEDOUT', elapsed: 4000 },
    suggested: NAS.target,
  },
  granted: {
    ...AT_REST,
    state: { kind: 'granted', at: 0 },
    answers: 3,
    tried: { ...NAS, errno: null, elapsed: 3 },
    suggested: NAS.target,
  },
  denied: {
    ...AT_REST,
    state: { kind: 'denied', at: 0 },
    tried: { ...NAS, errno: 'EHOSTUNREACH', elapsed: 0.2 },
    suggested: NAS.target,
  },
  stale: { ...AT_REST, state: { kind: 'stale', at: 0, reason: 'refused' }, suggested: NAS.target },
  'not-needed': { ...AT_REST, state: { kind: 'not-needed' } },
};

const NEWER = {
  version: '0.3.0',
  notes: readNotes(
    '### Added\n\n- **Two networks at once**: a route for each server.\n\n### Fixed\n\n- A tunnel over IPv6.\n',
  ),
};
const AT_WORK: UpdateView = {
  running: '0.2.0',
  hasFeed: true,
  hasPage: true,
  state: { kind: 'idle' },
  place: 'replaceable',
  checkedAt: null,
  failure: null,
  isDismissed: false,
};

/** How far an update may be. */
const UPDATES: Readonly<Record<string, UpdateView>> = {
  available: { ...AT_WORK, state: { kind: 'available', release: NEWER } },
  downloading: { ...AT_WORK, state: { kind: 'downloading', release: NEWER, percent: 42 } },
  ready: { ...AT_WORK, state: { kind: 'ready', release: NEWER } },
  translocated: { ...AT_WORK, place: 'translocated', state: { kind: 'available', release: NEWER } },
  failed: {
    ...AT_WORK,
    state: { kind: 'available', release: NEWER },
    failure: { during: 'download', reason: 'damaged', detail: '', asked: true },
  },
};

/** Some calls of tools, so that the server's row has times to show. */
async function callTools(name: string): Promise<void> {
  const session = await openSession(`http://127.0.0.1:${PORT}`, { path: `/servers/${name}/mcp` });
  await session.call('tools/list');
  for (let call = 0; call < 6; call++) await session.call('tools/call', { name: 'list_folder', arguments: {} });
  await session.end();
}

/** The name that the pictures begin with; all of them without one. */
const [, , wanted = ''] = process.argv;

mkdirSync(target, { recursive: true });
for (const language of ['en', 'zh-Hant'] as const) {
  await session(language);
  await takeClients(language, pictures);
}

async function session(language: Language): Promise<void> {
  const folder = programs();
  const servers = [server('files', 'mcp-files', '--read-only'), server('search', 'mcp-search', '--index', 'notes')];
  const app = await runApp({
    settings: {
      port: PORT,
      language,
      servers,
      defaultServer: 'files',
      forwards: [{ port: 15432, host: 'nas.local', targetPort: 5432 }],
      token: null,
      recordContents: ['files'],
      groups: [
        { name: 'work', servers: ['files', 'search'] },
        { name: 'search', servers: ['search', 'notes'] },
      ],
    },
    habits: { on: true, confirmQuit: true },
    env: { ...INSTALLED, ELECTRON_HOST_LOCAL_NETWORK: 'refuses', PATH: before(folder) },
  });
  await settleIn(app);
  writeClientFile(app.home, 'claude', claudeFile(language));
  const clientLogs = path.join(app.home, 'Library/Logs/Claude');
  mkdirSync(clientLogs, { recursive: true });
  writeFileSync(path.join(clientLogs, 'mcp-server-printer.log'), 'OSError: [Errno 65] No route to host\n');
  await app.answerDialog('showMessageBox', { response: 0, checkboxChecked: false });
  const origins = TARGETS.map(({ port }) => echo().listen(port, NEIGHBOUR));
  try {
    await take(app, language);
  } finally {
    for (const origin of origins) origin.close();
    await app.stop();
    for (const gone of [app.home, folder]) rmSync(gone, { recursive: true, force: true });
  }
}

async function take(app: AppDriver, language: Language): Promise<void> {
  const popover = await app.window('#popover');
  await app.tray.click();
  await popover.getByRole('switch').waitFor();
  // Also when the port is taken: a picture of that is not what was asked for.
  await popover.locator('.popover-head .light.on').waitFor();
  const sse = await openSse(PORT, '/servers/files/sse');
  await callTools('files');
  const tunnels = await Promise.all(
    TARGETS.flatMap(({ host, port, label, count }) =>
      Array.from({ length: count }, () => connectTunnel(PORT, `${host}:${port}`, label)),
    ),
  );
  let write = 0;
  const writing = setInterval(() => {
    write++;
    for (const [at, tunnel] of tunnels.entries()) tunnel.write(Buffer.alloc(sizeOf(write, at)));
  }, WRITE_MS);
  await new Promise((resolve) => setTimeout(resolve, SECONDS_OF_TRAFFIC * 1000));
  await pictures(popover, 'popover', language);
  clearInterval(writing);
  for (const [name, view] of Object.entries(UPDATES)) {
    await tellAll(app, 'update', view);
    await popover.locator('.update').waitFor();
    if (name === 'available') await popover.locator('.update summary').click();
    await pictures(popover, `update-${name}`, language);
  }
  await tellAll(app, 'update', AT_WORK);
  await app.tray.openMenu();
  await app.tray.pick('settings');
  const settings = await app.window('#settings');
  const words = appTextIn(language).settingsWindow;
  // Before the port asks for a token.
  await settings.getByRole('button', { name: words.parts.servers, exact: true }).click();
  await toolChanges(settings, language);
  for (const part of ['general', 'servers', 'forwards', 'network', 'access'] as const) {
    await settings.getByRole('button', { name: words.parts[part], exact: true }).click();
    if (part === 'access') await settings.getByRole('switch').first().click();
    await pictures(settings, `settings-${part}`, language);
  }
  await settings.getByRole('button', { name: words.parts.servers, exact: true }).click();
  await settings.getByRole('button', { name: words.groups.edit('work') }).click();
  await settings.locator('.groups').scrollIntoViewIfNeeded();
  await pictures(settings, 'settings-groups', language);
  await settings
    .locator('.groups')
    .getByRole('button', { name: appTextIn(language).windows.cancel })
    .click();
  await settings.getByRole('button', { name: words.servers.edit('files') }).click();
  await settings.getByRole('button', { name: words.servers.try, exact: true }).click();
  await settings.locator('.try-result').waitFor();
  await pictures(settings, 'settings-server', language);
  const tools = settings.locator('.tool-list');
  await tools.getByRole('switch').last().click();
  await tools.scrollIntoViewIfNeeded();
  await pictures(settings, 'settings-tools', language);
  await settings.getByRole('button', { name: appTextIn(language).windows.cancel, exact: true }).click();
  await settings.getByRole('button', { name: words.servers.add, exact: true }).click();
  await settings.getByLabel(words.servers.name.label, { exact: true }).fill('home-assistant');
  await settings
    .getByLabel(words.servers.command.label, { exact: true })
    .fill('http://homeassistant.local:8123/api/mcp');
  await settings.getByRole('button', { name: words.servers.headers.add, exact: true }).click();
  await settings.getByLabel(words.servers.headers.value(1), { exact: true }).fill('Bearer eyJhbGciOi');
  await settings.getByText(words.servers.headers.ownerFiles).scrollIntoViewIfNeeded();
  await pictures(settings, 'settings-remote', language);
  await settings.getByRole('button', { name: appTextIn(language).windows.cancel, exact: true }).click();
  await additions(app, settings, language);

  await app.tray.openMenu();
  await app.tray.pick('welcome');
  const welcome = await app.window('#welcome');
  await welcome.getByRole('switch').first().waitFor();
  // Both are asked of the main process once the window stands.
  await welcome.locator('.standing').waitFor();
  await welcome.locator('.snippets').waitFor();
  await pictures(welcome, 'welcome', language);
  for (const [name, view] of Object.entries(PERMISSIONS)) {
    await tellAll(app, 'permission', view);
    await pictures(welcome, `permission-${name}`, language);
  }
  for (const unreachable of ['printer.lan:631', 'media.lan:8096', '192.168.1.20:8123']) {
    await connectTunnel(PORT, unreachable).catch(() => undefined);
  }
  await popover.locator('.problem').waitFor();
  await pictures(popover, 'popover-problem', language);

  await app.tray.openMenu();
  await app.tray.pick('doctor');
  const doctor = await app.window('#doctor');
  const doctorWords = appTextIn(language).doctor.window;
  await doctor.getByLabel(doctorWords.target).fill('192.168.1.20:8123');
  await pictures(doctor, 'doctor-asked', language);
  await doctor.getByRole('button', { name: doctorWords.run, exact: true }).click();
  await doctor.locator('.findings').waitFor();
  await pictures(doctor, 'doctor', language);

  await app.tray.openMenu();
  await app.tray.pick('activity');
  const activity = await app.window('#activity');
  await activity.locator('.activity-row', { hasText: 'list_folder' }).last().click();
  await activity.locator('.tree').first().waitFor();
  await pictures(activity, 'activity', language);
  const { runAgain } = appTextIn(language).activityWindow;
  await activity.getByRole('button', { name: runAgain, exact: true }).click();
  await activity.getByRole('dialog').waitFor();
  await pictures(activity, 'activity-run-again', language);
  await activity.keyboard.press('Escape');
  for (let step = 0; step < 5; step++) await app.pickFromMenuBar('text-larger');
  await pictures(activity, 'activity-large', language);
  await app.pickFromMenuBar('text-actual');

  await app.tray.openMenu();
  await app.tray.pick('logs');
  const logs = await app.window('#logs');
  await logs.locator('.log-row').last().click();
  await pictures(logs, 'logs', language);

  for (const tunnel of tunnels) tunnel.destroy();
  sse.close();
}

/** What a link offers, what a client is given, and what a file of settings would change. */
async function additions(app: AppDriver, settings: Page, language: Language): Promise<void> {
  const { settingsWindow: words, windows } = appTextIn(language);
  const entry = { command: 'npx', args: ['-y', 'weather-mcp', '--units', 'metric'], env: { WEATHER_KEY: 'w-1234' } };
  const link = `mcp-gangway://add?name=Weather&config=${encodeURIComponent(JSON.stringify(entry))}`;
  await app.app.evaluate(
    ({ app: electron }, url) => electron.emit('open-url', { preventDefault: () => undefined }, url),
    link,
  );
  const sheet = settings.getByRole('dialog');
  await sheet.waitFor();
  await pictures(settings, 'settings-link', language);
  await sheet.getByRole('button', { name: windows.cancel, exact: true }).click();
  await settings.getByRole('button', { name: words.adding.paste, exact: true }).click();
  await pictures(settings, 'settings-paste', language);
  await sheet.getByRole('button', { name: windows.cancel, exact: true }).click();
  await settings.getByRole('button', { name: words.connecting.openOf('files') }).click();
  await settings.getByRole('button', { name: 'Open WebUI', exact: true }).click();
  await pictures(settings, 'settings-connect', language);
  await settings.getByRole('button', { name: words.connecting.makeToken, exact: true }).click();
  await settings.locator('.made-token').waitFor();
  await settings.locator('.connect-fields > div').last().scrollIntoViewIfNeeded();
  await pictures(settings, 'settings-connect-made', language);
  await settings.getByRole('button', { name: words.connecting.close, exact: true }).click();
  const file = path.join(app.home, 'mcp-gangway-settings.json');
  const forwards = [{ port: 15432, host: 'db.lan', targetPort: 5432 }];
  const servers = [server('files', 'mcp-files', '--read-only'), server('notes', 'uvx', 'notes-mcp')];
  writeFileSync(file, JSON.stringify({ 'mcp-gangway': 1, settings: { servers, forwards }, given: ['tokens.phone'] }));
  await app.answerDialog('showOpenDialog', { canceled: false, filePaths: [file] });
  await settings.getByRole('button', { name: words.parts.general, exact: true }).click();
  await settings.getByRole('button', { name: words.moving.import, exact: true }).click();
  await sheet.waitFor();
  await pictures(settings, 'settings-import', language);
  await sheet.getByRole('button', { name: windows.cancel, exact: true }).click();
}

function tellAll<Name extends EventName>(app: AppDriver, name: Name, view: Events[Name]): Promise<void> {
  return app.app.evaluate(
    ({ BrowserWindow }, [channel, told]) => {
      for (const { webContents } of BrowserWindow.getAllWindows()) webContents.send(channel, told);
    },
    [eventChannel(name), view] as const,
  );
}

function echo(): Server {
  return createServer((socket) => socket.on('error', () => undefined).pipe(socket));
}

/** Bytes of a write: more and less of it within seconds, so that the curve is one. */
function sizeOf(write: number, tunnel: number): number {
  return Math.round(12_000 * (1.6 + Math.sin(write / 7 + tunnel) + 0.4 * Math.sin(write / 2)));
}

/** Servers of a client in each of the ways, of which one is kept from the network. */
function claudeFile(language: Language): string {
  const through = (name: string, env: Readonly<Record<string, string>>) => {
    const proxy = `http://claude-desktop.${name}:@127.0.0.1:${PORT}`;
    return { command: 'uvx', args: [`${name}-mcp`], env: { ...env, HTTP_PROXY: proxy, HTTPS_PROXY: proxy } };
  };
  const notes = language === 'en' ? 'notes' : '筆記';
  return JSON.stringify({
    mcpServers: {
      [notes]: { command: 'npx', args: ['-y', 'notes-mcp'] },
      'home-assistant': through('home-assistant', { HOMEASSISTANT_URL: 'http://nas.lan:8123' }),
      orders: through('orders', { PGHOST: 'db.lan', PGPORT: '5432' }),
      files: { url: `http://127.0.0.1:${PORT}/servers/files/mcp` },
      printer: { command: 'uvx', args: ['printer-mcp'], env: { PRINTER_URL: 'http://printer.lan:631' } },
      media: { command: 'docker', args: ['run', '-i', '--rm', 'media-mcp'] },
    },
  });
}

/** A server whose next version says more than what was approved, and hides it. */
async function toolChanges(settings: Page, language: Language): Promise<void> {
  const { settingsWindow, toolChanges: words, windows } = appTextIn(language);
  const { servers } = settingsWindow;
  const setUp = async (line: string, mode: 'notice' | 'hold'): Promise<void> => {
    await settings.getByRole('button', { name: servers.edit('search') }).click();
    await settings.getByLabel(servers.command.label, { exact: true }).fill(line);
    await settings.getByLabel(words.mode.label, { exact: true }).selectOption(mode);
    await settings.getByRole('button', { name: windows.save, exact: true }).click();
    await settings.getByRole('button', { name: servers.add, exact: true }).waitFor();
  };
  const list = async (): Promise<void> => {
    const client = await openSession(`http://127.0.0.1:${PORT}`, { path: '/servers/search/mcp' });
    await client.call('tools/list');
    await client.end();
  };
  await list();
  await setUp('mcp-search --index notes --next', 'hold');
  await list();
  const note = settings.getByRole('button', { name: words.note(2, 2) });
  await note.waitFor();
  await pictures(settings, 'settings-tools-noted', language);
  await note.click();
  const change = settings.locator('.tool-change').first();
  await change.locator('summary').click();
  await settings.getByLabel(words.mode.label, { exact: true }).evaluate('node => node.scrollIntoView()');
  await pictures(settings, 'settings-tools-changed', language);
  await settings.locator('.tool-changes').getByRole('button', { name: words.approveAll }).click();
  await settings.locator('.tool-changes').waitFor({ state: 'detached' });
  await settings.getByRole('button', { name: windows.cancel, exact: true }).click();
  await setUp('mcp-search --index notes', 'notice');
}

/** Commands that look like a person's, in a folder for the PATH. */
function programs(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'gangway-programs-'));
  writeProgram(folder, 'mcp-files', 'files');
  writeProgram(folder, 'mcp-search', 'search');
  return folder;
}

function server(name: string, command: string, ...args: readonly string[]): ServerSetting {
  return { name, command, args, env: {}, cwd: null, era: 'auto', spare: false };
}

async function pictures(page: Page, name: string, language: Language): Promise<void> {
  if (!name.startsWith(wanted)) return;
  // Nothing is to look as if the pointer were on it.
  await page.mouse.move(0, 0);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // A switch on its way, for instance. What turns without end is left to turn.
    await page.evaluate(
      `Promise.allSettled(document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity).map(({ finished }) => finished))`,
    );
    await page.screenshot({ path: path.join(target, `${name}-${colorScheme}-${language}.png`) });
  }
}
