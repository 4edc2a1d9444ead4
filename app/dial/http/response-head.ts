import type { AnswerFault } from '../../i18n/index.ts';
import { fieldKind, lists } from './header-fields.ts';

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
export interface ResponseHead {
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
  /** What Content-Length says, about the content of another answer where this one has none; null when chunks overrule it. */
  readonly contentLength: number | null;
  /** Value of the Connection field, all lines joined; empty when there is none. */
  readonly connection: string;
  /** Whether the connection may carry another exchange after this one (RFC 9112 section 9.3). */
  readonly persistent: boolean;
  /** Whether it was understood, but not by the letter of RFC 9112. */
  readonly lenient: boolean;
  /** Seconds the origin says it keeps an idle connection; null when it says nothing. */
  readonly idleSeconds: number | null;
  /** Requests the origin says it serves on a connection, or still serves; null when it says nothing. */
  readonly maxRequests: number | null;
}

const STATUS_LINE = /^HTTP\/1\.(\d) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
/**
 * The same three words in any case and with any blanks (RFC 9112 section 4 allows a client that), or with none in front
 * of a reason that begins with a letter. Radio servers (SHOUTcast 1) write ICY for the version, and mean 1.0. Each blank has one place to
 * match in, so that no line costs quadratic time.
 */
const LENIENT_STATUS_LINE =
  /^[\t ]*(?:HTTP\/1\.(\d)|ICY)[\t ]+([1-9]\d\d)(?:(?=[a-z])|[\t ]+|$)([!-~\x80-\xff][\t\x20-\x7e\x80-\xff]*)?$/i;
const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** One length, or a list of lengths, each of digits alone. */
const LENGTHS = /^\d{1,15}(?:[\t ]*,[\t ]*\d{1,15})*$/;
const CR = 0x0d;
/** Parameters of Keep-Alive (RFC 2068 section 19.7.1.1). */
const IDLE_SECONDS = /(?:^|[,\s])timeout=(\d{1,6})/i;
const MAX_REQUESTS = /(?:^|[,\s])max=(\d{1,6})/i;
const SPACE = 0x20;
const TAB = 0x09;

/** Field lines as they were read. */
export interface FieldBlock {
  /** Name, value, name, value, … */
  readonly fields: string[];
  /** Whether a line was not by the letter of RFC 9112. */
  lenient: boolean;
}

/**
 * Reads the head of an answer to `method`. What cannot be misunderstood is taken as curl takes it, and marked as
 * lenient; what two readers could understand differently is a fault.
 * `text` is the head as Latin-1, from the status line to the line end of the last field.
 */
export function parseResponseHead(text: string, method: string): ResponseHead | AnswerFault {
  const feed = text.indexOf('\n');
  const lineEnd = text.charCodeAt(feed - 1) === CR ? feed - 1 : feed;
  const line = text.slice(0, lineEnd);
  const strict = STATUS_LINE.exec(line);
  const match = strict ?? LENIENT_STATUS_LINE.exec(line);
  if (match === null) return line.includes('\r') ? 'lineEnd' : 'statusLine';
  const minor = Number(match[1] ?? 0);
  const status = Number(match[2]);

  const block: FieldBlock = { fields: [], lenient: strict === null || lineEnd === feed };
  const fault = parseFields(text, feed + 1, block);
  if (fault !== null) return fault;

  const { fields } = block;
  let { lenient } = block;
  let length: number | null = null;
  let coding: string | null = null;
  let connection = '';
  let idleSeconds: number | null = null;
  let maxRequests: number | null = null;
  for (let index = 0; index < fields.length; index += 2) {
    const value = fields[index + 1] ?? '';
    switch (fieldKind(fields[index] ?? '')) {
      case 'content-length': {
        const repeated = length !== null || value.includes(',');
        const bytes = lengthOf(value);
        if (bytes === null || (length !== null && length !== bytes)) return 'length';
        lenient ||= repeated;
        length = bytes;
        break;
      }
      case 'transfer-encoding':
        coding = coding === null ? value : `${coding}, ${value}`;
        break;
      case 'connection':
        connection = connection === '' ? value : `${connection}, ${value}`;
        break;
      case 'keep-alive':
        idleSeconds = parameterOf(value, IDLE_SECONDS) ?? idleSeconds;
        maxRequests = parameterOf(value, MAX_REQUESTS) ?? maxRequests;
        break;
    }
  }
  const chunked = coding === null ? false : isChunked(coding);
  if (chunked === null) return 'coding';
  // The length beside it is dropped, and a coding in HTTP/1.0 is read: both are faulty framing, and the connection ends
  // behind it (RFC 9112 section 6.1).
  const faulty = coding !== null && (length !== null || minor === 0);
  if (faulty || (coding !== null && coding.toLowerCase() !== 'chunked')) lenient = true;

  const framing = framingOf(method, status, length, chunked);
  const keepsAlive = minor === 0 ? lists(connection, 'keep-alive') : connection === '' || !lists(connection, 'close');
  return {
    minor,
    status,
    reason: trimmed(match[3] ?? ''),
    fields,
    framing,
    length: framing === 'length' && length !== null ? length : 0,
    contentLength: chunked ? null : length,
    connection,
    persistent: keepsAlive && framing !== 'close' && !faulty,
    lenient,
    idleSeconds,
    maxRequests,
  };
}

/** The one length that a value states, once or as a list of equal ones (RFC 9110 section 8.6); null when it does not. */
function lengthOf(value: string): number | null {
  if (!LENGTHS.test(value)) return null;
  if (!value.includes(',')) return Number(value);
  const lengths = new Set(value.split(',').map(Number));
  const [length] = lengths;
  return lengths.size === 1 && length !== undefined ? length : null;
}

/**
 * Whether the codings of an answer are chunked, or none; null when there is one we do not take off, or chunked twice.
 * `identity` is no coding: RFC 2616 had it, and old servers send it. Empty members of a list mean nothing (RFC 9110
 * section 5.6.1.2).
 */
function isChunked(coding: string): boolean | null {
  let chunked = false;
  for (const member of coding.toLowerCase().split(',')) {
    const name = trimmed(member);
    if (name === '' || name === 'identity') continue;
    if (name !== 'chunked' || chunked) return null;
    chunked = true;
  }
  return chunked;
}

function framingOf(method: string, status: number, length: number | null, chunked: boolean): Framing {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return 'none';
  if (chunked) return 'chunked';
  return length === null ? 'close' : 'length';
}

function parameterOf(keepAlive: string, pattern: RegExp): number | null {
  const match = pattern.exec(keepAlive);
  return match === null ? null : Number(match[1]);
}

/**
 * Reads field lines, from `start` to the end of `text`, into `block`; null when all are well-formed.
 * A line may end with a bare LF (RFC 9112 section 2.2), a folded one is unfolded (section 5.2), and the space in front
 * of a colon is removed (section 5.1), as each section asks of a reader of answers.
 */
export function parseFields(text: string, start: number, block: FieldBlock): AnswerFault | null {
  const { fields } = block;
  let from = start;
  while (from < text.length) {
    const feed = text.indexOf('\n', from);
    if (feed === -1) return 'lineEnd';
    const strict = text.charCodeAt(feed - 1) === CR;
    const to = strict ? feed - 1 : feed;
    const first = text.charCodeAt(from);
    if (isBlank(first)) {
      const fault = unfold(text.slice(from, to), fields);
      if (fault !== null) return fault;
      block.lenient = true;
    } else {
      const colon = text.indexOf(':', from);
      if (colon === -1 || colon >= to) return text.slice(from, to).includes('\r') ? 'lineEnd' : 'field';
      const nameEnd = trimmedEnd(text, from, colon);
      const name = text.slice(from, nameEnd);
      if (!FIELD_NAME.test(name)) return name.includes('\r') ? 'lineEnd' : 'field';
      const value = text.slice(trimmedStart(text, colon + 1, to), trimmedEnd(text, colon + 1, to));
      if (!FIELD_VALUE.test(value)) return value.includes('\r') ? 'lineEnd' : 'field';
      if (nameEnd !== colon) block.lenient = true;
      fields.push(name, value);
    }
    if (!strict) block.lenient = true;
    from = feed + 1;
  }
  return null;
}

/**
 * Joins a folded line to the value before it, with one space (RFC 9112 section 5.2). Not where that says how the content
 * ends: readers that unfold and readers that do not would cut it differently, and curl is one that does not.
 */
function unfold(line: string, fields: string[]): AnswerFault | null {
  const name = fields.at(-2);
  if (name === undefined) return 'field';
  if (!FIELD_VALUE.test(line)) return line.includes('\r') ? 'lineEnd' : 'field';
  const kind = fieldKind(name);
  if (kind === 'content-length' || kind === 'transfer-encoding') return 'folded';
  const more = trimmed(line);
  const value = fields.at(-1) ?? '';
  if (more !== '') fields[fields.length - 1] = value === '' ? more : `${value} ${more}`;
  return null;
}

function trimmed(text: string): string {
  return text.slice(trimmedStart(text, 0, text.length), trimmedEnd(text, 0, text.length));
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
