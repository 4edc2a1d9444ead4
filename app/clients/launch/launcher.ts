import { execFile } from 'node:child_process';
import { dirname, isAbsolute, join } from 'node:path';
import { findCommand } from '../../platform/shell/index.ts';
import { baseName, isWrapper, plainWords, wrapped } from './wrappers.ts';

/** What can be found out about the machine a server runs on. */
export interface Probes {
  /** The version of the Node that a command such as `npx` runs, without `v`; null when it cannot be told. */
  nodeVersion(command: string): Promise<string | null>;
}

/** `node --version` answers in milliseconds; version managers' shims may take a while. */
const PATIENCE = 5000;

/**
 * Asks the Node that a command runs for its version. Without a path, the first one on the given PATH counts; with one, the
 * one beside the command (`npx` sits next to its `node`), else that of the PATH.
 */
export function nodeProbe(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Probes {
  return {
    async nodeVersion(command) {
      const beside = isAbsolute(command) ? await versionOf(join(dirname(command), 'node'), env, platform) : null;
      return beside ?? versionOf('node', env, platform);
    },
  };
}

function versionOf(command: string, env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Promise<string | null> {
  const found = findCommand({ command, cwd: null, env, platform });
  if ('fault' in found) return Promise.resolve(null);
  return new Promise((resolve) => {
    execFile(found.file, ['--version'], { env, timeout: PATIENCE }, (error, stdout) => {
      const version = /^v(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
      // Without a version, support for proxy variables is unknown.
      resolve(error === null && version !== undefined ? version : null);
    });
  });
}

/**
 * Whether this version of Node takes its proxy from the environment for fetch, http and https alike: since 22.21 and 24.5.
 * Node 23 has no support; 24.0 to 24.4 support fetch only.
 */
export function readsProxyVariables(version: string): boolean {
  const [, major = '0', minor = '0'] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  const [release, update] = [Number(major), Number(minor)];
  if (release === 22) return update >= 21;
  if (release === 24) return update >= 5;
  return release > 24;
}

/** What a command comes down to once wrappers are taken off. */
export interface Launched {
  readonly runtime: Runtime;
  /** The program that is started, as it is written: `/opt/homebrew/bin/npx`. */
  readonly program: string;
  /** Its arguments. */
  readonly rest: readonly string[];
}

/** `machine`: a virtual machine with a shell command of its own (WSL, Lima). `script`: what it starts cannot be told from the command. */
export type Runtime = 'node' | 'bun' | 'deno' | 'python' | 'java' | 'container' | 'machine' | 'script' | 'unknown';

const RUNTIMES: readonly (readonly [RegExp, Runtime])[] = [
  [/^(?:node|nodejs|npx|npm|pnpm|pnpx|yarn|corepack|tsx|ts-node|mcp-remote|supergateway)$/, 'node'],
  [/^(?:bun|bunx)$/, 'bun'],
  [/^deno$/, 'deno'],
  [
    /^(?:python[\d.]*|pypy[\d.]*|py|uv|uvx|pipx|poetry|hatch|pdm|rye|pixi|conda|mamba|micromamba|fastmcp|mcp-proxy|mcpo)$/,
    'python',
  ],
  [/^(?:java|javaw|jbang)$/, 'java'],
  [/^(?:docker|podman|nerdctl|container|finch)$/, 'container'],
  [/^(?:wsl|lima|limactl|multipass|orb|orbctl|colima|vagrant|kubectl)$/, 'machine'],
];

/** Looks through what people wrap commands in: shells, `env`, `cmd /c`, version managers, keepers of secrets. */
export function launched(command: string, args: readonly string[]): Launched {
  const [first = command, ...rest] = separated(command, args);
  const inner = wrapped(first, rest);
  if (inner?.kind === 'hidden') return { runtime: 'script', program: command, rest: args };
  const [program, ...behind] = inner?.words ?? [];
  if (program !== undefined) return launched(program, behind);
  return { runtime: runtimeOf(first), program: first, rest };
}

function runtimeOf(program: string): Runtime {
  const name = baseName(program);
  return RUNTIMES.find(([pattern]) => pattern.test(name))?.[1] ?? 'unknown';
}

/**
 * The wrapper that keeps the variables of an entry from the program behind it: `sudo`, `env -i`, `env HTTP_PROXY=…`; null when
 * there is none.
 */
export function withholdingWrapper(command: string, args: readonly string[]): string | null {
  const [first = command, ...rest] = separated(command, args);
  if (withholds(first, rest)) return baseName(first);
  const inner = wrapped(first, rest);
  if (inner === null || inner.kind === 'hidden') return null;
  const [program, ...behind] = inner.words;
  return program === undefined ? null : withholdingWrapper(program, behind);
}

function withholds(command: string, args: readonly string[]): boolean {
  const start = args.findIndex((word) => !word.startsWith('-') && !/^\w+=/.test(word));
  const own = start === -1 ? args : args.slice(0, start);
  switch (baseName(command)) {
    case 'sudo':
    case 'doas':
      return !own.some((word) => /^-[A-Za-z]*E|^--preserve-env/.test(word));
    case 'env':
    case 'cross-env':
      return own.some((word) =>
        /^(?:-|--ignore-environment|-[0A-Za-z]*i[0A-Za-z]*|(?:https?|all)_proxy=.*)$/i.test(word),
      );
    default:
      return false;
  }
}

/** The command and its arguments; a command that is a whole line (`npx -y x`) in its words. */
export function separated(command: string, args: readonly string[]): readonly string[] {
  const [first = ''] = /\s/.test(command) ? plainWords(command) : [];
  const isLine = first !== '' && first !== command && (runtimeOf(first) !== 'unknown' || isWrapper(first));
  return isLine ? [...plainWords(command), ...args] : [command, ...args];
}

/** Options that say which folder is meant; with one of them, paths behind it are not the caller's matter. */
const FOLDER_OPTIONS = /^(?:--directory|--project|--prefix|--cwd|--chdir|--dir|-C)(?:=(?<value>.*))?$/;
const PACKAGE_RUNNERS = /^(?:npx|pnpx|bunx|uvx|pipx)$/;
const TASK_RUNNERS = /^(?:npm|pnpm|yarn|bun|make|just|task)$/;
const SOURCE = /\.(?:[cm]?[jt]sx?|py|jar|sh|rb|php|pl|lua)$/i;

/**
 * The first word of a command that means something else in another folder: `./server`, `build/index.js`, `npm start`. Null
 * when there is none, or when the command goes to a folder by itself.
 */
export function relativeWord(command: string, args: readonly string[]): string | null {
  const [first = command, ...rest] = separated(command, args);
  const inner = wrapped(first, rest);
  if (inner?.kind === 'line') {
    const { folder, words } = inner;
    if (folder !== null) return /^(?:[\\/~$]|[A-Za-z]:)/.test(folder) ? null : folder;
    return relativeWord(words[0] ?? '', words.slice(1));
  }
  if (inner?.kind === 'words') return relativeWord(inner.words[0] ?? '', inner.words.slice(1));
  const runtime = runtimeOf(first);
  if (isBelow(first)) return first;
  if (runtime === 'machine') return null;
  if (runtime === 'container') return rest.find((word, at) => isEnvFile(rest[at - 1], word)) ?? null;
  const at = rest.findIndex((word) => FOLDER_OPTIONS.test(word));
  const folder = at === -1 ? null : (FOLDER_OPTIONS.exec(rest[at] ?? '')?.groups?.['value'] ?? rest[at + 1] ?? '');
  if (folder !== null) return /^(?:[\\/~$]|[A-Za-z]:)/.test(folder) ? null : folder;
  const name = baseName(first);
  if (TASK_RUNNERS.test(name) && !/^(?:x|dlx|exec|create)$/.test(rest[0] ?? '')) {
    if (name !== 'bun' || rest[0] === 'run') return [name, ...rest.slice(0, 2)].join(' ');
  }
  const skipped = PACKAGE_RUNNERS.test(name) ? rest.findIndex((word) => !word.startsWith('-')) : -1;
  return rest.find((word, index) => index !== skipped && (isBelow(word) || isSource(word))) ?? null;
}

function isBelow(word: string): boolean {
  return /^\.{1,2}(?:[\\/]|$)/.test(word);
}

function isSource(word: string): boolean {
  return SOURCE.test(word) && !/^(?:[\\/~$@-]|[A-Za-z]:[\\/])|:\/\//.test(word);
}

function isEnvFile(before: string | undefined, word: string): boolean {
  const value = before === '--env-file' ? word : /^--env-file=(.*)$/.exec(word)?.[1];
  return value !== undefined && !/^(?:[\\/~$]|[A-Za-z]:)/.test(value);
}

/** Whether a command is mcp-remote, in whichever way it is started. */
export function isMcpRemote({ program, rest }: Launched): boolean {
  return [program, ...rest].some((word) => /(?:^|[\\/])mcp-remote(?:@[^\\/]*)?$|[\\/]mcp-remote[\\/]/.test(word));
}
