import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { codeOf } from '../base/errno.ts';

/** The largest reserve: enough for the answers to a burst of clients, and for starting a few children. */
const LARGEST_RESERVE = 128;
/** The smallest: a child needs eight for a moment, a look-up of a name two. */
const SMALLEST_RESERVE = 16;
/** Below this one no limit is near on any system, and the limit need not be read. */
const NEVER_SHORT = 40;
/** How often a shortage is checked, and how long it lasts at least, in ms: a client that reconnects at once does not end it. */
const CHECK_MS = 1000;
const SHORTEST_MS = 5000;
/** Where nothing has been accepted for long, every so many connections that we open are checked. */
const CHECK_EVERY = 16;

export interface DescriptorsOptions {
  /** The descriptor table is nearly full: close what is only kept for reuse. */
  short(limit: number): void;
  /** There is room again; so many clients were refused meanwhile. */
  recovered(refused: number): void;
  /** How many descriptors this process may have; Infinity where the system sets no limit. */
  readonly limit?: () => number;
  /** The lowest descriptor that is free; the limit when none is. */
  readonly lowestFree?: (limit: number) => number;
}

/**
 * Keeps some file descriptors in reserve. Without any, the system closes the connections of new clients without an answer,
 * and nothing can be looked up, started or logged. So clients are refused, with an answer, while there are still enough
 * for that, and so are connections that we would open ourselves.
 *
 * POSIX gives out the lowest descriptor that is free (XCU "File Descriptor Allocation"): the number of a new one shows how
 * many are in use, for whatever: sockets, pipes of children, files, the resolver.
 */
export class Descriptors {
  readonly #options: DescriptorsOptions;
  readonly #lowestFree: (limit: number) => number;
  #limit: number | null = null;
  /** The newest descriptor that was seen. */
  #seen = 0;
  /** Connections that we have opened since a number was seen. */
  #opened = 0;
  #refused = 0;
  #shortSince = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: DescriptorsOptions) {
    this.#options = options;
    this.#lowestFree = options.lowestFree ?? lowestFree;
  }

  /** Clients that may wait at one time for the answer 503. */
  get slots(): number {
    return Math.ceil(this.#reserve() / 4);
  }

  /** A client has connected. False when it is to be answered 503. */
  admits(client: Socket): boolean {
    // Not by Reflect.get: that is a call into V8 for each client.
    const fd = (client as unknown as { readonly _handle?: { readonly fd?: unknown } | null })._handle?.fd;
    // Windows has no such numbers, and no such limit.
    if (typeof fd !== 'number') return true;
    this.#opened = 0;
    if (fd < NEVER_SHORT) return true;
    this.#seen = fd;
    if (fd < this.#max() - this.#reserve()) return true;
    this.#refused++;
    this.#becomeShort();
    return false;
  }

  /** Whether a connection may be opened or a program started for a client that was let in. */
  readonly mayOpen = (): boolean => {
    const nearby = this.#seen >= NEVER_SHORT && this.#seen >= this.#max() / 2;
    if (!nearby && ++this.#opened < CHECK_EVERY) return true;
    if (process.platform === 'win32') return true;
    this.#opened = 0;
    this.#seen = this.#lowestFree(this.#max());
    if (this.#seen < this.#max() - this.#reserve() / 2) return true;
    this.#becomeShort();
    return false;
  };

  /** The system itself has refused a descriptor. */
  exhausted(): void {
    this.#becomeShort();
  }

  #max(): number {
    try {
      this.#limit ??= (this.#options.limit ?? openFileLimit)();
    } catch (error) {
      // There is none left to read it with: it is near the newest one.
      if (codeOf(error) === 'EMFILE' || codeOf(error) === 'ENFILE') return this.#seen + 1;
      // A system that does not tell, such as a chroot without /proc.
      this.#limit = Number.POSITIVE_INFINITY;
    }
    return this.#limit;
  }

  #reserve(): number {
    return Math.min(LARGEST_RESERVE, Math.max(SMALLEST_RESERVE, Math.floor(this.#max() / 8)));
  }

  #becomeShort(): void {
    if (this.#timer !== null) return;
    this.#shortSince = performance.now();
    this.#timer = setInterval(() => this.#check(), CHECK_MS).unref();
    this.#options.short(this.#max());
  }

  #check(): void {
    if (performance.now() - this.#shortSince < SHORTEST_MS) return;
    this.#seen = this.#lowestFree(this.#max());
    if (this.#seen >= this.#max() - 1.5 * this.#reserve()) return;
    this.stop();
    this.#options.recovered(this.#refused);
    this.#refused = 0;
  }

  /** Ends the timer. */
  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}

/** Opens a file to learn its number. */
function lowestFree(limit: number): number {
  try {
    const fd = openSync('/dev/null', 'r');
    closeSync(fd);
    return fd;
  } catch {
    // EMFILE, or ENFILE: there is none.
    return limit;
  }
}

/** The soft limit: Node raises it to the hard one when it starts. */
function openFileLimit(): number {
  if (process.platform === 'linux') {
    const line = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'latin1'));
    return limitIn(line?.[1]);
  }
  const { report } = process;
  // Looking names up for the report would take seconds.
  Reflect.set(report, 'excludeNetwork', true);
  const content: unknown = report.getReport();
  const limits = memberOf(memberOf(content, 'userLimits'), 'open_files');
  return limitIn(memberOf(limits, 'soft'));
}

function limitIn(value: unknown): number {
  const limit = Number(value);
  return Number.isFinite(limit) && limit > 0 ? limit : Number.POSITIVE_INFINITY;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
