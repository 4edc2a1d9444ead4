import type { Activity, ActivityBatch, CallFacts, RequestFacts } from '../../app/ipc/index.ts';

/** A call, a notification or a request through the proxy. */
export type ActivityRow =
  | { readonly is: 'call'; readonly sequence: number; readonly facts: CallFacts }
  | { readonly is: 'request'; readonly sequence: number; readonly facts: RequestFacts };

export type Outcome = CallFacts['outcome'] | RequestFacts['outcome'];

export interface ActivityFilter {
  /** `calls` are those of clients on the client's side; `messages` is everything of the bridge, on both sides. */
  readonly kind: 'all' | 'calls' | 'requests' | 'messages';
  /** Null is no bound, for each of these. */
  readonly server: string | null;
  readonly client: string | null;
  readonly method: string | null;
  readonly outcome: Outcome | 'failures' | null;
  /** Milliseconds. */
  readonly slow: number | null;
  readonly pinned: boolean;
  /** Letters compare without regard to case. */
  readonly query: string;
}

export const NO_FILTER: ActivityFilter = {
  kind: 'all',
  server: null,
  client: null,
  method: null,
  outcome: null,
  slow: null,
  pinned: false,
  query: '',
};

/** A little more than the main process keeps. */
const MOST_ROWS = 30_000;
/** Rows over that before the oldest go: dropping them means filtering all others again. */
const SLACK = 3000;

const FAILURES: ReadonlySet<Outcome> = new Set(['error', 'tool-error', 'timed-out', 'cut', 'failed']);

export function isFailure({ facts }: ActivityRow): boolean {
  return FAILURES.has(facts.outcome) || ('status' in facts && (facts.status ?? 0) >= 400);
}

/** The rows that an Activity window knows, in the order in which they began, and those that its filter lets through. */
export class ActivityModel {
  #all: ActivityRow[] = [];
  #shown: ActivityRow[] = [];
  #filter = NO_FILTER;
  readonly #pinned = new Set<number>();
  /** Rows up to this one were cleared away. */
  #cleared = 0;
  readonly servers = new Set<string>();
  readonly clients = new Set<string>();
  readonly methods = new Set<string>();

  get shown(): readonly ActivityRow[] {
    return this.#shown;
  }

  get count(): number {
    return this.#all.length;
  }

  row(sequence: number): ActivityRow | null {
    return this.#all[placeOf(this.#all, sequence)] ?? null;
  }

  /** Where a row is among the shown ones; -1 where it is not. */
  positionOf(sequence: number): number {
    return placeOf(this.#shown, sequence);
  }

  /** The calls of ours to the server that are for this call of a client. */
  servedBy(sequence: number): readonly CallFacts[] {
    // What is for a call begins after it.
    return this.#all
      .slice(lowerBound(this.#all, sequence))
      .flatMap((row) => (row.is === 'call' && row.facts.of === sequence ? [row.facts] : []));
  }

  isPinned(sequence: number): boolean {
    return this.#pinned.has(sequence);
  }

  pin(sequence: number, pinned: boolean): void {
    if (pinned) this.#pinned.add(sequence);
    else this.#pinned.delete(sequence);
    if (this.#filter.pinned) this.#again();
  }

  /** Rows that are new, and rows as they are now. The cost is that of these, unless the oldest have to go. */
  add({ calls, requests }: Pick<Activity | ActivityBatch, 'calls' | 'requests'>): void {
    const rows: ActivityRow[] = [
      ...calls.map((facts) => ({ is: 'call', sequence: facts.sequence, facts }) as const),
      ...requests.map((facts) => ({ is: 'request', sequence: facts.sequence, facts }) as const),
    ];
    rows.sort((one, other) => one.sequence - other.sequence);
    for (const row of rows) this.#put(row);
    if (this.#all.length <= MOST_ROWS + SLACK) return;
    const first = this.#all.length - MOST_ROWS;
    this.#all = this.#all.filter(({ sequence }, at) => at >= first || this.#pinned.has(sequence));
    this.#again();
  }

  filter(filter: ActivityFilter): void {
    this.#filter = { ...filter, query: filter.query.toLowerCase() };
    this.#again();
  }

  /** Pinned rows stay. */
  clear(): void {
    this.#cleared = this.#all.at(-1)?.sequence ?? this.#cleared;
    this.#all = this.#all.filter(({ sequence }) => this.#pinned.has(sequence));
    this.#again();
  }

  #put(row: ActivityRow): void {
    const { sequence, facts } = row;
    if (sequence <= this.#cleared && !this.#pinned.has(sequence)) return;
    if (facts.server !== null) this.servers.add(facts.server);
    if (row.is === 'call') this.clients.add(row.facts.client);
    this.methods.add(facts.method);
    place(this.#all, row);
    if (this.#passes(row)) place(this.#shown, row);
    else {
      const at = placeOf(this.#shown, sequence);
      if (at !== -1) this.#shown.splice(at, 1);
    }
  }

  #again(): void {
    this.#shown = this.#all.filter((row) => this.#passes(row));
  }

  #passes(row: ActivityRow): boolean {
    const { kind, server, client, method, outcome, slow, pinned, query } = this.#filter;
    const { facts } = row;
    if (!isOfKind(row, kind)) return false;
    if (server !== null && (facts.server ?? '') !== server) return false;
    if (client !== null && (row.is !== 'call' || row.facts.client !== client)) return false;
    if (method !== null && facts.method !== method) return false;
    if (outcome !== null && (outcome === 'failures' ? !isFailure(row) : facts.outcome !== outcome)) return false;
    // What stays open for hours is not slow.
    if (slow !== null && (facts.total === null || facts.total < slow || facts.outcome === 'listening')) return false;
    if (pinned && !this.#pinned.has(row.sequence)) return false;
    return query === '' || searchable(row).includes(query);
  }
}

function isOfKind(row: ActivityRow, kind: ActivityFilter['kind']): boolean {
  if (row.is === 'request') return kind === 'all' || kind === 'requests';
  if (kind === 'requests') return false;
  return kind === 'messages' || (row.facts.kind === 'request' && row.facts.side === 'client');
}

function searchable(row: ActivityRow): string {
  const { facts } = row;
  const own =
    row.is === 'call'
      ? [row.facts.target, row.facts.client, row.facts.id]
      : [targetOf(row.facts), row.facts.label, row.facts.sentence, row.facts.code, row.facts.status ?? ''];
  return [facts.server ?? '', facts.method, ...own].join(' ').toLowerCase();
}

/** What a request asks for: `nas.lan:8123/api/states`. */
export function targetOf({ target, path }: RequestFacts): string {
  if (target === null) return path;
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  return `${host}:${target.port}${path}`;
}

/** Puts a row in the place of its number, or over the one that has it. Nearly always that is the end. */
function place(rows: ActivityRow[], row: ActivityRow): void {
  const last = rows.at(-1);
  if (last === undefined || last.sequence < row.sequence) rows.push(row);
  else {
    const at = lowerBound(rows, row.sequence);
    rows.splice(at, rows[at]?.sequence === row.sequence ? 1 : 0, row);
  }
}

function placeOf(rows: readonly ActivityRow[], sequence: number): number {
  const at = lowerBound(rows, sequence);
  return rows[at]?.sequence === sequence ? at : -1;
}

/** Position of the first row with this number or a greater one. */
function lowerBound(rows: readonly ActivityRow[], sequence: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.sequence ?? 0) < sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}
