/** How an option of a bridge is written: how many words belong to it. */
export interface OptionShape {
  /** Words behind it: none, one, two, one that is neither an option nor a URL, or all up to the next option. */
  readonly values: 0 | 1 | 2 | 'maybe' | 'many';
  /** Whether it may be left out: it says nothing that matters once the bridge is gone. */
  readonly isIdle?: true;
}

/** Options of a command line as they are written, and the words between them. */
export interface ReadOptions {
  readonly options: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly words: readonly string[];
}

/** The name of the first option that is not in the table, or that lacks its value. */
export interface UnknownOption {
  readonly unknown: string;
}

/**
 * Reads a command line by a table of its options. Those that say nothing to us are left out; one that the table does not have is
 * named, because what it changes is not known.
 */
export function readOptions(
  args: readonly string[],
  table: Readonly<Record<string, OptionShape>>,
): ReadOptions | UnknownOption {
  const options: { name: string; values: readonly string[] }[] = [];
  const words: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (word === '--') {
      words.push(...args.slice(at + 1));
      break;
    }
    if (!/^-./.test(word)) {
      words.push(word);
      continue;
    }
    const [, name = word, , attached] = /^(--[^=]+)(=([\s\S]*))?$/.exec(word) ?? [];
    const shape = Object.hasOwn(table, name) ? table[name] : undefined;
    // A short option may have its value attached, which may be a secret.
    if (shape === undefined) return { unknown: name.startsWith('--') ? name : name.slice(0, 2) };
    const count = countOf(shape, args, at + 1);
    const behind = attached === undefined ? args.slice(at + 1, at + 1 + count) : [attached];
    if (typeof shape.values === 'number' && behind.length < shape.values) return { unknown: name };
    if (attached === undefined) at += count;
    if (shape.isIdle !== true) options.push({ name, values: behind });
  }
  return { options, words };
}

function countOf({ values }: OptionShape, args: readonly string[], from: number): number {
  if (typeof values === 'number') return values;
  if (values === 'maybe') return /^(?!-|https?:\/\/)./i.test(args[from] ?? '') ? 1 : 0;
  const end = args.findIndex((word, at) => at >= from && word.startsWith('-'));
  return (end === -1 ? args.length : end) - from;
}

/** In place of words that should not be there: they may be parts of a secret, so they are not shown. */
export const WORDS = 'args';

/** Text with the variables that a bridge or a shell fills in. `missing` is the first that is not there, as it is written. */
export function withVariables(
  text: string,
  pattern: RegExp,
  env: Readonly<Record<string, string>>,
): { readonly text: string } | { readonly missing: string } {
  let missing: string | null = null;
  const full = text.replace(pattern, (written: string, ...groups: unknown[]) => {
    const name = groups.find((group) => typeof group === 'string');
    const value = typeof name === 'string' && Object.hasOwn(env, name) ? env[name] : undefined;
    if (value === undefined) missing ??= written;
    return value ?? '';
  });
  return missing === null ? { text: full } : { missing };
}
