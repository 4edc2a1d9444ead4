import type { Fix } from '../ipc/index.ts';
import type { AppText } from '../text/app/index.ts';

/** What the button beside a problem says, in the menu and in windows. */
export function fixLabel(fix: Fix, { menu, permission }: AppText): string {
  switch (fix.kind) {
    case 'use-port':
      return menu.usePort(fix.port);
    case 'restart-server':
      return menu.restartServer(fix.server);
    case 'show-log':
      return menu.showLog;
    case 'open-settings':
      return menu.settings;
    case 'allow-local-network':
      return permission.fix;
    case 'doctor':
      return menu.findOut;
    default:
      return fix satisfies never;
  }
}
