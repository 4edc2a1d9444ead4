/** A text in another form, and where each of its UTF-16 units stands in the original. */
export interface FoldedText {
  readonly text: string;
  /** First position and end of what unit `at` was made of. */
  from(at: number): number;
  to(at: number): number;
}

/** The text as it is. */
export function unfolded(text: string): FoldedText {
  return { text, from: (at) => at, to: (at) => at + 1 };
}

/** Bytes as escapes, in runs: `%C3%BC` and `%25C3%25BC`, `\xc3\xbc`, `\303\274`. */
const BYTES = String.raw`(?:%(?:25){0,4}[\da-f]{2})+|(?:\\{1,8}x[\da-f]{2})+|(?:\\{1,8}[0-3][0-7]{2})+`;
/** Colours and other control sequences (ECMA-48), their ESC escaped or not, links of terminals, characters without width, the CR of a line break. */
const DROPPED = String.raw`(?:\x1b|\\{1,8}(?:u001b|x1b|033|e))\[[0-?]{0,64}[ -/]{0,4}[@-~]|\x1b\][^\x07\x1b]{0,2048}(?:\x07|\x1b\\)|[\u00ad\u200b-\u200f\u2060\ufeff]|\r(?=\n)|\\{1,8}r(?=\\{1,8}n)`;
/** `\u00fc`, `\u{fc}`, `&#252;`, `&#xfc;`, `&amp;`, `\n`, and a backslash in front of a sign or doubled. */
const CHARACTERS = String.raw`\\{1,8}u(?:([\da-f]{4})|\{([\da-f]{1,6})\})|&#(?:(\d{1,7})|x([\da-f]{1,6}));|&(amp|lt|gt|quot|apos);|\\{1,8}([nrt])|\\{1,8}([^\w\s\\])|(\\){2,8}`;
const ESCAPE = new RegExp(`(${DROPPED})|(${BYTES})|${CHARACTERS}`, 'gi');

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** Escapes within escapes: JSON in the query of a URL in JSON. */
export const DEEPEST = 3;

/** Whether there may be something that `folded` resolves or leaves out. */
export function hasEscapes(text: string): boolean {
  return /[%\\&\p{Cc}\u00ad\u200b-\u200f\u2060\ufeff]/u.test(text);
}

/**
 * The text with each escape of URLs, JSON, HTML, shells and C as the character that it means, without colours and invisible characters,
 * accents decomposed: the many ways to write one text become one. `control`, where it is given, stands for escaped control characters.
 */
export function folded(whole: FoldedText, control: string | null = null): FoldedText {
  const made = new Builder(whole, control);
  let done = 0;
  for (const found of whole.text.matchAll(ESCAPE)) {
    const [written, dropped, bytes, unit, point, decimal, hex, named, letter, sign, backslash] = found;
    made.copy(done, found.index);
    done = found.index + written.length;
    if (bytes !== undefined) made.bytes(bytes, found.index);
    else if (dropped === undefined) {
      const code = Number.parseInt(unit ?? point ?? hex ?? decimal ?? '', decimal === undefined ? 16 : 10);
      const meant = Number.isNaN(code)
        ? (NAMED[(named ?? '').toLowerCase()] ?? CONTROLS[letter ?? ''] ?? sign ?? backslash ?? written)
        : code > 0x10ffff
          ? written
          : String.fromCodePoint(code);
      made.add(meant, found.index, done);
    }
  }
  made.copy(done, whole.text.length);
  return made.finished();
}

/** The text without what `separators` matches, a global expression. */
export function withoutAll(text: string, separators: RegExp): FoldedText {
  const made = new Builder(unfolded(text));
  let done = 0;
  for (const found of text.matchAll(separators)) {
    made.copy(done, found.index);
    done = found.index + found[0].length;
  }
  made.copy(done, text.length);
  return made.finished();
}

/** The text in lower case, unit by unit. */
export function lowered(whole: FoldedText): FoldedText {
  const low = whole.text.toLowerCase();
  // A few capitals become two units: they stay.
  const text =
    low.length === whole.text.length ? low : whole.text.replace(/[A-Z\u00c0-\u00de]+/g, (found) => found.toLowerCase());
  return { ...whole, text };
}

class Builder {
  readonly #whole: FoldedText;
  readonly #control: string | null;
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  #text = '';

  constructor(whole: FoldedText, control: string | null = null) {
    this.#whole = whole;
    this.#control = control;
  }

  /** What stands from `from` to `to`, its accents decomposed. */
  copy(from: number, to: number): void {
    const piece = this.#whole.text.slice(from, to);
    if (!/[\u00c0-\u1eff]/.test(piece)) {
      for (let at = from; at < to; at++) this.#mark(at, at + 1);
      this.#text += piece;
      return;
    }
    let at = from;
    for (const character of piece) {
      this.add(character, at, at + character.length);
      at += character.length;
    }
  }

  /** `meant` stands there as what is between `from` and `to`. */
  add(meant: string, from: number, to: number): void {
    const isControl = this.#control !== null && /\p{Cc}/u.test(meant);
    const plain = isControl ? (this.#control ?? '') : meant.normalize('NFD');
    this.#text += plain;
    for (let unit = 0; unit < plain.length; unit++) this.#mark(from, to);
  }

  /** A run of escaped bytes: UTF-8 where it is that, else Latin-1. */
  bytes(run: string, start: number): void {
    const units = [...run.matchAll(/(?:%(?:25){0,4}|\\{1,8}x)([\da-f]{2})|\\{1,8}([0-7]{3})/gi)].map((one) => ({
      byte: one[2] === undefined ? Number.parseInt(one[1] ?? '0', 16) : Number.parseInt(one[2], 8),
      from: start + one.index,
      to: start + one.index + one[0].length,
    }));
    for (let at = 0; at < units.length; ) {
      const byte = units[at]?.byte ?? 0;
      const length = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
      const sequence = units.slice(at, at + length);
      const text = Buffer.from(sequence.map((unit) => unit.byte)).toString();
      const isOne = sequence.length === length && !text.includes('\ufffd');
      const last = units[at + (isOne ? length : 1) - 1];
      this.add(isOne ? text : String.fromCharCode(byte), sequence[0]?.from ?? start, last?.to ?? start);
      at += isOne ? length : 1;
    }
  }

  finished(): FoldedText {
    const [from, to] = [this.#from, this.#to];
    return { text: this.#text, from: (at) => from[at] ?? 0, to: (at) => to[at] ?? 0 };
  }

  #mark(from: number, to: number): void {
    this.#from.push(this.#whole.from(from));
    this.#to.push(this.#whole.to(to - 1));
  }
}
