import { isAscii } from 'node:buffer';

/**
 * Characters that end a line for Unicode (UAX 14), but neither for event streams nor for stdio: readers built on their language's own
 * idea of lines, such as Node's readline and Python's splitlines, cut a message there. Inside JSON they only stand in strings,
 * where an escape means the same.
 */
const SEPARATORS = [
  { bytes: Buffer.from('\u2028'), escaped: Buffer.from('\\u2028') },
  { bytes: Buffer.from('\u2029'), escaped: Buffer.from('\\u2029') },
  { bytes: Buffer.from('\u0085'), escaped: Buffer.from('\\u0085') },
] as const;

/** The same JSON without line separators of Unicode; the very same bytes when there are none. */
export function escapeSeparators(json: Buffer): Buffer {
  if (isAscii(json)) return json;
  let text = json;
  for (const { bytes, escaped } of SEPARATORS) {
    const pieces: Buffer[] = [];
    let from = 0;
    for (let at = text.indexOf(bytes); at !== -1; at = text.indexOf(bytes, from)) {
      pieces.push(text.subarray(from, at), escaped);
      from = at + bytes.length;
    }
    if (from > 0) text = Buffer.concat([...pieces, text.subarray(from)]);
  }
  return text;
}
