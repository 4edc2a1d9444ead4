import { homedir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';

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
