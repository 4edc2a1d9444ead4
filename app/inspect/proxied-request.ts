import type { Target } from '../base/address.ts';
import type { Call } from './call.ts';
import type { Sized } from './ring.ts';
import { shownPath, shownText } from './shown.ts';

/** The endpoint of the proxy that a request came in by; `http` is an absolute-form one, of which we see the head. */
export type RequestKind = 'connect' | 'socks' | 'tcp-forward' | 'upgrade' | 'http';

export type ProxiedOutcome =
  | 'pending'
  /** A tunnel that is open. */
  | 'open'
  /** It has ended in order, whatever the status of the answer. */
  | 'done'
  | 'failed'
  /** Its client left before there was an answer. */
  | 'given-up';

/** A request through the proxy as viewers get it. Times are milliseconds, sizes are bytes. */
export interface RequestFacts {
  readonly sequence: number;
  /** The server of ours that it comes from, by the name it shows to the proxy; null where that is none of ours. */
  readonly server: string | null;
  /** The name it shows to the proxy; empty where it shows none. */
  readonly label: string;
  readonly kind: RequestKind;
  /** Null for a request that named no target we could read. */
  readonly target: Target | null;
  /** Empty for a tunnel, whose content is not looked at. */
  readonly method: string;
  /** Without what may be a secret in it. */
  readonly path: string;
  /** Since the epoch. */
  readonly startedAt: number;
  readonly connect: number | null;
  readonly firstByte: number | null;
  readonly total: number | null;
  /** To the target, and from it. */
  readonly up: number;
  readonly down: number;
  readonly status: number | null;
  readonly outcome: ProxiedOutcome;
  /** Why it failed, and the errno or code of ours; empty where it has not. */
  readonly sentence: string;
  readonly code: string;
  /** Calls that were under way for its server when it began: it is for one of them. */
  readonly during: readonly number[];
  /** How many those were, also where not all are listed. */
  readonly calls: number;
}

export interface RequestStart {
  readonly kind: RequestKind;
  readonly target: Target | null;
  readonly label: string;
  readonly method?: string;
  readonly path?: string;
}

/** Calls that a request lists. */
const MOST_CALLS = 16;
const NO_CALLS: readonly number[] = [];
/** Near enough for a bound: the fields of a row without what its client has written. */
const ROW_BYTES = 400;

/** One request of a client of the proxy, without its contents. */
export class ProxiedRequest implements Sized {
  readonly sequence: number;
  readonly server: string | null;
  readonly #kind: RequestKind;
  readonly #target: Target | null;
  readonly #label: string;
  readonly #method: string;
  readonly #path: string;
  readonly #startedAt = Date.now();
  readonly #since = performance.now();
  readonly #changed: (request: ProxiedRequest) => void;
  readonly #during: readonly number[];
  readonly #calls: number;
  #connect: number | null = null;
  #firstByte: number | null = null;
  #total: number | null = null;
  #up = 0;
  #down = 0;
  #status: number | null = null;
  #outcome: ProxiedOutcome = 'pending';
  #sentence = '';
  #code = '';

  constructor(
    sequence: number,
    server: string | null,
    { kind, target, label, method = '', path = '' }: RequestStart,
    during: readonly Call[],
    changed: (request: ProxiedRequest) => void,
  ) {
    this.sequence = sequence;
    this.server = server;
    this.#kind = kind;
    this.#target = target;
    this.#label = shownText(label);
    this.#method = method;
    this.#path = shownPath(path);
    this.#during = during.length === 0 ? NO_CALLS : during.slice(-MOST_CALLS).map((call) => call.sequence);
    this.#calls = during.length;
    this.#changed = changed;
  }

  /** The same for as long as it is kept. */
  get bytes(): number {
    return ROW_BYTES + 2 * (this.#path.length + this.#label.length);
  }

  /** The way to the target is open; `isTunnel`: from now on it carries what we do not look at. */
  connected(isTunnel: boolean): void {
    if (this.#total !== null) return;
    this.#connect ??= this.#elapsed;
    if (isTunnel) this.#outcome = 'open';
    this.#changed(this);
  }

  /** The first byte of the target has come. Called for every chunk of a tunnel: nearly always it does nothing. */
  cameBack(): void {
    this.#firstByte ??= this.#elapsed;
  }

  /** The head of the answer has come. */
  answered(status: number): void {
    this.#firstByte ??= this.#elapsed;
    this.#status = status;
    this.#changed(this);
  }

  sent(bytes: number): void {
    this.#up += bytes;
  }

  received(bytes: number): void {
    this.#down += bytes;
  }

  done(): void {
    this.#end('done');
  }

  failed(code: string, sentence: string): void {
    if (this.#total !== null) return;
    this.#code = code;
    this.#sentence = shownText(sentence);
    this.#end('failed');
  }

  givenUp(): void {
    this.#end('given-up');
  }

  facts(): RequestFacts {
    return {
      sequence: this.sequence,
      server: this.server,
      label: this.#label,
      kind: this.#kind,
      target: this.#target,
      method: this.#method,
      path: this.#path,
      startedAt: this.#startedAt,
      connect: this.#connect,
      firstByte: this.#firstByte,
      total: this.#total,
      up: this.#up,
      down: this.#down,
      status: this.#status,
      outcome: this.#outcome,
      sentence: this.#sentence,
      code: this.#code,
      during: this.#during,
      calls: this.#calls,
    };
  }

  get #elapsed(): number {
    return performance.now() - this.#since;
  }

  #end(outcome: ProxiedOutcome): void {
    if (this.#total !== null) return;
    this.#total = this.#elapsed;
    this.#outcome = outcome;
    this.#changed(this);
  }
}
