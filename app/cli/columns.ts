/** Names of targets, clients and certificates come from strangers; nothing in them may reach the terminal as a command. */
export function printable(line: string): string {
  return line.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '�');
}

/**
 * The text with control characters and those that turn its direction spelled out, `\u001b`: what a stranger has written can neither
 * steer a terminal nor disguise itself, and JSON stays what it was.
 */
export function escaped(line: string): string {
  return line.replace(
    /[\p{Cc}\p{Bidi_Control}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A value as JSON for a program, and for a terminal on which a person looks at it: JSON itself leaves the C1 control characters as they are. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2).split('\n').map(escaped).join('\n')}\n`;
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
