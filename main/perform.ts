import type { AppController } from '../app/desktop/index.ts';
import type { Updates } from '../app/update/index.ts';
import { openLoginItems, setLoginItem } from './login-item.ts';
import type { Shell } from './shell.ts';
import type { MenuAction } from './tray/menu-view.ts';

export interface PerformOptions {
  readonly controller: AppController;
  readonly shell: Shell;
  readonly updates: Updates;
  readonly showPopover: () => void;
  /** Asks first where that is due. */
  readonly quit: () => Promise<void>;
}

/** Performs the action of a menu item. Rejects with its error. */
export async function perform(
  action: MenuAction,
  { controller, shell, updates, showPopover, quit }: PerformOptions,
): Promise<void> {
  // The popover says who, and takes it back in one click.
  const sayWhoIsCutOff = (): void => {
    if (controller.state().cutOff !== null) showPopover();
  };
  switch (action.kind) {
    case 'turn':
      if (action.on) return controller.turnOn();
      await controller.turnOff();
      return sayWhoIsCutOff();
    case 'turn-off-for':
      await controller.turnOffFor(action.period);
      return sayWhoIsCutOff();
    case 'close-tunnel':
      controller.closeTunnel(action.id);
      return;
    case 'close-all-tunnels':
      controller.closeAllTunnels();
      return;
    case 'start-server':
      controller.startServer(action.name);
      return;
    case 'restart-server':
      return controller.restartServer(action.name);
    case 'stop-server':
      return controller.stopServer(action.name);
    case 'copy':
      await shell.copySnippet(action.snippet);
      return;
    case 'apply-fix':
      return shell.applyFix(action.fix);
    case 'login-item':
      setLoginItem(action.on);
      return;
    case 'open-login-items':
      return openLoginItems();
    case 'save-diagnostics':
      await shell.saveDiagnostics();
      return;
    case 'open':
      shell.open(action.destination);
      return;
    case 'show-update':
      showPopover();
      return;
    case 'install-update':
      return updates.act('install');
    case 'quit':
      return quit();
    default:
      action satisfies never;
  }
}
