const waiting: (() => void)[] = [];
let scheduled = false;

/**
 * Calls back when it is this direction's turn: one busy direction per turn of the event loop. libuv would otherwise
 * read a flooded socket up to 32 times before it looks at any other, and a quiet tunnel beside it would wait 20 ms
 * for every small exchange.
 */
export function takeTurn(callback: () => void): void {
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
