import type * as Electron from 'electron';
import { violation } from '../../contract/violations.ts';

type Status = Electron.LoginItemSettings['status'];

/** Whether macOS opens the app at login. The system has the last word, which a test speaks with `decide`. */
export class LoginItem {
  #status: Status = 'not-registered';
  #afterAsking: Status = 'enabled';

  /** @param isPackaged an app run from its sources would register Electron itself */
  change({ openAtLogin = false }: Electron.Settings, isPackaged: boolean): void {
    if (!isPackaged)
      violation('app.setLoginItemSettings: unpackaged, this registers Electron itself; ask app.isPackaged first');
    this.#status = openAtLogin ? this.#afterAsking : 'not-registered';
  }

  /** What the system answers when the app asks to be opened at login. */
  decide(status: Status): void {
    this.#afterAsking = status;
    if (this.#status !== 'not-registered') this.#status = status;
  }

  get settings(): Electron.LoginItemSettings {
    const enabled = this.#status === 'enabled';
    return {
      status: this.#status,
      openAtLogin: enabled,
      executableWillLaunchAtLogin: enabled,
      wasOpenedAtLogin: false,
      launchItems: [],
    };
  }
}
