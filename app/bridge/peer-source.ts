import type { Refusal, Server } from '../servers/index.ts';
import type { Peer } from './child/index.ts';

/** Opens the server's side of one legacy session, HTTP+SSE or streamable. */
export type OpenPeer = (server: Server) => { readonly peer: Peer } | { readonly refusal: Refusal };
