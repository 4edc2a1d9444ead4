import { posix, win32 } from 'node:path';
import type { Client, Platform } from './client.ts';

/** Whose files are looked for, and on which system. */
export interface Home {
  /** Absolute. */
  readonly folder: string;
  readonly platform: NodeJS.Platform;
  /** For XDG_CONFIG_HOME, APPDATA and their like, where a person has moved them. */
  readonly env: NodeJS.ProcessEnv;
}

/** Where the client's file can be, the likeliest first. Systems without rules of their own count as Linux. */
export function filesOf(client: Client, home: Home): string[] {
  return client.files[platformOf(home.platform)].map((file) => expanded(file, home));
}

/** The likeliest place, short enough to show. */
export function shownFile(client: Client, platform: NodeJS.Platform): string {
  const file = client.files[platformOf(platform)][0] ?? '';
  const short = file.replace('$XDG_CONFIG_HOME', '~/.config').replace('$XDG_DATA_HOME', '~/.local/share');
  return platform === 'win32' ? short.replace('~', '%USERPROFILE%').replaceAll('/', '\\') : short;
}

function platformOf(platform: NodeJS.Platform): Platform {
  return platform === 'darwin' || platform === 'win32' ? platform : 'linux';
}

function expanded(file: string, { folder, platform, env }: Home): string {
  const path = platform === 'win32' ? win32 : posix;
  const [root = '', ...rest] = file.split('/');
  const roots: Readonly<Record<string, string>> = {
    '~': folder,
    $XDG_CONFIG_HOME: env['XDG_CONFIG_HOME'] || path.join(folder, '.config'),
    $XDG_DATA_HOME: env['XDG_DATA_HOME'] || path.join(folder, '.local', 'share'),
    '%APPDATA%': env['APPDATA'] || path.join(folder, 'AppData', 'Roaming'),
    '%LOCALAPPDATA%': env['LOCALAPPDATA'] || path.join(folder, 'AppData', 'Local'),
  };
  return path.join(roots[root] ?? root, ...rest);
}
