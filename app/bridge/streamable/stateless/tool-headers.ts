import type { IncomingHttpHeaders } from 'node:http';
import { isObject } from '../../../schema/index.ts';
import { type Clock, systemClock } from '../../eras/index.ts';
import { type JsonObject, objectIn, stringIn } from '../../frame/index.ts';
import { type MirroredArgument, mirroredArguments, paramHeaderFault } from './param-headers.ts';

/** Asks the child something on our own account; null when it is gone or refuses. */
export type Ask = (method: string, params: JsonObject) => Promise<JsonObject | null>;

/** Milliseconds a call waits for the tools to be listed. A server that is busy with a call may list nothing for minutes. */
const PATIENCE = 2000;

/** Pages of `tools/list` read before we take it for a circle. */
const PAGE_LIMIT = 100;

/**
 * Knows which arguments of a child's tools must be mirrored into headers, and checks that they are. The tools are listed
 * once, before the first call, and again when a call does not fit what is known: the child may have changed them.
 */
export class ToolHeaders {
  readonly #ask: Ask;
  readonly #clock: Clock;
  #known: ReadonlyMap<string, readonly MirroredArgument[]> | null = null;
  #listing: Promise<void> | null = null;
  #overdue = false;

  constructor(ask: Ask, clock: Clock = systemClock) {
    this.#ask = ask;
    this.#clock = clock;
  }

  /** True when a call needs no check, which is the usual case and then costs nothing. */
  passes(params: JsonObject): boolean {
    const name = stringIn(params, 'name');
    return name !== undefined && this.#known?.get(name)?.length === 0;
  }

  /** What is wrong with the headers of a `tools/call`; null when nothing is. Lists the tools if what is known does not do. */
  async fault(headers: IncomingHttpHeaders, params: JsonObject): Promise<string | null> {
    const isKnown = this.#known?.has(stringIn(params, 'name') ?? '') === true;
    if (isKnown && this.knownFault(headers, params) === null) return null;
    await this.#listed();
    return this.knownFault(headers, params);
  }

  /** The same by what is known already: the child is asked nothing. */
  knownFault(headers: IncomingHttpHeaders, params: JsonObject): string | null {
    const mirrored = this.#known?.get(stringIn(params, 'name') ?? '') ?? [];
    return paramHeaderFault(headers, objectIn(params, 'arguments'), mirrored);
  }

  /** Resolves when the tools are listed, or when that takes too long. While a listing is overdue, no further call waits for it. */
  #listed(): Promise<void> {
    this.#listing ??= this.#read().then((tools) => {
      this.#listing = null;
      this.#overdue = false;
      this.#known = tools;
    });
    return this.#overdue ? Promise.resolve() : this.#within(this.#listing);
  }

  #within(listing: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#clock.after(PATIENCE, () => {
        this.#overdue = this.#listing === listing;
        resolve();
      });
      void listing.then(() => {
        stop();
        resolve();
      });
    });
  }

  async #read(): Promise<ReadonlyMap<string, readonly MirroredArgument[]>> {
    const found = new Map<string, readonly MirroredArgument[]>();
    let cursor: string | undefined;
    for (let page = 0; page < PAGE_LIMIT; page++) {
      const result = await this.#ask('tools/list', cursor === undefined ? {} : { cursor });
      const tools: unknown = result?.['tools'];
      for (const tool of Array.isArray(tools) ? tools.filter(isObject) : []) {
        found.set(stringIn(tool, 'name') ?? '', mirroredArguments(tool['inputSchema']));
      }
      cursor = result === null ? undefined : stringIn(result, 'nextCursor');
      if (cursor === undefined) break;
    }
    return found;
  }
}
