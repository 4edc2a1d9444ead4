import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { homeFolder } from '../../base/home-folder.ts';
import { type HeadFault, headFault } from './file-head.ts';

/** A command and the environment it is to run in. */
export interface CommandQuestion {
  readonly command: string;
  /** Working directory of the child; null is ours. */
  readonly cwd: string | null;
  /** The child's environment: its PATH is the one that is searched. */
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
}

/** Why a command cannot be run. Facts only; the catalogue (app/i18n) has a sentence for each. */
export type CommandFault = { readonly command: string } & (
  | { readonly kind: 'not-found'; readonly searched: readonly string[] }
  /** A path, at which nothing is: `file` in full. */
  | { readonly kind: 'no-file'; readonly file: string }
  /** A whole command line was given as the command; `first` is its first word. */
  | { readonly kind: 'whole-line'; readonly first: string }
  /** Quotes or blanks around a command that is there without them: `instead`. */
  | { readonly kind: 'wrapped'; readonly instead: string }
  /** A path of Windows, on another system. */
  | { readonly kind: 'windows-path' }
  | ({ readonly kind: 'unexpanded' } & Expansion)
  | { readonly kind: 'folder'; readonly file: string }
  | { readonly kind: 'not-executable'; readonly file: string }
  | HeadFault
  /** The working directory is not there, is a file, or may not be entered. */
  | { readonly kind: 'no-directory'; readonly cwd: string; readonly why: 'missing' | 'file' | 'not-allowed' }
  | ({ readonly kind: 'no-directory'; readonly cwd: string; readonly why: 'unexpanded' } & Expansion)
  /** A NUL character, which no program can be given; `where` is `command`, `cwd`, `args[1]` or `env.NAME`. */
  | { readonly kind: 'nul'; readonly where: string }
  /** The system's limit for arguments and variables; `where` is the longest one, as above. */
  | { readonly kind: 'too-long'; readonly where: string; readonly bytes: number }
  /** The system refused to start it; `code` is its errno, EPERM for example. */
  | { readonly kind: 'refused'; readonly code: string }
);

/** `~`, `$HOME` or another thing that only a shell expands; `instead` is what was probably meant, empty if unknown. */
interface Expansion {
  readonly what: string;
  readonly instead: string;
}

const WINDOWS_PATH = /^(?:[a-z]:[\\/]|\\\\[^\\])/i;

export type FoundCommand = { readonly file: string } | { readonly fault: CommandFault };

/**
 * The file a command stands for, found as execvp(3) and Windows' search do. We search ourselves since a failed spawn reports
 * ENOENT for a missing command, a missing interpreter and a missing working directory alike, and never where it looked.
 */
export function findCommand(question: CommandQuestion): FoundCommand {
  const { command, cwd, env, platform } = question;
  if (cwd !== null) {
    const fault = directoryFault(command, cwd, env);
    if (fault !== null) return { fault };
  }
  const hasPath = command.includes('/') || (platform === 'win32' && command.includes('\\'));
  const folders = hasPath ? [cwd ?? '.'] : searchPath(env, platform);
  let refused: string | null = null;
  let folder: string | null = null;
  for (const each of folders) {
    for (const ending of endings(command, env, platform)) {
      const file = isAbsolute(command) ? `${command}${ending}` : resolve(cwd ?? '.', join(each, `${command}${ending}`));
      const stats = statsOf(file);
      if (stats?.isDirectory() === true) folder ??= file;
      if (stats?.isFile() !== true) continue;
      if (platform === 'win32' || isExecutable(file)) return { file };
      refused ??= file;
    }
  }
  if (refused !== null) return { fault: { kind: 'not-executable', command, file: refused } };
  if (hasPath && folder !== null) return { fault: { kind: 'folder', command, file: folder } };
  const missing: CommandFault = hasPath
    ? { kind: 'no-file', command, file: resolve(cwd ?? '.', command) }
    : { kind: 'not-found', command, searched: folders };
  return { fault: mistakeIn(question) ?? missing };
}

/** As `findCommand`, and by the file's first bytes the system can run it. Its format is for the system to judge: see `foreignFault`. */
export function runnableCommand(question: CommandQuestion): FoundCommand {
  const found = findCommand(question);
  if ('fault' in found) return found;
  const fault = faultOfFile(found.file, question);
  return fault === null || fault.kind === 'foreign-binary' ? found : { fault };
}

/** For a command that the system would not run (ENOEXEC): what its file was made for instead; null when that does not show. */
export function foreignFault(question: CommandQuestion): CommandFault | null {
  const found = findCommand(question);
  const fault = 'fault' in found ? null : faultOfFile(found.file, question);
  return fault?.kind === 'foreign-binary' ? fault : null;
}

function faultOfFile(file: string, { command, cwd, env, platform }: CommandQuestion): CommandFault | null {
  const fault = headFault({
    file,
    platform,
    arch: process.arch,
    exists: (name) =>
      name.includes('/')
        ? statsOf(resolve(cwd ?? '.', name)) !== null
        : !('fault' in findCommand({ command: name, cwd, env, platform })),
  });
  return fault === null ? null : { ...fault, command };
}

/** The usual mistake in a command that was not found; null when it shows none. */
function mistakeIn(question: CommandQuestion): CommandFault | null {
  const { command, env, platform } = question;
  const expansion = unexpandedIn(command, env);
  if (expansion !== null) return { kind: 'unexpanded', command, ...expansion };
  const instead = command.trim().replace(/^(["'])(.*)\1$/s, '$2');
  if (instead !== command && !('fault' in findCommand({ ...question, command: instead }))) {
    return { kind: 'wrapped', command, instead };
  }
  if (platform !== 'win32' && WINDOWS_PATH.test(instead)) return { kind: 'windows-path', command };
  const [first = '', ...rest] = command.trim().split(/\s+/);
  // A path with spaces in its folders is one word, unless what follows looks like arguments.
  const isLine = rest.length > 0 && (!first.includes('/') || rest.some((word) => /^-|^@|^\w+$/.test(word)));
  return isLine ? { kind: 'whole-line', command, first } : null;
}

/** What a shell would have replaced at the beginning of a path, and the path it would have made of it. */
function unexpandedIn(path: string, env: NodeJS.ProcessEnv): Expansion | null {
  if (path === '~' || path.startsWith('~/')) return { what: '~', instead: join(homeFolder(), path.slice(1)) };
  const [what, name = ''] = /^(?:\$\{?(\w+)\}?|%(?:\w+)%|~\w+)(?=[\\/]|$)/.exec(path) ?? [];
  if (what === undefined) return null;
  const value = name === 'HOME' ? homeFolder() : name === 'PWD' ? (env['PWD'] ?? '') : '';
  return { what, instead: value === '' ? '' : `${value}${path.slice(what.length)}` };
}

function directoryFault(command: string, cwd: string, env: NodeJS.ProcessEnv): CommandFault | null {
  const stats = statsOf(cwd);
  if (stats?.isDirectory() === true) {
    if (canAccess(cwd, constants.X_OK)) return null;
    return { kind: 'no-directory', command, cwd, why: 'not-allowed' };
  }
  const expansion = unexpandedIn(cwd, env);
  if (stats === null && expansion !== null)
    return { kind: 'no-directory', command, cwd, why: 'unexpanded', ...expansion };
  return { kind: 'no-directory', command, cwd, why: stats === null ? 'missing' : 'file' };
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

/** Null when it is not there, or cannot be looked at: a name that is too long, a folder on the way that is closed. */
function statsOf(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

function isExecutable(path: string): boolean {
  return canAccess(path, constants.X_OK);
}

function canAccess(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    // EACCES, or another error: it cannot be used either way.
    return false;
  }
}

/** A command line as spawn takes it. */
export interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
  /** Windows only: the arguments are quoted already. */
  readonly verbatim: boolean;
}

/**
 * What to hand to spawn for a file and its arguments. Windows cannot run batch files itself, and Node refuses to (EINVAL since
 * CVE-2024-27980): they go through cmd.exe, with every argument quoted once for the C runtime and then once more, caret by
 * caret, for cmd.exe, so that nothing in an argument is ever read as a command.
 */
export function commandLine(
  file: string,
  args: readonly string[],
  platform: NodeJS.Platform,
  comspec: string | undefined,
): CommandLine {
  if (platform !== 'win32' || !/\.(?:bat|cmd)$/i.test(file)) return { file, args, verbatim: false };
  const line = [escapeForCmd(file.replaceAll('/', '\\')), ...args.map((arg) => batchArgument(arg, file))].join(' ');
  return { file: comspec ?? 'cmd.exe', args: ['/d', '/s', '/c', `"${line}"`], verbatim: true };
}

/**
 * npm's shims (`node_modules/.bin/x.cmd`, and the global ones) pass `%*` on to a second parsing by cmd.exe: their arguments
 * have to be escaped for both.
 */
function batchArgument(arg: string, file: string): string {
  const once = escapeForCmd(quoteForRuntime(arg));
  return /node_modules[\\/]\.bin[\\/][^\\/]+\.cmd$|[\\/](?:npm|npx|yarn|pnpm|pnpx)\.cmd$/i.test(file)
    ? escapeForCmd(once)
    : once;
}

/** As CommandLineToArgvW reads it: backslashes count only before a quote. */
function quoteForRuntime(arg: string): string {
  return `"${arg.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\*)$/, '$1$1')}"`;
}

/** A caret before everything that means something to cmd.exe. A line break would end the command: it becomes a space. */
function escapeForCmd(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[()\][%!^"`<>&|;, *?]/g, '^$&');
}
