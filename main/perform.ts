import type { AppController } from '../app/desktop/index.ts';
import { openLoginItems, setLoginItem } from './login-item.ts';
import { askAndQuit } from './quit.ts';
import type { Shell } from './shell.ts';
import type { MenuAction } from './tray/menu-view.ts';

/** Does what a menu item says. Rejects with whatever went wrong. */
export async function perform(action: MenuAction, operation: AppController, shell: Shell): Promise<void> {
  switch (action.kind) {
    case 'turn':
      return action.on ? operation.turnOn() : operation.turnOff();
    case 'close-tunnel':
      operation.closeTunnel(action.id);
      return;
    case 'close-all-tunnels':
      operation.closeAllTunnels();
      return;
    case 'start-server':
      operation.startServer(action.name);
      return;
    case 'restart-server':
      return operation.restartServer(action.name);
    case 'stop-server':
      return operation.stopServer(action.name);
    case 'copy':
      await shell.copySnippet(action.snippet);
      return;
    case 'mend':
      return shell.mend(action.fix);
    case 'login-item':
      setLoginItem(action.on);
      return;
    case 'open-login-items':
      return openLoginItems();
    case 'save-diagnostics':
      await shell.saveDiagnostics();
      return;
    case 'open':
      shell.open(action.place);
      return;
    case 'quit':
      return askAndQuit(operation);
    default:
      action satisfies never;
  }
}
