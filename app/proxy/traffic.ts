// What passes through the proxy, for those who look on: open tunnels, sums, the last request of each client label, and failures.
import { authorityOf, type Target } from '../base/address.ts';
import { LinkedList, type Place } from '../base/linked-list.ts';
import type { Log } from '../base/log.ts';
import type { Text } from '../i18n/index.ts';
import type { ProxiedRequest } from '../inspect/index.ts';
import type { Failure } from './failures.ts';
import { RelayResources } from './relay.ts';

/** The endpoint a tunnel came in by: CONNECT, SOCKS5, a TCP forward, or Upgrade on an absolute-form request. */
export type TunnelKind = 'connect' | 'socks' | 'tcp-forward' | 'upgrade';

/** The record of an open byte stream through us. The relay counts into `up` and `down`; everything else is fixed. */
export interface Tunnel {
  readonly id: number;
  readonly kind: TunnelKind;
  readonly target: Target;
  /** The name the client gave itself; empty when it gave none. */
  readonly label: string;
  /** Milliseconds since the epoch. */
  readonly openedAt: number;
  /** Bytes from the client to the target. */
  up: number;
  /** Bytes from the target to the client. */
  down: number;
  /** What is recorded of it. */
  readonly request: ProxiedRequest;
  /** The stream itself. */
  readonly stream: TunnelStream;
}

/** An open byte stream, as far as it is judged and ended from outside. */
export interface TunnelStream {
  /** Ends both sides at once. */
  close(): void;
  /** Whether a client on another machine uses this machine by it. */
  isLent(): boolean;
}

/** What goes through us and may not be allowed any more: by its target, and whether a client on another machine uses this machine. */
export type IsAllowed = (target: Target, isLent: boolean) => boolean;

/** Sums since the start. */
export interface Totals {
  /** Tunnels that reached their target. */
  tunnels: number;
  /** Absolute-form requests, answered or failed. */
  requests: number;
  /** Failures of any kind. */
  failures: number;
  /** Bytes of tunnels and of request and response bodies. */
  up: number;
  down: number;
}

/** The open tunnels, the sums, and what the tunnels share while they relay. */
export class Tunnels {
  readonly relay: RelayResources = new RelayResources();
  readonly totals: Totals = { tunnels: 0, requests: 0, failures: 0, up: 0, down: 0 };
  readonly #open = new LinkedList<Tunnel>();
  readonly #changed: () => void;
  #lastId = 0;

  /** `changed` is called on every change, also for every chunk that passes: it must cost next to nothing. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** The place is what `remove` needs. */
  add(kind: TunnelKind, target: Target, label: string, request: ProxiedRequest, stream: TunnelStream): Place<Tunnel> {
    const id = ++this.#lastId;
    const place = this.#open.add({ id, kind, target, label, openedAt: Date.now(), up: 0, down: 0, request, stream });
    this.totals.tunnels++;
    this.#changed();
    return place;
  }

  remove(tunnel: Place<Tunnel>): void {
    if (this.#open.delete(tunnel)) this.#changed();
  }

  countUp(tunnel: Tunnel | null, bytes: number): void {
    if (tunnel !== null) tunnel.up += bytes;
    this.totals.up += bytes;
    this.#changed();
  }

  countDown(tunnel: Tunnel | null, bytes: number): void {
    if (tunnel !== null) {
      if (tunnel.down === 0) tunnel.request.cameBack();
      tunnel.down += bytes;
    }
    this.totals.down += bytes;
    this.#changed();
  }

  countRequest(): void {
    this.totals.requests++;
    this.#changed();
  }

  countFailure(): void {
    this.totals.failures++;
    this.#changed();
  }

  get size(): number {
    return this.#open.size;
  }

  /** Oldest first. */
  list(): Tunnel[] {
    return this.#open.values();
  }

  /** Closes one tunnel; false when it is gone already. */
  close(id: number): boolean {
    const tunnel = this.list().find((open) => open.id === id);
    tunnel?.stream.close();
    return tunnel !== undefined;
  }

  closeAll(): void {
    for (const { stream } of this.list()) stream.close();
  }

  /** Closes those that are not allowed any more. */
  closeUnless(isAllowed: IsAllowed): void {
    for (const { target, stream } of this.list()) if (!isAllowed(target, stream.isLent())) stream.close();
  }
}

/** How a request ended, as far as is known when its answer begins. */
export type RequestOutcome =
  /** An absolute-form request: the status the target answered with. */
  | { readonly kind: 'answered'; readonly status: number }
  /** A tunnel of any kind that reached its target; its content is not looked at. */
  | { readonly kind: 'connected' }
  /** The code of the failure: an errno, or one of our own in the same spelling. */
  | { readonly kind: 'failed'; readonly code: string }
  /** The client disconnected before there was an answer. */
  | { readonly kind: 'given-up' };

/** The last request under one label, and how many there were. */
export interface LastRequest {
  readonly label: string;
  /** When its outcome was known, in milliseconds since the epoch. */
  readonly lastAt: number;
  /** Null for a request that named no target we could read. */
  readonly target: Target | null;
  readonly outcome: RequestOutcome;
  /** Since the label was first seen, the last one included. */
  readonly requests: number;
  /** How many of them failed; an answer is none, whatever its status. */
  readonly failures: number;
}

/** Labels kept: clients choose them freely. The one without a request for longest is dropped. */
const MOST_LABELS = 256;
/** Characters. Longer user names are not made by us, and are not kept. */
const LONGEST_LABEL = 256;

/** One row, overwritten by every request, so that requests allocate nothing. */
interface Row {
  lastAt: number;
  /** Which of two rows was written last; the time of day may be set back, and counts milliseconds only. */
  order: number;
  target: Target | null;
  kind: RequestOutcome['kind'];
  status: number;
  code: string;
  requests: number;
  failures: number;
}

/** The last request of each label, which is the user name that a client gives to the proxy, and its outcome. */
export class LastRequests {
  readonly #rows = new Map<string, Row>();
  readonly #changed: () => void;
  #entries = 0;

  /** `changed` is called with every entry: it must cost next to nothing. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  answered(label: string, target: Target, status: number): void {
    const row = this.#enter(label, target, 'answered');
    if (row !== null) row.status = status;
  }

  connected(label: string, target: Target): void {
    this.#enter(label, target, 'connected');
  }

  givenUp(label: string, target: Target): void {
    this.#enter(label, target, 'given-up');
  }

  failed(label: string, target: Target | null, code: string): void {
    const row = this.#enter(label, target, 'failed');
    if (row === null) return;
    row.code = code;
    row.failures++;
  }

  /** The last request, answered already, failed on the way: it is not one more. */
  brokenOff(label: string, target: Target, code: string): void {
    const row = this.#enter(label, target, 'failed');
    if (row === null) return;
    row.code = code;
    row.failures++;
    if (row.requests > 1) row.requests--;
  }

  /** The newest request last. */
  list(): LastRequest[] {
    const rows = [...this.#rows].sort(([, one], [, other]) => one.order - other.order);
    return rows.map(([label, row]) => {
      const { lastAt, target, requests, failures } = row;
      return { label, lastAt, target, outcome: outcomeOf(row), requests, failures };
    });
  }

  #enter(label: string, target: Target | null, kind: RequestOutcome['kind']): Row | null {
    if (label === '' || label.length > LONGEST_LABEL) return null;
    const row = this.#rows.get(label) ?? this.#add(label);
    row.lastAt = Date.now();
    row.order = ++this.#entries;
    row.target = target;
    row.kind = kind;
    row.requests++;
    this.#changed();
    return row;
  }

  #add(label: string): Row {
    if (this.#rows.size === MOST_LABELS) this.#forgetOldest();
    const row: Row = {
      lastAt: 0,
      order: 0,
      target: null,
      kind: 'connected',
      status: 0,
      code: '',
      requests: 0,
      failures: 0,
    };
    this.#rows.set(label, row);
    return row;
  }

  /** Linear, but only for a new label in a full table: keeping an order would cost every request. */
  #forgetOldest(): void {
    let oldest = '';
    let order = Number.POSITIVE_INFINITY;
    for (const [label, row] of this.#rows) {
      if (row.order >= order) continue;
      oldest = label;
      order = row.order;
    }
    this.#rows.delete(oldest);
  }
}

function outcomeOf({ kind, status, code }: Row): RequestOutcome {
  switch (kind) {
    case 'answered':
      return { kind, status };
    case 'failed':
      return { kind, code };
    case 'connected':
    case 'given-up':
      return { kind };
    default:
      return kind satisfies never;
  }
}

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
