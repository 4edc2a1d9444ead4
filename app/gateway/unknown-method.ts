import { IncomingMessage, METHODS } from 'node:http';
import type { Socket } from 'node:net';
import type { ParserError } from './request-faults.ts';

/** A request that was read without the HTTP parser. */
export interface UnparsedRequest {
  readonly req: IncomingMessage;
  /** Bytes behind its head. */
  readonly rest: Buffer;
}

/** A method (RFC 9110 section 9.1), an absolute-form target, HTTP/1.1 or 1.0, and fields, none of them folded. */
const HEAD =
  /^([\w!#$%&'*+.^`|~-]{1,32}) ([a-z][a-z0-9+.-]*:\/\/[!-~]+) HTTP\/1\.([01])\r\n((?:[\w!#$%&'*+.^`|~-]+:[\t -~\x80-\xff]*\r\n)*)$/i;
/** Fields that change how the request is framed or answered: such a request is left to the parser's refusal. */
const UNUSUAL = /^(?:transfer-encoding|expect|upgrade):/im;
const FIELD = /^([^:\r\n]+):[\t ]*([^\r\n]*)/gm;
const LENGTH = /^content-length:[\t ]*(\d{1,5})[\t ]*\r$/gim;
/** What llhttp knows besides: methods of RTSP, and the preface of HTTP/2. */
const OTHERS =
  'ANNOUNCE DESCRIBE FLUSH GET_PARAMETER PAUSE PLAY PRI RECORD REDIRECT SETUP SET_PARAMETER TEARDOWN'.split(' ');
const KNOWN = [...METHODS, ...OTHERS].map((method) => `${method} `);
/** Bytes of content that are passed on. */
const CONTENT_LIMIT = 64 * 1024;

/**
 * The absolute-form request at which llhttp has stopped because it does not know the method, such as Vault's LIST or VERSION-CONTROL
 * of RFC 3253: any token may be one, and what it means is between the program and its server. It accepts only what RFC 9112 allows
 * without any doubt, whole in one packet that begins with it; else it returns null, and the parser's refusal stands.
 */
export function readUnknownMethod(error: ParserError, socket: Socket): UnparsedRequest | null {
  const { code, rawPacket, bytesParsed = 0 } = error;
  if (code !== 'HPE_INVALID_METHOD' || !(rawPacket instanceof Uint8Array)) return null;
  const packet = Buffer.from(rawPacket);
  const end = packet.indexOf('\r\n\r\n');
  const match = end === -1 ? null : HEAD.exec(packet.toString('latin1', 0, end + 2));
  if (match === null) return null;
  const [, method = '', url = '', minor = '', fields = ''] = match;
  if (UNUSUAL.test(fields) || knownBeginning(`${method} `) !== bytesParsed) return null;
  const lengths = [...fields.matchAll(LENGTH)];
  if (lengths.length !== (fields.match(/^content-length:/gim)?.length ?? 0)) return null;
  if (lengths.length > 1 || Number(lengths[0]?.[1] ?? 0) > CONTENT_LIMIT) return null;

  const req = new IncomingMessage(socket);
  Object.assign(req, { httpVersion: `1.${minor}`, httpVersionMajor: 1, httpVersionMinor: Number(minor), method, url });
  const headers = new Map<string, string>();
  for (const [, name = '', line = ''] of fields.matchAll(FIELD)) {
    const value = withoutBlanksBehind(line);
    const known = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), known === undefined ? value : `${known}, ${value}`);
    req.rawHeaders.push(name, value);
  }
  req.headers = Object.fromEntries(headers);
  return { req, rest: packet.subarray(end + 4) };
}

function withoutBlanksBehind(line: string): string {
  let end = line.length;
  while (line[end - 1] === ' ' || line[end - 1] === '\t') end--;
  return line.slice(0, end);
}

/** How many characters the parser takes of `text` before it knows that no method begins so: elsewhere the request did not begin here. */
function knownBeginning(text: string): number {
  let length = 0;
  while (length < text.length && KNOWN.some((known) => known.startsWith(text.slice(0, length + 1)))) length++;
  return length;
}
