import os from 'node:os';
import type { Log } from '../app/log/index.ts';
import { watchPlace } from '../app/network/index.ts';
import type { Operation } from '../app/operation/index.ts';

/** While the port is open, or should be: asks for a check when this machine is in another network than before. */
export function watchNetwork(operation: Operation, log: Log): void {
  let stop: (() => void) | null = null;
  const follow = (): void => {
    const { habits, phase } = operation.state();
    const wanted = habits.on || phase !== 'off';
    if (wanted) stop ??= watchPlace({ interfaces: () => os.networkInterfaces(), changed });
    else {
      stop?.();
      stop = null;
    }
  };
  const changed = (): void => {
    log.info('The network of this machine has changed');
    operation.recheck().catch((error: unknown) => log.error(`The check after a change of network failed: ${error}`));
  };
  operation.subscribe(follow);
  follow();
}
