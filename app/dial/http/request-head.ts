import type { IncomingMessage } from 'node:http';
import type { AbsoluteForm } from './absolute-form.ts';
import { fieldKind, listedFields, lists } from './header-fields.ts';

/** How the content of a request is framed on its way to the origin. */
export type RequestFraming = 'none' | 'length' | 'chunked';

/** A request as it goes to the origin. */
export interface RequestHead {
  /** From the request line to the blank line, bytes beyond ASCII as Latin-1. */
  readonly text: string;
  readonly framing: RequestFraming;
  /** Bytes of content when the framing is `length`, else 0. */
  readonly length: number;
  /** Whether the client asked for the connection to close behind the answer; the head asks the origin as well. */
  readonly closes: boolean;
}

export interface RequestHeadOptions {
  /** Our pseudonym for Via. */
  readonly pseudonym: string;
  /** Replaces the value of Max-Forwards; null leaves the field alone. */
  readonly maxForwards: number | null;
  /** Keeps the Upgrade field. */
  readonly upgrade: boolean;
  /** Set when the request goes to a parent proxy: absolute-form, with these credentials where it wants some. */
  readonly parent: { readonly authorization: string | null } | null;
}

/**
 * Writes the head of the request we send for `req`: Host from the target, what is hop-by-hop taken out, Via added,
 * everything else in order and case as it came (RFC 9110 sections 7.6.1 to 7.6.3, RFC 9112 section 3.2.2).
 */
export function requestHead(req: IncomingMessage, form: AbsoluteForm, options: RequestHeadOptions): RequestHead {
  const raw = req.rawHeaders;
  const connection = req.headers.connection;
  const listed = connection === undefined ? null : listedFields(connection);
  const oldClient = req.httpVersionMinor === 0;
  const chunked = req.headers['transfer-encoding'] !== undefined;
  let via = '';
  let length: string | null = null;
  let te = '';
  let text = `${req.method} ${requestTarget(form, options)} HTTP/1.1\r\nHost: ${form.origin.host}\r\n`;

  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const value = raw[index + 1] ?? '';
    switch (fieldKind(name)) {
      case 'content-length':
        length = value;
        continue;
      case 'via':
        via += `${value}, `;
        continue;
      case 'te':
        te = value;
        continue;
      case 'expect':
        // A client of HTTP/1.0 would not understand the 100 (RFC 9110 section 10.1.1).
        if (oldClient) continue;
        break;
      case 'trailer':
        if (!chunked) continue;
        break;
      case 'max-forwards':
        if (options.maxForwards === null) break;
        text += `${name}: ${options.maxForwards}\r\n`;
        continue;
      case 'plain':
        break;
      default:
        continue;
    }
    if (listed?.has(name.toLowerCase())) continue;
    text += `${name}: ${value}\r\n`;
  }
  text += `Via: ${via}1.${req.httpVersionMinor} ${options.pseudonym}\r\n`;
  const closes = connection !== undefined && lists(connection, 'close');
  text += hopFields(req, te, closes, options);
  if (chunked) return { text: `${text}Transfer-Encoding: chunked\r\n\r\n`, framing: 'chunked', length: 0, closes };
  if (length === null) return { text: `${text}\r\n`, framing: 'none', length: 0, closes };
  const bytes = Number(length);
  // A length that no number holds goes on as it came: rounded, it would be another one.
  text += `Content-Length: ${Number.isSafeInteger(bytes) ? bytes : length}\r\n\r\n`;
  return { text, framing: bytes === 0 ? 'none' : 'length', length: bytes, closes };
}

function requestTarget({ origin, path }: AbsoluteForm, options: RequestHeadOptions): string {
  if (options.parent === null) return path;
  return `http://${origin.host}${path === '*' ? '' : path}`;
}

/** Fields for the next hop alone. */
function hopFields(req: IncomingMessage, te: string, closes: boolean, options: RequestHeadOptions): string {
  const takesTrailers = te !== '' && req.httpVersionMinor === 1 && lists(te, 'trailers');
  const upgrade = options.upgrade ? req.headers.upgrade : undefined;
  let text = '';
  if (closes || takesTrailers || upgrade !== undefined) {
    const connection = [
      closes ? 'close' : '',
      takesTrailers ? 'TE' : '',
      upgrade === undefined ? '' : 'Upgrade',
    ].filter((name) => name !== '');
    text += `Connection: ${connection.join(', ')}\r\n`;
    if (takesTrailers) text += 'TE: trailers\r\n';
    if (upgrade !== undefined) text += `Upgrade: ${upgrade}\r\n`;
  }
  const authorization = options.parent?.authorization ?? null;
  return authorization === null ? text : `${text}Proxy-Authorization: ${authorization}\r\n`;
}
