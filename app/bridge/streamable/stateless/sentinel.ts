const PREFIX = '=?base64?';
const SUFFIX = '?=';

/** RFC 4648 section 4 with its padding; Node's own decoder would let anything through. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What may stand in a header as it is: visible ASCII, space and tab (RFC 9110 section 5.5). */
const PLAIN = /^[\t\x20-\x7e]*$/;

/**
 * The value a client meant by a mirrored header: as it stands, or decoded where it is wrapped as `=?base64?…?=`
 * (2026-07-28, basic/transports/streamable-http, Value Encoding). Undefined when it breaks those rules.
 */
export function decodeMirrored(header: string): string | undefined {
  const value = header.replace(/^[ \t]+|[ \t]+$/g, '');
  if (!PLAIN.test(value)) return undefined;
  if (!value.startsWith(PREFIX) || !value.endsWith(SUFFIX) || value.length < PREFIX.length + SUFFIX.length)
    return value;
  const encoded = value.slice(PREFIX.length, -SUFFIX.length);
  if (!BASE64.test(encoded)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(encoded, 'base64'));
  } catch {
    // Base64 of something that is no UTF-8 breaks the rules like any other bad encoding.
    return undefined;
  }
}
