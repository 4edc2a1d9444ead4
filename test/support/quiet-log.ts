import type { Log, LogFields, LogLevel } from '../../app/log/log.ts';

export interface LogLine {
  readonly level: LogLevel;
  readonly source: string;
  readonly message: string;
  readonly fields: LogFields;
}

/** A log that keeps its lines for the test to look at. */
export function keptLog(lines: LogLine[] = [], source = 'test'): Log & { readonly lines: readonly LogLine[] } {
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      lines.push({ level, source, message, fields });
    };
  return {
    lines,
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    from: (other) => keptLog(lines, other),
  };
}
