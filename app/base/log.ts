/** Levels in falling severity. `info` is for normal operation; `debug` is for troubleshooting. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** Every level, most severe first. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const satisfies readonly LogLevel[];

/** The beginning of text that is not ours. Secrets are taken out before it is cut: half of one would not be recognized. */
export interface Excerpt {
  readonly excerpt: string;
  /** How many are shown. */
  readonly characters: number;
}

/** Facts beside a message. Never headers, bodies, tokens or environment: see log/redact.ts for the last line of defence. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined | Excerpt>>;

/** What every room writes its log through. `source` says which part writes: `proxy`, `bridge`, `server:<name>`, … */
export interface Log {
  /** Whether lines of `debug` are written: where they come with every connection, they need not be made otherwise. */
  readonly isDebug: boolean;
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** The same log under another source. */
  from(source: string): Log;
}
