import { type HttpFault, SESSION_GONE } from './http/index.ts';

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
