import type { Ticker } from '../base/clock.ts';
import { LatencyHistogram } from '../base/latency-histogram.ts';
import type { BoundedWarnings } from '../base/line-budget.ts';
import type { Log } from '../base/log.ts';
import type { Text } from '../i18n/index.ts';
import type { ServerRecorder } from '../inspect/index.ts';
import { idText, type ResponseFrame } from '../mcp/jsonrpc/index.ts';
import type { Peer, Scope, Server, ServerUnavailable, Share } from '../servers/index.ts';
import type { Limits } from '../settings/settings.ts';
import { type HttpFault, type MessageBudget, SESSION_GONE, type SlabPool } from './http/index.ts';
import type { Policies } from './policy/index.ts';

/** Counts the sessions and the answered requests of the bridge, over all servers. */
export class RequestLatency extends LatencyHistogram {
  sessionsOpened = 0;
}

export interface StreamTimes {
  /** Silence after which a comment is sent, in milliseconds: proxies in between cut streams that say nothing for a minute. */
  readonly keepAlive: number;
  /** How long a client may take no byte at all before it is given up, in milliseconds. */
  readonly stall: number;
}

/** Opens the server's side of one legacy session, HTTP+SSE or streamable. */
export type OpenPeer = (
  server: Server,
  scope: Scope,
) => { readonly peer: Peer } | { readonly refusal: ServerUnavailable };

/** Waiting times, in milliseconds. */
export interface BridgeTimes extends StreamTimes {
  /** How often the ticker ticks. */
  readonly tick: number;
  /**
   * How long an answer may take to be sent as plain JSON. After it the response becomes a stream, so that a client behind a
   * broken connection can ask for the rest (2025-11-25) and a proxy in between sees a sign of life. The official client for Python
   * (2.3, DEFAULT_MAX_SSE_EVENT_SIZE) takes no event over 1 MiB, and any JSON: a picture of a screen should be ready by then.
   */
  readonly decide: number;
  /**
   * How long a client that watches its session by a GET stream may be away before the session is closed. The official
   * clients try twice, a second apart, and then give up.
   */
  readonly grace: number;
  /** How long a session has to have been quiet before it ends in favour of another one of its client. */
  readonly evictable: number;
  /** How long two processes of a server have to have lived side by side before a third is started of our own accord. */
  readonly settled: number;
  /** How long nothing has to have passed the pipes of a server before its next spare is started. */
  readonly spareQuiet: number;
  /** When the log is told of a server that was asked something and says nothing; the last time is a warning. */
  readonly slowStarts: readonly number[];
  /** How often a message that a client has begun to send has to have grown. */
  readonly bodyWindow: number;
  /** How long the `initialize` of a client waits for a remote server that cannot be reached; one that is restarted is there by then. */
  readonly remotePatience: number;
}

export const BRIDGE_TIMES: BridgeTimes = {
  keepAlive: 15_000,
  stall: 300_000,
  tick: 1000,
  decide: 3000,
  grace: 5000,
  evictable: 300_000,
  settled: 3000,
  spareQuiet: 50,
  slowStarts: [10_000, 30_000, 60_000],
  bodyWindow: 20_000,
  remotePatience: 10_000,
};

/** Room for a newcomer where all places are taken; see admission. */
export interface MakeRoom {
  /** Ends a session that can be ended; false when there is none. */
  evict(principal: string | null): boolean;
  /** Milliseconds until one ends by itself or can be ended for this principal; null where only their clients know. */
  freeIn(principal: string): number | null;
}

/** What every endpoint works with. Limits and words may change while requests are under way: ask each time. */
export interface BridgeContext {
  readonly log: Log;
  readonly text: () => Text;
  readonly limits: () => Limits;
  readonly times: BridgeTimes;
  readonly ticker: Ticker;
  readonly latency: RequestLatency;
  /** Memory for what clients are sending, over all servers and endpoints. */
  readonly messages: MessageBudget;
  /** Memory for events that are kept, over all sessions. */
  readonly slabs: SlabPool;
  /** The server's part of the sessions that may exist, of all session-keeping transports. */
  readonly sessions: Share;
  readonly makeRoom: MakeRoom;
  readonly openPeer: OpenPeer;
  readonly policies: Policies;
  /** Hears of each list as the server sent it, and of what it says of itself. `params` and `result` are JSON text. */
  readonly saw: (method: string, params: Buffer | undefined, result: Buffer) => void;
  /** Remembers what passes, of this server. */
  readonly recorder: ServerRecorder;
  /** Something that a snapshot shows is different now. */
  readonly changed: () => void;
}

/** A session of any session-keeping transport, as a snapshot shows it. */
export interface SessionFacts {
  readonly transport: 'http-sse' | 'streamable' | 'stdio';
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Requests that wait for an answer. */
  readonly calls: number;
}

/** Characters of an id, and of an error's message, that are shown. */
const ID_SHOWN = 100;

/** Tells the log of an answer that names no open request: a client may wait for it in vain. */
export function warnUnexpected(warnings: BoundedWarnings, { id, bytes }: ResponseFrame): void {
  warnings.warn('The server gave an answer that names no open request', () => ({
    id: { excerpt: idText(id), characters: ID_SHOWN },
    bytes: bytes.length,
  }));
}

/** Sessions that are remembered, and characters of the reason of each: 256 KiB at most. */
const REMEMBERED = 256;
const REASON_CHARACTERS = 1024;

interface Ended {
  readonly principal: string;
  readonly reason: string;
}

/** Why the servers of the last sessions ended, for clients that ask for their session afterwards. */
export class EndedSessions {
  /** By id, oldest first. */
  readonly #ended = new Map<string, Ended>();

  add(id: string, principal: string, reason: string): void {
    this.#ended.set(id, { principal, reason: reason.slice(0, REASON_CHARACTERS) });
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > REMEMBERED && oldest !== undefined) this.#ended.delete(oldest);
  }

  /** 404 for a session that is not there, with the reason if its principal asks: it holds lines of the server's stderr. */
  fault(id: unknown, principal: string): HttpFault {
    const ended = typeof id === 'string' ? this.#ended.get(id) : undefined;
    if (ended?.principal !== principal) return SESSION_GONE;
    const { status, error } = SESSION_GONE;
    return { status, error: { ...error, message: `${error.message}: ${ended.reason}` } };
  }
}
