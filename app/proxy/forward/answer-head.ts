import type { AnswerFault } from '../../text/index.ts';
import { fieldKind, lists } from './field-kinds.ts';

/** How the content of an answer ends (RFC 9112 section 6.3). */
export type Framing =
  /** There is none. */
  | 'none'
  /** After `length` bytes. */
  | 'length'
  /** With the last chunk. */
  | 'chunked'
  /** With the connection. */
  | 'close';

/** Status line and fields of one answer. */
export interface AnswerHead {
  /** Minor version of HTTP/1 the origin spoke. */
  readonly minor: number;
  /** 100 to 999. */
  readonly status: number;
  readonly reason: string;
  /** Name, value, name, value, … in order and case as they came; bytes beyond ASCII as Latin-1. */
  readonly fields: readonly string[];
  readonly framing: Framing;
  /** Bytes of content when the framing is `length`, else 0. */
  readonly length: number;
  /** Value of the Connection field, all lines joined; empty when there is none. */
  readonly connection: string;
  /** Whether the connection may carry another exchange after this one (RFC 9112 section 9.3). */
  readonly persistent: boolean;
  /** Seconds the origin says it keeps an idle connection; null when it says nothing. */
  readonly idleSeconds: number | null;
}

const STATUS_LINE = /^HTTP\/1\.(\d) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * Reads the head of an answer to `method`, strictly: what two readers could understand differently is a fault.
 * `text` is the head as Latin-1, from the status line to the CR LF of the last field.
 */
export function parseAnswerHead(text: string, method: string): AnswerHead | AnswerFault {
  const lineEnd = text.indexOf('\r\n');
  const line = text.slice(0, lineEnd);
  const match = STATUS_LINE.exec(line);
  if (match === null) return /[\r\n]/.test(line) ? 'lineEnd' : 'statusLine';
  const minor = Number(match[1]);
  const status = Number(match[2]);

  const fields: string[] = [];
  const fault = parseFields(text, lineEnd + 2, fields);
  if (fault !== null) return fault;

  let length: string | null = null;
  let coding: string | null = null;
  let connection = '';
  let idleSeconds: number | null = null;
  for (let index = 0; index < fields.length; index += 2) {
    const value = fields[index + 1] ?? '';
    switch (fieldKind(fields[index] ?? '')) {
      case 'content-length':
        if (!/^\d{1,15}$/.test(value) || (length !== null && Number(length) !== Number(value))) return 'length';
        length = value;
        break;
      case 'transfer-encoding':
        coding = coding === null ? value : `${coding}, ${value}`;
        break;
      case 'connection':
        connection = connection === '' ? value : `${connection}, ${value}`;
        break;
      case 'keep-alive':
        idleSeconds = secondsOf(value) ?? idleSeconds;
        break;
    }
  }
  if (coding !== null && length !== null) return 'lengthAndCoding';
  if (coding !== null && coding.toLowerCase() !== 'chunked') return 'coding';

  const framing = framingOf(method, status, length, coding);
  const keepsAlive = minor === 0 ? lists(connection, 'keep-alive') : connection === '' || !lists(connection, 'close');
  return {
    minor,
    status,
    reason: match[3] ?? '',
    fields,
    framing,
    length: framing === 'length' ? Number(length) : 0,
    connection,
    // A coding in HTTP/1.0 is faulty framing: it is read, and the connection not used again (RFC 9112 section 6.1).
    persistent: keepsAlive && framing !== 'close' && !(minor === 0 && coding !== null),
    idleSeconds,
  };
}

function framingOf(method: string, status: number, length: string | null, coding: string | null): Framing {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return 'none';
  if (coding !== null) return 'chunked';
  return length === null ? 'close' : 'length';
}

function secondsOf(keepAlive: string): number | null {
  const match = /(?:^|[,\s])timeout=(\d{1,6})/i.exec(keepAlive);
  return match === null ? null : Number(match[1]);
}

/**
 * Reads field lines, from `start` to the end of `text`, into `fields`; null when all are well-formed.
 * Space before the colon is removed, as RFC 9112 section 5.1 asks of a proxy; a folded line is a fault (section 5.2).
 */
export function parseFields(text: string, start: number, fields: string[]): AnswerFault | null {
  let from = start;
  while (from < text.length) {
    const to = text.indexOf('\r\n', from);
    if (to === -1) return 'lineEnd';
    const first = text.charCodeAt(from);
    if (first === SPACE || first === TAB) return 'folded';
    const colon = text.indexOf(':', from);
    if (colon === -1 || colon >= to) return /[\r\n]/.test(text.slice(from, to)) ? 'lineEnd' : 'field';
    const name = text.slice(from, trimmedEnd(text, from, colon));
    if (!FIELD_NAME.test(name)) return /[\r\n]/.test(name) ? 'lineEnd' : 'field';
    const value = text.slice(trimmedStart(text, colon + 1, to), trimmedEnd(text, colon + 1, to));
    if (!FIELD_VALUE.test(value)) return /[\r\n]/.test(value) ? 'lineEnd' : 'field';
    fields.push(name, value);
    from = to + 2;
  }
  return null;
}

function trimmedStart(text: string, from: number, to: number): number {
  let start = from;
  while (start < to && isBlank(text.charCodeAt(start))) start++;
  return start;
}

function trimmedEnd(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && isBlank(text.charCodeAt(end - 1))) end--;
  return end;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
