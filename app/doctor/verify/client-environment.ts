import type { Client } from '../../clients/index.ts';

/** What the official SDKs hand down to a server besides its own `env` (stdio client, default environment). */
const INHERITED = {
  posix: ['HOME', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER', 'LANG', 'TMPDIR', 'XDG_RUNTIME_DIR'],
  windows: [
    'APPDATA',
    'HOMEDRIVE',
    'HOMEPATH',
    'LOCALAPPDATA',
    'PATH',
    'Path',
    'PATHEXT',
    'PROCESSOR_ARCHITECTURE',
    'PROGRAMFILES',
    'SYSTEMDRIVE',
    'SYSTEMROOT',
    'SystemRoot',
    'TEMP',
    'USERNAME',
    'USERPROFILE',
  ],
} as const;

/** What launchd gives to every app on a Mac. */
const LAUNCHD_PATH = '/usr/bin:/bin:/usr/sbin:/sbin';

/** What a server's process inherits from its client, as far as that is known. `shellPath` is the login shell's PATH. */
export function clientEnvironment(
  { id }: Pick<Client, 'id'>,
  own: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
  shellPath: string | null,
): NodeJS.ProcessEnv {
  const names = platform === 'win32' ? INHERITED.windows : INHERITED.posix;
  const inherited = Object.fromEntries(names.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])));
  // Claude Desktop asks no login shell: what Homebrew installed is out of its sight.
  if (platform === 'darwin' && id === 'claude-desktop') return { ...inherited, PATH: LAUNCHD_PATH };
  return shellPath === null ? inherited : { ...inherited, PATH: shellPath };
}
