import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import type { Target } from '../base/address.ts';
import { LookupQueue, type Priority } from './lookup-threads.ts';

/** How long an answer of the system's resolver is cached, in ms. */
const CACHE_MS = 10_000;
/** How long a failure is cached, in ms: long enough for a burst of requests, too short for a person to notice. */
const FAILURE_MS = 3_000;
/** How long the last known addresses serve while the resolver does not answer, in ms. */
const STALE_MS = 3_600_000;
/** A resolver that answers within this many ms is waited for; a slower one is not, while addresses are known. */
const GRACE_MS = 200;
/** How long the address of a name that has answered is tried before those that were preferred to it and have not, in ms. */
const ANSWERED_MS = 10_000;
/** Names remembered, of those with addresses and of those without. */
const ENTRIES = 1_000;
/** Both loopbacks, the way browsers and curl take them. */
const LOOPBACKS: readonly LookupAddress[] = [
  { address: '::1', family: 6 },
  { address: '127.0.0.1', family: 4 },
];
/** The resolver has answered that there is no address. All other errors mean that it has not answered. */
const NO_ADDRESS = new Set(['ENOTFOUND', 'EAI_NONAME', 'EAI_NODATA']);

/** dns.lookup with all addresses, in the system's order. */
export type Lookup = (
  host: string,
  done: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void;

/** Receives the addresses, best first, or the resolver's error. Called at once for literals and known names. */
export type Resolved = (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void;

interface Known {
  readonly addresses: readonly LookupAddress[];
  readonly at: number;
}

/** An address that has answered, though others were tried before it. */
interface Answered {
  readonly address: string;
  readonly at: number;
}

interface Failed {
  readonly error: NodeJS.ErrnoException;
  readonly at: number;
}

/** A look-up under way, or one that waits for a thread. */
interface Pending {
  readonly waiting: Set<Resolved>;
  readonly since: number;
  /** Takes it out of the queue, unless it has begun. */
  withdraw: () => void;
}

/**
 * Names to addresses, by the system's own resolver: it knows /etc/hosts, the VPN's name servers and `.local`.
 *
 * getaddrinfo blocks a thread for each look-up. Equal look-ups under way are one; an answer serves for ten seconds, a
 * failure for three; then the name is asked for again, and its last known addresses serve while that takes long or
 * fails for want of an answer. `localhost` and what ends in `.localhost` is never asked for (RFC 6761 section 6.3).
 */
export class Resolver {
  readonly #lookup: Lookup;
  readonly #now: () => number;
  readonly #queue: LookupQueue;
  #known = new Map<string, Known>();
  #failed = new Map<string, Failed>();
  #pending = new Map<string, Pending>();
  /** By name and port: a machine may serve one port at one of its addresses, another port at all. */
  #answered = new Map<string, Answered>();

  /** `slots` look-ups may run at a time. */
  constructor(lookup: Lookup, now: () => number, slots: number) {
    this.#lookup = lookup;
    this.#now = now;
    this.#queue = new LookupQueue(slots);
  }

  /** Calls `resolved` once, unless the function it returns is called before. */
  resolve(host: string, resolved: Resolved): () => void {
    const family = isIP(host);
    if (family !== 0) return answerNow(resolved, null, [{ address: host, family }]);
    const name = host.toLowerCase();
    if (/(?:^|\.)localhost\.?$/.test(name)) return answerNow(resolved, null, LOOPBACKS);
    const known = this.#usable(name);
    const now = this.#now();
    if (known !== null && now - known.at < CACHE_MS) return answerNow(resolved, null, known.addresses);
    const failed = this.#failed.get(name);
    if (failed !== undefined && now - failed.at < FAILURE_MS) {
      return known === null ? answerNow(resolved, failed.error, []) : answerNow(resolved, null, known.addresses);
    }
    const pending = this.#pending.get(name);
    if (pending === undefined) {
      const begun: Pending = { waiting: new Set(), since: now, withdraw: () => undefined };
      const leave = this.#waitFor(name, begun, known, resolved);
      this.#ask(name, begun, known);
      return leave;
    }
    if (known !== null && now - pending.since >= GRACE_MS) return answerNow(resolved, null, known.addresses);
    return this.#waitFor(name, pending, known, resolved);
  }

  /** Every name is looked up anew: in another network the answers are others. Threads that are blocked stay blocked. */
  forget(): void {
    this.#known = new Map();
    this.#failed = new Map();
    this.#pending = new Map();
    this.#answered = new Map();
  }

  /**
   * The addresses of a target in the order in which they are to be tried: one that has answered of late, while others before it
   * had not, comes first (RFC 8305 section 4, "prefers used addresses"). All are still tried.
   */
  inOrder(target: Target, addresses: readonly LookupAddress[]): readonly LookupAddress[] {
    if (addresses.length < 2 || this.#answered.size === 0) return addresses;
    const answered = this.#answered.get(nameAndPort(target));
    if (answered === undefined || this.#now() - answered.at >= ANSWERED_MS) return addresses;
    const first = addresses.find(({ address }) => address === answered.address);
    return first === undefined ? addresses : [first, ...addresses.filter((each) => each !== first)];
  }

  /**
   * `address` of a target has answered; `addresses` are all of it, as the resolver has them. An order that was found out is kept
   * for ten seconds from then, however often it is used: then the best address gets its chance again.
   */
  answered(target: Target, addresses: readonly LookupAddress[], address: string): void {
    if (addresses.length < 2) return;
    const name = nameAndPort(target);
    if (address === addresses[0]?.address) {
      this.#answered.delete(name);
      return;
    }
    const known = this.#answered.get(name);
    const at = this.#now();
    if (known?.address !== address || at - known.at >= ANSWERED_MS) remember(this.#answered, name, { address, at });
  }

  #usable(name: string): Known | null {
    const known = this.#known.get(name);
    return known !== undefined && this.#now() - known.at < STALE_MS ? known : null;
  }

  /** For the answer, or for no longer than the grace where addresses are known. */
  #waitFor(name: string, pending: Pending, known: Known | null, resolved: Resolved): () => void {
    const answered: Resolved = (error, addresses) => {
      clearTimeout(timer);
      resolved(error, addresses);
    };
    const late = (): void => {
      pending.waiting.delete(answered);
      resolved(null, known?.addresses ?? []);
    };
    const timer = known === null ? undefined : setTimeout(late, pending.since + GRACE_MS - this.#now());
    pending.waiting.add(answered);
    return () => {
      clearTimeout(timer);
      pending.waiting.delete(answered);
      if (known === null && pending.waiting.size === 0 && this.#pending.get(name) === pending) pending.withdraw();
    };
  }

  #ask(name: string, pending: Pending, known: Known | null): void {
    // The answers of a look-up belong to the network it was started in.
    const memory = { known: this.#known, failed: this.#failed, pending: this.#pending };
    memory.pending.set(name, pending);
    let begun = false;
    const leave = this.#queue.add(this.#priority(name, known), (done) => {
      begun = true;
      this.#lookup(name, (error, addresses) => {
        done();
        if (memory.pending.get(name) === pending) memory.pending.delete(name);
        this.#settle(name, pending, memory, error, addresses);
      });
    });
    pending.withdraw = () => {
      if (begun) return;
      leave();
      memory.pending.delete(name);
    };
  }

  #settle(
    name: string,
    { waiting }: Pending,
    memory: { readonly known: Map<string, Known>; readonly failed: Map<string, Failed> },
    error: NodeJS.ErrnoException | null,
    addresses: readonly LookupAddress[],
  ): void {
    const at = this.#now();
    memory.failed.delete(name);
    if (error === null) {
      const ordered = alternateFamilies(addresses);
      remember(memory.known, name, { addresses: ordered, at });
      for (const each of waiting) each(null, ordered);
      return;
    }
    remember(memory.failed, name, { error, at });
    if (NO_ADDRESS.has(error.code ?? '')) memory.known.delete(name);
    const last = memory.known.get(name);
    const serves = last !== undefined && at - last.at < STALE_MS;
    for (const each of waiting) each(serves ? null : error, serves ? last.addresses : []);
  }

  #priority(name: string, known: Known | null): Priority {
    const failed = this.#failed.get(name);
    if (failed !== undefined && !NO_ADDRESS.has(failed.error.code ?? '')) return 'suspect';
    return known === null ? 'new' : 'known';
  }
}

function nameAndPort({ host, port }: Target): string {
  return `${host.toLowerCase()}:${port}`;
}

function answerNow(resolved: Resolved, ...answer: Parameters<Resolved>): () => void {
  resolved(...answer);
  return () => undefined;
}

/** The name remembered for longest makes room. */
function remember<Value>(memory: Map<string, Value>, name: string, value: Value): void {
  memory.delete(name);
  const oldest = memory.size >= ENTRIES ? memory.keys().next().value : undefined;
  if (oldest !== undefined) memory.delete(oldest);
  memory.set(name, value);
}

/** The system's order with the families taken in turn (RFC 8305 section 4), so that a family without a network costs one attempt. */
function alternateFamilies(addresses: readonly LookupAddress[]): readonly LookupAddress[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family);
  const second = addresses.filter(({ family }) => family !== addresses[0]?.family);
  return Array.from({ length: Math.max(first.length, second.length) }, (_, i) => [first[i], second[i]])
    .flat()
    .filter((address) => address !== undefined);
}
