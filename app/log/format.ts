import type { LogEntry, LogLevel } from './log.ts';

const BRACKETED: Readonly<Record<LogLevel, string>> = {
  error: '[ERROR]',
  warn: '[WARN]',
  info: '[INFO]',
  debug: '[DEBUG]',
};

/** SGR parameters (ECMA-48 section 8.3.117), of the sixteen colours that terminal themes redefine. */
const COLOUR: Readonly<Record<LogLevel, string>> = { error: '31', warn: '33', info: '32', debug: '2' };

/**
 * What a person reads: `2026-11-22 05:38:00 [ERROR] nas.lan:443 - No route to host (EHOSTUNREACH) …  proxy status=502`.
 * The level stands right in front of the message, because that pair is what people search for; the source follows it.
 */
export function consoleLine(entry: LogEntry, colour: boolean): string {
  const time = localTime(entry.at);
  const message = visible(entry.message);
  const details = detailsOf(entry);
  const tail = details === '' ? '' : `  ${details}`;
  if (!colour) return `${time} ${BRACKETED[entry.level]} ${message}${tail}`;
  return `${dim(time)} ${sgr(COLOUR[entry.level], BRACKETED[entry.level])} ${message}${tail === '' ? '' : dim(tail)}`;
}

/** What a program reads: one JSON object a line, time in UTC. Fields cannot overwrite the four that are always there. */
export function jsonLine(entry: LogEntry): string {
  const { level, source, message, fields } = entry;
  const time = new Date(entry.at).toISOString();
  const isBare = Object.keys(fields).length === 0;
  return JSON.stringify(isBare ? { time, level, source, message } : { time, level, source, message, fields });
}

function detailsOf({ source, fields }: LogEntry): string {
  const parts = source === '' ? [] : [source];
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === null) continue;
    const text = String(value);
    parts.push(`${name}=${/[\s"]/.test(text) ? JSON.stringify(text) : text}`);
  }
  return visible(parts.join(' '));
}

/**
 * Names and errors come from other programs. What could move the cursor, recolour the terminal, turn the direction of
 * writing or fake a line of ours is spelled out; lines after the first are indented.
 */
function visible(text: string): string {
  // Classes of Unicode's properties take V8 a millisecond to compile, and a start logs plain lines.
  if (/^[ -~]*$/.test(text)) return text;
  return text.replace(/\r\n|[\p{Cc}\p{Bidi_Control}]/gu, (found) => {
    if (found === '\t') return found;
    if (found === '\n' || found === '\r\n') return '\n    ';
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function localTime(at: number): string {
  const date = new Date(at);
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function sgr(parameter: string, text: string): string {
  return `\u001b[${parameter}m${text}\u001b[0m`;
}

function dim(text: string): string {
  return sgr('2', text);
}
