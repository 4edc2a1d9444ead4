import type { Text } from '../text/index.ts';

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** A size as people read it: three digits at most, decimal units as Finder counts them. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit] ?? ''}`;
}

/** How long ago something began, in the words of the catalogue: its two largest units. */
export function age(milliseconds: number, { status: { ages } }: Text): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return ages.seconds(seconds);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return ages.minutes(minutes);
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return ages.hours(hours, minutes % 60);
  return ages.days(Math.floor(hours / 24), hours % 24);
}

/** An authority, an IPv6 address in brackets (RFC 3986 section 3.2.2). */
export function place(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
