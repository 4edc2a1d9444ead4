import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/** What a person asked to run, and the surroundings it is to run in. */
export interface CommandQuestion {
  readonly command: string;
  /** Working directory of the child; null is ours. */
  readonly cwd: string | null;
  /** The child's environment: its PATH is the one that is searched. */
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
}

/** Why a command cannot be run. Facts only; app/text/servers.ts says it to a person. */
export type CommandFault =
  | { readonly kind: 'not-found'; readonly command: string; readonly searched: readonly string[] }
  | { readonly kind: 'not-executable'; readonly command: string; readonly file: string }
  | { readonly kind: 'no-directory'; readonly command: string; readonly cwd: string }
  /** The system refused to start it; `code` is its errno, E2BIG for example. */
  | { readonly kind: 'refused'; readonly command: string; readonly code: string };

export type FoundCommand = { readonly file: string } | { readonly fault: CommandFault };

/**
 * The file a command stands for, found as execvp(3) and Windows' search do. We look ourselves since a failed spawn says
 * ENOENT for a missing command, a missing interpreter and a missing working directory alike, and never where it looked.
 */
export function findCommand({ command, cwd, env, platform }: CommandQuestion): FoundCommand {
  if (cwd !== null && !isDirectory(cwd)) return { fault: { kind: 'no-directory', command, cwd } };
  const hasPath = command.includes('/') || (platform === 'win32' && command.includes('\\'));
  const folders = hasPath ? [cwd ?? '.'] : searchPath(env, platform);
  let refused: string | null = null;
  for (const folder of folders) {
    for (const ending of endings(command, env, platform)) {
      const file = isAbsolute(command)
        ? `${command}${ending}`
        : resolve(cwd ?? '.', join(folder, `${command}${ending}`));
      if (!isFile(file)) continue;
      if (platform === 'win32' || isExecutable(file)) return { file };
      refused ??= file;
    }
  }
  if (refused !== null) return { fault: { kind: 'not-executable', command, file: refused } };
  return { fault: { kind: 'not-found', command, searched: hasPath ? [resolve(cwd ?? '.', command)] : folders } };
}

/** The folders of PATH. On Windows the variable's name may be written in any case. */
export function searchPath(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string[] {
  const separator = platform === 'win32' ? ';' : delimiter;
  const folders = (variable(env, 'PATH', platform) ?? '').split(separator).filter((folder) => folder !== '');
  return [...new Set(folders)];
}

function endings(command: string, env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string[] {
  if (platform !== 'win32') return [''];
  const known = (variable(env, 'PATHEXT', platform) ?? '.COM;.EXE;.BAT;.CMD')
    .split(';')
    .filter((ending) => ending !== '');
  const has = known.some((ending) => command.toLowerCase().endsWith(ending.toLowerCase()));
  return has ? ['', ...known] : known;
}

function variable(env: NodeJS.ProcessEnv, name: string, platform: NodeJS.Platform): string | undefined {
  if (platform !== 'win32') return env[name];
  const written = Object.keys(env).find((key) => key.toUpperCase() === name);
  return written === undefined ? undefined : env[written];
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // EACCES is the answer to the question; whatever else is wrong, it cannot be run either.
    return false;
  }
}
