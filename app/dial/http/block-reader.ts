/** A blank line behind any line. Where that one ends with CR LF, so does this, or one of them is bare. */
const BLANK_LINE = Buffer.from('\n\r\n');
const BARE_BLANK_LINE = Buffer.from('\n\n');
const CR = 0x0d;
const LF = 0x0a;

/** Lines that were ended by a blank one. */
interface Block {
  readonly text: string;
  /** Whether the blank line is a bare LF; for the other lines the text shows it. */
  readonly bare: boolean;
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
   * Takes `bytes` from `start`. Returns the block up to and with the line end of its last line, and where the rest of
   * `bytes` begins; null when it has not ended yet. Beyond the limit it is too large. Lines may end with a bare LF.
   * A bare CR is reported at once, because the blank line might never come.
   */
  read(bytes: Buffer, start: number): Block | 'too-large' | 'bare-cr' | null {
    if (this.#length === 0) {
      const block = blockIn(bytes, start, start, bytes.length);
      if (block !== null) return block.next - start > this.#limit ? 'too-large' : block;
    }
    const before = this.#length;
    this.#keep(bytes, start);
    const block = blockIn(this.#kept, 0, Math.max(0, before - 2), this.#length);
    if ((block?.next ?? this.#length) > this.#limit) return 'too-large';
    if (block === null) return this.#hasBareCr(Math.max(0, before - 1)) ? 'bare-cr' : null;
    this.reset();
    return { ...block, next: start + (block.next - before) };
  }

  #hasBareCr(from: number): boolean {
    const kept = this.#kept.subarray(0, this.#length - 1);
    for (let at = kept.indexOf(CR, from); at !== -1; at = kept.indexOf(CR, at + 1)) {
      if (this.#kept[at + 1] !== LF) return true;
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

/** The block that begins at `start` and whose blank line is looked for from `from` on, in the first `end` bytes. */
function blockIn(bytes: Buffer, start: number, from: number, end: number): Block | null {
  const within = end === bytes.length ? bytes : bytes.subarray(0, end);
  const blank = within.indexOf(BLANK_LINE, from);
  if (blank === -1) {
    const bare = within.indexOf(BARE_BLANK_LINE, from);
    return bare === -1 ? null : { text: within.toString('latin1', start, bare + 1), bare: true, next: bare + 2 };
  }
  // A bare one counts only in front of it, and the text up to there is needed in any case.
  const text = within.toString('latin1', start, blank + 1);
  const bare = text.indexOf('\n\n');
  if (bare === -1) return { text, bare: false, next: blank + 3 };
  return { text: text.slice(0, bare + 1), bare: true, next: start + bare + 2 };
}
