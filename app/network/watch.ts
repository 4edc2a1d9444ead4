import { type Interfaces, placeOf } from './interfaces.ts';

export interface WatchOptions {
  readonly interfaces: () => Interfaces;
  readonly changed: () => void;
  /** Milliseconds between two looks. */
  readonly every?: number;
}

/** Soon enough for a person who has walked into another room, and a look costs some tens of microseconds. */
const EVERY_MS = 10_000;

/**
 * Notices that addresses of this machine have come or gone. Neither Node nor Electron's main process tells of it, and a window may
 * only know "online" from "offline"; so this looks, which nothing else here does. Returns the function that ends it.
 */
export function watchPlace({ interfaces, changed, every = EVERY_MS }: WatchOptions): () => void {
  let last = placeOf(interfaces());
  const timer = setInterval(() => {
    const now = placeOf(interfaces());
    if (now === last) return;
    last = now;
    changed();
  }, every).unref();
  return () => clearInterval(timer);
}
