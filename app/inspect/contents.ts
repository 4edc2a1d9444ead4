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

const CONTENT_LIMITS: ContentLimits = { bytes: 8 * KIBIBYTE * KIBIBYTE, body: 64 * KIBIBYTE, age: 15 * 60_000 };

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

/** One message, or the beginning of it, in a page. The object is used again for another message once this one is dropped. */
interface KeptBody {
  page: Page;
  from: number;
  to: number;
  /** Bytes of the message as it was. */
  length: number;
}

interface Bodies {
  readonly server: string;
  readonly at: number;
  sent: KeptBody | null;
  received: KeptBody | null;
}

interface Page {
  readonly bytes: Buffer;
  /** Bytes from its beginning that are in use, or were. */
  used: number;
  /** Bodies in it. */
  bodies: number;
}

/** Pages that are kept for the next bodies while none needs them. */
const SPARE_PAGES = 4;
/** As many objects for bodies. */
const SPARE_BODIES = 256;

/**
 * Where bodies are copied to. A buffer for each message would cost more than the copy: V8 collects its heap the more often, the more memory
 * is allocated beside it.
 */
class Pages {
  readonly #size: number;
  #current: Page | null = null;
  readonly #spare: Page[] = [];
  readonly #dropped: KeptBody[] = [];

  /** `size` bytes have room for any body. */
  constructor(size: number) {
    this.#size = size;
  }

  copy(json: Buffer): KeptBody {
    const bytes = Math.min(json.length, this.#size);
    const page = this.#pageFor(bytes);
    const from = page.used;
    json.copy(page.bytes, from, 0, bytes);
    page.used += bytes;
    page.bodies++;
    const kept = this.#dropped.pop();
    if (kept === undefined) return { page, from, to: from + bytes, length: json.length };
    kept.page = page;
    kept.from = from;
    kept.to = from + bytes;
    kept.length = json.length;
    return kept;
  }

  /** Nothing of it stays in memory: at once where that is asked for, else with the last body of its page. */
  drop(kept: KeptBody, atOnce: boolean): void {
    const { page } = kept;
    if (atOnce) page.bytes.fill(0, kept.from, kept.to);
    if (this.#dropped.length < SPARE_BODIES) this.#dropped.push(kept);
    page.bodies--;
    if (page.bodies > 0) return;
    page.bytes.fill(0, 0, page.used);
    page.used = 0;
    if (page !== this.#current && this.#spare.length < SPARE_PAGES) this.#spare.push(page);
  }

  #pageFor(bytes: number): Page {
    const before = this.#current;
    if (before !== null && before.used + bytes <= this.#size) return before;
    const page = this.#spare.pop() ?? { bytes: Buffer.allocUnsafeSlow(this.#size), used: 0, bodies: 0 };
    this.#current = page;
    return page;
  }
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
  /** Goes on where it stopped: a new iterator of a map steps over everything that was taken out at its beginning. */
  #oldest = this.#bodies.keys();
  /** Of the servers whose contents are kept: what is secret about them. */
  #secrets: ReadonlyMap<string, readonly string[]> = new Map();
  readonly #redactors = new Map<string, { readonly redactor: Redactor; readonly tokens: string }>();
  /** The tokens of a sign-in to a server, which change. */
  tokensOf: (server: string) => readonly string[] = () => [];
  readonly #pages: Pages;
  #bytes = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(limits: ContentLimits = CONTENT_LIMITS) {
    this.#limits = limits;
    this.#pages = new Pages(limits.body);
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
    const kept = this.#pages.copy(json);
    bodies[which] = kept;
    this.#bytes += bytesOf(kept);
    while (this.#bytes > this.#limits.bytes && this.#dropOldest());
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
    return body.masked > 0 ? { kind: 'masked' } : { kind: 'whole', json: Buffer.from(textOf(bodies.sent)) };
  }

  clear(): void {
    for (const call of this.#bodies.keys()) this.#drop(call);
  }

  #redactorOf(server: string): Redactor {
    const all = this.tokensOf(server);
    const tokens = all.join('\n');
    const known = this.#redactors.get(server);
    if (known?.tokens === tokens) return known.redactor;
    const redactor = new Redactor([...(this.#secrets.get(server) ?? []), ...all]);
    this.#redactors.set(server, { redactor, tokens });
    return redactor;
  }

  /** False when there is none. */
  #dropOldest(): boolean {
    let { value: oldest } = this.#oldest.next();
    if (oldest === undefined) {
      this.#oldest = this.#bodies.keys();
      oldest = this.#oldest.next().value;
    }
    if (oldest !== undefined) this.#drop(oldest, false);
    return oldest !== undefined;
  }

  #drop(call: number, atOnce = true): void {
    const bodies = this.#bodies.get(call);
    if (bodies === undefined) return;
    this.#bodies.delete(call);
    this.#bytes -= OVERHEAD;
    for (const kept of [bodies.sent, bodies.received]) {
      if (kept === null) continue;
      this.#bytes -= bytesOf(kept);
      this.#pages.drop(kept, atOnce);
    }
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
  const { text, masked } = maskedJson(textOf(kept).toString(), redactor);
  return { text, bytes: kept.length, isCut: kept.length > bytesOf(kept), masked };
}

function bytesOf({ from, to }: KeptBody): number {
  return to - from;
}

/** For as long as it is kept. */
function textOf({ page, from, to }: KeptBody): Buffer {
  return page.bytes.subarray(from, to);
}
