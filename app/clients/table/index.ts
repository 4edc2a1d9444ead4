export type { Client, ClientId, RemoteShape, StdioShape } from './client.ts';
export { CLIENTS } from './clients.ts';
export { filesOf, type Home, shownFile } from './locate.ts';
