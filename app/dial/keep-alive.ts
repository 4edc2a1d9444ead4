import type { Socket } from 'node:net';

/** Silence after which TCP asks whether the peer still lives, in ms. */
const SILENCE_MS = 60_000;
/** A socket gets its keep-alive between one and two of these, in ms, after it was made. */
const SWEEP_MS = 15_000;

let young = new Set<Socket>();
let grown = new Set<Socket>();
let timer: NodeJS.Timeout | null = null;

/**
 * Sees to it that a dead peer of `socket` is noticed. Keep-alive costs four system calls a socket, more than a tenth of
 * a short tunnel, and does nothing in the first minute: so only those that have lived a while get it.
 */
export function keepAlive(socket: Socket): void {
  young.add(socket);
  timer ??= setInterval(sweep, SWEEP_MS).unref();
}

/** The socket is closed. */
export function forgetKeepAlive(socket: Socket): void {
  if (!young.delete(socket)) grown.delete(socket);
}

function sweep(): void {
  for (const socket of grown) socket.setKeepAlive(true, SILENCE_MS);
  grown = young;
  young = new Set();
  if (grown.size > 0 || timer === null) return;
  clearInterval(timer);
  timer = null;
}
