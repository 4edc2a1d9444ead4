import { app, shell as browser, dialog, type Tray } from 'electron';
import { CRASH_EXIT } from '../app/base/errno.ts';
import { keepHeapSmallOnceStarted } from '../app/base/heap.ts';
import { startThreadPool, widenThreadPool } from '../app/base/thread-pool.ts';
import { announce } from '../app/connect/index.ts';
import { openControl, socketHome } from '../app/control/index.ts';
import { Additions, type AppController, controlledApp, SignIns } from '../app/desktop/index.ts';
import { appTextIn } from '../app/i18n/app.ts';
import { languageOf } from '../app/i18n/index.ts';
import { ActivityFeed } from './activity.ts';
import { setApplicationMenu } from './application-menu.ts';
import { createClients } from './client-setup.ts';
import { createDoctorSession } from './doctor.ts';
import { feedPermission, feedUpdates, LogFeed, notifyOfProblems, notifyOfToolChanges } from './feeds.ts';
import { answersOf } from './ipc/answers.ts';
import { registerAnswers } from './ipc/register.ts';
import { LinkQueue } from './links.ts';
import { createLocalNetwork } from './local-network.ts';
import { loginItem } from './login-item.ts';
import { watchNetwork, watchPower } from './network.ts';
import { perform } from './perform.ts';
import { createPopover } from './popover.ts';
import { askAndQuit, endOnCrash, quitOnce } from './quit.ts';
import { hardenContents, hardenSession } from './security.ts';
import { inTurn } from './settings-turns.ts';
import { createShell, snippetsFor } from './shell.ts';
import { startController } from './start-controller.ts';
import { changeTextSize } from './text-size.ts';
import { menuView } from './tray/menu-view.ts';
import { createTray } from './tray/tray.ts';
import { startUpdates } from './updates.ts';
import { Windows } from './windows.ts';

/** Held for as long as the app runs: a tray that is garbage-collected disappears from the menu bar. */
let tray: Tray | null = null;

// Before the first use of the thread pool. Electron starts processes of its own, which must not inherit the size.
const lookupSlots = widenThreadPool(process.env, process.platform);
startThreadPool(process.env);
keepHeapSmallOnceStarted();
app.enableSandbox();
hardenContents();

// macOS hands over the link that starts the app before it is ready.
const links = new LinkQueue(process.argv);

// A second start only activates the first: both would need the same port.
if (app.requestSingleInstanceLock()) void app.whenReady().then(run).catch(neverStarted);
else app.exit(0);

async function run(): Promise<void> {
  hardenSession();
  const started = await startController(lookupSlots);
  const { controller, running, ring } = started;
  endOnCrash(controller, running);
  const quit = quitOnce(controller, running, () => tray?.destroy());

  const logs = new LogFeed(ring);
  const activity = new ActivityFeed(controller);
  const windows = new Windows(controller, logs, activity);
  const shell = createShell({
    ...started,
    open(destination) {
      if (destination.window === 'doctor') doctor.prepare({ target: destination.part, server: null });
      windows.show(destination);
    },
  });
  const log = running.log.from('app');
  const localNetwork = createLocalNetwork(controller, started.permissionMemory, log);
  feedPermission(localNetwork.permission);
  const appUpdates = startUpdates({
    controller,
    memory: started.updateMemory,
    quit,
    show: () => popover.show(),
    log: running.log.from('update'),
  });
  const { updates } = appUpdates;
  feedUpdates(updates);
  const doctor = createDoctorSession({
    ...started,
    open: (destination) => shell.open(destination),
    localNetwork,
  });
  tray = createTray({
    controller,
    rows: () =>
      menuView({
        state: controller.state(),
        text: controller.text,
        snippets: snippetsFor(controller),
        loginItem: loginItem(),
        update: updates.view(),
        now: Date.now(),
      }),
    perform: (action) =>
      void perform(action, { controller, shell, updates, showPopover: () => popover.show(), quit: quitAsking }).catch(
        (error: unknown) => log.error(`A menu item failed: ${error}`),
      ),
  });
  const popover = createPopover(tray, controller, () => void updates.look());
  const clients = createClients(started);
  const additions = new Additions(controller);
  const signIns = new SignIns(controller, (url) => void browser.openExternal(url));
  const quitAsking = (): Promise<void> =>
    askAndQuit({
      controller,
      countLed: () => clients.clients.countLed(),
      undoAll: () => shell.open({ window: 'clients', part: 'undo-all' }),
    });
  const hidePopover = (): void => popover.hide();
  const askDoctor = (server: string, target: string): void => {
    doctor.prepare({ target: target === '' ? null : target, server: clients.clients.doctorName(server) });
    windows.show({ window: 'doctor', part: '' });
  };
  registerAnswers(
    answersOf({
      controller,
      shell,
      ...clients,
      additions,
      signIns,
      localNetwork,
      appUpdates,
      logs,
      activity,
      doctor,
      hasSystemKey: started.hasSystemKey,
      hidePopover,
      askDoctor,
      askAndQuit: quitAsking,
    }),
    log,
  );

  const showMenuBar = (): void =>
    setApplicationMenu(controller.text, {
      settings: () => shell.open({ window: 'settings', part: null }),
      logs: () => shell.open({ window: 'logs', part: null }),
      activity: () => shell.open({ window: 'activity', part: null }),
      quit: () => void quitAsking(),
      textSize: (step) => changeTextSize(controller, step),
    });
  showMenuBar();
  onLanguage(controller, () => {
    showMenuBar();
    windows.retitle();
  });

  // When the icon is hidden, starting the app again or clicking it in Finder shows the popover.
  app.on('second-instance', (_event, argv) => {
    if (!links.takeFrom(argv)) popover.show();
  });
  app.on('activate', () => popover.show());
  watchPower(() => controller.recheck(), log);
  watchNetwork(controller, log);
  notifyOfProblems(controller, () => popover.show(), log);
  notifyOfToolChanges(controller, (server) => shell.open({ window: 'settings', part: `server:${server}` }), log);

  const folder = app.getPath('userData');
  // From here on the command line finds the app, and changes its settings by the socket.
  const control = await inTurn(async () => {
    await started.takeOver();
    const opened = await openControl({
      home: socketHome([folder]),
      controlled: controlledApp(controller, () => popover.show(), clients.clients),
      version: controller.state().version,
      log: running.log.from('control'),
    });
    announce(controller, folder, opened !== null, log);
    return opened;
  });
  app.once('will-quit', () => control?.close());

  const { welcomed } = controller.state().habits;
  if (!welcomed) {
    controller.changeHabits({ welcomed: true });
    shell.open({ window: 'welcome', part: null });
  }
  links.open((link) => {
    additions.takeLink(link);
    hidePopover();
    shell.open({ window: 'settings', part: 'adding' });
  });
  await controller.resume();
}

/** Without its icon the app could neither be seen nor ended, and would keep every other start from showing one. */
function neverStarted(error: unknown): void {
  if (tray !== null) throw error;
  const { notStarted } = appTextIn(languageOf(app.getPreferredSystemLanguages()[0])).problems;
  dialog.showErrorBox(notStarted.title, notStarted.sentence(error instanceof Error ? error.message : String(error)));
  app.exit(CRASH_EXIT);
}

function onLanguage(controller: AppController, changed: () => void): void {
  let { language } = controller.settings;
  controller.subscribe(({ rest }) => {
    if (rest.language === language) return;
    language = rest.language;
    changed();
  });
}
