/**
 * What a client may ask of the origin: the first line it sends says what the rest of the connection is for.
 *
 * - `echo`: everything comes back.
 * - `send`: the origin sends zeros as fast as they are taken.
 * - `take`: the origin swallows what comes and counts it.
 * - `count`: the origin answers with one `Count` as JSON and closes.
 */
export type Order = 'echo' | 'send' | 'take' | 'count';

/** How many bytes all `take` connections brought so far, by the origin's own clock. */
export interface Count {
  readonly bytes: number;
  readonly atMs: number;
}

/** Body of every answer to a GET, bytes. */
export const GET_BODY_BYTES = 1024;
