import type * as Electron from 'electron';
import type { Like } from '../../contract/like.ts';
import { refuseOtherMembers } from '../../contract/unsimulated.ts';

/** `app.commandLine`: the switches for Chromium, from the command line and from the app. */
export class Switches
  implements Like<Electron.CommandLine, 'appendSwitch' | 'hasSwitch' | 'getSwitchValue' | 'removeSwitch'>
{
  readonly #values = new Map<string, string>();

  get all(): ReadonlyMap<string, string> {
    return this.#values;
  }

  appendSwitch(name: string, value = ''): void {
    this.#values.set(name.toLowerCase(), value);
  }

  hasSwitch(name: string): boolean {
    return this.#values.has(name);
  }

  getSwitchValue(name: string): string {
    return this.#values.get(name) ?? '';
  }

  removeSwitch(name: string): void {
    this.#values.delete(name);
  }
}

refuseOtherMembers(Switches.prototype, 'CommandLine');
