import { isLoopback } from '../base/host.ts';
import { LOG_LEVELS } from '../base/log.ts';
import type { Text } from '../i18n/index.ts';
import { fingerprintIn, isServerAddress, lacksScheme, looksLikeUrl, shownUrl } from '../settings/server-url.ts';
import {
  DEFAULT_SETTINGS,
  type ForwardSetting,
  type GroupSetting,
  type RemoteSetting,
  type ServerSetting,
  type Settings,
  type TokenSetting,
} from '../settings/settings.ts';
import type { Command } from './command.ts';
import { doubtSentence } from './file-trust.ts';
import * as values from './option-values.ts';
import { isOption, type OptionName, type ParsedArgs, UsageError } from './options.ts';
import { type CliEnvironment, refuseDoubtful, tokenOf, upstreamOf } from './secrets.ts';
import { readTokens, tokensFault } from './tokens.ts';

/** Options that serve nothing, and whose they are. */
const ONLY_ELSEWHERE = {
  json: 'status, tap, doctor, clients, list, group, tools, settings',
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

export function serveCommand(parsed: ParsedArgs, system: CliEnvironment, text: Text): Command {
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
    language: parsed.language(),
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
  if (lacksScheme(command)) throw new UsageError(words.invalid('--sse', command, words.expected.serverUrl));
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
