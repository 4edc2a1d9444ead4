import type { Refusal, Server } from '../servers/index.ts';
import type { Peer } from './child/index.ts';

/** Opens the server's side of one legacy session, HTTP+SSE or streamable. */
export type OpenPeer = (server: Server) => { readonly peer: Peer } | { readonly refusal: Refusal };

/** A child of its own, its frames relayed as they are: right for every child that knows `initialize`. */
export const openRawPeer: OpenPeer = (server) => {
  const opened = server.open('session');
  return 'child' in opened ? { peer: opened.child } : opened;
};
