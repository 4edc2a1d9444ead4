import type { Log, LogFields, LogLevel } from '../../app/log/log.ts';

export interface LoggedLine {
  readonly level: LogLevel;
  readonly source: string;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/** A log that remembers instead of printing, so that tests can read what was said. */
export function rememberingLog(): { readonly log: Log; readonly lines: LoggedLine[] } {
  const lines: LoggedLine[] = [];
  const from = (source: string): Log => {
    const write = (level: LogLevel) => (message: string, fields?: LogFields) => {
      lines.push({ level, source, message, fields });
    };
    return {
      isDebug: true,
      error: write('error'),
      warn: write('warn'),
      info: write('info'),
      debug: write('debug'),
      from,
    };
  };
  return { log: from('test'), lines };
}
