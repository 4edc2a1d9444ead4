import type { LogLevel } from '../../app/base/log.ts';
import type { LogLine } from '../../app/ipc/index.ts';

export interface LogFilter {
  /** Lines of this level and weightier. */
  readonly level: LogLevel;
  /** Null for every source. */
  readonly source: string | null;
}

const RANK: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

/** Lines kept; the main process keeps no more either. */
const MOST_LINES = 60_000;

/** Lines over that before the oldest go: dropping them means filtering all others again. */
const SLACK = 5000;

/** The lines a log window knows: all of them, those its filter lets through, and where among these the search hits. */
export class LogModel {
  #all: LogLine[] = [];
  #shown: LogLine[] = [];
  #hits: number[] = [];
  #filter: LogFilter = { level: 'debug', source: null };
  #query = '';
  #lastSequence = 0;
  readonly #sources = new Set<string>();

  get all(): readonly LogLine[] {
    return this.#all;
  }

  get shown(): readonly LogLine[] {
    return this.#shown;
  }

  /** Positions among the shown lines, ascending. */
  get hits(): readonly number[] {
    return this.#hits;
  }

  get sources(): readonly string[] {
    return [...this.#sources].sort();
  }

  /** Number of the newest line there ever was, also after `clear`. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** The cost is that of the new lines, unless the oldest have to go: true then, for all positions are others. */
  add(lines: readonly LogLine[]): boolean {
    for (const line of lines) {
      this.#all.push(line);
      this.#lastSequence = line.sequence;
      this.#sources.add(line.source);
      if (this.#passes(line)) this.#show(line);
    }
    if (this.#all.length <= MOST_LINES + SLACK) return false;
    this.#all = this.#all.slice(-MOST_LINES);
    this.#again();
    return true;
  }

  filter(filter: LogFilter): void {
    this.#filter = filter;
    this.#again();
  }

  /** Letters compare without regard to case; an empty query hits nothing. */
  search(query: string): void {
    this.#query = query.toLowerCase();
    this.#hits = [];
    if (this.#query === '') return;
    this.#shown.forEach((line, at) => {
      if (this.#isHit(line)) this.#hits.push(at);
    });
  }

  clear(): void {
    this.#all = [];
    this.#again();
  }

  #again(): void {
    this.#shown = [];
    this.#hits = [];
    for (const line of this.#all) if (this.#passes(line)) this.#show(line);
  }

  #show(line: LogLine): void {
    this.#shown.push(line);
    if (this.#isHit(line)) this.#hits.push(this.#shown.length - 1);
  }

  #passes({ level, source }: LogLine): boolean {
    if (RANK[level] > RANK[this.#filter.level]) return false;
    return this.#filter.source === null || source === this.#filter.source;
  }

  #isHit(line: LogLine): boolean {
    return this.#query !== '' && searchable(line).includes(this.#query);
  }
}

function searchable(line: LogLine): string {
  return `${line.source} ${line.message} ${fieldsOf(line)}`.toLowerCase();
}

/** What stands beside a message: `status=502 client=curl`. */
export function fieldsOf({ fields }: LogLine): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/** One line as it is copied. */
export function lineAsText(line: LogLine): string {
  const time = new Date(line.at).toISOString();
  return [time, line.level.toUpperCase(), line.source, line.message, fieldsOf(line)]
    .filter((part) => part !== '')
    .join('  ');
}
