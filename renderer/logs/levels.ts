import type { LogLevel } from '../../app/log/log.ts';

/** From everything to the worst, as the menu offers them. */
export const LEVELS = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[];

export function isLogLevel(value: string): value is LogLevel {
  return LEVELS.some((level) => level === value);
}
