/** Names of targets, clients and certificates come from strangers; nothing in them may reach the terminal as a command. */
export function printable(line: string): string {
  return line.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '�');
}

/**
 * The text with control characters, those that turn its direction and those that do not show spelled out, `\u001b`: what a stranger has
 * written can neither steer a terminal nor disguise itself, and JSON stays what it was.
 */
export function escaped(line: string): string {
  return line.replace(/[\p{Cc}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu, (character) =>
    character.split('').map(codeUnit).join(''),
  );
}

function codeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Terminal columns of a text of Latin letters and Chinese characters, which take two each. */
export function columns(text: string): number {
  return [...text].reduce((sum, character) => sum + columnsOf(character), 0);
}

/** The text and as many blanks as it takes to fill the columns. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

/** Lines of at most `width` columns, broken at blanks and between Chinese characters; what has neither stays whole. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of text.match(
    /[\u2e80-\uffef][、。，：；？！）」]*|[^\s\u2e80-\uffef]+[、。，：；？！）」]*\s*|\s+/gu,
  ) ?? []) {
    if (line !== '' && columns(line) + columns(piece.trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
  }
  return [...lines, line.trimEnd()];
}

function columnsOf(character: string): number {
  return character > '\u2e7f' ? 2 : 1;
}
