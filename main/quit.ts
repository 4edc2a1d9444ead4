import { app, BrowserWindow, dialog } from 'electron';
import { CRASH_EXIT } from '../app/base/errno.ts';
import type { AppController } from '../app/desktop/index.ts';
import { sessionCount } from '../app/ipc/index.ts';
import { onCrash, type RunningLog } from '../app/log/index.ts';

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

export interface QuitQuestionOptions {
  readonly controller: AppController;
  /** How many servers of clients reach their network by us. */
  readonly countLed: () => Promise<number>;
  /** Shows what it takes to give all of them back their way of before. */
  readonly undoAll: () => void;
}

const UNDO_ALL = 2;

/**
 * Asks first while something is in use, or while servers of clients reach nothing without us; a question that was answered with
 * "never again" is not put again.
 */
export async function askAndQuit({ controller, countLed, undoAll }: QuitQuestionOptions): Promise<void> {
  const state = controller.state();
  const sessions = sessionCount(state);
  const isInUse = state.tunnels.length > 0 || sessions > 0;
  const led = state.habits.confirmQuit ? await countLed() : 0;
  if (state.habits.confirmQuit && (isInUse || led > 0)) {
    const { quitQuestion } = controller.text.menu;
    const { status } = controller.text;
    const answer = await dialog.showMessageBox({
      type: 'question',
      message: isInUse
        ? quitQuestion.message(status.tunnels(state.tunnels.length), status.sessions(sessions))
        : quitQuestion.plain,
      detail: [...(isInUse ? [quitQuestion.detail] : []), ...(led > 0 ? [quitQuestion.led(led)] : [])].join('\n\n'),
      buttons: [quitQuestion.quit, quitQuestion.cancel, ...(led > 0 ? [quitQuestion.undoAll] : [])],
      defaultId: 0,
      cancelId: 1,
      checkboxLabel: quitQuestion.never,
    });
    if (answer.response === UNDO_ALL) undoAll();
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
