import { isLoopback } from '../base/host.ts';
import { nearest } from '../base/nearest.ts';
import { read } from '../base/schema/index.ts';
import { type Language, languageOf, type Text, textIn } from '../i18n/index.ts';
import { LOG_LEVELS } from '../log/log.ts';
import { setName, tokenName } from '../settings/schema.ts';
import { fingerprintIn, isServerAddress, looksLikeUrl, shownUrl } from '../settings/server-url.ts';
import {
  DEFAULT_SETTINGS,
  type ForwardSetting,
  type GroupSetting,
  type RemoteSetting,
  type ServerSetting,
  type Settings,
  type TokenSetting,
} from '../settings/settings.ts';
import {
  CLIENTS_ACTIONS,
  type Command,
  SERVER_ACTIONS,
  SETTINGS_ACTIONS,
  type ServerActionName,
  TAP_OUTCOMES,
  TOOLS_ACTIONS,
  USAGE_EXIT,
} from './command.ts';
import { doubtSentence } from './file-trust.ts';
import * as values from './option-values.ts';
import { isOption, type OptionName, ParsedArgs, UsageError } from './options.ts';
import { refuseDoubtful, type SecretEnvironment, type SecretSources, tokenOf, upstreamOf } from './secrets.ts';
import { readTokens, tokensFault } from './tokens.ts';

/** The variables that arguments are read in the light of. */
export interface Environment extends SecretEnvironment {
  readonly LC_ALL?: string | undefined;
  readonly LC_MESSAGES?: string | undefined;
  readonly LANG?: string | undefined;
}

export interface CliEnvironment extends SecretSources {
  readonly environment: Environment;
  readonly platform: NodeJS.Platform;
}

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

const COMMANDS = [
  'serve',
  'status',
  'connect',
  ...SERVER_ACTIONS,
  'login',
  'logout',
  'trust',
  'untrust',
  'tap',
  'doctor',
  'clients',
  'list',
  'add',
  'remove',
  'tools',
  'on',
  'off',
  'settings',
  'token',
] as const;

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
  ['clients', 1],
  ['add', Number.POSITIVE_INFINITY],
  ['remove', 1],
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
  throw new UsageError(`${words.unexpectedWord(stray)} ${advice}`);
}

const STATUS_OPTIONS: ReadonlySet<OptionName> = new Set(['port', 'host', 'token', 'token-file', 'lang', 'json']);

function statusCommand(parsed: ParsedArgs, system: CliEnvironment, text: Text): Command {
  onlyOptions(parsed, STATUS_OPTIONS, text.cliUsage.notForStatus);
  return {
    kind: 'status',
    host: parsed.one('host', values.readHost, text.cliUsage.expected.host),
    port: parsed.one('port', values.readPort, text.cliUsage.expected.port),
    token: tokenOf(parsed, system, text),
    json: parsed.has('json'),
    language: languageOption(parsed, text),
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
  onlyOptions(parsed, CONNECT_OPTIONS, words.notForConnect);
  if (parsed.has('start') && system.platform !== 'darwin') throw new UsageError(words.startNeedsMac);
  return {
    kind: 'connect',
    server: connectTarget(parsed, text),
    host: parsed.one('host', values.readHost, words.expected.host),
    port: parsed.one('port', values.readPort, words.expected.port),
    token: tokenOf(parsed, system, text),
    start: parsed.has('start'),
    drain: parsed.one('drain', values.readSeconds, words.expected.seconds),
    language: languageOption(parsed, text),
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

const SERVER_OPTIONS: ReadonlySet<OptionName> = new Set(['port', 'lang']);

/** What the commands share that ask the running instance for something of one server. */
function ofServer(action: string, options: readonly OptionName[], parsed: ParsedArgs, text: Text) {
  const words = text.cliUsage;
  onlyOptions(parsed, new Set([...SERVER_OPTIONS, ...options]), (option) => words.notForServer(option, action));
  const server = parsed.words[1];
  if (server === undefined) throw new UsageError(words.serverMissing(action));
  return {
    server,
    host: null,
    port: parsed.one('port', values.readPort, words.expected.port),
    token: null,
    language: languageOption(parsed, text),
  };
}

type Reader = (parsed: ParsedArgs, system: CliEnvironment, text: Text) => Command;

function serverCommand(action: ServerActionName): Reader {
  return (parsed, _system, text) => ({ kind: 'server', action, ...ofServer(action, [], parsed, text) });
}

function loginCommand(action: 'login' | 'logout'): Reader {
  const options: readonly OptionName[] = action === 'login' ? ['print', 'accept-no-pkce'] : [];
  return (parsed, _system, text) => ({
    kind: 'login',
    action,
    print: parsed.has('print'),
    acceptNoPkce: parsed.has('accept-no-pkce'),
    ...ofServer(action, options, parsed, text),
  });
}

function trustCommand(action: 'trust' | 'untrust'): Reader {
  const options: readonly OptionName[] = action === 'trust' ? ['yes'] : [];
  return (parsed, _system, text) => ({
    kind: 'trust',
    action,
    yes: parsed.has('yes'),
    ...ofServer(action, options, parsed, text),
  });
}

const TAP_OPTIONS: ReadonlySet<OptionName> = new Set([
  ...SERVER_OPTIONS,
  'requests',
  'messages',
  'contents',
  'slow',
  'outcome',
  'json',
]);

function tapCommand(parsed: ParsedArgs, _system: CliEnvironment, text: Text): Command {
  const { expected, notForServer } = text.cliUsage;
  onlyOptions(parsed, TAP_OPTIONS, (option) => notForServer(option, 'tap'));
  const readOutcome = (written: string) => TAP_OUTCOMES.find((outcome) => outcome === written) ?? null;
  return {
    kind: 'tap',
    server: parsed.words[1] ?? null,
    requests: parsed.has('requests'),
    messages: parsed.has('messages'),
    contents: parsed.has('contents'),
    json: parsed.has('json'),
    slow: parsed.one('slow', values.readDuration, expected.duration),
    outcome: parsed.one('outcome', readOutcome, expected.outcome(TAP_OUTCOMES)),
    host: null,
    port: parsed.one('port', values.readPort, expected.port),
    token: null,
    language: languageOption(parsed, text),
  };
}

const DOCTOR_OPTIONS: ReadonlySet<OptionName> = new Set([...STATUS_OPTIONS, 'server', 'error', 'config']);

function doctorCommand(parsed: ParsedArgs, system: CliEnvironment, text: Text): Command {
  const words = text.cliUsage;
  onlyOptions(parsed, DOCTOR_OPTIONS, words.notForDoctor);
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
    language: languageOption(parsed, text),
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

function clientsCommand(parsed: ParsedArgs, _system: CliEnvironment, text: Text): Command {
  const words = text.cliUsage;
  onlyOptions(parsed, CLIENTS_OPTIONS, (option) => words.notForServer(option, 'clients'));
  const written = parsed.words[1] ?? 'list';
  const action = CLIENTS_ACTIONS.find((one) => one === written);
  if (action === undefined) throw new UsageError(words.unexpectedWord(written));
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
    client: parsed.last('client'),
    server: parsed.last('server'),
    folder,
    file,
    mode: parsed.one('mode', readMode, words.expected.mode),
    json: parsed.has('json'),
    yes: parsed.has('yes'),
    port: parsed.one('port', values.readPort, words.expected.port),
    language: languageOption(parsed, text),
  };
}

function serversCommand(
  parsed: ParsedArgs,
  name: string,
  options: readonly OptionName[],
  action: () => (Command & { readonly kind: 'servers' })['action'],
  text: Text,
): Command {
  onlyOptions(parsed, new Set<OptionName>([...options, 'lang']), (option) => text.cliUsage.notForServer(option, name));
  return { kind: 'servers', action: action(), json: parsed.has('json'), language: languageOption(parsed, text) };
}

function wordAfter(parsed: ParsedArgs, action: string, text: Text): string {
  const word = parsed.words[1];
  if (word === undefined) throw new UsageError(text.cliUsage.serverMissing(action));
  return word;
}

/** What stands behind `--` is the server's, as it is. */
function addCommand(parsed: ParsedArgs, _system: CliEnvironment, text: Text): Command {
  const words = text.cliUsage;
  const [, title = '', ...line] = parsed.words;
  const [first = '', second] = line;
  if (title === '' || first === '') throw new UsageError(words.addNeedsCommand);
  const isUrl = looksLikeUrl(first);
  if (isUrl && second !== undefined) throw new UsageError(words.unexpectedWord(second));
  if (isUrl && parsed.has('env')) throw new UsageError(words.notForServer('--env', 'add NAME URL'));
  if (!isUrl && parsed.has('header')) throw new UsageError(words.notForServer('--header', 'add NAME -- COMMAND'));
  const headers = Object.fromEntries(parsed.list('header', values.readHeader, words.expected.header, true));
  const env = Object.fromEntries(parsed.list('env', values.readVariable, words.expected.variable, true));
  return serversCommand(parsed, 'add', ['header', 'env'], () => ({ kind: 'add', title, line, env, headers }), text);
}

function toolsCommand(parsed: ParsedArgs, _system: CliEnvironment, text: Text): Command {
  const words = text.cliUsage;
  const of = ofServer('tools', ['json', 'all'], parsed, text);
  const common = { kind: 'tools', json: parsed.has('json'), ...of } as const;
  const [, , written, ...names] = parsed.words;
  if (parsed.has('all') && written !== 'approve') throw new UsageError(words.onlyFor('--all', 'tools SERVER approve'));
  if (written === undefined) return { ...common, action: { kind: 'list' } };
  const kind = TOOLS_ACTIONS.find((one) => one === written);
  if (kind === undefined) {
    const near = nearest(written, TOOLS_ACTIONS);
    throw new UsageError(`${words.unexpectedWord(written)} ${words.didYouMean(near ?? TOOLS_ACTIONS.join(', '))}`);
  }
  if (kind === 'changes') {
    if (names[0] !== undefined) throw new UsageError(words.unexpectedWord(names[0]));
    return { ...common, action: { kind } };
  }
  if (common.json) throw new UsageError(words.onlyFor('--json', 'tools SERVER'));
  if (kind === 'approve') {
    const isAll = parsed.has('all');
    if (isAll === names.length > 0 || names.includes('')) throw new UsageError(words.approveNames);
    return { ...common, action: { kind, names: isAll ? null : [...new Set(names)] } };
  }
  if (names.length === 0 || names.includes('')) throw new UsageError(words.toolsNeedNames(kind));
  return { ...common, action: { kind, names: [...new Set(names)] } };
}

/** How many words each action has behind it, at least and at most. */
const SETTINGS_WORDS = { get: [0, 1], set: [2, 2], export: [0, 0], import: [1, 1] } as const;

function settingsCommand(parsed: ParsedArgs, _system: CliEnvironment, text: Text): Command {
  const usage = text.cliUsage;
  onlyOptions(parsed, new Set<OptionName>(['json', 'yes', 'lang']), (option) => usage.notForServer(option, 'settings'));
  const [, written = 'get', ...words] = parsed.words;
  const action = SETTINGS_ACTIONS.find((one) => one === written);
  if (action === undefined) throw new UsageError(usage.unexpectedWord(written));
  const [least, most] = SETTINGS_WORDS[action];
  if (words.length < least || words.length > most) throw new UsageError(usage.settingsWords[action]);
  if (parsed.has('yes') && action !== 'import') throw new UsageError(usage.onlyFor('--yes', 'settings import'));
  return {
    kind: 'settings',
    action,
    words,
    json: parsed.has('json'),
    yes: parsed.has('yes'),
    language: languageOption(parsed, text),
  };
}

const TOKEN_OPTIONS: ReadonlySet<OptionName> = new Set(['tokens', 'set', 'lang']);

function tokenCommand(parsed: ParsedArgs, system: CliEnvironment, text: Text): Command {
  const words = text.cliUsage;
  onlyOptions(parsed, TOKEN_OPTIONS, words.notForToken);
  const [, action = 'list', name = ''] = parsed.words;
  const file = parsed.last('tokens');
  if (file === null) throw new UsageError(words.tokenNeedsFile);
  refuseDoubtful(file, system, text);
  const common = { kind: 'token', file, language: languageOption(parsed, text) } as const;
  if (action !== 'add' && parsed.has('set')) throw new UsageError(words.setOfNewToken);
  if (action === 'list' && name === '') return { ...common, action: { kind: 'list' } };
  if (action !== 'add' && action !== 'revoke')
    throw new UsageError(words.unexpectedWord(action === 'list' ? name : action));
  if (name === '') throw new UsageError(words.tokenNeedsName(action));
  const reading = read(tokenName, name);
  if (!reading.ok) throw new UsageError(words.badTokenName(name));
  if (action === 'revoke') return { ...common, action: { kind: action, name } };
  const set = parsed.last('set');
  if (set !== null && !read(setName, set).ok) throw new UsageError(words.badSetName(set));
  return { ...common, action: { kind: action, name, set } };
}

function onlyOptions(parsed: ParsedArgs, known: ReadonlySet<OptionName>, complaint: (option: string) => string): void {
  const names = parsed.served === null ? parsed.names() : [...parsed.names(), 'sse' as const];
  for (const name of names) {
    if (!known.has(name)) throw new UsageError(complaint(`--${name}`));
  }
}

/** Options that serve nothing, and whose they are. */
const ONLY_ELSEWHERE = {
  json: 'status, tap, doctor, clients, list, tools, settings',
  server: 'doctor, clients',
  client: 'clients',
  folder: 'clients',
  file: 'clients',
  mode: 'clients',
  yes: 'trust, clients, settings',
  header: 'add',
  env: 'add',
  for: 'off',
  error: 'doctor',
  requests: 'tap',
  messages: 'tap',
  contents: 'tap',
  slow: 'tap',
  outcome: 'tap',
  start: 'connect',
  all: 'connect',
  set: 'connect, token add',
  print: 'login',
  'accept-no-pkce': 'login',
} as const;

function serveCommand(parsed: ParsedArgs, system: CliEnvironment, text: Text): Command {
  const words = text.cliUsage;
  const { expected } = words;
  for (const name of parsed.names()) {
    if (isElsewhere(name)) throw new UsageError(words.onlyFor(`--${name}`, ONLY_ELSEWHERE[name]));
  }
  const port = portOf(parsed, text);
  const servers = serversOf(parsed, text);
  const tokensFile = parsed.last('tokens');
  const settings: Settings = {
    ...DEFAULT_SETTINGS,
    port,
    host: hostOf(parsed, text),
    token: tokenOf(parsed, system, text),
    tokens: tokensOf(tokensFile, system, text),
    requireToken: parsed.has('require-token'),
    trustReverseProxy: parsed.has('trust-reverse-proxy'),
    lanLoopback: parsed.has('lan-loopback'),
    lanForwards: parsed.has('lan-forwards'),
    allowedOrigins: parsed.list('allow-origin', values.readOrigin, expected.origin),
    allowedHosts: parsed.list('allow-host', values.readHost, expected.hostName),
    deniedPorts: parsed.list('deny-port', values.readPorts, expected.port).flat(),
    upstream: upstreamOf(parsed, system.environment, port, text),
    noProxy: parsed.all('no-proxy').join(','),
    forwards: forwardsOf(parsed, port, text),
    servers,
    defaultServer: servers[0]?.name ?? null,
    groups: groupsOf(parsed, text),
    recordContents: parsed.all('record-contents'),
    logLevel: parsed.one('log-level', values.readLevel, expected.level(LOG_LEVELS)) ?? DEFAULT_SETTINGS.logLevel,
    language: languageOption(parsed, text),
  };
  // A file of tokens that is empty today may have some tomorrow; until then no client is let in.
  const hasToken = settings.token !== null || tokensFile !== null;
  if (!hasToken && settings.requireToken) throw new UsageError(words.requireNeedsToken);
  if (!hasToken && !isLoopback(settings.host)) throw new UsageError(words.needsToken(settings.host));
  const tokenFile = parsed.last('token-file');
  const doubts = tokenFile === null ? [] : system.doubts(tokenFile);
  const behind = ownOptionsIn(parsed.served?.slice(1) ?? []);
  return {
    kind: 'serve',
    settings,
    logFile: parsed.last('log-file'),
    configFile: parsed.last('config'),
    tokensFile,
    noSpare: parsed.has('no-spare'),
    drain: parsed.one('drain', values.readSeconds, expected.seconds) ?? 0,
    warnings: [
      ...doubts.map((doubt) => doubtSentence(tokenFile ?? '', doubt, text)),
      ...behind.map((option) => words.behindSse(option)),
    ],
  };
}

function isElsewhere(name: OptionName): name is keyof typeof ONLY_ELSEWHERE {
  return Object.hasOwn(ONLY_ELSEWHERE, name);
}

function portOf(parsed: ParsedArgs, text: Text): number {
  return parsed.one('port', values.readPort, text.cliUsage.expected.port) ?? DEFAULT_SETTINGS.port;
}

function hostOf(parsed: ParsedArgs, text: Text): string {
  return parsed.one('host', values.readHost, text.cliUsage.expected.host) ?? DEFAULT_SETTINGS.host;
}

function languageOption(parsed: ParsedArgs, text: Text): Language {
  return parsed.one('lang', values.readLanguage, text.cliUsage.expected.language) ?? text.language;
}

function forwardsOf(parsed: ParsedArgs, ownPort: number, text: Text): readonly ForwardSetting[] {
  const { invalid, expected } = text.cliUsage;
  const forwards = parsed.list('forward', values.readForward, expected.forward);
  const taken = new Set([ownPort]);
  for (const [index, { port }] of forwards.entries()) {
    const written = parsed.all('forward')[index] ?? '';
    if (taken.has(port)) throw new UsageError(invalid('--forward', written, expected.portTwice));
    taken.add(port);
  }
  return forwards;
}

function groupsOf(parsed: ParsedArgs, text: Text): readonly GroupSetting[] {
  const { invalid, expected } = text.cliUsage;
  const groups = parsed.list('group', values.readGroup, expected.group);
  for (const [index, { name }] of groups.entries()) {
    if (groups.findIndex((group) => group.name === name) === index) continue;
    throw new UsageError(invalid('--group', parsed.all('group')[index] ?? '', expected.groupTwice));
  }
  return groups;
}

function tokensOf(file: string | null, system: CliEnvironment, text: Text): readonly TokenSetting[] {
  if (file === null) return [];
  refuseDoubtful(file, system, text);
  const tokens = readTokens(file, system.readFile);
  if (!tokens.ok) throw new UsageError(tokensFault(file, tokens, text));
  return tokens.tokens;
}

/** Name of the server that `--sse` gives, in `/servers/<name>/mcp`. */
const SSE_SERVER = 'default';

function serversOf(parsed: ParsedArgs, text: Text): readonly ServerSetting[] {
  const [command = '', ...args] = parsed.served ?? [];
  const trust = trustOf(parsed, command, text);
  const lan = lanCredentialsOf(parsed, command, text);
  if (parsed.served === null) return [];
  const words = text.cliUsage;
  if (command === '') throw new UsageError(words.needsValue('--sse', words.options.sse.form));
  const [option] = ownOptionsIn([command]);
  if (option !== undefined) throw new UsageError(words.behindSse(option));
  if (looksLikeUrl(command)) {
    const [extra] = args;
    if (extra !== undefined) throw new UsageError(words.unexpectedWord(extra));
    if (!isServerAddress(command))
      throw new UsageError(words.invalid('--sse', shownUrl(command), words.expected.serverUrl));
    return [{ name: SSE_SERVER, url: command, transport: 'auto', headers: {}, era: 'auto', ...trust, ...lan }];
  }
  return [{ name: SSE_SERVER, command, args, env: {}, cwd: null, era: 'auto', spare: !parsed.has('no-spare') }];
}

function lanCredentialsOf(
  parsed: ParsedArgs,
  url: string,
  { cliUsage: words }: Text,
): Pick<RemoteSetting, 'lanCredentials'> {
  if (!parsed.has('lan-credentials')) return {};
  if (!looksLikeUrl(url)) throw new UsageError(words.lanCredentialsOfUrl);
  return { lanCredentials: true };
}

function trustOf(parsed: ParsedArgs, url: string, { cliUsage: words }: Text): Pick<RemoteSetting, 'tls'> {
  const written = parsed.last('trust');
  if (written === null) return {};
  const fingerprint = /^https:/i.test(url) ? fingerprintIn(written) : null;
  if (fingerprint === null) throw new UsageError(words.invalid('--trust', written, words.expected.fingerprint));
  return { tls: { fingerprint } };
}

/** What a server is given that looks like an option of ours: it may be its own, or stand in the wrong place. */
function ownOptionsIn(args: readonly string[]): readonly string[] {
  const options = args.map((arg) => /^--([a-z-]+)(?:=|$)/.exec(arg)?.[1]).filter((name) => name !== undefined);
  return [...new Set(options)].filter((name) => isOption(name) && !UNREMARKABLE.has(name)).map((name) => `--${name}`);
}

/** Nearly every program has these. */
const UNREMARKABLE: ReadonlySet<string> = new Set([
  'help',
  'version',
  'json',
  'client',
  'mode',
  'yes',
  'requests',
  'messages',
  'contents',
  'outcome',
  'header',
  'env',
  'for',
]);
