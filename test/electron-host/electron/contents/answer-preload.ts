import type * as Electron from 'electron';
import { asElectron } from '../../contract/like.ts';
import { preventable } from '../../contract/preventable.ts';
import { decodeClone, encodeClone, type FromPreload } from '../../renderer/index.ts';
import { ipcMain } from '../ipc/ipc-main.ts';
import type { WebFrameMain } from './frames.ts';
import type { Origin } from './preload-link.ts';

/** What IPC needs of the page that sent a message. */
export interface Sender {
  send(channel: string, ...args: unknown[]): void;
}

/** Brings a message of a page to ipcMain, and the answer of a handler back to the very document that asked. */
export function answerPreload(
  message: Exclude<FromPreload, { kind: 'failed' }>,
  origin: Origin,
  sender: Sender,
  senderFrame: WebFrameMain,
): void {
  const event = preventable({ type: 'frame', sender, senderFrame, processId: 1, frameId: 1 });
  const args = decodeArguments(message.args);
  if (message.kind === 'send') {
    const reply = (channel: string, ...answer: unknown[]) => sender.send(channel, ...answer);
    ipcMain.emit(message.channel, Object.assign(event, { reply, ports: [] }), ...args);
    return;
  }
  const { channel, id } = message;
  ipcMain
    .answer(channel, asElectron<Electron.IpcMainInvokeEvent>(event), args)
    .then((value) => origin.reply({ kind: 'result', id, value: encodeClone(value) }))
    .catch((error: unknown) => {
      console.error(`The handler of '${channel}' failed:`, error);
      origin.reply({ kind: 'refusal', id, reason: String(error) });
    });
}

function decodeArguments(text: string): readonly unknown[] {
  const args = decodeClone(text);
  return Array.isArray(args) ? args : [];
}
