import type { Redactor } from '../../log/index.ts';

/**
 * Facts that may be shown and sent around: no secret that we know or can recognise, and the person's home as `~`. A report is
 * pasted into public places.
 */
export function cleaner(redactor: Redactor, home: string): <Value>(value: Value) => Value {
  const mend = (text: string): string => redactor.text(shorten(text, home));
  // Strings are replaced by strings and nothing else is touched, so that it is of the same type afterwards.
  return <Value>(value: Value) => walk(value, mend) as Value;
}

function walk(value: unknown, mend: (text: string) => string): unknown {
  if (typeof value === 'string') return mend(value);
  if (Array.isArray(value)) return value.map((one: unknown) => walk(one, mend));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one, mend)]));
}

function shorten(text: string, home: string): string {
  if (home === '' || home === '/') return text;
  return text
    .split(home)
    .reduce((before, after) => `${before}${/^(?:$|[\\/\s:;,)])/.test(after) ? '~' : home}${after}`);
}
