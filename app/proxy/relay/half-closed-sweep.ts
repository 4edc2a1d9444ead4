/** A half-closed stream in which nothing moves for this long is over: the other side will not come back. */
const PATIENCE_MS = 120_000;
const SWEEP_MS = 10_000;

/** A stream one side of which has sent its FIN. */
export interface HalfClosed {
  /** Bytes moved so far, both ways. */
  moved(): number;
  /** It is over: close it. */
  expire(): void;
}

interface Watch {
  moved: number;
  /** Milliseconds of the monotonic clock. */
  since: number;
}

const watched = new Map<HalfClosed, Watch>();
let timer: NodeJS.Timeout | null = null;

/** Closes `stream` once nothing has moved in it for two minutes. One timer serves all, and only while there are any. */
export function watchHalfClosed(stream: HalfClosed): void {
  watched.set(stream, { moved: stream.moved(), since: performance.now() });
  timer ??= setInterval(sweep, SWEEP_MS).unref();
}

export function unwatchHalfClosed(stream: HalfClosed): void {
  watched.delete(stream);
  if (watched.size > 0 || timer === null) return;
  clearInterval(timer);
  timer = null;
}

function sweep(): void {
  const now = performance.now();
  for (const [stream, watch] of watched) {
    const moved = stream.moved();
    if (moved !== watch.moved) watched.set(stream, { moved, since: now });
    else if (now - watch.since >= PATIENCE_MS) stream.expire();
  }
}
