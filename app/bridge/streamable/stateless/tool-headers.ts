import type { IncomingHttpHeaders } from 'node:http';
import { isObject } from '../../../schema/index.ts';
import { type JsonObject, objectIn, stringIn } from '../../frame/index.ts';
import { type MirroredArgument, mirroredArguments, paramHeaderFault } from './param-headers.ts';

/** Asks the child something on our own account; null when it is gone or refuses. */
export type Ask = (method: string, params: JsonObject) => Promise<JsonObject | null>;

/** Pages of `tools/list` read before we take it for a circle. */
const PAGE_LIMIT = 100;

/**
 * Knows which arguments of a child's tools must be mirrored into headers, and checks that they are. The tools are listed
 * once, before the first call, and again when a call does not fit what is known: the child may have changed them.
 */
export class ToolHeaders {
  readonly #ask: Ask;
  #known: ReadonlyMap<string, readonly MirroredArgument[]> | null = null;
  #listing: Promise<ReadonlyMap<string, readonly MirroredArgument[]>> | null = null;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** True when a call needs no check, which is the usual case and then costs nothing. */
  passes(params: JsonObject): boolean {
    const name = stringIn(params, 'name');
    return name !== undefined && this.#known?.get(name)?.length === 0;
  }

  /** What is wrong with the headers of a `tools/call`; null when nothing is. */
  async fault(headers: IncomingHttpHeaders, params: JsonObject): Promise<string | null> {
    const name = stringIn(params, 'name') ?? '';
    const args = objectIn(params, 'arguments');
    const known = this.#known?.get(name);
    if (known !== undefined && paramHeaderFault(headers, args, known) === null) return null;
    const listed = await this.#list();
    return paramHeaderFault(headers, args, listed.get(name) ?? []);
  }

  #list(): Promise<ReadonlyMap<string, readonly MirroredArgument[]>> {
    this.#listing ??= this.#read().then((tools) => {
      this.#listing = null;
      this.#known = tools;
      return tools;
    });
    return this.#listing;
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
