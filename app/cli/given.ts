import { parseArgs } from 'node:util';
import { nearest } from '../base/schema/index.ts';
import type { Text } from '../i18n/index.ts';
import { isOption, OPTION_NAMES, OPTIONS, type OptionName } from './options.ts';

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

  /** Every value of an option as `read` understands it. Throws UsageError with `expected` for one it does not. */
  list<Value>(name: OptionName, read: (text: string) => Value | null, expected: string): Value[] {
    return this.all(name).map((written) => {
      const value = read(written);
      if (value === null) throw new UsageError(this.#text.cliUsage.invalid(`--${name}`, written, expected));
      return value;
    });
  }

  one<Value>(name: OptionName, read: (text: string) => Value | null, expected: string): Value | null {
    return this.list(name, read, expected).at(-1) ?? null;
  }

  /** parseArgs takes the line apart; its findings are judged here, because its own complaints are for programmers. */
  #take(argv: readonly string[]): readonly string[] {
    const words = this.#text.cliUsage;
    const { tokens } = parseArgs({ args: [...argv], options: OPTIONS, strict: false, tokens: true });
    const positionals: string[] = [];
    for (const token of tokens) {
      if (token.kind === 'positional') positionals.push(token.value);
      if (token.kind !== 'option') continue;
      if (!isOption(token.name)) throw this.#unknown(token.rawName);
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

  #unknown(option: string): UsageError {
    const words = this.#text.cliUsage;
    const names = OPTION_NAMES.map((name) => `--${name}`);
    const near = option.startsWith('--') ? nearest(option.toLowerCase(), names) : null;
    return new UsageError(`${words.unknownOption(option)} ${near === null ? words.seeHelp : words.didYouMean(near)}`);
  }
}
