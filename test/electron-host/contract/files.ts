import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

/** Electron's own declarations, as npm installed them. */
export const declarationsFile = require.resolve('electron/electron.d.ts');

/** The member names taken out of them, kept in the repository so that a change is seen. */
export const membersFile = fileURLToPath(new URL('members.txt', import.meta.url));

const manifest: unknown = require('electron/package.json');

/** The version of Electron that is simulated: the one pinned in package.json. */
export const electronVersion = versionOf(manifest);

function versionOf(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'string') {
    return value.version;
  }
  throw new Error('electron/package.json names no version');
}
