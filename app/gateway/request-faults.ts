import type { IncomingMessage } from 'node:http';
import type { RequestFault, Text } from '../i18n/index.ts';
import {
  badRequestFailure,
  type Failure,
  headTooLargeFailure,
  headTooSlowFailure,
  said,
  tlsSpokenFailure,
  unknownCodingFailure,
  unknownMethodFailure,
  unsupportedVersionFailure,
} from '../proxy/index.ts';

/** uri-host with an optional port (RFC 9110 section 7.2), or nothing. */
const HOST = /^(?:(?:\[[0-9a-f:.%]+\]|[a-z0-9._~!$&'()*+,;=%-]*)(?::\d{0,5})?)$/i;

/** A failure in the language of its reader. */
type Told = (text: Text) => Failure;

/**
 * What is wrong with a request that llhttp let through; null when nothing is. It looks at the fields as they came:
 * Node's `headers` hides repeated ones.
 */
export function requestFailure(req: IncomingMessage, text: Text): Failure | null {
  const told = requestFault(req);
  return told === null ? null : said(text, told);
}

function requestFault(req: IncomingMessage): Told | null {
  if (req.httpVersionMajor !== 1) {
    // llhttp takes a request line without a version for HTTP/0.9 (llhttp#877).
    return req.httpVersionMajor === 0 ? bad('requestLine') : unsupportedVersionFailure;
  }
  const host = hostFault(req);
  if (host !== null) return bad(host);
  if (req.url === '*' && req.method !== 'OPTIONS') return bad('target');
  const coding = req.headers['transfer-encoding'];
  if (coding === undefined || req.method === 'CONNECT') return null;
  if (req.httpVersionMinor === 0) return bad('codingInOldVersion');
  if (coding.toLowerCase() === 'chunked') return null;
  // Without chunked at the end the end of the content is unknown (RFC 9112 section 6.3).
  return /(?:^|,)\s*chunked$/i.test(coding) ? unknownCodingFailure : bad('coding');
}

/** What a client asks a proxy for, as opposed to origin-form and `*` (RFC 9112 section 3.2). */
export function isAbsoluteForm(req: IncomingMessage): boolean {
  const first = req.url?.[0];
  return first !== '/' && first !== '*';
}

/** RFC 9112 section 3.2. A CONNECT without Host passes: old clients send it, and its target is complete. */
function hostFault(req: IncomingMessage): RequestFault | null {
  const raw = req.rawHeaders;
  let hosts = 0;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  if (hosts > 1) return 'repeatedHost';
  // The Host beside an absolute-form target is ignored (RFC 9112 section 3.2.2), and beside that of a CONNECT: both are complete.
  if (hosts === 1 && isAbsoluteForm(req)) return null;
  if (hosts === 1) return HOST.test(req.headers.host ?? '') ? null : 'invalidHost';
  return req.httpVersionMinor === 1 && req.method !== 'CONNECT' ? 'missingHost' : null;
}

/** An error of llhttp, as Node reports it. */
export interface ParserError extends NodeJS.ErrnoException {
  readonly rawPacket?: unknown;
  readonly bytesParsed?: number;
}

interface HeadLimits {
  readonly headBytes: number;
  readonly headTimeout: number;
}

/** The failure for an error of Node's HTTP parser or of its timeout. */
export function parserFailure(error: ParserError, limits: HeadLimits, text: Text): Failure {
  return said(text, parserFault(error, limits));
}

/** What is kept holds nothing of the packet. */
function parserFault(error: ParserError, { headBytes, headTimeout }: HeadLimits): Told {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return (text) => headTooLargeFailure(headBytes, text);
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return (text) => headTooSlowFailure(Math.round(headTimeout / 1000), text);
    case 'HPE_INVALID_METHOD':
      if (isTlsHandshake(error)) return tlsSpokenFailure;
      return isRequestLine(lineAt(error)) ? unknownMethodFailure : bad('requestLine');
    case 'HPE_INVALID_URL':
      return bad(/[\x80-\xff]/.test(lineAt(error)) ? 'rawTarget' : 'target');
    case 'HPE_INVALID_CONSTANT':
    case 'HPE_INVALID_VERSION':
      return bad('requestLine');
    case 'HPE_PAUSED_H2_UPGRADE':
      return unsupportedVersionFailure;
    case 'HPE_INVALID_HEADER_TOKEN':
    case 'HPE_UNEXPECTED_SPACE':
      return bad('field');
    case 'HPE_CR_EXPECTED':
    case 'HPE_LF_EXPECTED':
      return bad('lineEnd');
    case 'HPE_UNEXPECTED_CONTENT_LENGTH':
    case 'HPE_INVALID_CONTENT_LENGTH':
      return bad('length');
    case 'HPE_INVALID_TRANSFER_ENCODING':
      return bad('coding');
    case 'HPE_INVALID_CHUNK_SIZE':
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
    case 'HPE_STRICT':
      return bad('chunk');
    case 'HPE_INVALID_EOF_STATE':
      return bad('cutOff');
    default:
      return bad('malformed');
  }
}

/** The first record of TLS 1.0 to 1.3: content type 22, version 3.x (RFC 8446 section 5.1). */
function isTlsHandshake({ rawPacket, bytesParsed }: ParserError): boolean {
  return rawPacket instanceof Uint8Array && bytesParsed === 0 && rawPacket[0] === 0x16 && rawPacket[1] === 0x03;
}

/** The line in which the parser stopped, as far as it is in the packet. */
function lineAt({ rawPacket, bytesParsed = 0 }: ParserError): string {
  if (!(rawPacket instanceof Uint8Array)) return '';
  const packet = Buffer.from(rawPacket).toString('latin1');
  const start = packet.lastIndexOf('\n', bytesParsed) + 1;
  return packet.slice(start, packet.indexOf('\r\n', start));
}

/** As opposed to bytes that are no HTTP at all. */
function isRequestLine(line: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ \S+ HTTP\/1\.[01]$/.test(line);
}

function bad(fault: RequestFault): Told {
  return (text) => badRequestFailure(text.faults.request[fault], text);
}
