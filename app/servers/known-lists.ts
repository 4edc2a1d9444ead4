import { readFileSync } from 'node:fs';
import { codeOf, errnoOf } from '../base/errno.ts';
import type { Log } from '../base/log.ts';
import { isObject } from '../base/schema/index.ts';
import { faceFromDiscover, faceFromInitialize, type ServerFace } from '../mcp/index.ts';
import { elementsOf, isTooDeep, memberOf, parsedJson, stringIn } from '../mcp/jsonrpc/index.ts';
import { isOpenToOthers, writeOwnerFile } from './owner-file.ts';

/** What a server lists, by the member of the result that holds it. */
const LIST_MEMBERS = ['tools', 'prompts', 'resources', 'resourceTemplates'] as const;
export type ListMember = (typeof LIST_MEMBERS)[number];

/** The requests that list something, and the member of their result that holds it: the same in every revision. */
export const LIST_METHODS: ReadonlyMap<string, ListMember> = new Map([
  ['tools/list', 'tools'],
  ['prompts/list', 'prompts'],
  ['resources/list', 'resources'],
  ['resources/templates/list', 'resourceTemplates'],
]);

/** One whole list, all pages of it. */
export interface KnownList {
  /** Each item as its server wrote it: JSON text of one object, so that no number and no unknown member changes. */
  readonly items: readonly string[];
  /** When its last page came, in milliseconds since the epoch. */
  readonly at: number;
}

/** What a server last said of itself. What is missing was never asked for. */
export type KnownServer = { readonly [Member in ListMember]?: KnownList } & { readonly face?: ServerFace };

/** A page of a list, as its server sent it. */
export interface SeenPage {
  readonly server: string;
  readonly member: ListMember;
  /** JSON text of each: objects, however deep. */
  readonly items: readonly Buffer[];
  /** What must not outlive the process. */
  readonly secrets: readonly string[];
}

/** A whole list, as far as it is kept. */
export interface SeenList extends Omit<SeenPage, 'items'> {
  readonly items: readonly string[];
}

export interface KnownListsListener {
  /** A page has come, whether or not the others come, too. */
  page?(page: SeenPage): void;
  /** The last page of a list has come, and those before it. After its `page`. */
  whole?(list: SeenList): void;
  /** The server has said what it is and what it can do. */
  face?(server: string, face: ServerFace): void;
  /** What is known of the server has changed. */
  changed?(server: string): void;
}

/** Servers that are remembered; those that were heard of longest ago make room. */
const MOST_SERVERS = 128;
/** Bytes of the items of one list; of a longer one nothing is kept. */
const LONGEST_LIST = 4 * 1024 * 1024;
/** Items of one list. */
const MOST_ITEMS = 10_000;
/** Lists of one server whose next page has not been asked for. */
const MOST_UNFINISHED = 32;
/** Characters of the cursor of one. */
const LONGEST_CURSOR = 64 * 1024;
/** Bytes of the file that are read: more was not written here. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Milliseconds for which changes are gathered. */
const GATHER = 1000;

const NOTHING: KnownServer = {};

/**
 * What each server last listed, over restarts, in a file that only its owner can read. A file that cannot be read, or that others could
 * have changed, counts as empty: what it held is asked for again. One that cannot be written is told of once.
 */
export class KnownLists {
  /** The methods whose results are worth telling `saw` of. */
  static readonly methods: ReadonlySet<string> = new Set([...LIST_METHODS.keys(), 'initialize', 'server/discover']);
  readonly #path: string | null;
  readonly #log: Log;
  readonly #listeners = new Set<KnownListsListener>();
  /** First pages of lists, by server, list and the cursor of the page that comes next. */
  readonly #unfinished = new Map<string, Map<string, readonly string[]>>();
  /** Those that hold a secret, or more than is kept: they are forgotten with the process. */
  readonly #volatile = new Set<string>();
  #known: Map<string, KnownServer> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isReported = false;

  /** `path` is null where nothing outlives the process. */
  constructor(path: string | null, log: Log) {
    this.#path = path;
    this.#log = log;
  }

  /** What `server` last said; an empty object where nothing is known. */
  of(server: string): KnownServer {
    return this.#servers().get(server) ?? NOTHING;
  }

  /** Returns the unsubscribe. */
  subscribe(listener: KnownListsListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Takes note of a result of `server`. `method` is one of `LIST_METHODS`, `initialize` or `server/discover`; anything else is ignored.
   * `params` is JSON text of those of the request, for its cursor. A result with one of `secrets` in it does not outlive the process.
   */
  saw(
    server: string,
    method: string,
    params: Buffer | undefined,
    result: Buffer,
    secrets: readonly string[] = [],
  ): void {
    const member = LIST_METHODS.get(method);
    if (member !== undefined) this.#sawPage(server, member, cursorIn(params), result, secrets);
    else if (method === 'initialize' || method === 'server/discover') this.#sawFace(server, method, result, secrets);
  }

  forget(server: string): void {
    this.#unfinished.delete(server);
    if (this.#servers().delete(server)) this.#later();
  }

  /** What is known is on the disk when this returns, as far as it can be. */
  flush(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#path === null) return;
    const kept = [...this.#servers()].map(([server, known]) => [
      server,
      Object.fromEntries(Object.entries(known).filter(([part]) => !this.#volatile.has(`${server} ${part}`))),
    ]);
    try {
      writeOwnerFile(this.#path, `${JSON.stringify({ version: 1, servers: Object.fromEntries(kept) })}\n`);
    } catch (error) {
      if (!this.#isReported) {
        this.#log.warn('The lists of servers cannot be kept', { file: this.#path, code: errnoOf(error) });
      }
      this.#isReported = true;
    }
  }

  #sawPage(
    server: string,
    member: ListMember,
    cursor: string | undefined,
    result: Buffer,
    secrets: readonly string[],
  ): void {
    const listed = memberOf(result, member);
    if (listed?.[0] !== 0x5b) return;
    const objects = elementsOf(listed).filter((item) => item[0] === 0x7b);
    for (const listener of this.#listeners) listener.page?.({ server, member, items: objects, secrets });
    // Nested deeper than anything of ours reads: what is listed so is not known.
    const items = objects.filter((item) => !isTooDeep(item));
    const next = parsedJson(memberOf(result, 'nextCursor'));
    const unfinished = this.#unfinishedOf(server);
    const before = cursor === undefined ? [] : unfinished.get(`${member} ${cursor}`);
    // A page from the middle of a list whose beginning was not seen.
    if (before === undefined) return;
    if (cursor !== undefined) unfinished.delete(`${member} ${cursor}`);
    const all = [...before, ...items.map(String)];
    if (all.length > MOST_ITEMS || lengthOf(all) > LONGEST_LIST) return;
    if (typeof next !== 'string') {
      this.#keep(server, member, { items: all, at: Date.now() }, all, secrets);
      for (const listener of this.#listeners) listener.whole?.({ server, member, items: all, secrets });
      return;
    }
    if (next.length > LONGEST_CURSOR) return;
    unfinished.delete(`${member} ${next}`);
    unfinished.set(`${member} ${next}`, all);
    const [oldest] = unfinished.keys();
    if (unfinished.size > MOST_UNFINISHED && oldest !== undefined) unfinished.delete(oldest);
  }

  #sawFace(server: string, method: string, result: Buffer, secrets: readonly string[]): void {
    const value = parsedJson(result);
    const face = method === 'initialize' ? faceFromInitialize(value) : faceFromDiscover(value);
    if (face === null) return;
    for (const listener of this.#listeners) listener.face?.(server, face);
    this.#keep(server, 'face', face, [JSON.stringify(face)], secrets);
  }

  #keep<Part extends keyof KnownServer>(
    server: string,
    part: Part,
    value: NonNullable<KnownServer[Part]>,
    texts: readonly string[],
    secrets: readonly string[],
  ): void {
    const servers = this.#servers();
    const before = servers.get(server);
    // The newest is the last to make room.
    servers.delete(server);
    servers.set(server, { ...before, [part]: value });
    for (const oldest of servers.keys()) {
      if (servers.size <= MOST_SERVERS) break;
      servers.delete(oldest);
    }
    if (contentOf(before?.[part]) === contentOf(value)) return;
    const written = secrets.map((secret) => JSON.stringify(secret).slice(1, -1));
    const isTold = texts.some((text) => written.some((secret) => text.includes(secret)));
    if (isTold) this.#volatile.add(`${server} ${part}`);
    else this.#volatile.delete(`${server} ${part}`);
    this.#later();
    for (const listener of this.#listeners) listener.changed?.(server);
  }

  #later(): void {
    this.#timer ??= setTimeout(() => this.flush(), GATHER).unref();
  }

  #unfinishedOf(server: string): Map<string, readonly string[]> {
    const known = this.#unfinished.get(server) ?? new Map<string, readonly string[]>();
    this.#unfinished.set(server, known);
    return known;
  }

  #servers(): Map<string, KnownServer> {
    this.#known ??= this.#path === null ? new Map() : this.#read(this.#path);
    return this.#known;
  }

  #read(path: string): Map<string, KnownServer> {
    try {
      if (isOpenToOthers(path)) return this.#ignored(path, 'too-wide');
      const text = readFileSync(path, 'utf8');
      const value: unknown = text.length > MOST_BYTES ? null : JSON.parse(text);
      if (!isObject(value) || !isObject(value['servers'])) return this.#ignored(path, 'damaged');
      const entries = Object.entries(value['servers']).slice(-MOST_SERVERS);
      return new Map(entries.map(([server, known]) => [server, readKnown(known)]));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return new Map();
      return this.#ignored(path, error instanceof SyntaxError ? 'damaged' : errnoOf(error));
    }
  }

  #ignored(file: string, code: string): Map<string, KnownServer> {
    this.#log.warn('The lists of servers that were kept cannot be read, and are asked for anew', { file, code });
    return new Map();
  }
}

/** An empty string is a cursor, too (2026-07-28, server/utilities/pagination). */
function cursorIn(params: Buffer | undefined): string | undefined {
  const cursor = params && parsedJson(memberOf(params, 'cursor'));
  return typeof cursor === 'string' ? cursor : undefined;
}

function lengthOf(items: readonly string[]): number {
  return items.reduce((sum, item) => sum + item.length, 0);
}

/** Two that say the same are equal, whenever they came. */
function contentOf(part: KnownList | ServerFace | undefined): string | undefined {
  return part !== undefined && 'items' in part ? part.items.join('\n') : JSON.stringify(part);
}

function readKnown(value: unknown): KnownServer {
  if (!isObject(value)) return NOTHING;
  const lists = LIST_MEMBERS.flatMap((member) => {
    const list = value[member];
    if (!isObject(list) || !Array.isArray(list['items']) || typeof list['at'] !== 'number') return [];
    const items = list['items'].filter((item: unknown) => typeof item === 'string' && isObject(parsedItem(item)));
    return [[member, { items, at: list['at'] }] as const];
  });
  const face = value['face'];
  const readable = isObject(face) ? readFace(face) : null;
  return { ...Object.fromEntries(lists), ...(readable === null ? {} : { face: readable }) };
}

function parsedItem(text: string): unknown {
  return parsedJson(Buffer.from(text));
}

function readFace({ capabilities, serverInfo, instructions }: Readonly<Record<string, unknown>>): ServerFace | null {
  if (!isObject(capabilities) || !isObject(serverInfo)) return null;
  return { capabilities, serverInfo, instructions: typeof instructions === 'string' ? instructions : null };
}

/** A tool as its server listed it. */
export interface ListedTool {
  readonly name: string;
  /** Empty where it has none. */
  readonly title: string;
  readonly description: string;
  /** Of its JSON text: name, description and schemas, which is what a client hands to its model. */
  readonly bytes: number;
}

/** The tools that a server last listed; null where it has listed none since it was set up. */
export function listedTools({ tools }: KnownServer): readonly ListedTool[] | null {
  if (tools === undefined) return null;
  return tools.items.flatMap((item) => {
    const bytes = Buffer.from(item);
    const tool = parsedJson(bytes);
    const name = isObject(tool) ? stringIn(tool, 'name') : undefined;
    if (!isObject(tool) || name === undefined) return [];
    const title = stringIn(tool, 'title') ?? '';
    return [{ name, title, description: stringIn(tool, 'description') ?? '', bytes: bytes.length }];
  });
}
