import { homedir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Whose folder is looked in. */
export interface Person {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Name of the app's folder. */
const APP = 'MCP Gangway';

/** Where the app keeps its data, by the rules of Electron's `userData`. */
export function appFolder({ platform, home, env }: Person): string {
  const { APPDATA, XDG_CONFIG_HOME } = env;
  switch (platform) {
    case 'darwin':
      return join(home, 'Library', 'Application Support', APP);
    case 'win32':
      return join(APPDATA || join(home, 'AppData', 'Roaming'), APP);
    default:
      return join(XDG_CONFIG_HOME || join(home, '.config'), APP);
  }
}

/**
 * The home folder of this account: that of HOME, or, where HOME is empty or no absolute path, that of the account database. By Node's
 * answer alone our files would be in whatever folder we were started in.
 */
export function homeFolder(): string {
  const told = homedir();
  return isAbsolute(told) ? told : (known() ?? told);
}

function known(): string | null {
  try {
    return userInfo().homedir;
  } catch {
    // An account without an entry, as containers have them.
    return null;
  }
}
