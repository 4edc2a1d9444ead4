import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { OriginConnection, Pin } from './origin-connection.ts';
import type { ResponseHead } from './response-head.ts';

/** Origins that one client connection may be authenticated at; the one used longest ago gives way. */
const PINS_LIMIT = 16;

/** NTLM and Negotiate (RFC 4559) authenticate the connection instead of the request; Kerberos is an old name of the latter. */
const CREDENTIALS = /^(?:ntlm|negotiate|kerberos)(?:[\t ]|$)/i;
/** Such a scheme as a member of a list of challenges, in one field or in several. */
const CHALLENGE = /(?:^|,)[\t ]*(?:ntlm|negotiate|kerberos)(?:[\t ,]|$)/i;
/** A quoted realm may contain the word NTLM. One without an end extends to the end of the value, so that nothing is read twice. */
const QUOTED = /"(?:[^"\\]|\\.?)*(?:"|$)/g;

/** Whether the credentials of a request are those of its connection. */
export function hasBoundCredentials(req: IncomingMessage): boolean {
  if (req.headers.authorization === undefined) return false;
  const raw = req.rawHeaders;
  for (let index = 0; index < raw.length; index += 2) {
    if (raw[index]?.toLowerCase() === 'authorization' && CREDENTIALS.test(raw[index + 1] ?? '')) return true;
  }
  return false;
}

/** Whether an answer asks for such credentials, or is a step on the way to them. */
export function hasBoundChallenge({ fields }: ResponseHead): boolean {
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? '';
    if (name.length !== 16 || name.toLowerCase() !== 'www-authenticate') continue;
    if (CHALLENGE.test((fields[index + 1] ?? '').replace(QUOTED, '""'))) return true;
  }
  return false;
}

/**
 * Idle connections that carry the authentication of a client, or are about to: each belongs to one client connection
 * and ends with it. No other client may send a request over it, for it would be answered as that one's.
 */
export class PinnedConnections {
  readonly #pinned = new Map<Socket, Map<string, OriginConnection>>();
  readonly #held = new Map<Socket, (() => void) | null>();
  readonly #now: () => number;
  readonly #retire: (connection: OriginConnection) => void;

  /** `retire` closes a connection that is not wanted any more; `now` is the monotonic clock, in ms. */
  constructor(now: () => number, retire: (connection: OriginConnection) => void) {
    this.#now = now;
    this.#retire = retire;
  }

  /** A request of this client has its answer, and still sends content over a connection that the next one may need. */
  hold(client: Socket): void {
    this.#held.set(client, null);
  }

  /** The content has been sent. */
  free(client: Socket): void {
    const run = this.#held.get(client);
    this.#held.delete(client);
    run?.();
  }

  /** Calls `run` when nothing is held: nearly always at once. A client has one request at a time. */
  whenFree(client: Socket, run: () => void): void {
    if (this.#held.has(client)) this.#held.set(client, run);
    else run();
  }

  /** The connection of this client to this origin, which it gets back to use; null when there is none. */
  take(client: Socket, key: string): OriginConnection | null {
    const connection = this.#pinned.get(client)?.get(key);
    if (connection === undefined) return null;
    this.forget(connection, { client, key });
    if (connection.idleUntil > this.#now()) return connection;
    this.#retire(connection);
    return null;
  }

  /** Keeps an idle connection for its client. */
  keep(connection: OriginConnection, { client, key }: Pin): void {
    if (client.destroyed) return this.#retire(connection);
    let ofClient = this.#pinned.get(client);
    if (ofClient === undefined) {
      ofClient = new Map();
      this.#pinned.set(client, ofClient);
      client.once('close', () => this.#leave(client));
    }
    ofClient.set(key, connection);
    const [oldest] = ofClient.values();
    if (ofClient.size <= PINS_LIMIT || oldest === undefined || oldest.pin === null) return;
    this.forget(oldest, oldest.pin);
    this.#retire(oldest);
  }

  /** A connection is idle no longer. */
  forget(connection: OriginConnection, { client, key }: Pin): void {
    const ofClient = this.#pinned.get(client);
    if (ofClient?.get(key) === connection) ofClient.delete(key);
  }

  /** Closes all of them now. */
  clear(): void {
    for (const ofClient of this.#pinned.values()) {
      for (const connection of ofClient.values()) connection.destroy();
      ofClient.clear();
    }
  }

  #leave(client: Socket): void {
    const ofClient = this.#pinned.get(client);
    this.#pinned.delete(client);
    for (const connection of ofClient?.values() ?? []) this.#retire(connection);
  }
}
