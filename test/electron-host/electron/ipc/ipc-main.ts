import { EventEmitter } from 'node:events';
import type * as Electron from 'electron';
import type { Like } from '../../contract/like.ts';
import { refuseOtherMembers } from '../../contract/unsimulated.ts';

type InvokeHandler = Parameters<Electron.IpcMain['handle']>[1];

class IpcMain extends EventEmitter implements Like<Electron.IpcMain, 'handle' | 'handleOnce' | 'removeHandler'> {
  readonly #handlers = new Map<string, InvokeHandler>();

  handle(channel: string, handler: InvokeHandler): void {
    if (typeof handler !== 'function') throw new TypeError(`The handler of '${channel}' is not a function`);
    if (this.#handlers.has(channel)) throw new Error(`'${channel}' has a handler already`);
    this.#handlers.set(channel, handler);
  }

  handleOnce(channel: string, handler: InvokeHandler): void {
    this.handle(channel, (event, ...args) => {
      this.removeHandler(channel);
      return handler(event, ...args);
    });
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel);
  }

  /** Runs the handler of an invocation. @throws Error when there is none */
  async answer(channel: string, event: Electron.IpcMainInvokeEvent, args: readonly unknown[]): Promise<unknown> {
    const handler = this.#handlers.get(channel);
    if (handler === undefined) throw new Error(`'${channel}' has no handler`);
    return handler(event, ...args);
  }
}

refuseOtherMembers(IpcMain.prototype, 'IpcMain');

export const ipcMain = new IpcMain();

// A channel named 'error' is a channel like any other; without a listener EventEmitter would throw.
ipcMain.on('error', () => undefined);
