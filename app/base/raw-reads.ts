import { Socket } from 'node:net';

/**
 * Every quiet connection reads into this one buffer, and copies what arrived out of it before any other one can read:
 * two thousand quiet tunnels hold 64 KiB in all, not 64 KiB each.
 */
export const sharedReadBuffer: Buffer = Buffer.allocUnsafeSlow(64 * 1024);

/** Takes the bytes of a socket past the stream machinery. */
export interface RawReader {
  /** The memory for the next read. It must stay untouched until `read` has been called with it. */
  next(): Buffer;
  /** `bytes` have arrived at the start of `buffer`. Returning false stops reading until `socket.resume()`. */
  read(bytes: number, buffer: Buffer): boolean;
}

/**
 * Node's `onread` option of net.connect reads into memory of ours and makes no Buffer and no stream event per chunk:
 * half the CPU per byte. Node offers it for sockets we dial, when they are made, but not for sockets we accept.
 * What the option does inside is three properties and one call, and it is done here, for both kinds of socket alike,
 * once a socket has become a tunnel. The names come from the Node in use; if a future one does not have them, `readRaw`
 * returns false and the caller reads by 'data' events: slower, and just as right.
 */
interface Internals {
  readonly buffer: symbol;
  readonly callback: symbol;
  readonly generator: symbol;
}

interface UserBufferHandle {
  useUserBuffer(buffer: Buffer): void;
}

/** Null in a Node that has no such properties. */
const INTERNALS: Internals | null = findInternals(new Socket());

/** Sends what `socket` receives from now on to `reader`. False when this Node does not let us. */
export function readRaw(socket: Socket, reader: RawReader): boolean {
  const handle = (socket as unknown as { readonly _handle: unknown })._handle;
  if (INTERNALS === null || !takesUserBuffer(handle)) return false;
  const first = reader.next();
  // Not by Reflect.set: that is a call into V8 each, and there are six of them for a tunnel.
  const properties = socket as unknown as Record<symbol, unknown>;
  properties[INTERNALS.buffer] = first;
  properties[INTERNALS.callback] = (bytes: number, buffer: Buffer) => reader.read(bytes, buffer);
  properties[INTERNALS.generator] = () => reader.next();
  handle.useUserBuffer(first);
  return true;
}

function findInternals(socket: Socket): Internals | null {
  const named = new Map(Object.getOwnPropertySymbols(socket).map((symbol) => [symbol.description, symbol]));
  const buffer = named.get('kBuffer');
  const callback = named.get('kBufferCb');
  const generator = named.get('kBufferGen');
  return buffer && callback && generator ? { buffer, callback, generator } : null;
}

function takesUserBuffer(handle: unknown): handle is UserBufferHandle {
  return typeof handle === 'object' && handle !== null && 'useUserBuffer' in handle;
}
