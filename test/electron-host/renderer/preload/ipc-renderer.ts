import { decodeClone } from '../clone/decode.ts';
import { encodeClone } from '../clone/encode.ts';
import { PreloadEmitter } from './emitter.ts';
import type { FromPreload, ToPreload } from './messages.ts';

interface Invocation {
  readonly channel: string;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** `ipcRenderer` of a sandboxed preload: send, invoke and the listeners. */
export class IpcRenderer extends PreloadEmitter {
  readonly #post: (message: FromPreload) => void;
  readonly #invocations = new Map<number, Invocation>();
  #lastId = 0;

  constructor(post: (message: FromPreload) => void) {
    super();
    this.#post = post;
  }

  send(channel: string, ...args: unknown[]): void {
    this.#post({ kind: 'send', channel: requireChannel(channel), args: encodeClone(args) });
  }

  /** Rejects with an Error whose message holds what the handler threw, as text. */
  async invoke(channel: string, ...args: unknown[]): Promise<unknown> {
    const message = {
      kind: 'invoke',
      channel: requireChannel(channel),
      args: encodeClone(args),
      id: ++this.#lastId,
    } as const;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#invocations.set(message.id, { channel, resolve, reject });
    this.#post(message);
    return promise;
  }

  receive(message: ToPreload): void {
    if (message.kind === 'message') {
      const args = decodeClone(message.args);
      this.emit(message.channel, { sender: this, ports: [] }, ...(Array.isArray(args) ? args : []));
      return;
    }
    const invocation = this.#invocations.get(message.id);
    this.#invocations.delete(message.id);
    if (message.kind === 'result') invocation?.resolve(decodeClone(message.value));
    else invocation?.reject(new Error(`invoke('${invocation.channel}') failed in the main process: ${message.reason}`));
  }
}

function requireChannel(channel: unknown): string {
  if (typeof channel !== 'string') throw new TypeError('An IPC channel is named by a string');
  return channel;
}
