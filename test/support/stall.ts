/** Lets this process stand still for so many ms, as one that is stopped does: nothing is read, and timers pass. */
export function stall(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
