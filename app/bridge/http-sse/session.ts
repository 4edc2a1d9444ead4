import type { Log } from '../../log/log.ts';
import type { Peer } from '../child/index.ts';
import type { BridgeContext } from '../context.ts';
import type { EventStream } from '../http/index.ts';
import { OneStreamSession } from '../one-stream-session.ts';

/** One GET /sse with the server behind it (2024-11-05), found by its id when messages are posted. */
export class SseSession extends OneStreamSession {
  readonly id: string;
  readonly principal: string;

  constructor(id: string, principal: string, peer: Peer, stream: EventStream, log: Log, context: BridgeContext) {
    super('http-sse', peer, stream, log, context);
    this.id = id;
    this.principal = principal;
  }
}
