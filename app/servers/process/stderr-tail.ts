import { LineBudget, type LineRate } from '../../base/line-budget.ts';
import { type Log, RAW_CHARACTERS, RedactedLines, type Redactor } from '../../log/index.ts';

/** Lines kept of the beginning and of the end: what went wrong first, and what it came to. */
const FIRST_LINES = 8;
const LAST_LINES = 12;

/** What one child may write into the log. */
const RATE: LineRate = { burst: 400, perSecond: 50 };

/** A line of the end. One that was not logged waits as it came: in a flood, few of them are ever looked at. */
type KeptLine = { readonly clean: string } | { readonly raw: string; readonly inKey: boolean };

export interface StderrOptions {
  readonly log: Log;
  /** Who writes, as the log names it. */
  readonly name: string;
  readonly redactor: Redactor;
  /** What stands for so many lines between the first and the last. */
  readonly between: (lines: number) => string;
}

/**
 * A child's stderr by lines, without its secrets: this is the one place where they are taken out, for the log and for every
 * error, status and window. Each line goes to the log at once, up to a rate, and the first and last ones are kept for the day
 * it dies. The pipe is always read to its end: a child never waits for us.
 */
export class StderrTail {
  readonly #options: StderrOptions;
  readonly #lines: RedactedLines;
  readonly #budget: LineBudget;
  readonly #first: string[] = [];
  readonly #last: KeptLine[] = [];
  #count = 0;
  #open = '';

  constructor(options: StderrOptions) {
    const { log, name, redactor } = options;
    this.#options = options;
    this.#lines = new RedactedLines(redactor);
    this.#budget = new LineBudget(RATE, (leftOut) => log.warn(`${leftOut} further lines of ${name} left out`));
  }

  push(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      this.#append(text, from, end);
      this.#close();
      from = end + 1;
    }
    this.#append(text, from, text.length);
  }

  /** Tells the log of lines that were left out. */
  end(): void {
    this.#close();
    this.#budget.settle();
  }

  /** The first and the last lines, oldest first, with the number of those between; an unfinished last line included. */
  lines(): readonly string[] {
    const open: readonly KeptLine[] = this.#open.trim() === '' ? [] : [{ raw: this.#open, inKey: this.#lines.inKey }];
    const between = this.#count - this.#first.length - this.#last.length;
    const last = [...this.#last, ...open].slice(-LAST_LINES);
    const lost = between + (this.#last.length + open.length - last.length);
    return [...this.#first, ...(lost > 0 ? [this.#options.between(lost)] : []), ...this.#cleaned(last)];
  }

  #append(text: string, from: number, to: number): void {
    const room = RAW_CHARACTERS - this.#open.length;
    if (room > 0 && to > from) this.#open += text.slice(from, Math.min(to, from + room));
  }

  #close(): void {
    const raw = this.#open;
    this.#open = '';
    if (raw.trim() === '') return;
    const isShown = this.#budget.take();
    if (!isShown && this.#first.length === FIRST_LINES) {
      this.#keep({ raw, inKey: this.#lines.inKey });
      this.#lines.pass(raw);
      return;
    }
    const clean = this.#lines.line(raw);
    if (clean === '') return;
    if (this.#first.length < FIRST_LINES) {
      this.#first.push(clean);
      this.#count++;
    } else {
      this.#keep({ clean });
    }
    if (isShown) this.#options.log.info(clean);
  }

  #keep(line: KeptLine): void {
    this.#count++;
    this.#last.push(line);
    if (this.#last.length > LAST_LINES) this.#last.shift();
  }

  #cleaned(kept: readonly KeptLine[]): readonly string[] {
    let lines: RedactedLines | null = null;
    return kept.map((line) => {
      if ('clean' in line) return line.clean;
      lines ??= new RedactedLines(this.#options.redactor, line.inKey);
      return lines.line(line.raw);
    });
  }
}
