import type { ElectronApplication, Page } from 'playwright-core';

/** Which Electron the specs run on: the stand-in of test/electron-host, or the real one where `E2E_DRIVER=electron`. */
export type DriverKind = 'stand-in' | 'electron';

/** A row of a menu, as a person sees it. */
export interface MenuEntry {
  readonly id: string;
  readonly label: string;
  readonly sublabel: string;
  readonly type: string;
  readonly checked: boolean;
  readonly enabled: boolean;
  readonly visible: boolean;
  readonly submenu: readonly MenuEntry[];
}

/** What a person does with the icon in the menu bar, and sees there. */
export interface TrayDriver {
  click(): Promise<void>;
  /** The right button: the menu that opens, and stays open until an item is picked. */
  openMenu(): Promise<readonly MenuEntry[]>;
  /** Picks from the menu that openMenu has opened. Rejects when there is no such item, or it cannot be picked. */
  pick(id: string): Promise<void>;
  title(): Promise<string>;
}

/** The asynchronous functions of Electron's dialog. */
export type DialogName = 'showMessageBox' | 'showOpenDialog' | 'showSaveDialog';

/** How an app ended. */
export interface AppEnd {
  readonly code: number | null;
  /** What the stand-in noted: misuse that real Electron swallows. Always empty on real Electron. */
  readonly misuse: readonly string[];
  /** What the app printed once it ran. */
  readonly output: string;
}

/** A running app, and the person and the system around it. A spec knows nothing else, so it runs on either Electron. */
export interface AppDriver {
  readonly kind: DriverKind;
  /** playwright's own view: `evaluate` runs a function in the main process. */
  readonly app: ElectronApplication;
  /** The home folder the app was given. */
  readonly home: string;
  readonly tray: TrayDriver;
  /** The window whose address holds the given text; waits until there is one. */
  window(address: string): Promise<Page>;
  /** Whether that window is shown. */
  isVisible(address: string): Promise<boolean>;
  /** Picks an item of the menu bar by its id. */
  pickFromMenuBar(id: string): Promise<void>;
  /** Takes the focus away from the app's windows. */
  clickOutside(): Promise<void>;
  /** From now on this dialog closes at once with this result. */
  answerDialog(name: DialogName, result: object): Promise<void>;
  /** What the app has handed to the browser, to Finder and to other programs, oldest first. */
  opened(): Promise<readonly string[]>;
  clipboard(): Promise<string>;
  /** A sleep of the machine begins or ends. */
  power(event: 'suspend' | 'resume'): Promise<void>;
  /** A click on the app in Finder while it runs. */
  activate(): Promise<void>;
  /** Starts the app again beside itself; resolves with the exit code of that second start. */
  startAgain(...args: string[]): Promise<number | null>;
  userData(): Promise<string>;
  /** Resolves when the app has ended by itself. */
  readonly ended: Promise<AppEnd>;
  /** Quits, unless it has ended already. */
  stop(): Promise<AppEnd>;
}
