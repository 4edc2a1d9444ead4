/** A JSON value and where it stands; offsets count UTF-16 units from the start of the text. */
export type JsonNode =
  | { readonly kind: 'object'; readonly at: number; readonly members: readonly JsonMember[] }
  | { readonly kind: 'array'; readonly at: number; readonly items: readonly JsonNode[] }
  /** `written` is the text itself, without quotes and escapes: big numbers keep all their digits. */
  | {
      readonly kind: 'scalar';
      readonly at: number;
      readonly value: string | number | boolean | null;
      readonly written: string;
    };

export interface JsonMember {
  readonly key: string;
  readonly at: number;
  readonly value: JsonNode;
}

export type JsonMistake =
  | 'comma'
  | 'colon'
  | 'name'
  | 'value'
  | 'quotes'
  | 'literal'
  | 'unclosed-text'
  | 'escape'
  | 'unclosed'
  | 'bracket'
  | 'after'
  | 'deep';

/** Where a text is no JSON; `found` is what stands there, cut short. */
export interface JsonFault {
  readonly mistake: JsonMistake;
  readonly at: number;
  readonly found: string;
}

export type JsonReading =
  | { readonly ok: true; readonly root: JsonNode | null }
  | { readonly ok: false; readonly fault: JsonFault };

/** Deeper than any configuration; a text made of brackets alone must not use up the stack. */
const DEEPEST = 200;

/** Characters of what was found that a sentence shows. */
const FOUND = 24;

const TRIVIA = /(?:[\s\uFEFF]+|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/|#[^\r\n]*)+/y;
const TEXT = /"([^"\\\r\n]*(?:\\.[^"\\\r\n]*)*)"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y;
const LITERAL = /(?:true|false|null)(?![\w$])/y;
const WORD = /[^\s,:{}[\]"]+/y;
const BAD_ESCAPE = /\\(?!["\\/bfnrt]|u[\da-fA-F]{4})/;

class Mistake extends Error {
  readonly fault: JsonFault;

  constructor(fault: JsonFault) {
    super(fault.mistake);
    this.fault = fault;
  }
}

/**
 * Reads JSON (RFC 8259) with the comments and trailing commas that editors allow, and an object whose braces were left out,
 * as READMEs show them. `root` is null when the text holds nothing. Never throws.
 */
export function readJsonc(text: string): JsonReading {
  try {
    return { ok: true, root: new Reader(text).root() };
  } catch (error) {
    if (error instanceof Mistake) return { ok: false, fault: error.fault };
    throw error;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  root(): JsonNode | null {
    this.#skip();
    if (this.#at === this.#text.length) return null;
    const root = this.#hasBareMembers() ? this.#members(this.#at, null, 0) : this.#value(0);
    this.#skip();
    // A comma behind the last brace is left over from a longer text.
    if (this.#text[this.#at] === ',') this.#at += 1;
    this.#skip();
    if (this.#at < this.#text.length) this.#fail('after');
    return root;
  }

  #hasBareMembers(): boolean {
    const start = this.#at;
    const isText = this.#match(TEXT) !== null;
    this.#skip();
    const found = isText && this.#text[this.#at] === ':';
    this.#at = start;
    return found;
  }

  #value(depth: number): JsonNode {
    if (depth > DEEPEST) this.#fail('deep');
    const at = this.#at;
    switch (this.#text[at]) {
      case '{':
        this.#at += 1;
        return this.#members(at, '}', depth);
      case '[':
        this.#at += 1;
        return this.#items(at, depth);
      case '"': {
        const value = this.#string();
        return { kind: 'scalar', at, value, written: value };
      }
      default:
        return this.#plain(at);
    }
  }

  #members(at: number, end: '}' | null, depth: number): JsonNode {
    const members: JsonMember[] = [];
    while (!this.#closes(at, end)) {
      if (members.length > 0) this.#comma();
      if (this.#closes(at, end)) break;
      const start = this.#at;
      if (this.#text[start] !== '"') this.#fail(this.#isOtherQuote() ? 'quotes' : 'name');
      const key = this.#string();
      this.#skip();
      if (this.#text[this.#at] !== ':') this.#fail('colon');
      this.#at += 1;
      this.#skip();
      members.push({ key, at: start, value: this.#value(depth + 1) });
    }
    return { kind: 'object', at, members };
  }

  #items(at: number, depth: number): JsonNode {
    const items: JsonNode[] = [];
    while (!this.#closes(at, ']')) {
      if (items.length > 0) this.#comma();
      if (this.#closes(at, ']')) break;
      items.push(this.#value(depth + 1));
    }
    return { kind: 'array', at, items };
  }

  /** Takes the closing bracket where it stands. Called again after a comma, which may be the last thing in the collection. */
  #closes(open: number, end: '}' | ']' | null): boolean {
    this.#skip();
    const next = this.#text[this.#at];
    if (next === undefined) {
      if (end === null) return true;
      this.#at = open;
      this.#fail('unclosed');
    }
    if (next !== '}' && next !== ']') return false;
    if (next !== end) this.#fail('bracket');
    this.#at += 1;
    return true;
  }

  #comma(): void {
    if (this.#text[this.#at] !== ',') this.#fail(this.#text[this.#at] === ':' ? 'value' : 'comma');
    this.#at += 1;
  }

  #string(): string {
    const at = this.#at;
    const [written, inside = ''] = this.#match(TEXT) ?? [];
    if (written === undefined) this.#fail('unclosed-text');
    const bad = BAD_ESCAPE.exec(inside.replace(/\\\\/g, '__'));
    if (bad !== null) {
      this.#at = at + 1 + bad.index;
      this.#fail('escape');
    }
    // Editors put tabs into texts; JSON wants them escaped.
    return String(
      JSON.parse(`"${inside.replace(/\p{Cc}/gu, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`),
    );
  }

  #plain(at: number): JsonNode {
    const literal = this.#match(LITERAL)?.[0];
    if (literal !== undefined)
      return { kind: 'scalar', at, value: JSON.parse(literal) as boolean | null, written: literal };
    const number = this.#match(NUMBER)?.[0];
    if (number !== undefined) return { kind: 'scalar', at, value: Number(number), written: number };
    if (this.#isOtherQuote()) this.#fail('quotes');
    return this.#fail(/[\p{L}_$]/u.test(this.#text[at] ?? '') ? 'literal' : 'value');
  }

  #isOtherQuote(): boolean {
    return /['`\u2018-\u201f\u00ab\u00bb\uff02]/.test(this.#text[this.#at] ?? '');
  }

  #skip(): void {
    this.#match(TRIVIA);
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at += found[0].length;
    return found;
  }

  #fail(mistake: JsonMistake): never {
    const at = this.#at;
    const found = this.#match(TEXT)?.[0] ?? this.#match(WORD)?.[0] ?? this.#text.slice(at, at + 1);
    throw new Mistake({ mistake, at, found: found.length > FOUND ? `${found.slice(0, FOUND)}…` : found });
  }
}
