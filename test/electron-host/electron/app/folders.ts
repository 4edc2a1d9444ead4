import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

type Known = () => string;

/** What macOS and Electron keep where. HOME decides about all of it, so a test gets a home of its own. */
export class Folders {
  readonly #set = new Map<string, string>();
  readonly #known: Readonly<Record<string, Known>>;

  /** @param userData what --user-data-dir asks for, or an empty string */
  constructor(appName: () => string, userData: () => string) {
    const home = (...parts: string[]) => path.join(os.homedir(), ...parts);
    const appData = () => this.#set.get('appData') ?? home('Library/Application Support');
    const ownData = () => userData() || path.join(appData(), appName());
    this.#known = {
      home: os.homedir,
      temp: os.tmpdir,
      appData,
      userData: ownData,
      sessionData: () => this.get('userData'),
      crashDumps: () => path.join(this.get('userData'), 'Crashpad'),
      logs: () => home('Library/Logs', appName()),
      exe: () => process.execPath,
      desktop: () => home('Desktop'),
      documents: () => home('Documents'),
      downloads: () => home('Downloads'),
    };
  }

  /** Folders of the app's own are made when they are asked for. */
  get(name: string): string {
    const folder = this.#set.get(name) ?? this.#known[name]?.();
    if (folder === undefined) throw new Error(`There is no folder called '${name}'`);
    if (['userData', 'sessionData', 'logs'].includes(name)) fs.mkdirSync(folder, { recursive: true });
    return folder;
  }

  set(name: string, folder: string): void {
    if (!path.isAbsolute(folder)) throw new Error(`The path of '${name}' is absolute, not ${folder}`);
    this.#set.set(name, folder);
  }
}
