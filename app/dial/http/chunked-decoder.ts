/** A chunk-size line, extensions included, may have this many bytes; extensions are not in use, so more is an attack. */
const SIZE_LINE_LIMIT = 4096;
/** Digits a size may have, leading zeros included: as many as curl reads. */
const DIGITS_LIMIT = 16;

const CR = 0x0d;
const LF = 0x0a;
const SEMICOLON = 0x3b;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * Takes the chunked coding off (RFC 9112 section 7.1), however the bytes are cut into pieces.
 * Only hexadecimal digits, an extension behind a semicolon, and CR LF; blanks behind the size and zeros in front of it
 * are read over, and make the content `lenient`. What two readers could cut up differently is a fault. Trailers are left
 * to the caller.
 */
export class ChunkedDecoder {
  /** Whether a size was padded, with blanks or with zeros. */
  lenient = false;
  #state: 'size' | 'padding' | 'extension' | 'size-lf' | 'data' | 'data-cr' | 'data-lf' | 'last' = 'size';
  #size = 0;
  #digits = 0;
  #lineBytes = 0;

  /** Whether the last chunk has been read; trailers follow. */
  get last(): boolean {
    return this.#state === 'last';
  }

  reset(): void {
    this.#startLine();
  }

  /** Reads `bytes` from `start` and hands content on, in views of `bytes`. Returns where it stopped, or -1 for a fault. */
  read(bytes: Buffer, start: number, pass: (content: Buffer) => void): number {
    let at = start;
    while (at < bytes.length && this.#state !== 'last') {
      if (this.#state === 'data') {
        const end = Math.min(bytes.length, at + this.#size);
        this.#size -= end - at;
        if (this.#size === 0) this.#state = 'data-cr';
        pass(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end));
        at = end;
      } else if (!this.#step(bytes[at++] ?? 0)) {
        return -1;
      }
    }
    return at;
  }

  /** One byte outside of content. False for a fault. */
  #step(byte: number): boolean {
    switch (this.#state) {
      case 'size':
        return this.#sizeByte(byte);
      case 'padding':
        return this.#behindSize(byte) && ++this.#lineBytes <= SIZE_LINE_LIMIT;
      case 'extension':
        if (byte === CR) this.#state = 'size-lf';
        else if ((byte < 0x20 && byte !== 0x09) || byte === 0x7f) return false;
        return ++this.#lineBytes <= SIZE_LINE_LIMIT;
      case 'size-lf':
        this.#state = this.#size === 0 ? 'last' : 'data';
        return byte === LF;
      case 'data-cr':
        this.#state = 'data-lf';
        return byte === CR;
      case 'data-lf':
        this.#startLine();
        return byte === LF;
      default:
        return false;
    }
  }

  #sizeByte(byte: number): boolean {
    const digit = hexadecimal(byte);
    if (digit === -1) return this.#digits > 0 && this.#behindSize(byte);
    if (this.#digits > 0 && this.#size === 0) this.lenient = true;
    this.#size = this.#size * 16 + digit;
    return ++this.#digits <= DIGITS_LIMIT && this.#size <= Number.MAX_SAFE_INTEGER;
  }

  #behindSize(byte: number): boolean {
    if (byte === CR) {
      this.#state = 'size-lf';
    } else if (byte === SEMICOLON) {
      this.#state = 'extension';
    } else if (byte === SPACE || byte === TAB) {
      this.#state = 'padding';
      this.lenient = true;
    } else {
      return false;
    }
    return true;
  }

  #startLine(): void {
    this.#state = 'size';
    this.#size = 0;
    this.#digits = 0;
    this.#lineBytes = 0;
  }
}

function hexadecimal(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const upper = byte & 0xdf;
  return upper >= 0x41 && upper <= 0x46 ? upper - 0x37 : -1;
}
