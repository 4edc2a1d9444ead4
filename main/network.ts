import { powerMonitor } from 'electron';
import type { AppController } from '../app/desktop/index.ts';
import type { Log } from '../app/log/index.ts';
import { watchPlace } from '../app/platform/network/index.ts';

/** Wi-Fi and VPN take a moment after a wake, and several events come at once, in ms. */
const SETTLE_MS = 2000;

/** After a sleep listeners may be closed and children ended: asks for a check once the network is up again. */
export function watchPower(recheck: () => Promise<void>, log: Log): void {
  let timer: NodeJS.Timeout | undefined;
  const wake = (event: string): void => {
    log.info(`The machine is back (${event})`);
    clearTimeout(timer);
    timer = setTimeout(() => void recheck(), SETTLE_MS);
  };
  powerMonitor.on('suspend', () => log.info('The machine goes to sleep'));
  powerMonitor.on('resume', () => wake('resume'));
  powerMonitor.on('unlock-screen', () => wake('unlock-screen'));
}

/** While the port is open, or should be: asks for a check when this machine is in another network than before. */
export function watchNetwork(controller: AppController, log: Log): void {
  let stop: (() => void) | null = null;
  const follow = (): void => {
    const { habits, phase } = controller.state();
    const wanted = habits.on || phase !== 'off';
    if (wanted) stop ??= watchPlace({ changed });
    else {
      stop?.();
      stop = null;
    }
  };
  const changed = (): void => {
    log.info('The network of this machine has changed');
    controller.recheck().catch((error: unknown) => log.error(`The check after a change of network failed: ${error}`));
  };
  controller.subscribe(follow);
  follow();
}
