import type { CloneText } from '../clone/format.ts';

/** What the preload's world says to the main process. */
export type FromPreload =
  | { readonly kind: 'send'; readonly channel: string; readonly args: CloneText }
  | { readonly kind: 'invoke'; readonly channel: string; readonly args: CloneText; readonly id: number }
  | { readonly kind: 'failed'; readonly error: CloneText };

/** What the main process says to it. */
export type ToPreload =
  | { readonly kind: 'message'; readonly channel: string; readonly args: CloneText }
  | { readonly kind: 'result'; readonly id: number; readonly value: CloneText }
  | { readonly kind: 'refusal'; readonly id: number; readonly reason: string };

/** A function that exists in the preload's world only and takes a FromPreload as JSON. */
export const sendName = '__electronHostSend';

/** A function there that the main process calls with a ToPreload. */
export const receiveName = '__electronHostReceive';
