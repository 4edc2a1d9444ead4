const MARK = Buffer.from('\ufeff');

/** What stands behind a byte order mark, which some writers of UTF-8 begin with (RFC 8259 section 8.1: a reader may ignore it). Else all of it. */
export function behindMark(text: Buffer): Buffer {
  return text[0] === MARK[0] && text.subarray(0, MARK.length).equals(MARK) ? text.subarray(MARK.length) : text;
}
