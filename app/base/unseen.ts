/** Control characters, line breaks, and what is drawn as nothing or turns the direction of writing (Unicode TR36, section 2.5). */
const UNSEEN = String.raw`\p{Cc}\p{Cs}\u2028\u2029\p{Bidi_Control}\p{Default_Ignorable_Code_Point}`;

/** What is drawn as a blank and is none: the other spaces (Zs), the empty Braille pattern, and the null notehead. */
const BLANK = String.raw`\xa0\u1680\u2000-\u200a\u202f\u205f\u3000\u2800\u{1d159}`;

const hidden = new RegExp(`[${UNSEEN}${BLANK}]`, 'gu');
const unseen = new RegExp(String.raw`[${UNSEEN}\p{Co}\p{Cn}]`, 'u');
const blank = new RegExp(`[${BLANK}]`, 'u');

/** Text with its characters that cannot be seen, are taken for a space, or turn others around, written out: nothing hides in what is shown. */
export function plainly(written: string): string {
  return written.replace(hidden, (letter) => `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`);
}

/** A line of a file or of a description in the same way, with its tabs, and the carriage return that ends it on Windows. */
export function plainLine(line: string): string {
  const end = line.endsWith('\r') ? '\r' : '';
  return `${line
    .slice(0, line.length - end.length)
    .split('\t')
    .map(plainly)
    .join('\t')}${end}`;
}

/** Whether a text holds what a person cannot see, or what no font is sure to draw. */
export function hasUnseen(text: string): boolean {
  return unseen.test(text);
}

/** Whether a text holds what looks like a space and is none. */
export function hasFalseSpace(text: string): boolean {
  return blank.test(text);
}
