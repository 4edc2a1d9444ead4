import { parseArgs } from 'node:util';
import { nearest } from '../base/nearest.ts';
import { inARow } from '../i18n/in-a-row.ts';
import type { Language, Text } from '../i18n/index.ts';
import { columns } from './columns.ts';
import { COMMANDS } from './command.ts';
import { readLanguage } from './option-values.ts';

/** Every option has its line in the help; `--sse` is none for the parser, because it ends the options. */
export type OptionName = keyof Text['cliUsage']['options'];

/** Options with a value may be given several times; where only one makes sense, the last counts. */
export const OPTIONS = {
  port: { type: 'string', short: 'p' },
  host: { type: 'string' },
  token: { type: 'string' },
  'token-file': { type: 'string' },
  tokens: { type: 'string' },
  'require-token': { type: 'boolean' },
  'trust-reverse-proxy': { type: 'boolean' },
  'lan-loopback': { type: 'boolean' },
  'lan-forwards': { type: 'boolean' },
  forward: { type: 'string' },
  upstream: { type: 'string' },
  'no-proxy': { type: 'string' },
  'deny-port': { type: 'string' },
  'allow-origin': { type: 'string' },
  'allow-host': { type: 'string' },
  config: { type: 'string' },
  group: { type: 'string' },
  all: { type: 'boolean' },
  set: { type: 'string' },
  'no-spare': { type: 'boolean' },
  'record-contents': { type: 'string' },
  trust: { type: 'string' },
  'lan-credentials': { type: 'boolean' },
  'log-level': { type: 'string' },
  'log-file': { type: 'string' },
  lang: { type: 'string' },
  server: { type: 'string' },
  error: { type: 'string' },
  client: { type: 'string' },
  folder: { type: 'string' },
  file: { type: 'string' },
  mode: { type: 'string' },
  yes: { type: 'boolean' },
  requests: { type: 'boolean' },
  messages: { type: 'boolean' },
  contents: { type: 'boolean' },
  slow: { type: 'string' },
  outcome: { type: 'string' },
  header: { type: 'string' },
  env: { type: 'string' },
  for: { type: 'string' },
  json: { type: 'boolean' },
  start: { type: 'boolean' },
  drain: { type: 'string' },
  print: { type: 'boolean' },
  'accept-no-pkce': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const satisfies Readonly<
  Record<Exclude<OptionName, 'sse'>, { readonly type: 'string' | 'boolean'; readonly short?: string }>
>;

export function isOption(name: string): name is keyof typeof OPTIONS {
  return Object.hasOwn(OPTIONS, name);
}

/** Every option in the order of the help. */
export const OPTION_NAMES: readonly OptionName[] = [...Object.keys(OPTIONS).filter(isOption), 'sse'];

/** What stands in front of `--`: words behind it are no options. */
function own(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
}

/** The option that `-port` or `—port` stands for, as other programs and word processors write it; null for anything else. */
function meantBy(argument: string): string | null {
  const written = /^(?:-|[–—]-?)([a-z][a-z-]+)(?:=.*)?$/s.exec(argument)?.[1];
  return OPTION_NAMES.some((name) => name === written) ? `--${written}` : null;
}

/** What supergateway and mcp-proxy call an option of ours. */
const ELSEWHERE: ReadonlyMap<string, OptionName> = new Map([
  ['--stdio', 'sse'],
  ['--streamablehttp', 'sse'],
  ['--sse-port', 'port'],
  ['--sse-host', 'host'],
  ['--named-server-config', 'config'],
  ['--cors', 'allow-origin'],
]);

/** The letter of an option; null when it has none. */
function letterOf(name: OptionName): string | null {
  if (!isOption(name)) return null;
  const option = OPTIONS[name];
  return 'short' in option ? option.short : null;
}

/** The help text: how the program is called, and one line an option. */
export function helpText(version: string, text: Text): string {
  const words = text.cliUsage;
  const rows = OPTION_NAMES.map((name) => {
    const { form, says } = words.options[name];
    const letter = letterOf(name);
    return { says, option: `${letter === null ? '    ' : `-${letter}, `}--${name}${form === '' ? '' : ` ${form}`}` };
  });
  const width = Math.max(...rows.map(({ option }) => option.length));
  const indent = ' '.repeat(columns(words.usage));
  return [
    words.title(version),
    '',
    ...Object.values(words.forms).map((form, index) => `${index === 0 ? words.usage : indent}mcp-gangway ${form}`),
    '',
    ...rows.map(({ option, says }) => `  ${option.padEnd(width)}  ${says}`),
    '',
  ].join('\n');
}

/** Arguments that cannot be followed: the one line that says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A command line taken apart: which options were given, with which texts. What the texts mean is not decided here. */
export class ParsedArgs {
  /** Words that belong to no option. */
  readonly words: readonly string[];
  /** The command behind `--sse`, verbatim; null without it. */
  readonly served: readonly string[] | null;
  readonly #text: Text;
  readonly #options = new Map<OptionName, string[]>();

  /** Throws UsageError for what is no option, and for values that are missing or too many. */
  constructor(argv: readonly string[], text: Text) {
    this.#text = text;
    const end = argv.findIndex((argument) => argument === '--sse' || argument.startsWith('--sse='));
    const [own, rest] = end === -1 ? [argv, null] : [argv.slice(0, end), argv.slice(end)];
    this.served = rest === null ? null : [...(rest[0] ?? '').split(/(?<=^--sse)=/).slice(1), ...rest.slice(1)];
    this.words = this.#take(own);
  }

  names(): readonly OptionName[] {
    return [...this.#options.keys()];
  }

  has(name: OptionName): boolean {
    return this.#options.has(name);
  }

  all(name: OptionName): readonly string[] {
    return this.#options.get(name) ?? [];
  }

  last(name: OptionName): string | null {
    return this.all(name).at(-1) ?? null;
  }

  /** Every value of an option as `read` understands it. Throws UsageError with `expected` for one it does not; a secret is not repeated. */
  list<Value>(name: OptionName, read: (text: string) => Value | null, expected: string, isSecret = false): Value[] {
    return this.all(name).map((written) => {
      const value = read(written);
      const { invalid, secretHidden } = this.#text.cliUsage;
      if (value === null) throw new UsageError(invalid(`--${name}`, isSecret ? secretHidden : written, expected));
      return value;
    });
  }

  one<Value>(name: OptionName, read: (text: string) => Value | null, expected: string): Value | null {
    return this.list(name, read, expected).at(-1) ?? null;
  }

  /** Throws UsageError with a complaint about the first option that is not known. */
  only(known: ReadonlySet<OptionName>, complaint: (option: string) => string): void {
    const names = this.served === null ? this.names() : [...this.names(), 'sse' as const];
    for (const name of names) if (!known.has(name)) throw new UsageError(complaint(`--${name}`));
  }

  /** That of `--lang`, else the one that complaints are made in. */
  language(): Language {
    return this.one('lang', readLanguage, this.#text.cliUsage.expected.language) ?? this.#text.language;
  }

  /** parseArgs takes the line apart; its findings are judged here, because its own complaints are for programmers. */
  #take(argv: readonly string[]): readonly string[] {
    const words = this.#text.cliUsage;
    for (const argument of own(argv)) {
      const meant = meantBy(argument);
      if (meant !== null) throw new UsageError(inARow(words.unknownOption(argument), words.didYouMean(meant)));
    }
    const { tokens } = parseArgs({ args: [...argv], options: OPTIONS, strict: false, tokens: true });
    const positionals: string[] = [];
    for (const token of tokens) {
      if (token.kind === 'positional') positionals.push(token.value);
      if (token.kind !== 'option') continue;
      if (!isOption(token.name)) throw this.#unknown(token.rawName, positionals[0]);
      const takesValue = OPTIONS[token.name].type === 'string';
      // `--port --host ::1` forgot something; a value that does start with a dash can be given as `--token=-x`.
      const isMissing = (token.value ?? '') === '' || (token.inlineValue === false && token.value?.startsWith('-'));
      if (takesValue && isMissing) {
        throw new UsageError(words.needsValue(token.rawName, words.options[token.name].form));
      }
      if (!takesValue && token.inlineValue === true) throw new UsageError(words.takesNoValue(token.rawName));
      this.#options.set(token.name, [...this.all(token.name), token.value ?? '']);
    }
    return positionals;
  }

  /** @param first the first word in front of it */
  #unknown(option: string, first: string | undefined): UsageError {
    const words = this.#text.cliUsage;
    const advice = (sentence: string) => new UsageError(inARow(words.unknownOption(option), sentence));
    const elsewhere = ELSEWHERE.get(option.toLowerCase());
    if (elsewhere !== undefined) return advice(words.didYouMean(`--${elsewhere}`));
    if (first === 'add') return advice(words.addNeedsCommand);
    // A program stands in front of it, whose option it is.
    if (first !== undefined && !COMMANDS.some((name) => name === first)) return advice(words.commandsGoBehindSse);
    // Where several are as near, what people come for is meant.
    const names = ['--sse', ...OPTION_NAMES.map((name) => `--${name}`)];
    const near = option.startsWith('--') ? nearest(option.toLowerCase(), names) : null;
    return advice(near === null ? words.seeHelp : words.didYouMean(near));
  }
}
