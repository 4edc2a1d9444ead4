import { DEEPEST, type FoldedText, folded, hasEscapes, lowered, unfolded, withoutAll } from './folded-text.ts';
import { base64Of, hexOf, spellingsOf } from './secrets-of.ts';

/** Shorter ones occur in ordinary words, and protect nothing. */
const SHORTEST_SECRET = 4;
/** Shorter ones are found in their own case only. */
const SHORTEST_CASELESS = 8;
/** A word, whose other cases are words too. */
const WORD = /^(?:[A-Z]?[a-z]+|[A-Z]+)$/;

/** Bytes in hex, with what programs write in between: `6b:57`, `6b 57`, `0x6b, 0x57`, `\x6b\x57`. */
const HEX_BYTES = /(?:[\da-f]{2}(?:[\s:,_-]|0x|\\{1,4}x){0,4}){8}/i;
const HEX_SEPARATORS = /[\s:,_-]+|0x|\\{1,4}x/gi;
/** Line breaks in base64 (RFC 2045 section 6.8), as they are or escaped. A run of blanks is tried at its beginning alone: it costs no more time than it is long. */
const BASE64_LINES = /[\w+/]{16}\s{0,2}(?:\r?\n|\\n)/;
const LINE_BREAKS = /(?<!\s)\s*(?:\r?\n|(?:\\r)?\\n)\s*|(?:\\r)?\\n\s*/g;
/** Bytes as a list of decimals. */
const DECIMALS = /\d{1,3}(?:\s{0,8},\s{0,8}\d{1,3}){7}/;

interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Finds secrets that are known literally, however a program has written them: as they are, in any mix of escapes, in another case, with
 * colours or invisible characters in between, as base64, hex or a list of bytes. Linear in the length of the text.
 */
export class KnownSecrets {
  readonly #plain: RegExp | null;
  readonly #folded: RegExp | null;
  readonly #caseless: RegExp | null;
  readonly #base64: RegExp | null;
  readonly #hex: RegExp | null;
  readonly #decimal: RegExp | null;
  readonly #hasAccents: boolean;

  constructor(secrets: readonly string[]) {
    const known = [...new Set(secrets)].filter((secret) => secret.length >= SHORTEST_SECRET);
    const forms = known.map((secret) => foldedOf(secret)).filter((secret) => secret.length >= SHORTEST_SECRET);
    const base64 = known.flatMap(base64Of);
    this.#plain = anyOf([...known.flatMap(spellingsOf), ...base64]);
    this.#folded = anyOf(forms);
    this.#caseless = anyOf([...known, ...forms].filter(isCaseless).map((secret) => lowered(unfolded(secret)).text));
    this.#base64 = anyOf(base64);
    this.#hex = anyOf(known.flatMap(hexOf));
    this.#decimal = anyOf(known.filter(isLong).map((secret) => [...Buffer.from(secret)].join(',')));
    this.#hasAccents = known.some((secret) => /[\u0080-\uffff]/.test(secret));
  }

  /** `text` with `replaced` where a secret stood. */
  without(text: string, replaced: string): string {
    if (this.#plain === null) return text;
    const clean = text.replace(this.#plain, replaced);
    return cut(clean, this.#hidden(clean), replaced);
  }

  /** Where secrets stand that are not there as they are. */
  #hidden(text: string): readonly Range[] {
    const whole = unfolded(text);
    const ranges = rangesIn(lowered(whole), this.#caseless);
    let form = whole;
    const isFoldable = hasEscapes(text) || (this.#hasAccents && /[\u00c0-\u1eff]/.test(text));
    for (let round = 0; isFoldable && round < DEEPEST; round++) {
      const next = folded(form);
      if (next.text === form.text) break;
      form = next;
      ranges.push(...rangesIn(form, this.#folded), ...rangesIn(lowered(form), this.#caseless));
    }
    if (HEX_BYTES.test(text)) ranges.push(...rangesIn(lowered(withoutAll(text, HEX_SEPARATORS)), this.#hex));
    if (BASE64_LINES.test(text)) ranges.push(...rangesIn(withoutAll(text, LINE_BREAKS), this.#base64));
    if (DECIMALS.test(text)) ranges.push(...rangesIn(withoutAll(text, /\s+/g), this.#decimal));
    return ranges;
  }
}

function foldedOf(secret: string): string {
  let form = unfolded(secret);
  for (let round = 0; round < DEEPEST; round++) form = folded(form);
  return form.text;
}

function isLong(secret: string): boolean {
  return secret.length >= SHORTEST_CASELESS;
}

function isCaseless(secret: string): boolean {
  return isLong(secret) && !WORD.test(secret) && /\p{L}/u.test(secret);
}

function anyOf(texts: readonly string[]): RegExp | null {
  const longestFirst = [...new Set(texts)].sort((a, b) => b.length - a.length);
  const pattern = longestFirst.map((one) => one.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|');
  return pattern === '' ? null : new RegExp(pattern, 'g');
}

function rangesIn(form: FoldedText, secrets: RegExp | null): Range[] {
  if (secrets === null) return [];
  return [...form.text.matchAll(secrets)].map((found) => ({
    from: form.from(found.index),
    to: form.to(found.index + found[0].length - 1),
  }));
}

/** The ranges may overlap, and come in any order. */
function cut(text: string, ranges: readonly Range[], replaced: string): string {
  let clean = '';
  let done = 0;
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    if (from >= done) clean += text.slice(done, from) + replaced;
    done = Math.max(done, to);
  }
  return clean + text.slice(done);
}
