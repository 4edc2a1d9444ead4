import { execFile } from 'node:child_process';
import { dirname, isAbsolute, join } from 'node:path';
import { findCommand } from '../../platform/shell/index.ts';

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

export type Runtime = 'node' | 'bun' | 'deno' | 'python' | 'java' | 'container' | 'unknown';

const RUNTIMES: readonly (readonly [RegExp, Runtime])[] = [
  [/^(?:node|nodejs|npx|npm|pnpm|pnpx|yarn|tsx|ts-node|mcp-remote)$/, 'node'],
  [/^(?:bun|bunx)$/, 'bun'],
  [/^deno$/, 'deno'],
  [/^(?:python[\d.]*|pypy[\d.]*|uv|uvx|pipx|poetry|hatch|conda|fastmcp)$/, 'python'],
  [/^(?:java|javaw|jbang)$/, 'java'],
  [/^(?:docker|podman|nerdctl|container|finch)$/, 'container'],
];

/** Looks through `env`, `cmd /c` and `sh -c`, which people wrap commands in. */
export function launched(command: string, args: readonly string[]): Launched {
  const name = baseName(command);
  const inner = wrapped(name, args);
  const [program, ...rest] = inner ?? [];
  if (program !== undefined) return launched(program, rest);
  const runtime = RUNTIMES.find(([pattern]) => pattern.test(name))?.[1] ?? 'unknown';
  return { runtime, program: command, rest: args };
}

/** Whether a command is mcp-remote, in whichever way it is started. */
export function isMcpRemote({ program, rest }: Launched): boolean {
  return [program, ...rest].some((word) => /(?:^|[\\/])mcp-remote(?:@[^\\/]*)?$|[\\/]mcp-remote[\\/]/.test(word));
}

/** The last part of a path, without the endings Windows adds. */
export function baseName(command: string): string {
  const last = command.split(/[\\/]/).at(-1) ?? command;
  return last.toLowerCase().replace(/\.(?:exe|cmd|bat|ps1)$/, '');
}

/** The words of the wrapped command; null when there is no wrapper. */
function wrapped(name: string, args: readonly string[]): readonly string[] | null {
  if (name === 'env') return afterAssignments(args.filter((arg) => arg !== '-S'));
  const flag = args.findIndex((arg) => (name === 'cmd' ? /^\/[ck]$/i : /^-[a-z]*c$/).test(arg));
  if (flag === -1 || !/^(?:cmd|sh|bash|zsh|dash|fish)$/.test(name)) return null;
  const words = args.slice(flag + 1);
  return name === 'cmd' ? words : afterAssignments((words[0] ?? '').split(/\s+/).filter((word) => word !== 'exec'));
}

function afterAssignments(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
  return start === -1 ? [] : words.slice(start);
}
