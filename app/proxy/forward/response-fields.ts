import type { ResponseHead } from '../../dial/http/index.ts';
import { fieldKind, listedFields } from '../../dial/http/index.ts';

/**
 * The fields of an answer as they go to the client: hop-by-hop fields and those of other proxies taken out, Via added,
 * the rest in order and case as it came, repeated lines (Set-Cookie) apart. Name, value, name, value, …
 * Framing is the writer's business; only a Content-Length that describes content is kept, and it comes last.
 */
export function responseFields(head: ResponseHead, pseudonym: string, keepTrailerField: boolean): string[] {
  const listed = head.connection === '' ? null : listedFields(head.connection);
  const raw = head.fields;
  const fields: string[] = [];
  let via = '';
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const value = raw[index + 1] ?? '';
    switch (fieldKind(name)) {
      case 'content-length':
        continue;
      case 'via':
        via += `${value}, `;
        continue;
      case 'trailer':
        if (!keepTrailerField) continue;
        break;
      case 'plain':
      case 'expect':
      case 'host':
      case 'max-forwards':
      case 'proxy-status':
        break;
      default:
        continue;
    }
    if (listed?.has(name.toLowerCase())) continue;
    fields.push(name, value);
  }
  fields.push('Via', `${via}1.${head.minor} ${pseudonym}`);
  // A 204 must not carry the field (RFC 9110 section 8.6). Behind it Node recodes a Content-Disposition: it comes last.
  if (head.contentLength !== null && head.status !== 204) fields.push('Content-Length', String(head.contentLength));
  return fields;
}

/** A 1xx answer as it goes to the client (RFC 9110 section 15.2). */
export function interimResponse(head: ResponseHead, pseudonym: string): string {
  const fields = responseFields(head, pseudonym, false);
  let text = `HTTP/1.1 ${head.status} ${head.reason}\r\n`;
  for (let index = 0; index < fields.length; index += 2) {
    if (fieldKind(fields[index] ?? '') !== 'content-length') text += `${fields[index]}: ${fields[index + 1]}\r\n`;
  }
  return `${text}\r\n`;
}
