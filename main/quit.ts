import { app, BrowserWindow, dialog } from 'electron';
import type { AppController } from '../app/desktop/index.ts';
import { sessionCount } from '../app/ipc/index.ts';
import type { RunningLog } from '../app/log/index.ts';

/** Children are given four and a half seconds; what is not gone by then goes with us. */
const LIMIT_MS = 5000;

/** One way out for all: the menu, the shortcut, the windows and the system. */
export function quitOnce(operation: AppController, running: RunningLog): void {
  let state: 'running' | 'ending' | 'ended' = 'running';
  app.on('before-quit', (event) => {
    if (state === 'ended') return;
    event.preventDefault();
    if (state === 'ending') return;
    state = 'ending';
    void end(operation, running).then(() => {
      state = 'ended';
      // Electron asks every window first, and one that cannot be closed would call the quit off.
      for (const window of BrowserWindow.getAllWindows()) window.destroy();
      app.quit();
    });
  });
  // Without a window it goes on: the icon is the app.
  app.on('window-all-closed', () => undefined);
}

/** Asks first while something is in use; a question that was answered with "never again" is not put again. */
export async function askAndQuit(operation: AppController): Promise<void> {
  const state = operation.state();
  const sessions = sessionCount(state);
  if (state.habits.confirmQuit && (state.tunnels.length > 0 || sessions > 0)) {
    const { quitQuestion } = operation.text.menu;
    const { status } = operation.text;
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
    if (answer.checkboxChecked) operation.changeHabits({ confirmQuit: false });
  }
  app.quit();
}

async function end(operation: AppController, running: RunningLog): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      running.log.error(`Not everything could be ended within ${LIMIT_MS / 1000} s`);
      resolve();
    }, LIMIT_MS);
  });
  await Promise.race([operation.end(), late]);
  clearTimeout(timer);
  await running.close();
}

/** EX_SOFTWARE of sysexits.h: an internal error. */
const CRASH_EXIT = 70;
const CRASH_LIMIT_MS = 2000;

/** An uncaught error leaves an unknown state: logs it, ends the children, exits. */
export function endOnCrash(operation: AppController, running: RunningLog): void {
  let crashed = false;
  process.on('uncaughtException', (error) => {
    running.log.error(`internal error - ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    running.flush();
    if (crashed) return;
    crashed = true;
    const leave = (): void => app.exit(CRASH_EXIT);
    setTimeout(leave, CRASH_LIMIT_MS);
    void operation.end().finally(leave);
  });
}
