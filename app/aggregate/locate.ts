import { isObject } from '../base/schema/index.ts';
import { editMembers, memberOf, objectIn, parsedJson, stringIn } from '../mcp/jsonrpc/index.ts';
import type { Member } from './known-member.ts';
import { isListMethod } from './member-lists.ts';
import type { Mentions } from './mentions.ts';
import type { Target, View } from './view.ts';

/** An address with gaps (RFC 6570), and the server that fills them. */
interface OwnedTemplate {
  readonly owner: string;
  readonly template: string;
}

interface OwnedAddress {
  readonly owner: string;
  readonly uri: string;
}

/** Whose resource it is: one server's, or that of several, which are named; empty where none is known to have it. */
export type Ownership = { readonly owner: string } | { readonly owners: readonly string[] };

/**
 * Tells whose a resource is by its address, which stays as its server wrote it: addresses stand in results, too. An exact address comes
 * before the page of a tool, that before a template, and among templates the one with most literal characters. The content of another
 * server's resource of the same address must never be returned: where several have it, none is asked.
 */
export class ResourceOwners {
  readonly #exact = new Map<string, Set<string>>();
  readonly #templates: readonly {
    readonly owner: string;
    readonly pieces: readonly string[];
    readonly literal: number;
  }[];
  readonly #written = new Map<string, Set<string>>();
  readonly #pages = new Map<string, Set<string>>();

  /** `pages` are those that tools name to be shown by, which need not be listed (MCP Apps, SEP-1865). */
  constructor(
    resources: Iterable<OwnedAddress>,
    templates: readonly OwnedTemplate[],
    pages: Iterable<OwnedAddress> = [],
  ) {
    for (const { owner, uri } of resources) add(this.#exact, uri, owner);
    for (const { owner, uri } of pages) add(this.#pages, uri, owner);
    for (const { owner, template } of templates) add(this.#written, template, owner);
    this.#templates = templates.map(({ owner, template }) => {
      const pieces = template.split(/\{[^{}]*\}/);
      return { owner, pieces, literal: pieces.reduce((sum, piece) => sum + piece.length, 0) };
    });
  }

  of(uri: string): Ownership {
    const exact = this.#exact.get(uri) ?? this.#pages.get(uri);
    if (exact !== undefined) return only([...exact]);
    const matching = this.#templates.filter(({ pieces }) => fills(pieces, uri));
    const most = Math.max(0, ...matching.map(({ literal }) => literal));
    return only([...new Set(matching.filter(({ literal }) => literal === most).map(({ owner }) => owner))]);
  }

  /** Whose template it is, by its own text; a resource may stand in its place. */
  ofTemplate(template: string): Ownership {
    const owners = this.#written.get(template);
    return owners === undefined ? this.of(template) : only([...owners]);
  }
}

function add(owners: Map<string, Set<string>>, key: string, owner: string): void {
  const known = owners.get(key);
  if (known === undefined) owners.set(key, new Set([owner]));
  else known.add(owner);
}

function only(owners: readonly string[]): Ownership {
  const [owner, another] = owners;
  return owner === undefined || another !== undefined ? { owners } : { owner };
}

/**
 * Whether an address has these literal pieces in their order, from its beginning to its end. What fills the gaps is for the server to
 * judge. Each piece is searched once, where it comes first: linear, whatever the template.
 */
function fills(pieces: readonly string[], uri: string): boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return uri === first;
  if (!uri.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = uri.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return uri.length - last.length >= at && uri.endsWith(last);
}

/** The one server that a request is for, and the request as that server knows it. */
export interface Located {
  readonly member: Member;
  /** The params as JSON text; null where they stay as they are. */
  readonly params: Buffer | null;
}

/** What is answered for all servers together, even where there is only one. */
const FOR_ALL: ReadonlySet<string> = new Set(['server/discover', 'subscriptions/listen']);

/** What tells whose something is. */
export interface Known {
  readonly view: View;
  readonly members: readonly Member[];
  readonly mentions: Mentions;
}

/** Finds the server that a request without a session is for; null where it is for all of them, or none is known to have what it names. */
export function locate(known: Known, method: string, json: Buffer): Located | null {
  const { view, members, mentions } = known;
  const params = memberOf(json, 'params') ?? NO_PARAMS;
  switch (method) {
    case 'tools/call':
      return named(members, params, (name) => view.tools.get(name) ?? calledByPage(known, name));
    case 'prompts/get':
      return named(members, params, (name) => view.prompts.get(name));
    case 'resources/read': {
      const uri = parsedJson(memberOf(params, 'uri'));
      const ownership = typeof uri === 'string' ? ownershipOf(known, uri) : null;
      if (typeof uri !== 'string' || ownership === null || !('owner' in ownership)) return null;
      mentions.noteRead(ownership.owner, uri);
      return found(members, ownership.owner, null);
    }
    case 'completion/complete': {
      const ref = memberOf(params, 'ref');
      const target = completedBy(view, parsedJson(ref));
      if (ref === undefined || target === null) return null;
      return found(members, target.owner, target.name === null ? null : completionParams(params, ref, target.name));
    }
    case 'tasks/get':
    case 'tasks/update':
    case 'tasks/cancel': {
      const owner = taskOwnerOf(known, parsedJson(memberOf(params, 'taskId')));
      return owner === null ? null : found(members, owner, null);
    }
    default: {
      // Nothing tells which of several servers a method of its own is for.
      const [only, another] = members;
      const isForAll = FOR_ALL.has(method) || isListMethod(method);
      return isForAll || only === undefined || another !== undefined ? null : found(members, only.name, null);
    }
  }
}

/**
 * One that is in no list is of the server that has pointed to it. Where only one server has resources at all, any other is its own to
 * judge.
 */
export function ownershipOf({ view, members, mentions }: Known, uri: string): Ownership {
  const known = view.resources.of(uri);
  if ('owner' in known || known.owners.length > 0) return known;
  const holders = members.filter(
    ({ known: { lists }, isStopped }) => !isStopped() && lists?.face.capabilities['resources'] !== undefined,
  );
  const pointing = mentions.ofResource(uri).filter((owner) => holders.some(({ name }) => name === owner));
  return only(pointing.length > 0 || holders.length > 1 ? pointing : holders.map(({ name }) => name));
}

/**
 * The tool that a page means by its server's own name for it: hosts pass on what their pages call as it is (MCP Apps, SEP-1865). Only
 * servers count whose pages were read, and tools that are for pages; undefined where none has it, and where several have, for nothing
 * tells which page it was.
 */
export function calledByPage({ view, members, mentions }: Known, name: string): Target | undefined {
  const shown = members.filter((member) => mentions.hasShown(member.name) && !member.isStopped());
  if (shown.length === 0) return undefined;
  const meant = [...view.tools.values()].filter(
    (target) => target.name === name && shown.some((member) => member.name === target.owner) && isForPages(target),
  );
  return meant.length === 1 ? meant[0] : undefined;
}

/** A tool is for the model and for pages where it does not say otherwise. */
function isForPages({ element }: Target): boolean {
  const meta = memberOf(element, '_meta');
  const ui = meta && memberOf(meta, 'ui');
  const visibility = parsedJson(ui && memberOf(ui, 'visibility'));
  return !Array.isArray(visibility) || visibility.includes('app');
}

/** Whose task it is: that of the server that has begun it, else of the only one that has tasks; null where that is not known. */
export function taskOwnerOf({ members, mentions }: Known, id: unknown): string | null {
  if (typeof id !== 'string') return null;
  const begun = mentions.ofTask(id).filter((owner) => members.some(({ name }) => name === owner));
  const owners = begun.length > 0 ? begun : members.filter(hasTasks).map(({ name }) => name);
  return owners.length === 1 ? (owners[0] ?? null) : null;
}

/** The extension by which servers of 2026-07-28 have tasks. */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

function hasTasks({ known: { lists } }: Member): boolean {
  const capabilities = lists?.face.capabilities ?? {};
  return isObject(capabilities['tasks']) || TASKS_EXTENSION in objectIn(capabilities, 'extensions');
}

/** Whose prompt or resource the `ref` of a completion is. `name` is null for a resource, whose address stays as it is. */
export function completedBy(view: View, ref: unknown): { readonly owner: string; readonly name: string | null } | null {
  if (!isObject(ref)) return null;
  const prompt = stringIn(ref, 'name');
  if (prompt !== undefined) return view.prompts.get(prompt) ?? null;
  const template = stringIn(ref, 'uri');
  const ownership = template === undefined ? null : view.resources.ofTemplate(template);
  return ownership !== null && 'owner' in ownership ? { owner: ownership.owner, name: null } : null;
}

/** The params of a completion whose prompt its server calls `name`. JSON texts. */
export function completionParams(params: Buffer, ref: Buffer, name: string): Buffer {
  return editMembers(params, new Map([['ref', withName(ref, name)]]));
}

/** An object whose member `name` is this one. JSON texts. */
function withName(object: Buffer, name: string): Buffer {
  return editMembers(object, new Map([['name', JSON.stringify(name)]]));
}

const NO_PARAMS = Buffer.from('{}');

function named(
  members: readonly Member[],
  params: Buffer,
  targetOf: (exposed: string) => Target | undefined,
): Located | null {
  const exposed = parsedJson(memberOf(params, 'name'));
  const target = typeof exposed === 'string' ? targetOf(exposed) : undefined;
  if (target === undefined) return null;
  return found(members, target.owner, target.name === exposed ? null : withName(params, target.name));
}

function found(members: readonly Member[], owner: string, params: Buffer | null): Located | null {
  const member = members.find(({ name }) => name === owner);
  return member === undefined || member.isStopped() ? null : { member, params };
}
