/** Places that may be taken beyond the limit while those who leave have not left yet: this part of it, and two at least. */
const LEAVING_PART = 1 / 4;
const LEAVING_LEAST = 2;

/**
 * A number of things that may exist at one time, shared by all servers: children, sessions. The limit may change while some
 * exist. A part is kept for each server, so that none can take what another needs: half of it in equal shares, the rest to
 * the first that asks.
 */
export class Quota {
  readonly #limit: () => number;
  readonly #keepsLast: boolean;
  readonly #shares = new Set<Share>();

  /** With `keepsLast`, the last place is for a server that has none, also where there are too few for equal shares. */
  constructor(limit: () => number, keepsLast: boolean) {
    this.#limit = limit;
    this.#keepsLast = keepsLast;
  }

  get limit(): number {
    return this.#limit();
  }

  get taken(): number {
    return sum(this.#shares, (share) => share.taken);
  }

  /** The part of one server. */
  share(): Share {
    const share: Share = new Share(
      (isWanted) => this.#admits(share, isWanted),
      () => this.#shares.delete(share),
      () => ({ limit: this.limit, guaranteed: this.guaranteed }),
    );
    this.#shares.add(share);
    return share;
  }

  /** What each server can have whatever the others do. */
  get guaranteed(): number {
    return Math.floor(this.limit / (2 * Math.max(1, this.#shares.size)));
  }

  #admits(share: Share, isWanted: boolean): boolean {
    const { limit, guaranteed } = this;
    const staying = sum(this.#shares, (one) => one.staying);
    const most = limit + Math.max(LEAVING_LEAST, Math.floor(limit * LEAVING_PART));
    if (staying >= limit || this.taken >= most) return false;
    if (share.staying < guaranteed || (share.staying === 0 && isWanted)) return true;
    const kept = sum(this.#shares, (one) => (one === share ? 0 : Math.max(0, guaranteed - one.staying)));
    const without = this.#keepsLast && [...this.#shares].some((one) => one !== share && one.staying === 0);
    return staying + Math.max(kept, without && limit > 1 ? 1 : 0) < limit;
  }
}

/** What one server has of a quota. */
export class Share {
  readonly #admits: (isWanted: boolean) => boolean;
  readonly #removed: () => void;
  readonly #quota: () => { readonly limit: number; readonly guaranteed: number };
  #taken = 0;
  #leaving = 0;
  #closed = false;

  constructor(
    admits: (isWanted: boolean) => boolean,
    removed: () => void,
    quota: () => { readonly limit: number; readonly guaranteed: number },
  ) {
    this.#admits = admits;
    this.#removed = removed;
    this.#quota = quota;
  }

  /** Of all servers together. */
  get limit(): number {
    return this.#quota().limit;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Without those that are on their way out. */
  get staying(): number {
    return this.#taken - this.#leaving;
  }

  /** Whether it has more than is kept for it. */
  get isOver(): boolean {
    return this.staying > this.#quota().guaranteed;
  }

  /** False when the limit is reached, or when the rest is kept for other servers. What is not `wanted` may use no last place. */
  take(isWanted = true): boolean {
    if (!this.#admits(isWanted)) return false;
    this.#taken++;
    return true;
  }

  /** One of them is asked to leave; its place can be taken, and `giveBack` follows. */
  leave(): void {
    this.#leaving++;
  }

  /** One of them is gone; `left` when it was asked to leave before. */
  giveBack(left = false): void {
    this.#taken--;
    if (left) this.#leaving--;
    if (this.#closed && this.#taken === 0) this.#removed();
  }

  /** The server is removed: nothing is kept for it any more. */
  close(): void {
    this.#closed = true;
    if (this.#taken === 0) this.#removed();
  }
}

function sum(shares: Iterable<Share>, of: (share: Share) => number): number {
  let total = 0;
  for (const share of shares) total += of(share);
  return total;
}
