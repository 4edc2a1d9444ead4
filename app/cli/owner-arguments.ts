import { nearest } from '../base/nearest.ts';
import { inARow } from '../i18n/in-a-row.ts';
import type { Text } from '../i18n/index.ts';
import { lacksScheme, looksLikeUrl } from '../settings/server-url.ts';
import {
  type Command,
  GROUP_ACTIONS,
  SETTINGS_ACTIONS,
  type ServerActionName,
  TAP_OUTCOMES,
  TOOLS_ACTIONS,
} from './command.ts';
import * as values from './option-values.ts';
import { type OptionName, type ParsedArgs, UsageError } from './options.ts';
import type { CliEnvironment } from './secrets.ts';

const SERVER_OPTIONS: ReadonlySet<OptionName> = new Set(['port', 'lang']);

/** What the commands share that ask the running instance for something of one server. */
function ofServer(action: string, options: readonly OptionName[], parsed: ParsedArgs, text: Text) {
  const words = text.cliUsage;
  parsed.only(new Set([...SERVER_OPTIONS, ...options]), (option) => words.notForServer(option, action));
  const server = parsed.words[1];
  if (server === undefined) throw new UsageError(words.serverMissing(action));
  return {
    server,
    host: null,
    port: parsed.one('port', values.readPort, words.expected.port),
    token: null,
    language: parsed.language(),
  };
}

type Reader = (parsed: ParsedArgs, system: CliEnvironment, text: Text) => Command;

export function serverCommand(action: ServerActionName): Reader {
  return (parsed, _system, text) => ({ kind: 'server', action, ...ofServer(action, [], parsed, text) });
}

export function loginCommand(action: 'login' | 'logout'): Reader {
  const options: readonly OptionName[] = action === 'login' ? ['print', 'accept-no-pkce'] : [];
  return (parsed, _system, text) => ({
    kind: 'login',
    action,
    print: parsed.has('print'),
    acceptNoPkce: parsed.has('accept-no-pkce'),
    ...ofServer(action, options, parsed, text),
  });
}

export function trustCommand(action: 'trust' | 'untrust'): Reader {
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

export function tapCommand(parsed: ParsedArgs, _system: CliEnvironment, text: Text): Command {
  const { expected, notForServer } = text.cliUsage;
  parsed.only(TAP_OPTIONS, (option) => notForServer(option, 'tap'));
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
    language: parsed.language(),
  };
}

export function serversCommand(
  parsed: ParsedArgs,
  name: string,
  options: readonly OptionName[],
  action: () => (Command & { readonly kind: 'servers' })['action'],
  text: Text,
): Command {
  parsed.only(new Set<OptionName>([...options, 'lang']), (option) => text.cliUsage.notForServer(option, name));
  return { kind: 'servers', action: action(), json: parsed.has('json'), language: parsed.language() };
}

/** What is said of a word where only some are understood: the one that is most likely meant, or all of them. */
export function strayWord(
  written: string,
  known: readonly string[],
  { cliUsage: words, status: { comma } }: Text,
): UsageError {
  return new UsageError(
    inARow(words.unexpectedWord(written), words.didYouMean(nearest(written, known) ?? known.join(comma))),
  );
}

export function wordAfter(parsed: ParsedArgs, action: string, text: Text): string {
  const word = parsed.words[1];
  if (word === undefined) throw new UsageError(text.cliUsage.serverMissing(action));
  return word;
}

/** What stands behind `--` is the server's, as it is. */
export function addCommand(parsed: ParsedArgs, _system: CliEnvironment, text: Text): Command {
  const words = text.cliUsage;
  const [, title = '', ...line] = parsed.words;
  const [first = '', second] = line;
  if (title === '' || first === '') throw new UsageError(words.addNeedsCommand);
  const isUrl = looksLikeUrl(first);
  // No program is called so: a slip of the hand would only show when the server is started.
  const scheme = isUrl ? undefined : /^[a-z][a-z0-9+.-]*:\/\//i.exec(first)?.[0];
  if (scheme !== undefined) throw new UsageError(words.invalid('URL', scheme, words.expected.serverUrl));
  if (lacksScheme(first)) throw new UsageError(words.invalid('URL', first, words.expected.serverUrl));
  if (isUrl && second !== undefined) throw new UsageError(words.unexpectedWord(second));
  if (isUrl && parsed.has('env')) throw new UsageError(words.notForServer('--env', 'add NAME URL'));
  if (!isUrl && parsed.has('header')) throw new UsageError(words.notForServer('--header', 'add NAME -- COMMAND'));
  const headers = Object.fromEntries(parsed.list('header', values.readHeader, words.expected.header, true));
  const env = Object.fromEntries(parsed.list('env', values.readVariable, words.expected.variable, true));
  return serversCommand(parsed, 'add', ['header', 'env'], () => ({ kind: 'add', title, line, env, headers }), text);
}

export function groupCommand(parsed: ParsedArgs, _system: CliEnvironment, text: Text): Command {
  const words = text.cliUsage;
  parsed.only(new Set<OptionName>(['json', 'lang']), (option) => words.notForServer(option, 'group'));
  const [, written = 'list', name = '', ...servers] = parsed.words;
  const kind = GROUP_ACTIONS.find((one) => one === written);
  if (kind === undefined) throw strayWord(written, GROUP_ACTIONS, text);
  const common = { kind: 'group', json: parsed.has('json'), language: parsed.language() } as const;
  if (kind !== 'list' && common.json) throw new UsageError(words.onlyFor('--json', 'group list'));
  const stray = kind === 'list' ? name : kind === 'remove' ? (servers[0] ?? '') : '';
  if (stray !== '') throw new UsageError(words.unexpectedWord(stray));
  if (kind === 'list') return { ...common, action: { kind } };
  if (name === '' || (kind === 'add' && (servers.length === 0 || servers.includes('')))) {
    throw new UsageError(words.groupNeedsServers);
  }
  return { ...common, action: kind === 'add' ? { kind, name, servers: [...new Set(servers)] } : { kind, name } };
}

export function toolsCommand(parsed: ParsedArgs, _system: CliEnvironment, text: Text): Command {
  const words = text.cliUsage;
  const of = ofServer('tools', ['json', 'all'], parsed, text);
  const common = { kind: 'tools', json: parsed.has('json'), ...of } as const;
  const [, , written, ...names] = parsed.words;
  if (parsed.has('all') && written !== 'approve') throw new UsageError(words.onlyFor('--all', 'tools SERVER approve'));
  if (written === undefined) return { ...common, action: { kind: 'list' } };
  const kind = TOOLS_ACTIONS.find((one) => one === written);
  if (kind === undefined) throw strayWord(written, TOOLS_ACTIONS, text);
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

export function settingsCommand(parsed: ParsedArgs, _system: CliEnvironment, text: Text): Command {
  const usage = text.cliUsage;
  parsed.only(new Set<OptionName>(['json', 'yes', 'lang']), (option) => usage.notForServer(option, 'settings'));
  const [, written = 'get', ...words] = parsed.words;
  const action = SETTINGS_ACTIONS.find((one) => one === written);
  if (action === undefined) throw strayWord(written, SETTINGS_ACTIONS, text);
  const [least, most] = SETTINGS_WORDS[action];
  if (words.length < least || words.length > most) throw new UsageError(usage.settingsWords[action]);
  if (parsed.has('yes') && action !== 'import') throw new UsageError(usage.onlyFor('--yes', 'settings import'));
  return {
    kind: 'settings',
    action,
    words,
    json: parsed.has('json'),
    yes: parsed.has('yes'),
    language: parsed.language(),
  };
}
