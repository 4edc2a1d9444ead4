import { app, BrowserWindow, shell } from 'electron';
import { readTarget } from '../app/base/address.ts';
import type { AppController } from '../app/desktop/index.ts';
import type { Log } from '../app/log/index.ts';
import { Permission, type PermissionMemory, readIdentity, systemNetwork } from '../app/permission/index.ts';

/** The pane in today's System Settings, and its address before macOS 13, which still leads somewhere. */
const PANES = [
  'x-apple.systempreferences:com.apple.settings.PrivacySecurity.extension?Privacy_LocalNetwork',
  'x-apple.systempreferences:com.apple.preference.security?Privacy_LocalNetwork',
] as const;

/** The permission for the local network, and the one way to ask for it. */
export interface LocalNetwork {
  readonly permission: Permission;
  /**
   * Begins to ask, for the click of a person: in a window, or beside a finding. `typed` is a target to try, `host:port`, or nothing.
   * False when it is no target; the permission reports the progress.
   */
  ask(typed: string | null): boolean;
}

/** The sockets are opened here, in the main process: macOS asks for the app that it belongs to. */
export function createLocalNetwork(controller: AppController, memory: PermissionMemory, log: Log): LocalNetwork {
  const version = app.getVersion();
  const permission = new Permission({
    platform: process.platform,
    identity:
      process.platform === 'darwin'
        ? readIdentity({ version, executable: process.execPath, log })
        : { system: '', program: version },
    memory,
    network: systemNetwork,
    log,
    inFront,
  });
  controller.subscribe(({ opened, rest: { failures, address } }) =>
    permission.observe(failures, opened, !address.upstream),
  );
  permission.subscribe(({ state }) => {
    // The problem that a refusal had raised is solved.
    const isAnswered = state.kind === 'granted' && controller.state().problem?.fix?.kind === 'allow-local-network';
    if (isAnswered) controller.dismissProblem();
  });
  return {
    permission,
    ask(typed) {
      const wanted = typed?.trim() ?? '';
      const target = wanted === '' ? null : readTarget(wanted);
      if (wanted !== '' && target === null) return false;
      permission.ask(target).catch((error: unknown) => log.error(`Asking for the local network failed: ${error}`));
      return true;
    },
  };
}

/** Opens the pane with the switch. System Settings does not report whether it opened the pane, so its path is always shown as well. */
export async function openLocalNetworkSettings(): Promise<void> {
  const [today, before] = PANES;
  await shell.openExternal(today).catch(() => shell.openExternal(before));
}

/**
 * As an ordinary app with the focus, and back to one of the menu bar. To an app that is not in front macOS may show no question. The
 * way back takes the focus from the window the person is looking at, so that one gets it again, unless they have gone elsewhere.
 */
async function inFront<Result>(work: () => Promise<Result>): Promise<Result> {
  const window = BrowserWindow.getFocusedWindow();
  app.setActivationPolicy('regular');
  app.focus({ steal: true });
  try {
    return await work();
  } finally {
    const isLookedAt = app.isActive();
    app.setActivationPolicy('accessory');
    if (isLookedAt && window !== null && !window.isDestroyed()) window.show();
  }
}
