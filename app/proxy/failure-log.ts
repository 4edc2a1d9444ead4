import { authorityOf, type Target } from '../base/address.ts';
import type { Text } from '../i18n/index.ts';
import type { Log } from '../log/log.ts';
import type { Failure } from './failures.ts';
import type { LastRequests, Tunnels } from './traffic.ts';

/** A failure with its occasion. */
export interface FailureRecord extends Omit<Failure, 'again'> {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Null for a request that named no target we could read. */
  readonly target: Target | null;
  readonly label: string;
}

/** Remembers the newest failures for the windows and the doctor, counts them all, and writes each to the log. */
export class FailureLog {
  readonly #newest: { record: FailureRecord; text: Text | null; readonly again: Failure['again'] }[] = [];
  readonly #tunnels: Tunnels;
  readonly #lastRequests: LastRequests;
  readonly #log: Log;
  readonly #kept: number;

  constructor(tunnels: Tunnels, lastRequests: LastRequests, log: Log, kept = 100) {
    this.#tunnels = tunnels;
    this.#lastRequests = lastRequests;
    this.#log = log;
    this.#kept = kept;
  }

  record(failure: Failure, target: Target | null, label: string): void {
    this.#lastRequests.failed(label, target, failure.code);
    this.#note(failure, target, label);
  }

  /** For a request that had been answered, but not to the end. */
  recordCutOff(failure: Failure, target: Target, label: string): void {
    this.#lastRequests.brokenOff(label, target, failure.code);
    this.#note(failure, target, label);
  }

  /** Newest last; in the language of `text`, where it is given. */
  list(text: Text | null = null): readonly FailureRecord[] {
    for (const kept of this.#newest) {
      if (text === null || kept.text === text) continue;
      kept.text = text;
      if (kept.again === undefined) continue;
      const { sentence, hint } = kept.again(text);
      kept.record = { ...kept.record, sentence, hint };
    }
    return this.#newest.map(({ record }) => record);
  }

  /** The log line keeps the shape people search for: `host:port - No route to host (EHOSTUNREACH) …`. */
  #note(failure: Failure, target: Target | null, label: string): void {
    const { again, ...plain } = failure;
    this.#newest.push({ record: { ...plain, at: Date.now(), target, label }, text: null, again });
    if (this.#newest.length > this.#kept) this.#newest.shift();
    this.#tunnels.countFailure();
    const where = target === null ? 'request' : authorityOf(target);
    this.#log.error(`${where} - ${nameOf(failure.code)} (${failure.code}) ${failure.hint}`, {
      status: failure.status,
      ...(label === '' ? {} : { client: label }),
      ...(failure.nextHop === undefined ? {} : { upstream: failure.nextHop }),
    });
  }
}

/** The system's own wording for an errno: what people paste into a search engine. */
const NAMES: Readonly<Record<string, string>> = {
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
  EHOSTDOWN: 'Host is down',
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset by peer',
  ETIMEDOUT: 'Operation timed out',
  ENOTFOUND: 'Name not found',
  EAI_AGAIN: 'Name look-up failed',
  EPERM: 'Operation not permitted',
  EMFILE: 'Too many open files',
};

function nameOf(code: string): string {
  return NAMES[code] ?? 'Failed';
}
