import { app, BrowserWindow, dialog } from 'electron';
import type { AppController } from '../app/desktop/index.ts';
import { sessionCount } from '../app/ipc/index.ts';
import { CRASH_EXIT, onCrash, type RunningLog } from '../app/log/index.ts';

/** Children are given four and a half seconds; those left are killed with the app, in ms. */
const LIMIT_MS = 5000;

/** The one way out of the app. */
export interface Quit {
  /**
   * Ends the engine as every quit does, takes icon and windows away, and leaves by this function instead of `app.quit()`: for the
   * system's updater, which waits for every window and would wait for ever for a popover that cannot be closed. Where the app
   * ends already, it quits as it was asked to first.
   */
  leaveBy(leave: () => void): Promise<void>;
}

/** Ends the engine before the app quits, whether the menu, the shortcut, a window or the system asks. */
export function quitOnce(controller: AppController, running: RunningLog, removeIcon: () => void): Quit {
  let state: 'running' | 'ending' | 'ended' = 'running';
  const endAll = async (): Promise<void> => {
    state = 'ending';
    await end(controller, running);
    state = 'ended';
    // Electron asks every window first, and one that cannot be closed would cancel the quit.
    for (const window of BrowserWindow.getAllWindows()) window.destroy();
  };
  app.on('before-quit', (event) => {
    if (state === 'ended') return;
    event.preventDefault();
    if (state === 'running') void endAll().then(() => app.quit());
  });
  // The app has no main window: it stays with its icon.
  app.on('window-all-closed', () => undefined);
  return {
    async leaveBy(leave) {
      if (state !== 'running') return;
      await endAll();
      removeIcon();
      leave();
    },
  };
}

/** Asks first while something is in use; a question that was answered with "never again" is not put again. */
export async function askAndQuit(controller: AppController): Promise<void> {
  const state = controller.state();
  const sessions = sessionCount(state);
  if (state.habits.confirmQuit && (state.tunnels.length > 0 || sessions > 0)) {
    const { quitQuestion } = controller.text.menu;
    const { status } = controller.text;
    const answer = await dialog.showMessageBox({
      type: 'question',
      message: quitQuestion.message(status.tunnels(state.tunnels.length), status.sessions(sessions)),
      detail: quitQuestion.detail,
      buttons: [quitQuestion.quit, quitQuestion.cancel],
      defaultId: 0,
      cancelId: 1,
      checkboxLabel: quitQuestion.never,
    });
    if (answer.response !== 0) return;
    if (answer.checkboxChecked) controller.changeHabits({ confirmQuit: false });
  }
  app.quit();
}

async function end(controller: AppController, running: RunningLog): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      running.log.error(`Not everything could be ended within ${LIMIT_MS / 1000} s`);
      resolve();
    }, LIMIT_MS);
  });
  await Promise.race([controller.end(), late]);
  clearTimeout(timer);
  await running.close();
}

const CRASH_LIMIT_MS = 2000;

/** An uncaught error leaves an unknown state: ends the children, exits. */
export function endOnCrash(controller: AppController, running: RunningLog): void {
  onCrash(running, {
    end() {
      const leave = (): void => app.exit(CRASH_EXIT);
      setTimeout(leave, CRASH_LIMIT_MS);
      void controller.end().finally(leave);
    },
    again: () => undefined,
  });
}
