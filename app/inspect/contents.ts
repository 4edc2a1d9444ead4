import { Redactor } from '../log/index.ts';
import { maskedJson } from './mask.ts';

export interface ContentLimits {
  /** Of all bodies together. */
  readonly bytes: number;
  /** Of one body; the rest of it is not kept. */
  readonly body: number;
  /** Milliseconds that a body is kept. */
  readonly age: number;
}

const KIBIBYTE = 1024;

export const CONTENT_LIMITS: ContentLimits = { bytes: 8 * KIBIBYTE * KIBIBYTE, body: 64 * KIBIBYTE, age: 15 * 60_000 };

/** One of the two messages of a call as it may be shown: JSON text without its secrets. */
export interface ShownBody {
  readonly text: string;
  /** Of the message as it was. */
  readonly bytes: number;
  /** Its end is not kept. */
  readonly isCut: boolean;
  /** Strings that were hidden, or in which something was. */
  readonly masked: number;
}

/** What a call said; a side is null where it is not kept, or not there yet. */
export interface CallContents {
  readonly sent: ShownBody | null;
  readonly received: ShownBody | null;
}

/** The request of a call as it was, or why it cannot be had: its end is not kept, or something in it is hidden. */
export type KeptRequest =
  | { readonly kind: 'whole'; readonly json: Buffer }
  | { readonly kind: 'not-kept' | 'cut' | 'masked' };

interface KeptBody {
  readonly bytes: Buffer;
  readonly length: number;
}

interface Bodies {
  readonly server: string;
  readonly at: number;
  sent: KeptBody | null;
  received: KeptBody | null;
}

/** Near enough for a bound: what a pair of bodies takes besides its bytes. */
const OVERHEAD = 200;

/**
 * Keeps what messages of some servers said: only while that is switched on, in memory, for a limited time, and as bytes. They
 * are read when a viewer opens the call, and leave this process without secrets only.
 */
export class ContentStore {
  readonly #limits: ContentLimits;
  /** Oldest first. */
  readonly #bodies = new Map<number, Bodies>();
  /** Of the servers whose contents are kept: what is secret about them. */
  #secrets: ReadonlyMap<string, readonly string[]> = new Map();
  readonly #redactors = new Map<string, Redactor>();
  #bytes = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(limits: ContentLimits = CONTENT_LIMITS) {
    this.#limits = limits;
  }

  /** Keeps contents of these servers, whose secrets are given, and of no other: what is there of others goes at once. */
  keepOf(servers: ReadonlyMap<string, readonly string[]>): void {
    this.#secrets = servers;
    this.#redactors.clear();
    for (const [call, { server }] of this.#bodies) if (!servers.has(server)) this.#drop(call);
  }

  keeps(server: string): boolean {
    return this.#secrets.has(server);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Copies one message of a call. Not called for servers whose contents are not kept. */
  add(server: string, call: number, which: 'sent' | 'received', json: Buffer): void {
    const known = this.#bodies.get(call);
    if (known === undefined && which === 'received') return;
    const bodies = known ?? { server, at: performance.now(), sent: null, received: null };
    if (known === undefined) {
      this.#bodies.set(call, bodies);
      this.#bytes += OVERHEAD;
    }
    const kept = { bytes: Buffer.from(json.subarray(0, this.#limits.body)), length: json.length };
    bodies[which] = kept;
    this.#bytes += kept.bytes.length;
    while (this.#bytes > this.#limits.bytes) {
      const [oldest] = this.#bodies.keys();
      if (oldest === undefined) break;
      this.#drop(oldest);
    }
    this.#watchAge();
  }

  /** What a call said, without secrets; null where nothing of it is kept. */
  of(call: number): CallContents | null {
    const bodies = this.#bodies.get(call);
    if (bodies === undefined) return null;
    const redactor = this.#redactorOf(bodies.server);
    return { sent: shown(bodies.sent, redactor), received: shown(bodies.received, redactor) };
  }

  /** The request of a call as it was, for sending it again. */
  request(call: number): KeptRequest {
    const bodies = this.#bodies.get(call);
    const body = bodies === undefined ? null : shown(bodies.sent, this.#redactorOf(bodies.server));
    if (bodies?.sent == null || body === null) return { kind: 'not-kept' };
    if (body.isCut) return { kind: 'cut' };
    return body.masked > 0 ? { kind: 'masked' } : { kind: 'whole', json: bodies.sent.bytes };
  }

  clear(): void {
    for (const call of this.#bodies.keys()) this.#drop(call);
  }

  #redactorOf(server: string): Redactor {
    const known = this.#redactors.get(server);
    if (known !== undefined) return known;
    const redactor = new Redactor(this.#secrets.get(server) ?? []);
    this.#redactors.set(server, redactor);
    return redactor;
  }

  #drop(call: number): void {
    const bodies = this.#bodies.get(call);
    if (bodies === undefined) return;
    this.#bodies.delete(call);
    this.#bytes -= OVERHEAD + (bodies.sent?.bytes.length ?? 0) + (bodies.received?.bytes.length ?? 0);
  }

  /** One timer for all: it runs while there is something. */
  #watchAge(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const oldest = performance.now() - this.#limits.age;
      for (const [call, { at }] of this.#bodies) {
        if (at > oldest) break;
        this.#drop(call);
      }
      if (this.#bodies.size > 0) this.#watchAge();
    }, this.#limits.age / 15).unref();
  }
}

function shown(kept: KeptBody | null, redactor: Redactor): ShownBody | null {
  if (kept === null) return null;
  const { text, masked } = maskedJson(kept.bytes.toString(), redactor);
  return { text, bytes: kept.length, isCut: kept.length > kept.bytes.length, masked };
}
