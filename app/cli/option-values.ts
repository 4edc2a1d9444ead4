import { isIPv6 } from 'node:net';
import { isHostName, parseAuthority } from '../base/address.ts';
import { LOG_LEVELS, type LogLevel } from '../base/log.ts';
import { read } from '../base/schema/index.ts';
import { parseParent } from '../base/upstream.ts';
import type { Language } from '../i18n/index.ts';
import { groupSchema, isFreeField, isHeaderValue } from '../settings/schema.ts';
import type { ForwardSetting, GroupSetting } from '../settings/settings.ts';

/** Each reads one value as written on the command line; null means that it is none. */

export function readPort(text: string): number | null {
  if (!/^\d{1,5}$/.test(text)) return null;
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : null;
}

/** Whole seconds, an hour at most. */
export function readSeconds(text: string): number | null {
  if (!/^\d{1,4}$/.test(text)) return null;
  const seconds = Number(text);
  return seconds <= 3600 ? seconds : null;
}

/** `90s`, `30m`, `2h` or `1d` in seconds; a week at most. */
export function readPeriod(text: string): number | null {
  const [, digits = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const seconds = Number(digits) * ({ s: 1, m: 60, h: 3600, d: 86_400 }[unit] ?? 0);
  return seconds > 0 && seconds <= 7 * 86_400 ? seconds : null;
}

/** `500ms`, `2s` or `1m` in milliseconds; an hour at most. */
export function readDuration(text: string): number | null {
  const [, digits = '', unit = ''] = /^(\d{1,7}(?:\.\d{1,3})?)(ms|s|m)$/.exec(text) ?? [];
  const milliseconds = Number(digits) * ({ ms: 1, s: 1000, m: 60_000 }[unit] ?? 0);
  return milliseconds > 0 && milliseconds <= 3_600_000 ? milliseconds : null;
}

/** `Name: value`, a header that a server may be given. */
export function readHeader(text: string): readonly [string, string] | null {
  const [, name = '', value = ''] = /^([^:\s]+):\s*(.*)$/.exec(text) ?? [];
  return isFreeField(name) && isHeaderValue(value) ? [name, value] : null;
}

/** `NAME=value`. */
export function readVariable(text: string): readonly [string, string] | null {
  const [, name = '', value = ''] = /^([A-Za-z_][A-Za-z0-9_]*)=([^\0]*)$/.exec(text) ?? [];
  return name === '' ? null : [name, value];
}

/** `25,465` or several of them in one list. */
export function readPorts(text: string): readonly number[] | null {
  const ports: number[] = [];
  for (const part of text.split(/[\s,]+/)) {
    const port = readPort(part);
    if (port === null) return null;
    ports.push(port);
  }
  return ports;
}

/** A name or an address, IPv6 with or without brackets; without them in the result, names in lower case. */
export function readHost(text: string): string | null {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  if (isIPv6(bare)) return bare;
  return bare === text && isHostName(text) ? text.toLowerCase() : null;
}

/** Printable ASCII (RFC 20) without the space: what Basic, Bearer and SOCKS5 all carry unharmed. */
export function readToken(text: string): string | null {
  return /^[\x21-\x7e]{1,255}$/.test(text) ? text : null;
}

/** `PORT=HOST:PORT`. */
export function readForward(text: string): ForwardSetting | null {
  const [local = '', ...rest] = text.split('=');
  const port = readPort(local);
  const target = parseAuthority(rest.join('='), null);
  return port === null || target === null ? null : { port, host: target.host, targetPort: target.port };
}

/** `NAME=SERVER,SERVER`. */
export function readGroup(text: string): GroupSetting | null {
  const [name = '', ...rest] = text.split('=');
  const servers = rest
    .join('=')
    .split(',')
    .map((server) => server.trim());
  const group = read(groupSchema, { name: name.trim(), servers });
  return group.ok && group.value.name !== 'all' ? group.value : null;
}

/** The URL of a parent proxy: host and credentials only, because nothing else would have a meaning. */
export function readUpstream(text: string): string | null {
  const url = URL.parse(text);
  if (url === null) return null;
  const isBare = (url.pathname === '/' || url.pathname === '') && url.search === '' && url.hash === '';
  return isBare && parseParent(text) !== null ? url.href : null;
}

/** A web origin as browsers serialize it (RFC 6454 section 6.2), `null` and app schemes included. */
export function readOrigin(text: string): string | null {
  if (text === 'null' || text === 'file://') return text;
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#\s@]+)\/?$/i.exec(text);
  const url = URL.parse(text);
  if (match === null || url === null) return null;
  const [, scheme = '', authority = ''] = match;
  if (authority.includes('*')) return null;
  // URL.origin is 'null' for schemes that are not the web's own: `app://obsidian.md`.
  return url.origin === 'null' ? `${scheme.toLowerCase()}://${authority}` : url.origin;
}

export function readLevel(text: string): LogLevel | null {
  return LOG_LEVELS.find((level) => level === text.toLowerCase()) ?? null;
}

/** `en`, `zh-Hant`, and what people write instead: `zh-TW`, `zh_TW.UTF-8`. */
export function readLanguage(text: string): Language | null {
  if (/^en(?:[-_.]|$)/i.test(text)) return 'en';
  return /^zh(?:[-_.]|$)/i.test(text) ? 'zh-Hant' : null;
}
