import { hash } from 'node:crypto';

/** A file's text, and what it takes to write it back as it was. */
export interface Content {
  readonly text: string;
  /** Whether the file begins with a byte order mark, as Windows' editors leave it. */
  readonly mark: boolean;
}

const MARK = '\ufeff';

/** Null when the bytes are not UTF-8: editing them would ruin them. */
export function contentOf(bytes: Uint8Array): Content | null {
  const whole = Buffer.from(bytes).toString('utf8');
  if (!Buffer.from(whole, 'utf8').equals(bytes)) return null;
  const mark = whole.startsWith(MARK);
  return { text: mark ? whole.slice(MARK.length) : whole, mark };
}

export function bytesOf({ text, mark }: Content): Buffer {
  return Buffer.from(mark ? `${MARK}${text}` : text, 'utf8');
}

/** SHA-256, in hex. */
export function digestOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}
