import { execFile } from 'node:child_process';
import { dirname, isAbsolute, join } from 'node:path';
import { ownValue } from '../../base/own-value.ts';
import { findCommand } from '../../platform/shell/index.ts';
import type { Program } from '../entry/entry.ts';

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

/** The last part of a path, without the endings Windows adds. */
export function baseName(command: string): string {
  const last = command.split(/[\\/]/).at(-1) ?? command;
  return last.toLowerCase().replace(/\.(?:exe|cmd|bat|ps1)$/, '');
}

/** Programs that start the command behind their options, each with those of its options that take a value. */
const PREFIXES: Readonly<Record<string, RegExp>> = {
  arch: /^-(?:arch|e|d)$/,
  caffeinate: /^-[tw]$/,
  command: /^$/,
  corepack: /^$/,
  'cross-env': /^$/,
  doas: /^-[uC]$/,
  dotenv: /^-[efpvc]$/,
  'env-cmd': /^-[fer]$/,
  exec: /^-a$/,
  ionice: /^-[cnp]$/,
  nice: /^-n$/,
  nohup: /^$/,
  'sandbox-exec': /^-[fpnD]$/,
  setsid: /^$/,
  stdbuf: /^-[ioe]$/,
  sudo: /^-[ugpCDhRT]$/,
  taskpolicy: /^-[bcdgtlmp]$/,
  time: /^-[fo]$/,
  unbuffer: /^$/,
  winpty: /^$/,
};

/** Programs with a subcommand that starts another program, and how many words stand between without a `--`. */
const RUNNERS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  asdf: { exec: 0 },
  'aws-vault': { exec: 1 },
  chamber: { exec: 1 },
  devbox: { run: 0 },
  direnv: { exec: 1 },
  doppler: { run: 0 },
  dotenv: { run: 0 },
  dotenvx: { run: 0 },
  flox: { activate: 0 },
  fnm: { exec: 0 },
  guix: { shell: 0 },
  infisical: { run: 0 },
  launchctl: { asuser: 1 },
  mise: { x: 0, exec: 0 },
  n: { exec: 1 },
  nodenv: { exec: 0 },
  nvm: { exec: 1, run: 1 },
  op: { run: 0 },
  pyenv: { exec: 0 },
  rbenv: { exec: 0 },
  rtx: { x: 0, exec: 0 },
  teller: { run: 0 },
  volta: { run: 0 },
};

/** Options of these that take their value as a word of its own. */
const RUNNER_VALUES = /^--(?:env-file|account|using|node|npm|project|config|environment|env|path|token)$|^-[pcefC]$/;

const SHELLS = /^(?:sh|bash|zsh|dash|fish|ksh|ash)$/;
const POWERSHELLS = /^(?:powershell|pwsh)$/;

/** A shell line, and the folder it changes to before it starts the last of its commands. */
export interface ShellLine {
  readonly words: readonly string[];
  readonly folder: string | null;
  /** Whether that is all it says: no variables, redirections or other commands. */
  readonly isWhole: boolean;
}

type Wrapped =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | ({ readonly kind: 'line' } & ShellLine)
  /** A script, or a line whose outcome decides what is started. */
  | { readonly kind: 'hidden' };

/** What a command starts in turn; null when it is no wrapper. */
export function wrapped(command: string, args: readonly string[]): Wrapped | null {
  const name = baseName(command);
  if (name === 'env') return found(afterEnv(args));
  if (name === 'cmd') return found(afterCmd(args));
  if (SHELLS.test(name)) return inShell(args);
  if (POWERSHELLS.test(name)) return inPowerShell(args);
  if (name === 'nix-shell') return inOption(args, '--run');
  if (/^(?:mise|rtx)$/.test(name)) {
    const option = args.find((word) => /^(?:-c|--command)$/.test(word));
    const end = args.indexOf('--');
    if (option !== undefined && (end === -1 || args.indexOf(option) < end)) return inOption(args, option);
  }
  // The first word is how long it may take.
  if (/^g?timeout$/.test(name)) return found(afterOptions(args, /^-[ks]$|^--(?:kill-after|signal)$/).slice(1));
  const runner = ownValue(RUNNERS, name);
  const behind = runner === undefined ? [] : afterRunner(args, runner);
  if (behind.length > 0) return found(behind);
  const values = ownValue(PREFIXES, name);
  return values === undefined ? null : found(afterAssignments(afterOptions(args, values)));
}

/** Whether a program is known to start the command behind it. */
function isWrapper(command: string): boolean {
  const name = baseName(command);
  const isShell = /^(?:env|cmd|g?timeout)$/.test(name) || SHELLS.test(name) || POWERSHELLS.test(name);
  return isShell || Object.hasOwn(PREFIXES, name) || Object.hasOwn(RUNNERS, name);
}

function found(words: readonly string[]): Wrapped | null {
  return words.length === 0 ? null : { kind: 'words', words };
}

function afterOptions(args: readonly string[], values: RegExp): readonly string[] {
  let at = 0;
  while (at < args.length) {
    const arg = args[at] ?? '';
    if (arg === '--') return args.slice(at + 1);
    if (!arg.startsWith('-')) break;
    at += values.test(arg) ? 2 : 1;
  }
  return args.slice(at);
}

function afterEnv(args: readonly string[]): readonly string[] {
  const at = args.findIndex((arg) => arg === '-S' || arg.startsWith('--split-string'));
  const long = args[at]?.startsWith('--split-string=') === true ? args[at]?.slice('--split-string='.length) : undefined;
  const first = long ?? args[at + 1] ?? '';
  const rest = at === -1 ? args : [...plainWords(first), ...args.slice(at + (long === undefined ? 2 : 1))];
  return afterAssignments(afterOptions(rest, /^-[uC]$|^--(?:unset|chdir)$/));
}

function afterCmd(args: readonly string[]): readonly string[] {
  const flag = args.findIndex((arg) => /^\/[ck]$/i.test(arg));
  const words = flag === -1 ? [] : args.slice(flag + 1);
  const [only = ''] = words;
  return afterStart(words.length === 1 ? plainWords(only) : words);
}

/** What `start` starts: its own options begin with a slash, and its first word may be a title. */
function afterStart(words: readonly string[]): readonly string[] {
  if (words[0]?.toLowerCase() !== 'start') return words;
  const at = words.findIndex((word, index) => index > 0 && word !== '' && !word.startsWith('/'));
  return at === -1 ? [] : words.slice(at);
}

function inShell(args: readonly string[]): Wrapped | null {
  const flag = args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
  if (flag === -1) return args.some((arg) => !arg.startsWith('-')) ? { kind: 'hidden' } : null;
  const line = shellLine(args.slice(flag + 1).find((arg) => !/^-[a-z]+$/.test(arg)) ?? '');
  return line === null ? { kind: 'hidden' } : { kind: 'line', ...line };
}

function inPowerShell(args: readonly string[]): Wrapped | null {
  const flag = args.findIndex((arg) => /^-c(?:ommand)?$/i.test(arg));
  if (flag === -1) return args.length === 0 ? null : { kind: 'hidden' };
  const words = args.slice(flag + 1).flatMap((word) => plainWords(word));
  return found(words[0] === '&' ? words.slice(1) : words);
}

function inOption(args: readonly string[], option: string): Wrapped | null {
  const line = shellLine(args[args.indexOf(option) + 1] ?? '');
  return args.includes(option) && line !== null ? { kind: 'line', ...line } : { kind: 'hidden' };
}

function afterRunner(args: readonly string[], subcommands: Readonly<Record<string, number>>): readonly string[] {
  const at = args.findIndex((arg) => Object.hasOwn(subcommands, arg));
  if (at === -1) return [];
  const rest = args.slice(at + 1);
  const end = rest.indexOf('--');
  if (end !== -1) return rest.slice(end + 1);
  return afterOptions(rest, RUNNER_VALUES).slice(subcommands[args[at] ?? ''] ?? 0);
}

function afterAssignments(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
  return start === -1 ? [] : words.slice(start);
}

/** Words between blanks; quotes keep blanks and fall away. Backslashes are those of Windows' paths. */
function plainWords(line: string): readonly string[] {
  return [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, (_, double: string | undefined, single: string | undefined) =>
      String(double ?? single),
    ),
  );
}

/** A word, an operator between commands, or what only the shell can know. */
const TOKENS =
  /(?<blank>\s*\n\s*|\s+)|(?<operator>&&|\|\||;)|(?<redirection>\d*[<>]+&?\s*[^\s;&|]*)|(?<word>(?:\\.|'[^']*'|"(?:\\.|[^"\\])*"|[^\s\\'";&|<>])+)/y;

/** Commands that end a line without being what it is for: `npx x; exit $?`, `npx x || true`. */
const ENDINGS = /^(?:exit|return|true|false|:|wait|echo)$/;

/** Words that make several commands one, so that the last of them tells nothing. */
const COMPOUNDS = /^(?:if|then|else|elif|fi|for|while|until|do|done|case|esac|function|select|[{}()!]|\(.*|.*\))$/;

/** The last command of a line; null where pipes, compounds, substitutions or an unclosed quote leave open what it is. */
export function shellLine(line: string): ShellLine | null {
  if (/\$\(|`/.test(line)) return null;
  const commands: string[][] = [[]];
  let isDirected = false;
  TOKENS.lastIndex = 0;
  while (TOKENS.lastIndex < line.length) {
    const { blank, operator, redirection, word } = TOKENS.exec(line)?.groups ?? {};
    if (TOKENS.lastIndex === 0) return null;
    isDirected ||= redirection !== undefined;
    if (operator !== undefined || blank?.includes('\n') === true) commands.push([]);
    else if (word !== undefined) commands.at(-1)?.push(unquoted(word));
  }
  const all = commands.map(withoutPrefix).filter((words) => words.length > 0);
  if (all.some(([first = '']) => COMPOUNDS.test(first))) return null;
  const plain = all.slice(0, all.findLastIndex(([first = '']) => !ENDINGS.test(first)) + 1);
  const folders = plain.slice(0, -1).filter(([name]) => name === 'cd' || name === 'pushd');
  const setsVariables = commands.some((words) => afterAssignments(words).length < words.length);
  const isAlone = plain.length - 1 === folders.length && folders.length < 2;
  const isWhole = isAlone && !setsVariables && !isDirected;
  return { words: plain.at(-1) ?? [], folder: folders.at(-1)?.at(-1) ?? null, isWhole };
}

function unquoted(word: string): string {
  return word.replace(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g, (_, single?: string, double?: string, escaped?: string) =>
    String(single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped),
  );
}

function withoutPrefix(words: readonly string[]): readonly string[] {
  const rest = afterAssignments(words);
  return rest[0] === 'exec' ? afterAssignments(rest.slice(1)) : rest;
}
