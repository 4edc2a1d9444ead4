import type { IncomingMessage, ServerResponse } from 'node:http';

/** Fields a TRACE must not show to whoever reads the answer (RFC 9110 section 9.3.8). */
const SECRET = new Set(['authorization', 'cookie', 'proxy-authorization']);

/**
 * What Max-Forwards of an OPTIONS or TRACE request says (RFC 9110 section 7.6.2): the value to send on, `last` when we
 * are to answer, null when it does not apply. No other method minds it.
 */
export function remainingForwards(req: IncomingMessage): number | 'last' | 'invalid' | null {
  if (req.method !== 'OPTIONS' && req.method !== 'TRACE') return null;
  const value = req.headers['max-forwards'];
  if (value === undefined) return null;
  if (typeof value !== 'string' || !/^\d{1,9}$/.test(value)) return 'invalid';
  const hops = Number(value);
  return hops === 0 ? 'last' : hops - 1;
}

/** The answer of the last hop: TRACE shows the request as it came here, OPTIONS says what goes through us. */
export function answerAsLastHop(req: IncomingMessage, res: ServerResponse): void {
  if (req.method === 'OPTIONS') {
    res.writeHead(200, [
      'Allow',
      'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE, CONNECT',
      'Content-Length',
      '0',
    ]);
    return void res.end();
  }
  let text = `TRACE ${req.url} HTTP/1.${req.httpVersionMinor}\r\n`;
  for (let index = 0; index < req.rawHeaders.length; index += 2) {
    const name = req.rawHeaders[index] ?? '';
    if (!SECRET.has(name.toLowerCase())) text += `${name}: ${req.rawHeaders[index + 1]}\r\n`;
  }
  const body = Buffer.from(`${text}\r\n`, 'latin1');
  res.writeHead(200, ['Content-Type', 'message/http', 'Content-Length', String(body.length)]);
  res.end(body);
}
