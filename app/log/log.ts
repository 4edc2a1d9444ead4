/** Every level, most severe first. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const satisfies readonly LogLevel[];

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

/** Levels in falling severity. `info` is for normal operation; `debug` is for troubleshooting. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** The beginning of text that is not ours. Secrets are taken out before it is cut: half of one would not be recognized. */
export interface Excerpt {
  readonly excerpt: string;
  /** How many are shown. */
  readonly characters: number;
}

/** Facts beside a message. Never headers, bodies, tokens or environment: see redact.ts for the last line of defence. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined | Excerpt>>;

/** What every room writes its log through. `source` says which part writes: `proxy`, `bridge`, `server:<name>`, … */
export interface Log {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** The same log under another source. */
  from(source: string): Log;
}
