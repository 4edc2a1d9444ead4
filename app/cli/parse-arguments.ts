import { nearest } from '../base/nearest.ts';
import { read } from '../base/schema/index.ts';
import { inARow } from '../i18n/in-a-row.ts';
import { type Language, languageOf, type Text, textIn } from '../i18n/index.ts';
import { setName, tokenName } from '../settings/schema.ts';
import { CLIENTS_ACTIONS, COMMANDS, type Command, USAGE_EXIT } from './command.ts';
import * as values from './option-values.ts';
import { type OptionName, ParsedArgs, UsageError } from './options.ts';
import {
  addCommand,
  groupCommand,
  loginCommand,
  serverCommand,
  serversCommand,
  settingsCommand,
  strayWord,
  tapCommand,
  toolsCommand,
  trustCommand,
  wordAfter,
} from './owner-arguments.ts';
import { type CliEnvironment, type Environment, refuseDoubtful, tokenOf } from './secrets.ts';
import { serveCommand } from './serve-arguments.ts';

/** Reads the command line. Never throws: what cannot be followed comes back as one line for stderr. */
export function parseArguments(argv: readonly string[], system: CliEnvironment): Command {
  const text = textIn(guessLanguage(argv, system.environment));
  try {
    const parsed = new ParsedArgs(argv, text);
    if (parsed.has('help')) return { kind: 'help', language: text.language };
    if (parsed.has('version')) return { kind: 'version' };
    return COMMAND_OF[wordOf(parsed, text)](parsed, system, text);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { kind: 'error', message: error.message, exitCode: USAGE_EXIT };
  }
}

/** Complaints about the arguments are made in this language too, so it must not depend on their being right. */
export function guessLanguage(argv: readonly string[], environment: Environment): Language {
  for (const [index, argument] of argv.entries()) {
    if (argument === '--sse') break;
    const parsed = argument === '--lang' ? argv[index + 1] : /^--lang=(.*)$/.exec(argument)?.[1];
    const language = values.readLanguage(parsed ?? '');
    if (language !== null) return language;
  }
  // In the order of POSIX, XBD section 8.2, where an empty variable counts as unset.
  return languageOf(environment.LC_ALL || environment.LC_MESSAGES || environment.LANG);
}

const COMMAND_OF = {
  serve: serveCommand,
  status: statusCommand,
  connect: connectCommand,
  start: serverCommand('start'),
  stop: serverCommand('stop'),
  restart: serverCommand('restart'),
  login: loginCommand('login'),
  logout: loginCommand('logout'),
  trust: trustCommand('trust'),
  untrust: trustCommand('untrust'),
  tap: tapCommand,
  doctor: doctorCommand,
  clients: clientsCommand,
  list: (parsed, _system, text) => serversCommand(parsed, 'list', ['json'], () => ({ kind: 'list' }), text),
  add: addCommand,
  remove: (parsed, _system, text) =>
    serversCommand(parsed, 'remove', [], () => ({ kind: 'remove', name: wordAfter(parsed, 'remove', text) }), text),
  group: groupCommand,
  tools: toolsCommand,
  on: (parsed, _system, text) => serversCommand(parsed, 'on', [], () => ({ kind: 'on' }), text),
  off: (parsed, _system, text) =>
    serversCommand(
      parsed,
      'off',
      ['for'],
      () => ({ kind: 'off', seconds: parsed.one('for', values.readPeriod, text.cliUsage.expected.period) }),
      text,
    ),
  settings: settingsCommand,
  token: tokenCommand,
} satisfies Record<(typeof COMMANDS)[number], (parsed: ParsedArgs, system: CliEnvironment, text: Text) => Command>;

/** How many words of their own commands take: a server, a target, what to do with a token. */
const OWN_WORDS: ReadonlyMap<string, number> = new Map([
  ['connect', 1],
  ['start', 1],
  ['stop', 1],
  ['restart', 1],
  ['login', 1],
  ['logout', 1],
  ['trust', 1],
  ['untrust', 1],
  ['tap', 1],
  ['doctor', 1],
  ['clients', 2],
  ['add', Number.POSITIVE_INFINITY],
  ['remove', 1],
  ['group', Number.POSITIVE_INFINITY],
  ['tools', Number.POSITIVE_INFINITY],
  ['settings', 3],
  ['token', 2],
]);

function wordOf(parsed: ParsedArgs, text: Text): (typeof COMMANDS)[number] {
  const words = text.cliUsage;
  const [first, ...rest] = parsed.words;
  const command = COMMANDS.find((name) => name === first);
  const stray = command === undefined ? first : rest[OWN_WORDS.get(command) ?? 0];
  if (stray === undefined) return command ?? 'serve';
  const near = command === undefined ? nearest(stray, COMMANDS) : null;
  const advice = near === null ? words.commandsGoBehindSse : words.didYouMean(near);
  throw new UsageError(inARow(words.unexpectedWord(stray), advice));
}

const STATUS_OPTIONS: ReadonlySet<OptionName> = new Set(['port', 'host', 'token', 'token-file', 'lang', 'json']);

function statusCommand(parsed: ParsedArgs, system: CliEnvironment, text: Text): Command {
  parsed.only(STATUS_OPTIONS, text.cliUsage.notForStatus);
  return {
    kind: 'status',
    host: parsed.one('host', values.readHost, text.cliUsage.expected.host),
    port: parsed.one('port', values.readPort, text.cliUsage.expected.port),
    token: tokenOf(parsed, system, text),
    json: parsed.has('json'),
    language: parsed.language(),
  };
}

const CONNECT_OPTIONS: ReadonlySet<OptionName> = new Set([
  'port',
  'host',
  'token',
  'token-file',
  'lang',
  'start',
  'drain',
  'all',
  'group',
  'set',
]);

function connectCommand(parsed: ParsedArgs, system: CliEnvironment, text: Text): Command {
  const words = text.cliUsage;
  parsed.only(CONNECT_OPTIONS, words.notForConnect);
  if (parsed.has('start') && system.platform !== 'darwin') throw new UsageError(words.startNeedsMac);
  return {
    kind: 'connect',
    server: connectTarget(parsed, text),
    host: parsed.one('host', values.readHost, words.expected.host),
    port: parsed.one('port', values.readPort, words.expected.port),
    token: tokenOf(parsed, system, text),
    start: parsed.has('start'),
    drain: parsed.one('drain', values.readSeconds, words.expected.seconds),
    language: parsed.language(),
  };
}

/** A server by its name, or the path of several or of a set; null is the default server. */
function connectTarget(parsed: ParsedArgs, text: Text): string | null {
  const { severalTargets, groupOfConnect, badSetName } = text.cliUsage;
  const group = parsed.last('group');
  if (group?.includes('=') === true || group === '') throw new UsageError(groupOfConnect);
  const given = [
    ...parsed.words.slice(1, 2),
    ...(parsed.has('all') ? ['/all'] : []),
    ...(group === null ? [] : [`/groups/${encodeURIComponent(group)}`]),
  ];
  const set = parsed.last('set');
  if (given.length > 1) throw new UsageError(severalTargets);
  const [server = null] = given;
  if (set === null) return server;
  if (!read(setName, set).ok) throw new UsageError(badSetName(set));
  const within = `/set/${encodeURIComponent(set)}`;
  if (server?.startsWith('/') === true) return `${within}${server}`;
  return server === null ? within : `${within}/servers/${encodeURIComponent(server)}`;
}

const DOCTOR_OPTIONS: ReadonlySet<OptionName> = new Set([...STATUS_OPTIONS, 'server', 'error', 'config']);

function doctorCommand(parsed: ParsedArgs, system: CliEnvironment, text: Text): Command {
  const words = text.cliUsage;
  parsed.only(DOCTOR_OPTIONS, words.notForDoctor);
  return {
    kind: 'doctor',
    target: parsed.words[1] ?? '',
    server: parsed.last('server'),
    error: parsed.last('error') ?? '',
    host: parsed.one('host', values.readHost, words.expected.host),
    port: parsed.one('port', values.readPort, words.expected.port),
    token: tokenOf(parsed, system, text),
    configFile: parsed.last('config'),
    json: parsed.has('json'),
    language: parsed.language(),
  };
}

const CLIENTS_OPTIONS: ReadonlySet<OptionName> = new Set([
  'client',
  'server',
  'folder',
  'file',
  'mode',
  'json',
  'yes',
  'port',
  'lang',
]);
const MODES = new Map([
  ['direct', 'off'],
  ['through', 'through'],
  ['run', 'run'],
] as const);

/** Options of `clients` that mean nothing for `clients backups`. */
const BACKUPS_NEVER = ['client', 'server', 'folder', 'file', 'mode', 'yes', 'port'] as const;

function clientsCommand(parsed: ParsedArgs, _system: CliEnvironment, text: Text): Command {
  const words = text.cliUsage;
  parsed.only(CLIENTS_OPTIONS, (option) => words.notForServer(option, 'clients'));
  const written = parsed.words[1] ?? 'list';
  const action = CLIENTS_ACTIONS.find((one) => one === written);
  if (action === undefined) throw strayWord(written, CLIENTS_ACTIONS, text);
  const backup = parsed.words[2] ?? null;
  if (backup !== null && action !== 'backups') throw new UsageError(words.unexpectedWord(backup));
  const beyond = action === 'backups' ? BACKUPS_NEVER.find((option) => parsed.has(option)) : undefined;
  if (beyond !== undefined) throw new UsageError(words.notForServer(`--${beyond}`, 'clients backups'));
  const isChange = action === 'plan' || action === 'apply';
  if (parsed.has('mode') && !isChange) throw new UsageError(words.onlyFor('--mode', 'clients plan, clients apply'));
  if (parsed.has('yes') && (action === 'list' || action === 'plan')) {
    throw new UsageError(words.onlyFor('--yes', 'clients apply, clients undo'));
  }
  const [folder, file] = [parsed.last('folder'), parsed.last('file')];
  if (folder !== null && file !== null) throw new UsageError(words.folderAndFile);
  if (folder === '' || file === '') throw new UsageError(words.emptyPath(folder === '' ? '--folder' : '--file'));
  const readMode = (mode: string): 'off' | 'through' | 'run' | null =>
    [...MODES].find(([name]) => name === mode)?.[1] ?? null;
  return {
    kind: 'clients',
    action,
    backup,
    client: parsed.last('client'),
    server: parsed.last('server'),
    folder,
    file,
    mode: parsed.one('mode', readMode, words.expected.mode),
    json: parsed.has('json'),
    yes: parsed.has('yes'),
    port: parsed.one('port', values.readPort, words.expected.port),
    language: parsed.language(),
  };
}

const TOKEN_ACTIONS = ['list', 'add', 'revoke'] as const;
const TOKEN_OPTIONS: ReadonlySet<OptionName> = new Set(['tokens', 'set', 'lang']);

function tokenCommand(parsed: ParsedArgs, system: CliEnvironment, text: Text): Command {
  const words = text.cliUsage;
  parsed.only(TOKEN_OPTIONS, words.notForToken);
  const [, action = 'list', name = ''] = parsed.words;
  const file = parsed.last('tokens');
  if (file === null) throw new UsageError(words.tokenNeedsFile);
  refuseDoubtful(file, system, text);
  const common = { kind: 'token', file, language: parsed.language() } as const;
  if (action !== 'add' && parsed.has('set')) throw new UsageError(words.setOfNewToken);
  if (action === 'list' && name === '') return { ...common, action: { kind: 'list' } };
  if (action === 'list') throw new UsageError(words.unexpectedWord(name));
  if (action !== 'add' && action !== 'revoke') throw strayWord(action, TOKEN_ACTIONS, text);
  if (name === '') throw new UsageError(words.tokenNeedsName(action));
  const reading = read(tokenName, name);
  if (!reading.ok) throw new UsageError(words.badTokenName(name));
  if (action === 'revoke') return { ...common, action: { kind: action, name } };
  const set = parsed.last('set');
  if (set !== null && !read(setName, set).ok) throw new UsageError(words.badSetName(set));
  return { ...common, action: { kind: action, name, set } };
}
