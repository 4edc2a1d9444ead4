import type { Program } from '../entry/entry.ts';
import { type Launched, launched } from '../launch/launcher.ts';
import { baseName } from '../launch/wrappers.ts';
import { readMcpProxy } from './mcp-proxy.ts';
import { readMcpRemote } from './mcp-remote.ts';
import { withVariables } from './options.ts';
import { type PackageRun, packageRun } from './package-run.ts';
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

/** Variables of a line that say where programs are, and nothing to a bridge. */
const IDLE_VARIABLES = /^(?:PATH|NODE_PATH|NODE_OPTIONS|LANG|LC_ALL)$/;

/** What a bridge leads to, by a program whose client has filled in what is its own; null when it is no bridge. */
export function readBridge(program: Pick<Program, 'command' | 'args' | 'env'>): BridgeReading | null {
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
