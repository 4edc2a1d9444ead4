/** What a program needs that talks to a running instance, and no more: a client waits for the start of `connect`. */
export { type FolderFault, type SocketHome, socketHome } from '../folder.ts';
export {
  ControlFault,
  type Hello,
  lineOf,
  type Place,
  PROTOCOL,
  type ProtocolRange,
  readMessage,
} from '../protocol.ts';
export { ControlClient, type Following } from './client.ts';
export { type Found, findInstance } from './find.ts';
