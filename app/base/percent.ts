/** Percent-decoded (RFC 3986 section 2.1). Null where a percent sign stands alone, or the bytes are no UTF-8: what that means is the caller's. */
export function percentDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
