import type { LogFields, LogLevel } from '../base/log.ts';

export { type Excerpt, LOG_LEVELS, type Log, type LogFields, type LogLevel } from '../base/log.ts';

/** Rank of each level as winston counts: smaller is more severe. A line is written if its rank is at most the log's. */
export const RANK: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

/** One line of the log, redacted already: the console, the file and the viewer each make their own form of it. */
export class LogEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly level: LogLevel;
  /** `proxy`, `server:<name>`, …; empty for the program itself. */
  readonly source: string;
  readonly message: string;
  readonly fields: LogFields;

  constructor(at: number, level: LogLevel, source: string, message: string, fields: LogFields) {
    this.at = at;
    this.level = level;
    this.source = source;
    this.message = message;
    this.fields = fields;
  }
}
