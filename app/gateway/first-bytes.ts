/** A CONNECT request that arrived in one piece and holds nothing out of the ordinary. */
export interface ConnectHead {
  readonly authority: string;
  /** Value of Proxy-Authorization; undefined when there is none. */
  readonly authorization: string | undefined;
  /** Value of Via, all lines joined; undefined when there is none. */
  readonly via: string | undefined;
  /** Bytes behind the head. */
  readonly early: Buffer | null;
}

/** Larger heads are left to the HTTP parser. */
const CONNECT_LIMIT = 16 * 1024;
const CONNECT_HEAD = /^CONNECT ([!-~]+) HTTP\/1\.1\r\n((?:[\w!#$%&'*+.^`|~-]+:[\t -~\x80-\xff]*\r\n)+)$/;
/** Fields that are left to the HTTP parser. */
const UNUSUAL = /^(?:content-length|transfer-encoding|expect|upgrade|connection:[^\r]*(?:upgrade|close))/im;

/**
 * Reads a CONNECT head in front of the HTTP parser, which is a tenth of the cost of a short tunnel. It accepts only
 * what RFC 9112 allows without any doubt; for everything else it returns null, and the parser decides and
 * answers. `chunk` starts with `C` and is the first thing the client sent.
 */
export function readConnectHead(chunk: Buffer): ConnectHead | null {
  const end = chunk.indexOf('\r\n\r\n');
  if (end === -1 || end > CONNECT_LIMIT) return null;
  const match = CONNECT_HEAD.exec(chunk.toString('latin1', 0, end + 2));
  if (match === null) return null;
  const [, authority = '', fields = ''] = match;
  if (UNUSUAL.test(fields) || count(fields, /^host:/gim) !== 1 || count(fields, /^proxy-authorization:/gim) > 1)
    return null;
  return {
    authority,
    authorization: /^proxy-authorization:[\t ]*(.*?)[\t ]*$/im.exec(fields)?.[1],
    via: viaOf(fields),
    early: chunk.length > end + 4 ? chunk.subarray(end + 4) : null,
  };
}

function viaOf(fields: string): string | undefined {
  const lines = fields.match(/^via:[^\r]*/gim);
  return lines === null ? undefined : lines.map((line) => line.slice(4).trim()).join(', ');
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

const LF = 0x0a;

/** The beginning of a line that can still become an absolute-form request: a method, a space, a scheme. */
const PREFIX =
  /^(?:\r\n)*\r?(?:[\w!#$%&'*+.^`|~-]{1,32}(?: (?:[a-z][a-z0-9+.-]*(?::(?:\/(?:\/[!-~\x80-\xff]*(?: [HTP/1.0]{0,8}\r?)?)?)?)?)?)?)?$/i;
const CONNECT = /^(?:\r\n)*CONNECT /;
/**
 * An absolute-form request line (RFC 9112 section 3.2.2): everything up to the end of the authority in ASCII without
 * white space; path, query and fragment, in which bytes from 0x80 may be; the version and CR LF.
 */
const ABSOLUTE_FORM =
  /^((?:\r\n)*[\w!#$%&'*+.^`|~-]+ [a-z][a-z0-9+.-]*:\/\/[!-"$-.0->@-~]*)([/?#][!-~\x80-\xff]*)( HTTP\/1\.[01]\r\n)$/i;

/** What is known of the first line of a connection. */
export type FirstLine =
  /** Not all of an absolute-form line has come: wait for more. */
  | { readonly kind: 'incomplete' }
  /** For the HTTP parser as it is. */
  | { readonly kind: 'plain' }
  /** For the HTTP parser in this form, and the only request of its connection. */
  | { readonly kind: 'encoded'; readonly bytes: Buffer };

const INCOMPLETE: FirstLine = { kind: 'incomplete' };
const PLAIN: FirstLine = { kind: 'plain' };

/**
 * Percent-encodes what programs leave raw in the URL they ask a proxy for, such as `http://nas.lan/café` in UTF-8 or
 * Latin-1: each byte from 0x80 in path and query becomes %XX (RFC 3986 section 2.1), byte for byte, so that no encoding
 * is guessed at. A fragment right behind the authority is dropped. White space, control characters, the method, the
 * authority and the version are left as they are, and so is every line that is not exactly an absolute-form request
 * line: the HTTP parser refuses those. Nothing that frames a message is touched.
 *
 * `bytes` is all that a connection has sent so far, from its beginning.
 */
export function readFirstLine(bytes: Buffer): FirstLine {
  const end = lineEnd(bytes);
  if (end === -1) {
    const begun = bytes.toString('latin1');
    return PREFIX.test(begun) && !CONNECT.test(begun) ? INCOMPLETE : PLAIN;
  }
  if (!isUnusual(bytes, end)) return PLAIN;
  const line = bytes.toString('latin1', 0, end + 1);
  const match = ABSOLUTE_FORM.exec(line);
  if (match === null || CONNECT.test(line)) return PLAIN;
  const [, beginning = '', target = '', version = ''] = match;
  const encoded = target.startsWith('#') ? '' : target.replace(/[\x80-\xff]/g, percentEncoded);
  if (encoded === target) return PLAIN;
  const head = Buffer.from(`${beginning}${encoded}${version}`, 'latin1');
  return { kind: 'encoded', bytes: Buffer.concat([head, bytes.subarray(end + 1)]) };
}

/** Position of the LF that ends the request line; empty lines in front of it do not count (RFC 9112 section 2.2). */
function lineEnd(bytes: Buffer): number {
  let start = 0;
  while (bytes[start] === 0x0d && bytes[start + 1] === LF) start += 2;
  return bytes.indexOf(LF, start);
}

/** Whether a line holds a byte from 0x80 or a `#`: all others need no second look. */
function isUnusual(bytes: Buffer, end: number): boolean {
  for (let at = 0; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x80 || byte === 0x23) return true;
  }
  return false;
}

function percentEncoded(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}
