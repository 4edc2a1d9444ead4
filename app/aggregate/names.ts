import { createHash } from 'node:crypto';

/** Between the alias of a server and the name that one of its tools has there. */
const SEPARATOR = '__';

/** What every known client and model takes in the name of a tool (Claude: letters, digits, `_` and `-`; some clients leave out the last). */
const UNSAFE = /[^A-Za-z0-9_]/g;

/** What says something, and has no place in such a name. */
const LETTERS_LOST = /[^\p{ASCII}]/u;

/** Hex digits of the hash that tells cut and cleaned names apart. */
const DIGITS = 8;

/** Characters of an alias that we make: the rest of the name is for the tool. */
const LONGEST_ALIAS = 20;

/** A server as far as its alias goes. */
export interface Aliased {
  readonly name: string;
  /** What a person has set; may be empty. */
  readonly alias?: string;
}

/**
 * The alias of each server, in their order. One that is set is taken as it is; the others come from the servers' names. Where two names
 * come to the same alias, the first in order keeps it and the next gets a hash: the order is that of the settings, never of arrival.
 */
export function aliasesOf(servers: readonly Aliased[]): readonly string[] {
  const taken = new Set(servers.flatMap(({ alias }) => (alias === undefined ? [] : [alias])));
  return servers.map(({ name, alias }) => {
    if (alias !== undefined) return alias;
    const own = aliasFrom(name);
    const free = taken.has(own) ? `${own.slice(0, LONGEST_ALIAS - 5)}_${hashOf(name).slice(0, 4)}` : own;
    taken.add(free);
    return free;
  });
}

function aliasFrom(name: string): string {
  const clean = name.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_+|_+$/g, '');
  if (clean === '') return `s_${hashOf(name).slice(0, 4)}`;
  return clean.length <= LONGEST_ALIAS ? clean : `${clean.slice(0, LONGEST_ALIAS - 5)}_${hashOf(name).slice(0, 4)}`;
}

/** Something that is asked for by its name: a tool or a prompt. */
export interface Owned {
  /** The name of its server in the settings. */
  readonly owner: string;
  readonly alias: string;
  /** What it is called there. */
  readonly name: string;
}

/**
 * The name of each one towards clients, in their order: alias and name, with `_` for dashes, dots and the like. One that is longer than
 * `longest`, or holds letters that cannot be written so, is its head and a hash. Where two come to the same name (`read-file` and
 * `read.file` of a server, or under an empty alias), both get a hash, and a longer one where that is still so: neither may be called in the
 * place of the other, and a server knows the short hashes of the others, and could call a tool of its own so.
 */
export function exposedNames(all: readonly Owned[], longest: number): readonly string[] {
  const most = Math.floor((longest - 1) / DIGITS);
  /** How many times DIGITS of the hash each one has. */
  const hashes = all.map((one): number => (isWhole(one, longest) ? 0 : 1));
  while (true) {
    const names = all.map((one, index) => nameWith(hashes[index] ?? 0, one, longest));
    const counted = new Map<string, number>();
    for (const name of names) counted.set(name, (counted.get(name) ?? 0) + 1);
    const shared = hashes.flatMap((hash, index) =>
      hash < most && counted.get(names[index] ?? '') !== 1 ? [index] : [],
    );
    if (shared.length === 0) return names;
    for (const index of shared) hashes[index] = (hashes[index] ?? 0) + 1;
  }
}

/** Whether the name can be written in full. */
function isWhole(one: Owned, longest: number): boolean {
  const full = prefixed(one);
  return !LETTERS_LOST.test(full) && /[A-Za-z0-9]/.test(one.name) && full.length <= longest;
}

function nameWith(hashes: number, one: Owned, longest: number): string {
  if (hashes === 0) return clean(prefixed(one));
  const digits = hashes * DIGITS;
  const head = clean(prefixed(one)).slice(0, Math.max(0, longest - digits - 1));
  return `${head}_${hashOf(`${one.owner}\n${one.name}`).slice(0, digits)}`;
}

function prefixed({ alias, name }: Owned): string {
  return alias === '' ? name : `${alias}${SEPARATOR}${name}`;
}

function clean(name: string): string {
  return name.replace(UNSAFE, '_');
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Names that are told at most where one is not known. */
const MOST_NEAR = 3;

/** Up to three known names that one which is not known may mean, the nearest first: those that share most of its words. */
export function nearNames(wanted: string, known: Iterable<string>): readonly string[] {
  const words = wordsOf(wanted);
  const rated = [...known].map((name) => ({ name, shared: shareOf(words, wordsOf(name)) }));
  return rated
    .filter(({ shared }) => shared > 0)
    .toSorted((one, other) => other.shared - one.shared || one.name.length - other.name.length)
    .slice(0, MOST_NEAR)
    .map(({ name }) => name);
}

function wordsOf(name: string): ReadonlySet<string> {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return new Set(words.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== ''));
}

/** How much of both is shared, from 0 to 1. */
function shareOf(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const shared = [...one].filter((word) => other.has(word)).length;
  return shared === 0 ? 0 : shared / Math.max(one.size, other.size);
}
