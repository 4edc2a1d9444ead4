import { app, type Tray } from 'electron';
import { announce } from '../app/connect/index.ts';
import { openControl, socketHome } from '../app/control/index.ts';
import { controlledApp } from '../app/desktop/index.ts';
import { widenThreadPool } from '../app/dial/index.ts';
import { setApplicationMenu } from './application-menu.ts';
import { createClients } from './client-setup.ts';
import { createDoctorSession } from './doctor.ts';
import { feedPermission, LogFeed } from './feeds.ts';
import { answersOf } from './ipc/answers.ts';
import { registerAnswers } from './ipc/register.ts';
import { createLocalNetwork } from './local-network.ts';
import { loginItem } from './login-item.ts';
import { watchNetwork, watchPower } from './network.ts';
import { notifyOfProblems } from './notifications.ts';
import { perform } from './perform.ts';
import { createPopover } from './popover.ts';
import { askAndQuit, endOnCrash, quitOnce } from './quit.ts';
import { hardenContents, hardenSession } from './security.ts';
import { createShell } from './shell.ts';
import { snippetsFor } from './snippets.ts';
import { startOperation } from './start-operation.ts';
import { menuView } from './tray/menu-view.ts';
import { createTray } from './tray/tray.ts';
import { Windows } from './windows.ts';

/** Held for as long as the app runs: an icon that is collected disappears from the menu bar. */
let tray: Tray | null = null;

// Before anything uses the threads: their number is settled then.
const lookupSlots = widenThreadPool(process.env, process.platform);
app.enableSandbox();
hardenContents();

// A second start only wakes the first: both would want the same port.
if (app.requestSingleInstanceLock()) void app.whenReady().then(run);
else app.exit(0);

async function run(): Promise<void> {
  hardenSession();
  const started = startOperation(lookupSlots);
  const { operation, running, ring } = started;
  endOnCrash(operation, running);
  quitOnce(operation, running);

  const logs = new LogFeed(ring);
  const windows = new Windows(operation, logs);
  const shell = createShell({
    ...started,
    open(place) {
      if (place.window === 'doctor') doctor.prepare(place.part);
      windows.show(place);
    },
  });
  const log = running.log.from('app');
  const localNetwork = createLocalNetwork(operation, started.permissionMemory, log);
  feedPermission(localNetwork.permission);
  const doctor = createDoctorSession({
    ...started,
    open: (place) => shell.open(place),
    localNetwork,
  });
  tray = createTray({
    operation,
    rows: () =>
      menuView({
        state: operation.state(),
        text: operation.text,
        snippets: snippetsFor(operation),
        loginItem: loginItem(),
        now: Date.now(),
      }),
    perform: (action) =>
      void perform(action, operation, shell).catch((error: unknown) => log.error(`A menu item failed: ${error}`)),
  });
  const popover = createPopover(tray, operation);
  const clients = createClients(started);
  const hidePopover = (): void => popover.hide();
  registerAnswers(answersOf({ operation, shell, ...clients, localNetwork, logs, doctor, hidePopover }), log);

  const showMenuBar = (): void =>
    setApplicationMenu(operation.text, {
      settings: () => shell.open({ window: 'settings', part: null }),
      logs: () => shell.open({ window: 'logs', part: null }),
      quit: () => void askAndQuit(operation),
    });
  showMenuBar();
  onLanguage(operation, () => {
    showMenuBar();
    windows.retitle();
  });

  // The way in when the icon is hidden: the app is started again, or clicked in Finder.
  app.on('second-instance', () => popover.show());
  app.on('activate', () => popover.show());
  watchPower(() => operation.recheck(), log);
  watchNetwork(operation, log);
  notifyOfProblems(operation, () => popover.show(), log);

  const folder = app.getPath('userData');
  const control = await openControl({
    home: socketHome([folder]),
    controlled: controlledApp(operation, () => popover.show()),
    version: operation.state().version,
    log: running.log.from('control'),
  });
  announce(operation, folder, control !== null, log);
  app.once('will-quit', () => control?.close());

  const { on, welcomed } = operation.state().habits;
  if (!welcomed) {
    operation.changeHabits({ welcomed: true });
    shell.open({ window: 'welcome', part: null });
  }
  if (on) await operation.turnOn();
}

function onLanguage(operation: ReturnType<typeof startOperation>['operation'], changed: () => void): void {
  let { language } = operation.settings;
  operation.subscribe(({ rest }) => {
    if (rest.language === language) return;
    language = rest.language;
    changed();
  });
}
