const BLANK_LINE = Buffer.from('\r\n\r\n');
const CR = 0x0d;
const LF = 0x0a;

/** Lines that were ended by a blank one. */
interface Block {
  readonly text: string;
  readonly next: number;
}

/**
 * Collects bytes until the blank line that ends a head, however they are cut into pieces. A head that comes whole is
 * never copied; one that comes byte by byte costs time in proportion to its length, not to its square.
 */
export class BlockReader {
  readonly #limit: number;
  #kept: Buffer = Buffer.alloc(0);
  #length = 0;

  /** `limit` in bytes, blank line included. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether a part of a head is kept. */
  get begun(): boolean {
    return this.#length > 0;
  }

  /** The first bytes that came, at most `count`. */
  beginning(count: number): string {
    return this.#kept.toString('latin1', 0, Math.min(count, this.#length));
  }

  reset(): void {
    this.#length = 0;
    if (this.#kept.length > 0) this.#kept = Buffer.alloc(0);
  }

  /**
   * Takes `bytes` from `start`. Returns the block up to and with the CR LF of its last line, and where the rest of
   * `bytes` begins; null when it has not ended yet. Beyond the limit it is too large; a line that ends with a bare LF
   * is told at once, because the blank line waited for might never come.
   */
  read(bytes: Buffer, start: number): Block | 'too-large' | 'bare-lf' | null {
    if (this.#length === 0) {
      const end = bytes.indexOf(BLANK_LINE, start);
      if (end !== -1) {
        if (end + 4 - start > this.#limit) return 'too-large';
        return { text: bytes.toString('latin1', start, end + 2), next: end + 4 };
      }
    }
    const before = this.#length;
    this.#keep(bytes, start);
    const end = this.#kept.subarray(0, this.#length).indexOf(BLANK_LINE, Math.max(0, before - 3));
    if ((end === -1 ? this.#length : end + 4) > this.#limit) return 'too-large';
    if (end === -1) return this.#hasBareLf(before) ? 'bare-lf' : null;
    const text = this.#kept.toString('latin1', 0, end + 2);
    this.reset();
    return { text, next: start + (end + 4 - before) };
  }

  #hasBareLf(from: number): boolean {
    const kept = this.#kept.subarray(0, this.#length);
    for (let at = kept.indexOf(LF, from); at !== -1; at = kept.indexOf(LF, at + 1)) {
      if (at === 0 || kept[at - 1] !== CR) return true;
    }
    return false;
  }

  #keep(bytes: Buffer, start: number): void {
    // One byte beyond the limit is enough to know that it is passed.
    const taken = Math.min(bytes.length - start, this.#limit + 4 - this.#length);
    if (this.#length + taken > this.#kept.length) {
      const grown = Buffer.allocUnsafe(Math.max(2 * this.#kept.length, this.#length + taken, 512));
      this.#kept.copy(grown, 0, 0, this.#length);
      this.#kept = grown;
    }
    this.#length += bytes.copy(this.#kept, this.#length, start, start + taken);
  }
}
