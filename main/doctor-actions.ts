import { homedir } from 'node:os';
import { shell } from 'electron';
import type { AppController } from '../app/desktop/index.ts';
import type { Action, Pane } from '../app/doctor/index.ts';
import type { WindowPlace } from '../app/ipc/index.ts';
import { type LocalNetwork, openLocalNetworkSettings } from './local-network.ts';

export interface PerformOptions {
  readonly operation: AppController;
  readonly open: (place: WindowPlace) => void;
  readonly localNetwork: LocalNetwork;
}

/**
 * Panes of System Settings. macOS opens something for a wrong address too, and says that all is well: the way to the pane is
 * told in words as well, in the steps of the finding.
 */
const PANES: Readonly<Record<Exclude<Pane, 'local-network'>, string>> = {
  'network-extensions':
    'x-apple.systempreferences:com.apple.ExtensionsPreferences?extensionPointIdentifier=com.apple.system_extension.network_extension.extension-point',
  vpn: 'x-apple.systempreferences:com.apple.NetworkExtensionSettingsUI.NESettingsUIExtension',
};

/** Does what a finding offers; `target` is what it is about, as `host:port`. Rejects with whatever went wrong. */
export function createPerform({
  operation,
  open,
  localNetwork,
}: PerformOptions): (action: Action, target: string | null) => Promise<void> {
  return async (action, target) => {
    switch (action.kind) {
      case 'open-pane':
        if (action.pane === 'local-network') return openLocalNetworkSettings();
        return shell.openExternal(PANES[action.pane]);
      case 'ask-permission':
        localNetwork.ask(target);
        return open({ window: 'settings', part: 'network' });
      case 'turn-on':
        return operation.turnOn();
      case 'use-port':
        return operation.applyFix(action);
      case 'restart-server':
        return operation.restartServer(action.server);
      case 'route-server':
        return open({ window: 'clients', part: null });
      case 'show-log':
        return open({ window: 'logs', part: 'proxy' });
      case 'show-copies':
        // Reports write the person's home as ~.
        for (const copy of action.paths) shell.showItemInFolder(copy.replace(/^~(?=\/)/, homedir()));
        return;
      default:
        return action satisfies never;
    }
  };
}
