/**
 * Features of Chromium's own that open pages beside every window, the pop-ups of its address bar: half of the work that a
 * window is.
 */
export const UNSEEN_PAGES = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
  'PreloadTopChromeWebUI',
];

/** Processes that Chromium starts for pages to come, and for sandboxed frames alone: each costs a fifth of a CPU second. */
export const SPARE_PROCESSES = ['SpareRendererForSitePerProcess', 'IsolateSandboxedIframes'];

/** What Electron decides for its Chromium at build time, Debian's has to be told on the command line. */
const always = [
  '--headless',
  // The test machines run as root, where Chromium's own sandbox cannot start.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--no-default-browser-check',
  '--no-startup-window',
  // Nothing that calls home: the machines are offline, and a test is no place for it.
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-breakpad',
  '--password-store=basic',
  // Electron's fuse GrantFileProtocolExtraPrivileges, on by default: modules and fetch work from file://.
  '--allow-file-access-from-files',
  // As on macOS, where scroll bars take no room and are not seen while nothing scrolls.
  '--hide-scrollbars',
  `--disable-features=${[...UNSEEN_PAGES, ...SPARE_PROCESSES].join(',')}`,
  // Two processes less: of what Chromium costs to start, a quarter.
  '--enable-features=NetworkServiceInProcess2',
  '--in-process-gpu',
  // One process for all windows, which are of one site. Electron has one for each; no test looks at processes.
  '--process-per-site',
  '--remote-debugging-pipe',
];

/** Switches that belong to the stand-in or to Electron, not to this Chromium. */
const kept = new Set(['no-sandbox', 'remote-debugging-port', 'user-data-dir', 'inspect', 'headless', 'lang']);

/** @param switches what the app's command line and app.commandLine ask for */
export function chromiumFlags(profile: string, switches: ReadonlyMap<string, string>): string[] {
  const passedOn = [...switches].filter(([name]) => !kept.has(name));
  const port = switches.get('remote-debugging-port');
  return [
    ...always,
    `--user-data-dir=${profile}`,
    ...(port === undefined ? [] : [`--remote-debugging-port=${port}`]),
    ...passedOn.map(([name, value]) => (value === '' ? `--${name}` : `--${name}=${value}`)),
  ];
}
