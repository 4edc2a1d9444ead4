/** A command with its arguments as one line, in the words of a shell that expands nothing. */
export type CommandWords =
  | { readonly ok: true; readonly words: readonly string[] }
  /** A quotation mark has no partner. */
  | { readonly ok: false };

/**
 * Splits a line at white space, as POSIX shells do (XCU section 2.2): single quotes keep everything, double quotes and
 * backslashes work, and nothing is expanded: what a person types is what will run.
 */
export function splitCommandLine(line: string): CommandWords {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < line.length; at++) {
    const letter = line.charAt(at);
    if (quote !== null) {
      if (letter === quote) quote = null;
      else if (letter === '\\' && quote === '"' && /["\\]/.test(line.charAt(at + 1)))
        word = `${word ?? ''}${line.charAt(++at)}`;
      else word = `${word ?? ''}${letter}`;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      word ??= '';
    } else if (letter === '\\' && at + 1 < line.length) {
      word = `${word ?? ''}${line.charAt(++at)}`;
    } else if (/\s/.test(letter)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = `${word ?? ''}${letter}`;
    }
  }
  if (quote !== null) return { ok: false };
  if (word !== null) words.push(word);
  return { ok: true, words };
}

/** The line that `splitCommandLine` takes apart into these words. */
export function joinCommandLine(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : quoted(word))).join(' ');
}

function quoted(word: string): string {
  return word.includes("'") ? `"${word.replace(/["\\]/g, '\\$&')}"` : `'${word}'`;
}
