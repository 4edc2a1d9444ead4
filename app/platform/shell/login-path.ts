import { spawn } from 'node:child_process';
import { homedir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { codeOf } from '../../base/errno.ts';
import type { Log } from '../../base/log.ts';
import { withoutOwnPoolSize } from '../../base/thread-pool.ts';

/** Milliseconds a login shell may take: some start-up files are slow, some never return. */
const PATIENCE = 10_000;

/** Bytes a shell may print before it is given up. */
const LONGEST_OUTPUT = 1024 * 1024;

/** Shells of accounts that cannot log in. */
const NO_LOGIN = /\/(?:nologin|false|true|sync)$/;

/** Delimits the PATH in the output: start-up files print other text before and after it. */
const MARK = '__mcp_gangway_path__';

/** Where package managers put commands, for when the shell does not answer. */
const USUAL_FOLDERS = ['/opt/homebrew/bin', '/usr/local/bin'];
const USUAL_FOLDERS_AT_HOME = ['.local/bin', '.cargo/bin', '.volta/bin', '.bun/bin'];

export interface LoginPathOptions {
  readonly log: Log;
  /** Our own environment. */
  readonly env: NodeJS.ProcessEnv;
  /** The person's shell; the system knows it. */
  readonly shell?: string;
  /** Milliseconds, if not the usual ten seconds. */
  readonly patience?: number;
}

/**
 * Whether we were started by a desktop or a service manager, which give programs a bare PATH instead of the one a person has set up
 * in their shell. Every terminal sets TERM; on Windows the PATH is the same for all.
 */
export function wantsLoginPath(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  return platform !== 'win32' && (env['TERM'] ?? '') === '';
}

/**
 * The PATH of a login shell, completed by our own. The shell is asked on the first call and its answer kept; until it is
 * there, calls get the same promise. It never rejects: a shell that fails is replaced by the usual folders.
 */
export function loginPath(options: LoginPathOptions): () => string | Promise<string> {
  let answer: string | Promise<string> | null = null;
  return () => {
    answer ??= askShell(options).then((path) => {
      answer = joined(path ?? usualPath(), options.env['PATH'] ?? '');
      return answer;
    });
    return answer;
  };
}

function askShell({ log, env, shell = ownShell(env), patience = PATIENCE }: LoginPathOptions): Promise<string | null> {
  // Accounts of services have no login shell, and so no PATH of their own: that is no failure.
  if (NO_LOGIN.test(shell)) return Promise.resolve(null);
  const { promise, resolve } = Promise.withResolvers<string | null>();
  // Every shell understands a command with one argument in single quotes; only /bin/sh reads what is inside.
  const child = spawn(shell, [...loginFlags(shell), `/bin/sh -c 'printf "${MARK}%s${MARK}" "$PATH"'`], {
    stdio: ['ignore', 'pipe', 'ignore'],
    // A session of its own: an interactive shell must not reach for the terminal we may have.
    detached: true,
    env: { ...withoutOwnPoolSize(env), DISABLE_AUTO_UPDATE: 'true', ZSH_TMUX_AUTOSTART: 'false' },
  });
  let output = '';
  let isOver = false;
  const finish = (path: string | null, why: string) => {
    // Killing the shell closes its output, which must not count as a second answer.
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    if (child.pid !== undefined && child.exitCode === null) killGroup(child.pid);
    child.stdout.destroy();
    if (path === null) log.warn('The login shell did not tell its PATH; the usual folders are used', { shell, why });
    resolve(path);
  };
  const timer = setTimeout(() => finish(null, `no answer within ${patience} ms`), patience);
  child.once('error', (error) => finish(null, error.message));
  child.once('close', () => finish(null, 'it ended without an answer'));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    const [, path] = output.split(MARK, 3);
    const isWhole = output.split(MARK).length > 2;
    if (isWhole && path !== undefined && path !== '') finish(path, '');
    else if (output.length > LONGEST_OUTPUT) finish(null, 'it printed too much');
  });
  return promise;
}

/** csh and tcsh take -l only alone; their login shells read hardly more than their interactive ones. */
function loginFlags(shell: string): readonly string[] {
  if (/\/t?csh$/.test(shell)) return ['-ic'];
  if (/\/(?:nu|pwsh)$/.test(shell)) return shell.endsWith('nu') ? ['-l', '-c'] : ['-Login', '-Command'];
  return ['-ilc'];
}

function ownShell(env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().shell || env['SHELL'] || '/bin/sh';
  } catch {
    // A container may run us under a number that has no account.
    return env['SHELL'] || '/bin/sh';
  }
}

function usualPath(): string {
  return [...USUAL_FOLDERS, ...USUAL_FOLDERS_AT_HOME.map((folder) => join(homedir(), folder))].join(delimiter);
}

function joined(first: string, second: string): string {
  const folders = `${first}${delimiter}${second}`.split(delimiter).filter((folder) => folder !== '');
  return [...new Set(folders)].join(delimiter);
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It ended between the check and the signal.
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}
