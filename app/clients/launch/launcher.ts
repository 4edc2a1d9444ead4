import { execFile } from 'node:child_process';
import { dirname, isAbsolute, join } from 'node:path';
import { ownValue } from '../../base/own-value.ts';
import { findCommand } from '../../platform/shell/index.ts';
import type { Program } from '../entry/entry.ts';
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

/** What a program runs on, by its name. */
export function runtimeOf(program: string): Runtime {
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

/** Whether a command is mcp-remote, in whichever way it is started. */
export function isMcpRemote({ program, rest }: Launched): boolean {
  return [program, ...rest].some((word) => /(?:^|[\\/])mcp-remote(?:@[^\\/]*)?$|[\\/]mcp-remote[\\/]/.test(word));
}

/** A `run` or `exec` of a container, whose variables can be set on its command line. */
export interface ContainerRun {
  /** The name that this machine has inside the container. */
  readonly host: string;
  /** Where among the entry's arguments the options of `run` begin. */
  readonly at: number;
}

/** The engines whose name for this machine is documented. */
const HOSTS: Readonly<Record<string, string>> = {
  docker: 'host.docker.internal',
  podman: 'host.containers.internal',
};

/** Options before the subcommand that take a value (docker(1), podman(1)). */
const WITH_VALUE = /^(?:-H|--host|-c|--context|--connection|-l|--log-level|--config|--url|--identity)$/;

/** Options of `run` and `exec` that take no value of their own (docker(1), podman(1)). */
const ALONE =
  /^(?:-[itdPqT]+|--(?:rm|init|privileged|read-only|interactive|tty|detach|no-healthcheck|publish-all|sig-proxy|oom-kill-disable|quiet|no-hosts|replace|help))$/;

/** Where among the words of a container engine its options end and the image, or the container, stands. */
export function containerImageAt(words: readonly string[]): number {
  let at = 0;
  while (words[at]?.startsWith('-') === true) at += WITH_VALUE.test(words[at] ?? '') ? 2 : 1;
  if (words[at] === 'container') at += 1;
  at += 1;
  while (words[at]?.startsWith('-') === true) at += ALONE.test(words[at] ?? '') || /=/.test(words[at] ?? '') ? 1 : 2;
  return Math.min(at, words.length);
}

/** Null when it is no such command, or when its words stand inside a shell's line. */
export function containerRun({ command, args }: Pick<Program, 'command' | 'args'>): ContainerRun | null {
  const { program, rest, runtime } = launched(command, args);
  const host = ownValue(HOSTS, baseName(program));
  const start = args.length - rest.length;
  const isDirect = start >= 0 && rest.every((word, index) => word === args[start + index]);
  if (runtime !== 'container' || host === undefined || !isDirect) return null;
  let at = 0;
  while (rest[at]?.startsWith('-') === true) at += WITH_VALUE.test(rest[at] ?? '') ? 2 : 1;
  if (rest[at] === 'container') at += 1;
  return rest[at] === 'run' || rest[at] === 'exec' ? { host, at: start + at + 1 } : null;
}

/** The variables that the command line gives to the container. */
export function containerVariables(program: Program): Readonly<Record<string, string>> {
  const run = containerRun(program);
  if (run === null) return {};
  return Object.fromEntries(
    settingsIn(program.args, run.at).flatMap(({ name, value }) => (value === null ? [] : [[name, value]])),
  );
}

/** The arguments with variables for the container: one that is set there already gets the new value, in its place. */
export function withContainerVariables(
  args: readonly string[],
  { at }: ContainerRun,
  variables: Readonly<Record<string, string>>,
): readonly string[] {
  const set = settingsIn(args, at);
  const changed = args.map((arg, index) => {
    const setting = set.find((each) => each.index === index);
    const value = setting === undefined ? undefined : variables[setting.name];
    return setting === undefined || value === undefined ? arg : `${setting.option}${setting.name}=${value}`;
  });
  const missing = Object.entries(variables).filter(([name]) => !set.some((each) => each.name === name));
  return changed.toSpliced(at, 0, ...missing.flatMap(([name, value]) => ['-e', `${name}=${value}`]));
}

/** The arguments without some of the variables for the container. */
export function withoutContainerVariables(
  args: readonly string[],
  { at }: ContainerRun,
  names: readonly string[],
): readonly string[] {
  const gone = new Set(
    settingsIn(args, at)
      .filter(({ name }) => names.includes(name))
      .flatMap(({ index, option }) => (option === '' ? [index - 1, index] : [index])),
  );
  return args.filter((_, index) => !gone.has(index));
}

interface Setting {
  readonly index: number;
  /** What stands before the name in the same argument: `--env=`. */
  readonly option: string;
  readonly name: string;
  /** Null when the value is that of the engine's own environment. */
  readonly value: string | null;
}

function settingsIn(args: readonly string[], at: number): Setting[] {
  return args.flatMap((arg, index): Setting[] => {
    if (index < at) return [];
    const before = args[index - 1] ?? '';
    const isValue = index > at && /^(?:-[a-zA-Z]*e|--env)$/.test(before);
    const option = isValue ? '' : (/^(?:--env=|-e(?=[A-Za-z_]\w*=))/.exec(arg)?.[0] ?? null);
    if (option === null) return [];
    const [, name = '', , value = null] = /^([^=]+)(=(.*))?$/s.exec(arg.slice(option.length)) ?? [];
    return name === '' ? [] : [{ index, option, name, value: value ?? null }];
  });
}
