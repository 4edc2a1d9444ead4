import { isLoopback } from '../../base/host.ts';
import { ownValue } from '../../base/own-value.ts';
import type { Program } from '../entry/entry.ts';
import { baseName, containerRun, type Launched, launched, shellLine } from '../launch/launcher.ts';
import { readMcpProxy } from './mcp-proxy.ts';
import { readMcpRemote } from './mcp-remote.ts';
import { withVariables } from './options.ts';
import { readSupergateway } from './supergateway.ts';

/** The programs that people put between a client that starts programs and a server with a URL. */
export type BridgeName = 'mcp-remote' | 'mcp-proxy' | 'supergateway';

/** What a bridge connects to, with everything that its command line and its environment say of it. */
export interface Bridged {
  readonly kind: 'url';
  readonly url: string;
  readonly transport: 'auto' | 'sse' | 'streamable';
  /** Without anything that is still to be filled in. */
  readonly headers: Readonly<Record<string, string>>;
  /** In the words of our settings. */
  readonly oauth: Readonly<Record<string, unknown>>;
  /** A file with certificates that the bridge is told to trust; null when it is told none. */
  readonly ca: string | null;
}

/** A bridge around a program: the program is the server. */
export interface BridgedProgram {
  readonly kind: 'program';
  readonly command: string;
  readonly args: readonly string[];
  /** Where its line changes to first; null when it does not. */
  readonly folder: string | null;
}

/** Why what is behind a bridge cannot be moved whole. */
export type BridgeFault =
  /** An option that is not known, has no counterpart here, or cannot be understood. */
  | { readonly kind: 'option'; readonly option: string }
  /** A variable, as it is written, that the bridge does not get from its entry. */
  | { readonly kind: 'variable'; readonly variable: string }
  /** A program in front of the bridge that gives it variables of its own. */
  | { readonly kind: 'environment'; readonly program: string };

export type BridgeReading = { readonly bridge: BridgeName } & (Bridged | BridgedProgram | BridgeFault);

/** Programs that get secrets from elsewhere and put them into the environment of what they start. */
const SECRET_KEEPERS = /^(?:op|doppler|dotenvx|infisical|chamber|aws-vault|direnv|dotenv|sops|teller|envchain)$/;

/** With `0` Node takes every certificate (node(1)), which Gangway never does. */
const UNVERIFIED = 'NODE_TLS_REJECT_UNAUTHORIZED';

/** Variables of a line that say where programs are, and nothing to a bridge. */
const IDLE_VARIABLES = /^(?:PATH|NODE_PATH|NODE_OPTIONS|LANG|LC_ALL)$/;

/** What a bridge leads to, by a program whose client has filled in what is its own; null when it is no bridge. */
export function readBridge(program: Pick<Program, 'command' | 'args' | 'env'>): BridgeReading | null {
  const inner = contained(program);
  return inner === null ? readDirectly(program) : inContainer(program, readDirectly(inner));
}

/** A bridge in a container: one that is not moved whole stays a container, which Gangway can start as well. */
function inContainer(
  { command, args }: Pick<Program, 'command' | 'args'>,
  read: BridgeReading | null,
): BridgeReading | null {
  if (read?.kind !== 'url' || !isSameOutside(read.url) || read.ca !== null) return null;
  const { program } = launched(command, args);
  const front = [command, ...args].slice(0, [command, ...args].indexOf(program));
  return front.some((word) => SECRET_KEEPERS.test(baseName(word))) ? null : read;
}

function readDirectly(program: Pick<Program, 'command' | 'args' | 'env'>): BridgeReading | null {
  const { command, args } = program;
  const start = launched(command, args);
  const run = packageRun(start);
  const bridge = run === null ? null : bridgeOf(run);
  if (run === null || bridge === null) return null;
  const front = frontOf(command, args, start);
  const keeper = front.words.find((word) => SECRET_KEEPERS.test(baseName(word)));
  const env = { ...program.env, ...front.assigned };
  const words = front.variable === null ? { words: run.args } : filled(run.args, front.variable, env);
  const read =
    'missing' in words ? ({ kind: 'variable', variable: words.missing } as const) : readArgs(bridge, words.words, env);
  if (read === null) return null;
  const hidden = keeper ?? (front.hides ? front.words[0] : undefined);
  if (hidden !== undefined) return { bridge, kind: 'environment', program: baseName(hidden) };
  if (read.kind === 'url' && bridge !== 'mcp-proxy' && env[UNVERIFIED] === '0') {
    return { bridge, kind: 'option', option: UNVERIFIED };
  }
  // Node takes further authorities from a file that a variable names.
  const ca = read.kind === 'url' && bridge !== 'mcp-proxy' ? (env['NODE_EXTRA_CA_CERTS'] ?? null) : null;
  return { bridge, ...read, ...(read.kind === 'url' && read.ca === null ? { ca } : {}) };
}

/** The bridge in front of a URL, where a person has set one up; null when it is none, or leads to no URL that is known. */
export function bridgedUrl(program: Pick<Program, 'command' | 'args' | 'env'>): string | null {
  const read = readBridge(program);
  return read?.kind === 'url' ? read.url : null;
}

function bridgeOf({ name, registry }: PackageRun): BridgeName | null {
  if (name === 'mcp-remote' || name === 'supergateway') return registry === 'pypi' ? null : name;
  // npm has another program of that name, which takes no URL.
  return name === 'mcp-proxy' && registry !== 'npm' ? name : null;
}

function readArgs(
  bridge: BridgeName,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Bridged | BridgedProgram | BridgeFault | null {
  switch (bridge) {
    case 'mcp-remote':
      return args.length === 0 ? null : readMcpRemote(args, env);
    case 'mcp-proxy':
      return readMcpProxy(args, env);
    case 'supergateway':
      return readSupergateway(args);
    default:
      return bridge satisfies never;
  }
}

/** What stands before the program that runs the bridge. */
interface Front {
  readonly words: readonly string[];
  /** What `env NAME=value` sets. */
  readonly assigned: Readonly<Record<string, string>>;
  /** Whether a shell sets more than can be seen from here. */
  readonly hides: boolean;
  /** How the shell in front of it writes variables; null when there is none. */
  readonly variable: RegExp | null;
}

const POSIX_VARIABLE = /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g;
const WINDOWS_VARIABLE = /%([A-Za-z_]\w*)%/g;

function frontOf(command: string, args: readonly string[], { program, rest }: Launched): Front {
  const isDirect = rest.every((word, at) => word === args[args.length - rest.length + at]);
  const words = isDirect ? [command, ...args.slice(0, args.length - rest.length)] : [command, ...args];
  const variable = words.some((word) => baseName(word) === 'cmd') ? WINDOWS_VARIABLE : POSIX_VARIABLE;
  if (isDirect) {
    const isShell = words.some((word) => baseName(word) === 'cmd');
    return { words, assigned: assignmentsIn(words), hides: false, variable: isShell ? variable : null };
  }
  const line = words.join(' ');
  const head = line.slice(0, Math.max(0, line.indexOf(program))).split(/[\s;&'"]+/);
  const sets = Object.keys(assignmentsIn(head)).some((name) => !IDLE_VARIABLES.test(name));
  const reads = head.some((word) => /^(?:source|\.|eval|read)$/.test(word));
  return { words: [command, ...head], assigned: {}, hides: sets || reads, variable };
}

function assignmentsIn(words: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    words.flatMap((word) => {
      const [, name, value = ''] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word) ?? [];
      return name === undefined ? [] : [[name, value] as const];
    }),
  );
}

function filled(
  words: readonly string[],
  variable: RegExp,
  env: Readonly<Record<string, string>>,
): { readonly words: readonly string[] } | { readonly missing: string } {
  const full: string[] = [];
  for (const word of words) {
    const done = withVariables(word, variable, env);
    if ('missing' in done) return done;
    full.push(done.text);
  }
  return { words: full };
}

/** A program of a package registry and its arguments, whichever package runner starts it. */
export interface PackageRun {
  /** Without version, path and ending: `mcp-remote`. */
  readonly name: string;
  /** `npm` and `pypi` where the runner tells it; null for a program that was installed before. */
  readonly registry: 'npm' | 'pypi' | null;
  readonly args: readonly string[];
}

/** Runners of npm's packages, each with the words before its options. */
const NPM: Readonly<Record<string, readonly (readonly string[])[]>> = {
  npx: [[]],
  pnpx: [[]],
  bunx: [[]],
  npm: [['exec'], ['x']],
  pnpm: [['dlx'], ['exec']],
  yarn: [['dlx'], ['exec'], []],
  bun: [['x']],
};
/** Their options with a value (npm-exec(1)). */
const NPM_VALUES = /^(?:-p|--package|-w|--workspace|--registry|--prefix|-C|--cache|--userconfig)$/;

const PYPI: Readonly<Record<string, readonly (readonly string[])[]>> = {
  uvx: [[]],
  uv: [['tool', 'run'], ['run']],
  pipx: [['run']],
  poetry: [['run']],
  hatch: [['run']],
};
/** Options of uv and pipx with a value. */
const PYPI_VALUES =
  /^(?:--from|--with|--with-editable|--with-requirements|--python|-p|--index|--index-url|--default-index|--extra-index-url|-i|--directory|--project|--cache-dir|--spec|--pip-args|--env-file|--constraints|-c|--refresh-package|--extra|--group|-P|--upgrade-package)$/;

/** Options of Node with a value (node(1)). */
const NODE_VALUES = /^(?:-r|--require|--import|--loader|--experimental-loader|-C|--conditions|--title)$/;

/** Entry files of the bridges: a path says which package it belongs to. */
const ENTRY_FILE = /[\\/](mcp-remote|supergateway)[\\/]dist[\\/](?:proxy|index)\.js$/;

/** What a command line runs; null when it is no program of a package. */
function packageRun({ program, rest }: Pick<Launched, 'program' | 'rest'>): PackageRun | null {
  const name = baseName(program);
  const [npm, pypi] = [ownValue(NPM, name), ownValue(PYPI, name)];
  if (npm !== undefined) return ofNpm(rest, npm);
  if (pypi !== undefined) return ofPypi(rest, pypi);
  if (/^(?:node|nodejs|tsx|bun)$/.test(name)) return ofNode(rest);
  if (name === 'deno') return ofDeno(rest);
  if (/^(?:python[\d.]*|pypy[\d.]*|py)$/.test(name)) return ofPython(rest);
  return { name, registry: null, args: rest };
}

function ofNpm(words: readonly string[], subcommands: readonly (readonly string[])[]): PackageRun | null {
  const call = words.findIndex((word) => word === '-c' || word === '--call');
  if (call !== -1) {
    const [first = '', ...args] = shellLine(words[call + 1] ?? '')?.words ?? [];
    return first === '' ? null : { name: nameIn(first), registry: 'npm', args };
  }
  const rest = behind(withoutOptions(words, subcommands, NPM_VALUES), subcommands);
  const at = rest === null ? -1 : firstWord(rest, NPM_VALUES);
  if (rest === null || at === -1) return null;
  const args = rest.slice(at + 1);
  // `npm exec x -- --option`: what npm takes off.
  return { name: nameIn(rest[at] ?? ''), registry: 'npm', args: args[0] === '--' ? args.slice(1) : args };
}

function ofPypi(words: readonly string[], subcommands: readonly (readonly string[])[]): PackageRun | null {
  const rest = behind(withoutOptions(words, subcommands, PYPI_VALUES), subcommands);
  const at = rest === null ? -1 : firstWord(rest, PYPI_VALUES);
  if (rest === null || at === -1) return null;
  const first = rest[at] ?? '';
  const args = rest.slice(at + 1);
  if (/^python[\d.]*$/.test(baseName(first))) return ofPython(args);
  return { name: nameIn(first), registry: 'pypi', args };
}

function ofNode(words: readonly string[]): PackageRun | null {
  const at = firstWord(words, NODE_VALUES);
  const script = words[at] ?? '';
  // Where a client has no PATH with Node in it, people name both files.
  const runner = ownValue(NPM, /[\\/](npx|npm)(?:-cli\.js)?$/.exec(script)?.[1] ?? '');
  if (runner !== undefined) return ofNpm(words.slice(at + 1), runner);
  const name = ENTRY_FILE.exec(script)?.[1] ?? /[\\/]\.?bin[\\/](mcp-remote|supergateway)$/.exec(script)?.[1];
  return name === undefined ? null : { name, registry: 'npm', args: words.slice(at + 1) };
}

function ofDeno(words: readonly string[]): PackageRun | null {
  const at = words.findIndex((word) => word.startsWith('npm:'));
  return at === -1
    ? null
    : { name: nameIn((words[at] ?? '').slice('npm:'.length)), registry: 'npm', args: words.slice(at + 1) };
}

function ofPython(words: readonly string[]): PackageRun | null {
  const at = words.indexOf('-m');
  if (at !== -1)
    return { name: (words[at + 1] ?? '').replaceAll('_', '-'), registry: 'pypi', args: words.slice(at + 2) };
  const script = words.findIndex((word) => !word.startsWith('-'));
  const name = baseName(words[script] ?? '');
  return name === 'mcp-proxy' ? { name, registry: 'pypi', args: words.slice(script + 1) } : null;
}

/** Without what stands before a subcommand. */
function withoutOptions(
  words: readonly string[],
  subcommands: readonly (readonly string[])[],
  withValue: RegExp,
): readonly string[] {
  const hasSubcommand = subcommands.some(({ length }) => length > 0);
  return hasSubcommand ? words.slice(Math.max(0, firstWord(words, withValue))) : words;
}

/** The words behind a subcommand; null when none of them is there. */
function behind(words: readonly string[], subcommands: readonly (readonly string[])[]): readonly string[] | null {
  const found = subcommands.find((subcommand) => subcommand.every((word, at) => words[at] === word));
  return found === undefined ? null : words.slice(found.length);
}

/** Where the first word stands that is no option and no option's value; -1 when there is none. */
function firstWord(words: readonly string[], withValue: RegExp): number {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') return at + 1 < words.length ? at + 1 : -1;
    if (!word.startsWith('-')) return at;
    if (withValue.test(word)) at++;
  }
  return -1;
}

/** `mcp-remote@latest`, `mcp-proxy==0.9.0`, `mcp-proxy[x]`, a path: the bare name. */
function nameIn(written: string): string {
  // A package of another author may have the same last name.
  if (written.startsWith('@')) return written;
  const name = baseName(written);
  return /^[a-z0-9._-]+(?=@|==|>=|~=|\[|$)/.exec(name)?.[0] ?? name;
}

/** Options of `docker run` and `podman run` without a value (docker-run(1), podman-run(1)). */
const FLAGS =
  /^(?:-[itdPq]+|--(?:interactive|tty|detach|rm|init|privileged|publish-all|read-only|quiet|no-healthcheck|oom-kill-disable|sig-proxy|disable-content-trust|replace))$/;

/** Options that change nothing about where a bridge connects to, and with what. */
const IDLE =
  /^(?:--name|--pull|--platform|-l|--label|--cpus|-m|--memory|--memory-swap|--log-driver|--log-opt|--restart|--stop-timeout|-u|--user|-w|--workdir|--cap-drop|--security-opt|--pids-limit|--ulimit|-p|--publish|--tmpfs|--shm-size|-h|--hostname)$/;

/** Images of the bridges, whose arguments are the bridge's own. */
const IMAGES: readonly (readonly [RegExp, string])[] = [
  [/^(?:ghcr\.io\/)?sparfenyuk\/mcp-proxy$/, 'mcp-proxy'],
  [/^(?:ghcr\.io\/supercorp-ai|(?:docker\.io\/)?supercorp)\/supergateway$/, 'supergateway'],
];

/** Images that run the command behind them, and have no program of their own in front of it. */
const RUNTIMES = /^(?:(?:docker\.io\/)?(?:library\/)?(?:node|python)|(?:docker\.io\/)?oven\/bun)$/;

type Line = Pick<Program, 'command' | 'args' | 'env'>;

/**
 * What a container of a bridge, or of a runtime that may start one, runs. Null for any other, and where it has something that this machine
 * has not: a network, files, or variables that do not stand in the entry.
 */
function contained(program: Line): Line | null {
  const { command, args } = program;
  const run = containerRun({ command, args });
  if (run === null || args[run.at - 1] !== 'run') return null;
  const env: Record<string, string> = {};
  let at = run.at;
  for (; args[at]?.startsWith('-') === true; at++) {
    const word = args[at] ?? '';
    if (FLAGS.test(word)) continue;
    const [, long, attached] = /^(--[^=]+)=([\s\S]*)$/.exec(word) ?? [];
    const [, short, joined] = /^(-[a-zA-Z])(.+)$/.exec(long === undefined && !word.startsWith('--') ? word : '') ?? [];
    const name = long ?? short ?? word;
    const value = attached ?? joined ?? args[++at] ?? '';
    if (FLAGS.test(name)) continue;
    if (/^(?:-e|--env)$/.test(name)) {
      const [, variable = value, given] = /^([^=]+)=([\s\S]*)$/.exec(value) ?? [];
      const known = given ?? (Object.hasOwn(program.env, variable) ? program.env[variable] : undefined);
      if (known === undefined) return null;
      env[variable] = known;
    } else if (/^--net(?:work)?$/.test(name) ? !/^(?:host|bridge|default)$/.test(value) : !IDLE.test(name)) {
      return null;
    }
  }
  const image = (args[at] ?? '').replace(/@sha256:[0-9a-f]+$/, '').replace(/:[\w.-]+$/, '');
  const rest = args.slice(at + 1);
  const [, own] = IMAGES.find(([pattern]) => pattern.test(image)) ?? [];
  const [first, ...behind] = own === undefined ? (RUNTIMES.test(image) ? rest : []) : [own, ...rest];
  return first === undefined ? null : { command: first, args: behind, env };
}

/** Whether a URL leads to the same place in a container and out of it. */
function isSameOutside(url: string): boolean {
  const host = URL.parse(url)?.hostname.replace(/^\[|\]$/g, '') ?? '';
  return !isLoopback(host) && !/\.(?:docker|containers)\.internal$/i.test(host);
}
