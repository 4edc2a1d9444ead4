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
const LIMIT = 16 * 1024;
const CONNECT = /^CONNECT ([!-~]+) HTTP\/1\.1\r\n((?:[\w!#$%&'*+.^`|~-]+:[\t -~\x80-\xff]*\r\n)+)$/;
/** Fields whose meaning the HTTP parser knows better. */
const UNUSUAL = /^(?:content-length|transfer-encoding|expect|upgrade|connection:[^\r]*(?:upgrade|close))/im;

/**
 * Reads a CONNECT head in front of the HTTP parser, which is a tenth of the cost of a short tunnel. It accepts only
 * what RFC 9112 allows without any doubt; for everything else it says null and the parser has its say, with its
 * answers. `chunk` starts with `C` and is the first thing the client sent.
 */
export function readConnectHead(chunk: Buffer): ConnectHead | null {
  const end = chunk.indexOf('\r\n\r\n');
  if (end === -1 || end > LIMIT) return null;
  const match = CONNECT.exec(chunk.toString('latin1', 0, end + 2));
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
