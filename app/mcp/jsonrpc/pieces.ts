/** Pieces from this size on are kept as they came; smaller ones are copied together. */
const LARGE = 8 * 1024;
const FIRST_TAIL = 1024;
const LONGEST_TAIL = 64 * 1024;

/**
 * The bytes of one message as they come in. What came in large pieces is kept as it is and joined once; small pieces are
 * copied together, because each one alone costs a few hundred bytes, however short it is, and may keep a whole read alive.
 */
export class Pieces {
  #pieces: Buffer[] = [];
  #bytes = 0;
  #tail: Buffer | null = null;
  #tailBytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  push(piece: Buffer): void {
    this.#bytes += piece.length;
    // Most messages come in one piece, which is never copied.
    if (piece.length >= LARGE || this.#bytes === piece.length) {
      this.#seal();
      this.#pieces.push(piece);
      return;
    }
    const tail = this.#tail;
    if (tail !== null && tail.length - this.#tailBytes >= piece.length) {
      this.#tailBytes += piece.copy(tail, this.#tailBytes);
      return;
    }
    this.#seal();
    const size = Math.min(LONGEST_TAIL, tail === null ? FIRST_TAIL : 2 * tail.length);
    this.#tail = Buffer.allocUnsafeSlow(Math.max(size, piece.length));
    this.#tailBytes = piece.copy(this.#tail);
  }

  /** Everything that came, in one piece; what comes next begins anew. */
  join(): Buffer {
    this.#seal();
    const [only] = this.#pieces;
    const whole = this.#pieces.length === 1 && only !== undefined ? only : Buffer.concat(this.#pieces, this.#bytes);
    this.clear();
    return whole;
  }

  /** The first bytes, at most `count` of them. */
  start(count: number): Buffer {
    this.#seal();
    return Buffer.concat(this.#pieces, Math.min(count, this.#bytes));
  }

  /** The last bytes, at most `count` of them. */
  end(count: number): Buffer {
    this.#seal();
    const last: Buffer[] = [];
    let bytes = 0;
    for (let index = this.#pieces.length - 1; index >= 0 && bytes < count; index--) {
      const piece = this.#pieces[index];
      if (piece === undefined) break;
      last.unshift(piece);
      bytes += piece.length;
    }
    return Buffer.from(Buffer.concat(last, bytes).subarray(-count));
  }

  clear(): void {
    this.#pieces = [];
    this.#bytes = 0;
    this.#tail = null;
    this.#tailBytes = 0;
  }

  #seal(): void {
    if (this.#tail !== null && this.#tailBytes > 0) this.#pieces.push(this.#tail.subarray(0, this.#tailBytes));
    this.#tail = null;
    this.#tailBytes = 0;
  }
}
