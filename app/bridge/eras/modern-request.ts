import type { JsonObject } from '../frame/index.ts';
import type { Envelope } from './envelope.ts';

/** A request of revision 2026-07-28 that has passed the gate: it is well-formed and its envelope is complete. */
export interface ModernRequest {
  /** The id as the client wrote it, JSON text: it goes back byte for byte. */
  readonly idText: Buffer;
  readonly method: string;
  readonly params: JsonObject;
  /** The whole request as it came, without line breaks. */
  readonly bytes: Buffer;
  readonly envelope: Envelope;
  /** An error -32601 of the server is about what the request names; see `isAboutName`. */
  readonly aboutName: boolean;
  /** See Caller.principal. */
  readonly principal: string;
}
