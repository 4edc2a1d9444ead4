import type { KnownEra } from '../eras/index.ts';
import type { OpenPeer } from '../peer-source.ts';
import { SessionPeer } from './session-peer.ts';

/** Opens sessions in front of a server whose era may still have to be found out. */
export function openSessionPeer(era: KnownEra): OpenPeer {
  return (server) => {
    const opened = server.open('session');
    return 'child' in opened ? { peer: new SessionPeer(server, era, opened.child) } : opened;
  };
}
