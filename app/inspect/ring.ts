/** What a ring keeps: it knows about how many bytes it takes. */
export interface Sized {
  /** Numbers grow by one with every row of any kind. */
  readonly sequence: number;
  readonly bytes: number;
}

export interface RingLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** The newest rows within a number and a number of bytes. The oldest go first, and are counted. */
export class Ring<Row extends Sized> {
  readonly #limits: RingLimits;
  /** Circular once full: the oldest row is at `#start`. */
  readonly #rows: (Row | undefined)[] = [];
  #start = 0;
  #size = 0;
  #bytes = 0;
  #dropped = 0;

  constructor(limits: RingLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#size;
  }

  /** Rows that had to go for newer ones. */
  get dropped(): number {
    return this.#dropped;
  }

  add(row: Row): void {
    if (this.#size === this.#limits.rows) this.#dropOldest();
    this.#rows[(this.#start + this.#size) % this.#limits.rows] = row;
    this.#size++;
    this.#bytes += row.bytes;
    while (this.#bytes > this.#limits.bytes && this.#size > 1) this.#dropOldest();
  }

  /** Counts a row that was not kept in the first place. */
  skip(): void {
    this.#dropped++;
  }

  /** The newest `most` rows, oldest first. */
  newest(most: number = this.#size): readonly Row[] {
    const rows: Row[] = [];
    for (let at = Math.max(0, this.#size - most); at < this.#size; at++) {
      const row = this.#rows[(this.#start + at) % this.#limits.rows];
      if (row !== undefined) rows.push(row);
    }
    return rows;
  }

  /** Undefined when it is not kept any more. Sequences ascend, so that halving finds it. */
  find(sequence: number): Row | undefined {
    let low = 0;
    let high = this.#size - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const row = this.#rows[(this.#start + middle) % this.#limits.rows];
      if (row === undefined || row.sequence === sequence) return row;
      if (row.sequence < sequence) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  clear(): void {
    this.#rows.length = 0;
    this.#start = 0;
    this.#size = 0;
    this.#bytes = 0;
  }

  #dropOldest(): void {
    const oldest = this.#rows[this.#start];
    if (oldest !== undefined) this.#bytes -= oldest.bytes;
    this.#rows[this.#start] = undefined;
    this.#start = (this.#start + 1) % this.#limits.rows;
    this.#size--;
    this.#dropped++;
  }
}
