import type { Socket } from 'node:net';

/** Where the bytes of a socket go when the stream machinery is left out. */
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
 * once we know that a socket has become a tunnel. The names come from the Node in use; if a future one knows them no
 * more, `readRaw` says false and the caller reads by 'data' events: slower, and just as right.
 */
interface Internals {
  readonly buffer: symbol;
  readonly callback: symbol;
  readonly generator: symbol;
}

interface UserBufferHandle {
  useUserBuffer(buffer: Buffer): void;
}

let internals: Internals | null | undefined;

/** Sends what `socket` receives from now on to `reader`. False when this Node does not let us. */
export function readRaw(socket: Socket, reader: RawReader): boolean {
  internals ??= findInternals(socket);
  const handle: unknown = Reflect.get(socket, '_handle');
  if (internals === null || !takesUserBuffer(handle)) return false;
  const first = reader.next();
  Reflect.set(socket, internals.buffer, first);
  Reflect.set(socket, internals.callback, (bytes: number, buffer: Buffer) => reader.read(bytes, buffer));
  Reflect.set(socket, internals.generator, () => reader.next());
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
