import { percentDecoded } from '../base/percent.ts';
import { isTemplate, matchesGlob, matchesTemplate } from '../settings/patterns.ts';
import type { NameRules, ServerRules, Settings } from '../settings/settings.ts';
import { principalOf } from '../settings/tokens.ts';
import type { ListedTool } from './known-lists.ts';
import type { ToolChange } from './tool-approvals.ts';

/** What a policy decides about. Resource templates count as resources. */
export const THINGS = ['tools', 'prompts', 'resources'] as const;
export type Thing = (typeof THINGS)[number];

/** Why something is not let through. */
export type Denial =
  /** By the server's own rules. */
  | { readonly by: 'server' }
  /** By a set: the one that the client has asked for, or that its token carries. */
  | { readonly by: 'set'; readonly set: string }
  /** It is a tool that is new or has changed, and waits for a person to approve it. */
  | { readonly by: 'hold' };

/** What one client may see and use of one server. */
export interface Policy {
  /** Null lets it through. `name` is the tool's or prompt's own name, the URI of a resource, or the text of a template. */
  denial(thing: Thing, name: string): Denial | null;
  /** Of each thing: two policies whose texts are equal decide alike. Empty where all of it passes, as without a policy. */
  readonly revision: Readonly<Record<Thing, string>>;
  /** It may differ between clients that are told apart by their tokens, so nothing that it has cut may be shared between them. */
  readonly isPrivate: boolean;
}

/** How a client is limited beyond the rules of the server. */
export interface Scope {
  /** The set that its address names; null for none. */
  readonly set: string | null;
  /** See ClientIdentity.principal: it tells the token that it has shown. */
  readonly principal: string;
  /** The instances that its requests have passed, this one last; left out where no server with a URL can lead on. */
  readonly via?: string | undefined;
}

/** The owner's own programs, under an address without a set. */
export const UNLIMITED: Scope = { set: null, principal: 'local' };

/** The tools that are not approved as they are. */
export interface Holds {
  isHeld(server: string, tool: string): boolean;
  /** Another text whenever other tools of the server are held; empty where none is. */
  revision(server: string): string;
}

export type PolicySettings = Pick<Settings, 'servers' | 'sets' | 'tokens'>;

/** The set that the token of a client carries; null for none. `principal` as in ClientIdentity. */
function setOfToken({ tokens }: PolicySettings, principal: string): string | null {
  return tokens.find(({ hash, set }) => set !== undefined && principalOf(hash) === principal)?.set ?? null;
}

/** Whether a client gets a server at all: all its sets have to name it. */
export function isInScope(settings: PolicySettings, server: string, scope: Scope): boolean {
  return setsOf(settings, scope).every((set) => rulesIn(settings.sets, set, server) !== null);
}

/** The names of the sets that limit a client, without repetitions. */
export function setsOf(settings: PolicySettings, scope: Scope): readonly string[] {
  const sets = [scope.set, setOfToken(settings, scope.principal)];
  return [...new Set(sets.filter((set) => set !== null))];
}

/**
 * What a client may see and use of a server; null lets everything through, and then nothing has to be looked at. Every path asks this,
 * and nothing else decides. A set that is not there, or does not name the server, lets nothing through.
 */
export function policyOf(settings: PolicySettings, server: string, scope: Scope, holds: Holds | null): Policy | null {
  const setting = settings.servers.find(({ name }) => name === server);
  const own = limits(setting ?? {}) ? { rules: setting ?? {}, denial: { by: 'server' } as const } : null;
  const sets = setsOf(settings, scope).map((set) => ({
    rules: rulesIn(settings.sets, set, server) ?? NONE,
    denial: { by: 'set', set } as const,
  }));
  const bounds: Bound[] = [...(own === null ? [] : [own]), ...sets.filter(({ rules }) => limits(rules))];
  const held = holds !== null && setting?.changes === 'hold' ? holds : null;
  if (bounds.length === 0 && held === null) return null;
  const isPrivate = setOfToken(settings, scope.principal) !== null;
  return new BoundPolicy(server, bounds, held, isPrivate);
}

interface Bound {
  readonly rules: ServerRules;
  readonly denial: Denial;
}

const NONE: ServerRules = { tools: { allow: [] }, prompts: { allow: [] }, resources: { allow: [] } };

function rulesIn(sets: Settings['sets'], set: string, server: string): ServerRules | null {
  const found = sets.find(({ name }) => name === set);
  if (found === undefined || !Object.hasOwn(found.servers, server)) return null;
  return found.servers[server] ?? null;
}

function limits(rules: ServerRules): boolean {
  return THINGS.some((thing) => {
    const { allow, deny = [] } = rules[thing] ?? {};
    return allow !== undefined || deny.length > 0;
  });
}

/** Decisions remembered: a server's tools and prompts are asked for again and again. */
const REMEMBERED = 4096;

class BoundPolicy implements Policy {
  readonly isPrivate: boolean;
  readonly revision: Readonly<Record<Thing, string>>;
  readonly #server: string;
  readonly #bounds: readonly Bound[];
  readonly #holds: Holds | null;
  readonly #decided = new Map<string, Denial | null>();

  constructor(server: string, bounds: readonly Bound[], holds: Holds | null, isPrivate: boolean) {
    this.#server = server;
    this.#bounds = bounds;
    this.#holds = holds;
    this.isPrivate = isPrivate;
    const of = (thing: Thing): string => {
      const rules = bounds.flatMap((bound) => bound.rules[thing] ?? []);
      const held = thing === 'tools' ? (holds?.revision(server) ?? '') : '';
      return rules.length === 0 && held === '' ? '' : JSON.stringify([rules, held]);
    };
    this.revision = { tools: of('tools'), prompts: of('prompts'), resources: of('resources') };
  }

  denial(thing: Thing, name: string): Denial | null {
    const key = `${thing} ${name}`;
    const known = this.#decided.get(key);
    const decided = known === undefined ? this.#decide(thing, name) : known;
    if (known === undefined && this.#decided.size < REMEMBERED) this.#decided.set(key, decided);
    if (decided !== null || thing !== 'tools') return decided;
    // What is held changes without the settings.
    const isHeld = [name, plainName(name)].some((one) => this.#holds?.isHeld(this.#server, one) === true);
    return isHeld ? { by: 'hold' } : null;
  }

  #decide(thing: Thing, name: string): Denial | null {
    for (const { rules, denial } of this.#bounds) {
      const own = rules[thing];
      if (own !== undefined && !lets(own, thing, name)) return denial;
    }
    return null;
  }
}

/**
 * Whether rules let a name through. The name may be spelled in several ways that a server takes for one: each of them counts, for what is
 * denied also those that only a lenient server takes for one.
 */
export function lets({ allow, deny = [] }: NameRules, thing: Thing, name: string): boolean {
  if (thing !== 'resources') {
    const denies = (pattern: string) => matchesGlob(pattern, name) || matchesGlob(pattern, plainName(name));
    return !deny.some(denies) && (allow === undefined || allow.some((pattern) => matchesGlob(pattern, name)));
  }
  const spellings = spellingsOf(name);
  const isMeant = (pattern: string, isWide: boolean, spelling: string): boolean =>
    matchesGlob(pattern, spelling) ||
    (isTemplate(pattern) && matchesTemplate(pattern, spelling, isWide)) ||
    (isWide ? spellingsOf(pattern).includes(spelling) : canonical(pattern) === spelling);
  const files = fileSpellings(name);
  const denies = (pattern: string) =>
    [...spellings, ...files].some((spelling) => isMeant(pattern, true, spelling)) ||
    files.some((spelling) => isMeant(oneCase(pattern), true, oneCase(spelling)));
  if (deny.some(denies)) return false;
  return (
    allow === undefined || spellings.every((spelling) => allow.some((pattern) => isMeant(pattern, false, spelling)))
  );
}

/** A name without what cannot be seen: white space around it, control and format characters, other forms of the same letters. */
export function plainName(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
    .trim();
}

/**
 * A URI as it is written, decoded, and with the segments `.` and `..` taken out (RFC 3986 sections 5.2.4 and 6.2): a server may read any
 * of them.
 */
function spellingsOf(uri: string): readonly string[] {
  const plain = decoded(uri);
  return [...new Set([uri, plain, canonical(uri), canonical(plain)])];
}

/** The file that a URI or a bare path names, on whatever host, with single slashes and nothing behind it (RFC 8089 section 2). */
function fileSpellings(uri: string): readonly string[] {
  const plain = decoded(decoded(uri.trim()));
  const url = URL.parse(/^[/\\]/.test(plain) ? `file://${plain.replace(/^[/\\]+/, '/')}` : plain);
  if (url?.protocol !== 'file:') return [];
  const path = url.pathname.replace(/\/{2,}/g, '/');
  return [
    `file://${path}`,
    `file://${decoded(path)}`,
    ...(url.host === '' ? [] : [`file:///${url.host}${decoded(path)}`]),
  ];
}

/** Most file systems of macOS and Windows take names for the same that differ in case, or in how an accent is written. */
function oneCase(path: string): string {
  return path.normalize('NFC').toUpperCase().toLowerCase();
}

function canonical(uri: string): string {
  return decoded(URL.parse(uri)?.href ?? uri);
}

/** A stray percent sign is part of the URI. */
function decoded(uri: string): string {
  return percentDecoded(uri) ?? uri;
}

/** A tool as its server listed it, and what becomes of it. Sets may take away more from single clients. */
export interface JudgedTool extends ListedTool {
  /** Whether the server's own rules let it through. */
  readonly isOn: boolean;
  /** What it is since it was approved; null where it is as it was. */
  readonly change: 'new' | 'changed' | null;
  /** It is kept from clients until it is approved. */
  readonly isHeld: boolean;
}

/** The tools that a server has listed, each with what its rules in the settings make of it; null where it has listed none. */
export function judgedTools(
  listed: readonly ListedTool[] | null,
  settings: PolicySettings,
  server: string,
  changes: readonly ToolChange[],
): readonly JudgedTool[] | null {
  if (listed === null) return null;
  const policy = policyOf(settings, server, UNLIMITED, null);
  const changed = new Map(changes.map((change) => [change.name, change]));
  return listed.map(({ name, title, description, bytes }) => {
    const { kind = null, isHeld = false } = changed.get(name) ?? {};
    const isOn = policy === null || policy.denial('tools', name) === null;
    return { name, title, description, bytes, isOn, change: kind === 'gone' ? null : kind, isHeld };
  });
}
