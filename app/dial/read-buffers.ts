/** Bytes of one read of a quiet direction. */
const QUIET_READ = 64 * 1024;

/**
 * Bytes of one read of a busy direction with the machine to itself: about what the kernel holds for a socket, so that
 * one read empties it and the sender goes on with its whole window. Measured, 4 MiB cost half the CPU of 1 MiB.
 */
const ALONE_READ = 4 * 1024 * 1024;

/** As many directions may hold that much, 32 MiB in all; the next ones make do with less. */
const ALONE_MOST = 8;

/** Bytes of one read of a busy direction while others exchange small things, which then hardly wait. */
const CONSIDERATE_READ = 32 * 1024;

/** Buffers of each size kept for the next busy direction. */
const KEPT = 2;

/** The memory of one busy direction, and the beginning of it, for when others have something to say. */
export interface Lease {
  readonly whole: Buffer;
  readonly part: Buffer;
}

/**
 * All quiet directions read into this one buffer; what arrives is copied out before anyone else can read.
 * Two thousand quiet tunnels hold 64 KiB in all, not 64 KiB each.
 */
export const sharedReadBuffer: Buffer = Buffer.allocUnsafeSlow(QUIET_READ);

const free: { readonly large: Lease[]; readonly small: Lease[] } = { large: [], small: [] };
let large = 0;

/** Memory for one busy direction alone: the large size as long as few have it. */
export function lease(): Lease {
  if (large >= ALONE_MOST) return free.small.pop() ?? allocate(CONSIDERATE_READ);
  large++;
  return free.large.pop() ?? allocate(ALONE_READ);
}

/** Gives a lease back. One that a write may still use is `spoilt` and not lent again. */
export function giveBack(lent: Lease, spoilt: boolean): void {
  const isLarge = lent.whole.length === ALONE_READ;
  if (isLarge) large--;
  const kept = isLarge ? free.large : free.small;
  if (!spoilt && kept.length < KEPT) kept.push(lent);
}

function allocate(bytes: number): Lease {
  const whole = Buffer.allocUnsafeSlow(bytes);
  return { whole, part: whole.subarray(0, CONSIDERATE_READ) };
}
