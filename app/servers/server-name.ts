import { createHash } from 'node:crypto';
import { slug } from '../settings/slug.ts';

/** What is known of a server by which it is asked for. */
export interface Named {
  /** As in `/servers/<name>/mcp`, there percent-encoded. */
  readonly name: string;
  /** What its owner calls it; missing where that is the name. */
  readonly title?: string;
}

/** Characters of a name that we make. Longer titles end with a hash. */
export const LONGEST_NAME = 64;

/** Names of ASCII titles were never cut: theirs stay as they were up to this length. */
const LONGEST_SHIPPED = 255;

/** Hex digits of a title's hash: among the few servers of a machine, two never share them. */
const DIGITS = 6;

/** Title to name, for every title given; titles that only differ in how they are composed (NFC, NFD) are one. */
export type Names = ReadonlyMap<string, string>;

/**
 * The names of servers with these titles. A title that is a name already keeps it, then the first in order takes its name; one
 * that comes to the same name gets a hash of its title behind it. `held` are names given before, which stay as they are:
 * when a server is removed, its address must not lead to another one that was there beside it.
 */
export function namesFor(titles: readonly string[], held: Names = new Map()): Names {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const give = (title: string, name: string): void => {
    names.set(title, name);
    taken.add(name);
  };
  for (const title of titles) {
    const before = held.get(title);
    if (before !== undefined) give(title, before);
  }
  for (const title of titles) {
    const name = nameOf(title);
    if (!names.has(title) && name === composed(title) && !taken.has(name)) give(title, name);
  }
  for (const title of titles) if (!names.has(title)) give(title, freeName(title, taken));
  return new Map(titles.map((title) => [title, names.get(title) ?? '']));
}

/** The name of one more server: that of its title, or with a hash of the title where that is taken. */
export function freeName(title: string, taken: ReadonlySet<string>, longest?: number): string {
  const name = nameOf(title, longest);
  if (!taken.has(name)) return name;
  for (let digits = DIGITS; ; digits += 2) {
    const hashed = withHash(name, title, digits);
    // All digits of the hash are in it, and still it is taken: by the same title, which the caller has seen to.
    if (!taken.has(hashed) || digits > 64) return hashed;
  }
}

/** The server that a path, a command line or a client's file asks for, by its name or by its title. */
export function serverNamed<Server extends Named>(wanted: string, servers: Iterable<Server>): Server | undefined {
  const all = [...servers];
  const written = composed(wanted);
  const known =
    all.find(({ name }) => composed(name) === written) ??
    all.find(({ title }) => title !== undefined && composed(title) === written);
  if (known !== undefined) return known;
  // Before names kept their letters: "新聞 mcp" was served as /servers/mcp. Where that would mean several, it means none.
  const [older, another] = all.filter(({ title }) => title !== undefined && isShippedName(written, title));
  return another === undefined ? older : undefined;
}

function nameOf(title: string, longest = isAscii(title) ? LONGEST_SHIPPED : LONGEST_NAME): string {
  const name = slug(title);
  if (name === '') return withHash('server', title, DIGITS);
  return name.length <= longest ? name : withHash(name, title, DIGITS);
}

/** Whether it is what versions up to 0.1 made of this title, and we do not. */
function isShippedName(written: string, title: string): boolean {
  const shipped = trimmed(title.toLowerCase().replace(/[^a-z0-9._-]+/g, '-'));
  // Of a title without ASCII letters nothing was left, which is what an address without a name asks for.
  return shipped !== '' && shipped === written && shipped !== nameOf(title);
}

function trimmed(name: string): string {
  // A mark at the front has nothing to stand on.
  return name.replace(/^[-.\p{M}]+|-+$/gu, '');
}

function withHash(name: string, title: string, digits: number): string {
  const digest = createHash('sha256').update(composed(title)).digest('hex').slice(0, digits);
  let short = '';
  for (const letter of name) {
    if (short.length + letter.length > LONGEST_NAME - digits - 1) break;
    short += letter;
  }
  return `${short.replace(/-+$/, '')}-${digest}`;
}

/** macOS hands file names over decomposed (NFD); typed, the same name is composed. */
function composed(text: string): string {
  return text.normalize('NFC');
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}
