export { Browser } from './browser.ts';
export { type CdpConnection, CdpError, type CdpSession } from './connection.ts';
export type { CdpPayload, PausedRequest } from './protocol.ts';
export { scratchFolder } from './scratch.ts';
