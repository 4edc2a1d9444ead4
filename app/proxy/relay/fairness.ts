/** Busy directions stay considerate for this long after the last small exchange, in ms. */
const REMEMBERED_MS = 100;

/** Who spoke last, when, and when somebody else had spoken last before. */
let speaker: object | null = null;
let spokeAt = Number.NEGATIVE_INFINITY;
let otherSpokeAt = Number.NEGATIVE_INFINITY;

/** Something small has just passed through the tunnel `who`: a keystroke, a call, an answer. */
export function noteInteractiveTraffic(who: object): void {
  if (who !== speaker) {
    otherSpokeAt = spokeAt;
    speaker = who;
  }
  spokeAt = performance.now();
}

/**
 * Whether there are small exchanges in other tunnels than `who`, which a long read would keep waiting. What a tunnel
 * says beside its own download, such as the acknowledgements of HTTP/2, does not slow that download down.
 */
export function hasInteractiveTrafficBeside(who: object): boolean {
  return performance.now() - (who === speaker ? otherSpokeAt : spokeAt) < REMEMBERED_MS;
}

const waiting: (() => void)[] = [];
let scheduled = false;

/**
 * Calls back when it is this direction's turn: one busy direction per turn of the event loop. libuv would otherwise
 * read a flooded socket up to 32 times before it looks at any other, and a quiet tunnel beside it would wait 20 ms
 * for every small exchange.
 */
export function scheduleTurn(callback: () => void): void {
  waiting.push(callback);
  if (!scheduled) schedule();
}

function schedule(): void {
  scheduled = true;
  setImmediate(() => {
    scheduled = false;
    const callback = waiting.shift();
    if (waiting.length > 0) schedule();
    callback?.();
  });
}
