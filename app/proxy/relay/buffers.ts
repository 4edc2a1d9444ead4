/** Bytes of one read of a quiet direction. */
export const QUIET_READ = 64 * 1024;

/** Bytes of one read of a busy direction: large enough that the system calls no longer count. */
export const BUSY_READ = 1024 * 1024;

/** Busy buffers kept for the next busy direction. */
const KEPT = 16;

/**
 * All quiet directions read into this one buffer; what arrives is copied out before anyone else can read.
 * Two thousand quiet tunnels hold 64 KiB in all, not 64 KiB each.
 */
export const quietBuffer: Buffer = Buffer.allocUnsafeSlow(QUIET_READ);

const free: Buffer[] = [];

/** A buffer of BUSY_READ bytes for one busy direction alone. */
export function leaseBuffer(): Buffer {
  return free.pop() ?? Buffer.allocUnsafeSlow(BUSY_READ);
}

/** Gives a leased buffer back; no read or write may still use it. */
export function returnBuffer(buffer: Buffer): void {
  if (free.length < KEPT) free.push(buffer);
}
