import { ownValue } from '../../base/own-value.ts';
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

export type Wrapped =
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
export function isWrapper(command: string): boolean {
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
export function plainWords(line: string): readonly string[] {
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
