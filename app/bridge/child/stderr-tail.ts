/** Characters of one line that are kept; a longer one is cut. */
const LINE_CHARACTERS = 2000;
const KEPT_LINES = 20;

/** A child's stderr by lines: each goes to the log at once, and the last ones are kept for the day it dies. */
export class StderrTail {
  readonly #lines: string[] = [];
  readonly #log: (line: string) => void;
  #open = '';

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  push(text: string): void {
    const pieces = text.split('\n');
    pieces.forEach((piece, index) => {
      if (index > 0) this.#close();
      if (this.#open.length < LINE_CHARACTERS) this.#open += piece.slice(0, LINE_CHARACTERS - this.#open.length);
    });
  }

  /** Oldest first, an unfinished last line included. */
  lines(): readonly string[] {
    const open = printable(this.#open);
    return open === '' ? [...this.#lines] : [...this.#lines, open].slice(-KEPT_LINES);
  }

  #close(): void {
    const line = printable(this.#open);
    this.#open = '';
    if (line === '') return;
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    this.#log(line);
  }
}

/** Without colours and control characters: the line ends up in a log and in other people's error messages. */
function printable(line: string): string {
  return line
    .replace(/\p{Cc}\[[0-9;]*m/gu, '')
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
}
