/** Our name in Via and Proxy-Status: a pseudonym, as RFC 9110 section 7.6.3 allows, never a host name. */
export const PROXY_NAME = 'mcp-gangway';

/**
 * The name of one process in Via: with a tag of eight hexadecimal digits, so that two instances in a row are no loop.
 * The tag is no secret, and loading crypto for it at the start costs an idle instance a megabyte.
 */
export function newPseudonym(): string {
  const tag = Math.floor(Math.random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
  return `${PROXY_NAME}-${tag}`;
}

/** Whether a request with this Via value has passed the proxy `pseudonym` before (RFC 9110 section 7.6.3). */
export function hasPassed(via: string | undefined, pseudonym: string): boolean {
  return via?.includes(pseudonym) ?? false;
}
