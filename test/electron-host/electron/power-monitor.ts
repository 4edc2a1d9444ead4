import { DeclaredEmitter } from '../contract/declared-emitter.ts';
import { refuseOtherMembers } from '../contract/unsimulated.ts';

/** Only its events; a test fires them through the controls. */
class PowerMonitor extends DeclaredEmitter {
  constructor() {
    super('PowerMonitor');
  }
}

refuseOtherMembers(PowerMonitor.prototype, 'PowerMonitor');

export const powerMonitor = new PowerMonitor();
