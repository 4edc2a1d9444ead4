import { errnoOf } from '../base/errno.ts';
import type { Log } from '../base/log.ts';
import { memberOf, parsedJson } from '../mcp/jsonrpc/index.ts';
import type { ServerSetting } from '../settings/settings.ts';
import type { KnownLists, SeenList, SeenPage } from './known-lists.ts';
import { type Approvals, type KeptTool, readApprovals, revisionOf, writeApprovals } from './tool-approvals-file.ts';
import { type PartDiff, toolDiff } from './tool-diff.ts';
import { compareTools, type Severity, shapeOf, type ToolPart, type ToolShape, type ToolSign } from './tool-shape.ts';

/** A tool that is not as it was approved. */
export interface ToolChange {
  readonly name: string;
  readonly kind: 'new' | 'changed' | 'gone';
  readonly severity: Severity;
  readonly parts: readonly ToolPart[];
  readonly signs: readonly ToolSign[];
  /** Of the tool as it is now; empty for one that is gone. */
  readonly hash: string;
  /** It is kept from clients until it is approved. */
  readonly isHeld: boolean;
  /** What was approved against what is listed now; null where one of the two was not kept. */
  readonly diff: readonly PartDiff[] | null;
}

/** A tool as a person has seen it: `hash` as in ToolChange. */
export interface ApprovedTool {
  readonly name: string;
  readonly hash: string;
}

/** How many tools of a server wait for a look. */
export interface ToolChangeCount {
  readonly all: number;
  readonly held: number;
  readonly isSevere: boolean;
}

/** Servers that were removed and may come back. */
const MOST_REMOVED = 64;
const MOST_TOOLS = 10_000;
/** Characters; the specification has 128 (2025-11-25, server/tools, Tool Names). A tool with a longer name is never approved. */
const LONGEST_NAME = 512;
/** Characters of one tool; of a longer one only the hash is kept. */
const LONGEST_TEXT = 64 * 1024;
/** Milliseconds for which changes are gathered. */
const GATHER = 1000;
/** Lines of the log for one list. */
const MOST_LINES = 20;
const MOST_TOLD = 4096;
/**
 * How often a tool may go back to what was approved before only a person can end its being changed. A server that lists it now so and now
 * so would have its clients ask for lists without end.
 */
const MOST_RETURNS = 2;

/**
 * The tools of each server as they were approved: those of its first whole list, and those that a person has approved since. Each later
 * list is compared with them. It is kept in a file that only its owner can read. Where that is damaged, or others could have changed it,
 * nothing counts as approved: what is listed then is new.
 */
export class ToolApprovals {
  readonly #path: string | null;
  readonly #log: Log;
  readonly #listeners = new Set<(server: string) => void>();
  readonly #servers: Map<string, Approvals>;
  /** Of servers that were removed while this process runs: a removal can be taken back. */
  readonly #removed = new Map<string, Approvals>();
  readonly #returns = new Map<string, number>();
  readonly #told = new Set<string>();
  #settings: readonly ServerSetting[] = [];
  #lists: KnownLists | null = null;
  /** What was approved is not known any more. */
  #isLost: boolean;
  #timer: NodeJS.Timeout | null = null;
  #isReported = false;

  /** `path` is null where nothing outlives the process. */
  constructor(path: string | null, log: Log) {
    this.#path = path;
    this.#log = log;
    const known = path === null ? new Map<string, Approvals>() : readApprovals(path, log);
    this.#isLost = known === null;
    this.#servers = known ?? new Map();
  }

  /** Compares what is listed from now on. Returns what ends that. */
  follow(lists: KnownLists): () => void {
    this.#lists = lists;
    return lists.subscribe({ page: (page) => this.#sawPage(page), whole: (list) => this.#sawWhole(list) });
  }

  /** The servers there are now. A server that is called otherwise than before keeps its approvals. */
  apply(servers: readonly ServerSetting[]): void {
    const before = this.#settings;
    this.#settings = servers;
    const modes = new Map(before.map(({ name, changes }) => [name, changes]));
    for (const [old, renamed] of renamedIn(before, servers)) {
      const approvals = this.#servers.get(old);
      if (approvals !== undefined) this.#servers.set(renamed, approvals);
      this.#servers.delete(old);
      this.#later();
    }
    for (const { name } of before) {
      const approvals = servers.some((server) => server.name === name) ? undefined : this.#servers.get(name);
      if (approvals === undefined) continue;
      this.#servers.delete(name);
      this.#removed.set(name, approvals);
      this.#later();
    }
    for (const { name } of servers) this.#add(name);
    for (const oldest of this.#removed.keys()) {
      if (this.#removed.size <= MOST_REMOVED) break;
      this.#removed.delete(oldest);
    }
    this.#isLost = false;
    for (const { name, changes } of servers) if (!modes.has(name) || modes.get(name) !== changes) this.#tell(name);
  }

  #add(name: string): void {
    const known = this.#servers.get(name) ?? this.#removed.get(name);
    this.#removed.delete(name);
    if (known === undefined && this.#isLost) this.#later();
    const approvals = known ?? { ...nothingKnown(), approved: this.#isLost ? new Map<string, KeptTool>() : null };
    this.#servers.set(name, approvals);
    const items = this.#lists?.of(name).tools?.items;
    if (approvals.approved === null && items !== undefined) this.#begin(approvals, items, []);
  }

  /** Returns the unsubscribe. The listener hears of a server whenever what is said of its tools here is different. */
  subscribe(listener: (server: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Whether a tool is not approved as it is: one that was never listed is not either. What follows depends on the settings. */
  isHeld(server: string, tool: string): boolean {
    const approvals = this.#servers.get(server);
    if (approvals === undefined || approvals.approved === null) return false;
    return approvals.pending.has(tool) || !approvals.approved.has(tool);
  }

  /** Another text whenever other tools wait for approval; empty where none does. */
  revision(server: string): string {
    return this.#servers.get(server)?.revision ?? '';
  }

  /** The most severe first. */
  changesOf(server: string): readonly ToolChange[] {
    const { approved, pending, gone } = this.#servers.get(server) ?? nothingKnown();
    if (approved === null) return [];
    const holds = this.#holds(server);
    const changed = [...pending].map(([name, { hash, text }]): ToolChange => {
      const before = approved.get(name);
      const isKnown = text !== null && before?.text !== null;
      return {
        name,
        kind: before === undefined ? 'new' : 'changed',
        ...compareTools(before?.text, text, hash),
        hash,
        isHeld: holds,
        diff: isKnown ? toolDiff(before?.text ?? '', text) : null,
      };
    });
    const left = [...gone].map(
      (name): ToolChange => ({
        ...{ name, kind: 'gone', severity: 'low', parts: [], signs: [] },
        ...{ hash: '', isHeld: false, diff: [] },
      }),
    );
    const weight = ({ severity }: ToolChange): number => ['high', 'medium', 'low'].indexOf(severity);
    return [...changed, ...left].sort((one, other) => weight(one) - weight(other));
  }

  /** Null where nothing has changed. */
  countOf(server: string): ToolChangeCount | null {
    const { approved, pending, gone } = this.#servers.get(server) ?? nothingKnown();
    const all = pending.size + gone.size;
    if (approved === null || all === 0) return null;
    const isSevere = [...pending].some(
      ([name, { hash, text }]) => compareTools(approved.get(name)?.text, text, hash).severity === 'high',
    );
    return { all, held: this.#holds(server) ? pending.size : 0, isSevere };
  }

  /** Approves tools as they were seen. Answers those that are not so any more, which stay as they are. */
  approve(server: string, tools: readonly ApprovedTool[]): readonly string[] {
    const approvals = this.#servers.get(server);
    const different = tools.filter(({ name, hash }) => approvals === undefined || !approveOne(approvals, name, hash));
    if (approvals !== undefined && different.length < tools.length) {
      const approved = tools.filter((tool) => !different.includes(tool)).map(({ name }) => name);
      for (const name of approved) this.#returns.delete(`${server}\n${name}`);
      this.#log.info('Tools were approved', { server, tools: approved.slice(0, MOST_LINES).join(', ') });
      this.#changed(server, approvals);
      this.flush();
    }
    return different.map(({ name }) => name);
  }

  /** What is known is on the disk when this returns, as far as it can be. */
  flush(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#path === null) return;
    try {
      writeApprovals(this.#path, this.#servers);
    } catch (error) {
      if (!this.#isReported) {
        this.#log.warn('What tools were approved cannot be kept', { file: this.#path, code: errnoOf(error) });
      }
      this.#isReported = true;
    }
  }

  #sawPage({ server, member, items, secrets }: SeenPage): void {
    const approvals = member === 'tools' ? this.#servers.get(server) : undefined;
    if (approvals === undefined || approvals.approved === null) return;
    const { approved, pending } = approvals;
    let isOther = false;
    /** Of tools that are listed several times, any that is not as approved counts. */
    const changed = new Map<string, ToolShape>();
    const same = new Set<string>();
    for (const item of items) {
      const shape = shapeOf(item);
      if (shape === null || shape.name.length > LONGEST_NAME) continue;
      const before = approved.get(shape.name);
      const isSame = before?.hash === shape.hash || (before !== undefined && before.hash === shape.earlier());
      if (!isSame) changed.set(shape.name, shape);
      else same.add(shape.name);
      // It had a secret in it, or the file had no room for it; or it was approved by an earlier formula, which looked at less.
      if (isSame && (before.text === null || before.hash !== shape.hash)) {
        approved.set(shape.name, keptOf(shape, secrets));
        this.#later();
      }
    }
    for (const name of [...same, ...changed.keys()]) isOther = approvals.gone.delete(name) || isOther;
    for (const [name, shape] of changed) {
      if (pending.get(name)?.hash === shape.hash) continue;
      if (!pending.has(name) && pending.size >= MOST_TOOLS) continue;
      pending.set(name, keptOf(shape, secrets));
      isOther = true;
    }
    for (const name of same) {
      if (changed.has(name) || !pending.has(name) || !this.#mayReturn(server, name)) continue;
      pending.delete(name);
      isOther = true;
    }
    if (isOther) this.#changed(server, approvals);
  }

  #sawWhole({ server, member, items, secrets }: SeenList): void {
    const approvals = member === 'tools' ? this.#servers.get(server) : undefined;
    if (approvals === undefined) return;
    const { approved, pending, gone } = approvals;
    if (approved === null) {
      this.#begin(approvals, items, secrets);
      return this.#later();
    }
    const names = new Set(items.map((item) => parsedJson(memberOf(Buffer.from(item), 'name'))));
    let isOther = false;
    for (const name of pending.keys()) {
      if (!names.has(name) && !approved.has(name)) isOther = pending.delete(name) || isOther;
    }
    for (const name of approved.keys()) {
      if (names.has(name) || gone.has(name)) continue;
      gone.add(name);
      pending.delete(name);
      isOther = true;
    }
    if (isOther) this.#changed(server, approvals);
  }

  /** The first list of a server is taken as it is: nothing is known that it could be compared with. */
  #begin(approvals: Approvals, items: readonly string[], secrets: readonly string[]): void {
    const shapes = items.flatMap((item) => shapeOf(Buffer.from(item)) ?? []);
    const named = shapes.filter(({ name }) => name.length <= LONGEST_NAME).slice(0, MOST_TOOLS);
    approvals.approved = new Map(named.map((shape) => [shape.name, keptOf(shape, secrets)]));
    this.#later();
  }

  #mayReturn(server: string, name: string): boolean {
    const key = `${server}\n${name}`;
    const returns = (this.#returns.get(key) ?? 0) + 1;
    if (returns > MOST_RETURNS) return false;
    this.#returns.set(key, returns);
    return true;
  }

  #holds(server: string): boolean {
    return this.#settings.find(({ name }) => name === server)?.changes === 'hold';
  }

  #changed(server: string, approvals: Approvals): void {
    approvals.revision = revisionOf(approvals);
    this.#report(server);
    this.#later();
    this.#tell(server);
  }

  #tell(server: string): void {
    for (const listener of this.#listeners) listener(server);
  }

  /** Names and kinds, once each: what a tool says of itself does not belong into a log. */
  #report(server: string): void {
    const fresh = this.changesOf(server).filter(
      ({ name, kind, hash }) => !this.#told.has(`${server} ${name} ${kind} ${hash}`),
    );
    for (const { name, kind, hash } of fresh) this.#told.add(`${server} ${name} ${kind} ${hash}`);
    for (const key of this.#told) {
      if (this.#told.size <= MOST_TOLD) break;
      this.#told.delete(key);
    }
    for (const { name, kind, severity, isHeld } of fresh.slice(0, MOST_LINES)) {
      const fields = { server, tool: name, severity, held: isHeld };
      if (severity === 'high') this.#log.warn(LINES[kind], fields);
      else this.#log.info(LINES[kind], fields);
    }
    if (fresh.length > MOST_LINES)
      this.#log.info('More tools have changed', { server, tools: fresh.length - MOST_LINES });
  }

  #later(): void {
    this.#timer ??= setTimeout(() => this.flush(), GATHER).unref();
  }
}

const LINES = {
  new: 'A server has a new tool',
  changed: 'A tool has changed since it was approved',
  gone: 'A tool that was approved is not listed any more',
} as const satisfies Readonly<Record<ToolChange['kind'], string>>;

function nothingKnown(): Approvals {
  return { approved: null, pending: new Map(), gone: new Set(), revision: '' };
}

function approveOne({ approved, pending, gone }: Approvals, name: string, hash: string): boolean {
  if (approved === null) return false;
  const now = pending.get(name);
  if (now === undefined) {
    if (hash !== '' || !gone.delete(name)) return false;
    approved.delete(name);
    return true;
  }
  if (now.hash !== hash || (approved.size >= MOST_TOOLS && !approved.has(name))) return false;
  pending.delete(name);
  approved.set(name, now);
  return true;
}

function keptOf({ hash, text }: ToolShape, secrets: readonly string[]): KeptTool {
  const isVolatile = secrets.some((secret) => text?.includes(JSON.stringify(secret).slice(1, -1)));
  return { hash, text: text === null || text.length > LONGEST_TEXT ? null : text, isVolatile };
}

function renamedIn(
  before: readonly ServerSetting[],
  after: readonly ServerSetting[],
): readonly (readonly [string, string])[] {
  const gone = before.filter(({ name }) => after.every((one) => one.name !== name));
  const fresh = after.filter(({ name }) => before.every((one) => one.name !== name));
  if (gone.length === 0 || fresh.length === 0) return [];
  const [one, other] = [gone[0], fresh[0]];
  const isOnly = gone.length === 1 && fresh.length === 1 && before.length === after.length;
  if (one !== undefined && other !== undefined && isOnly && before.indexOf(one) === after.indexOf(other)) {
    return [[one.name, other.name]];
  }
  const taken = new Set<string>();
  return fresh.flatMap((setting) => {
    const same = gone.find(({ name, ...old }) => !taken.has(name) && definitionOf(old) === definitionOf(setting));
    if (same === undefined) return [];
    taken.add(same.name);
    return [[same.name, setting.name] as const];
  });
}

/** What makes it that server, and not how it is called or what is let through of it. */
function definitionOf(setting: Partial<ServerSetting>): string {
  const { name: _name, title: _title, alias: _alias, tools: _tools, prompts: _prompts, ...others } = setting;
  const { resources: _resources, changes: _changes, ...definition } = others;
  return JSON.stringify(definition);
}
