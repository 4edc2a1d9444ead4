/** The kinds of answer a client takes. */
export interface Accepted {
  readonly json: boolean;
  readonly stream: boolean;
}

const BOTH: Accepted = { json: true, stream: true };

/**
 * Reads an Accept header (RFC 9110 section 12.5.1). MCP clients must list both kinds; we also serve those that name one
 * of them, and those that take anything, such as curl.
 */
export function acceptedBy(header: string | undefined): Accepted {
  if (header === undefined || header === '*/*' || header === 'application/json, text/event-stream') return BOTH;
  let json = false;
  let stream = false;
  for (const range of header.toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))) continue;
    json ||= type === 'application/json' || type === 'application/*' || type === '*/*';
    stream ||= type === 'text/event-stream' || type === 'text/*' || type === '*/*';
  }
  return { json, stream };
}
