import { powerMonitor } from 'electron';
import type { Log } from '../app/log/index.ts';

/** Wi-Fi and VPN need a moment after a wake, and several events come at once. */
const SETTLE_MS = 2000;

/** After a sleep listeners may be gone and children dead: asks for a check once things have settled. */
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
