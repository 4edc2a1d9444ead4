/** Objects as they come: JSON and structured clones, never classes. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON Schema (draft 2020-12), as far as we write any. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Where a value departs from its schema, and how. */
export interface Fault {
  /** Property names and list positions from the root, joined by dots; empty for the root itself. */
  readonly path: string;
  readonly kind: 'type' | 'range' | 'length' | 'pattern' | 'choice' | 'missing' | 'unknown';
}

/** A value of which nothing is known becomes a value of a known type here, and nowhere else. */
export interface Schema<Value> {
  /** The same rule in the words of files and other programs. */
  readonly json: JsonSchema;
  /** Adds to `faults` what is wrong; the answer is only to be used when nothing was added. */
  read(value: unknown, path: string, faults: Fault[]): Value;
}

export type ParseResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** The value, rebuilt from what the schema knows: nothing unasked for passes. */
export function read<Value>(schema: Schema<Value>, value: unknown): ParseResult<Value> {
  const faults: Fault[] = [];
  const result = schema.read(value, '', faults);
  return faults.length === 0 ? { ok: true, value: result } : { ok: false, faults };
}

/**
 * The value as far as it can be read: what is missing or of another kind is empty, false or the smallest number, what is
 * unknown is left out. For what another version of this program has written.
 */
export function readLeniently<Value>(schema: Schema<Value>, value: unknown): Value {
  return schema.read(value, '', []);
}

/** @param limits smallest and largest, both included */
export function integer({ min, max }: { readonly min: number; readonly max: number }): Schema<number> {
  return {
    json: { type: 'integer', minimum: min, maximum: max },
    read(value, path, faults) {
      if (typeof value !== 'number' || !Number.isInteger(value)) return fault(faults, path, 'type', min);
      if (value < min || value > max) faults.push({ path, kind: 'range' });
      return value;
    },
  };
}

export interface TextLimits {
  readonly min?: number;
  /** Characters; there is always an end to what we take. */
  readonly max?: number;
  readonly pattern?: Pattern;
}

/** A regular expression, as far as one is needed here. */
export type Pattern = Pick<RegExp, 'source' | 'test'>;

/**
 * A pattern with the flag `u` that is compiled when it is first tested. Classes of Unicode's properties take V8 a millisecond each, once where
 * the literal is read and again where it is tested; most processes test none of them.
 */
export function whenTested(source: string): Pattern {
  let compiled: RegExp | null = null;
  return {
    source,
    test(value) {
      compiled ??= new RegExp(source, 'u');
      return compiled.test(value);
    },
  };
}

export function text({ min = 0, max = 4096, pattern }: TextLimits = {}): Schema<string> {
  return {
    json: {
      type: 'string',
      minLength: min,
      maxLength: max,
      ...(pattern === undefined ? {} : { pattern: pattern.source }),
    },
    read(value, path, faults) {
      if (typeof value !== 'string') return fault(faults, path, 'type', '');
      if (value.length < min || value.length > max) faults.push({ path, kind: 'length' });
      else if (pattern !== undefined && !pattern.test(value)) faults.push({ path, kind: 'pattern' });
      return value;
    },
  };
}

export const boolean: Schema<boolean> = {
  json: { type: 'boolean' },
  read: (value, path, faults) => (typeof value === 'boolean' ? value : fault(faults, path, 'type', false)),
};

/** One of a few words. */
export function enumeration<const Word extends string>(words: readonly [Word, ...Word[]]): Schema<Word> {
  return {
    json: { enum: words },
    read: (value, path, faults) => words.find((word) => word === value) ?? fault(faults, path, 'choice', words[0]),
  };
}

/** No value: what a request without parameters carries. */
export const absent: Schema<undefined> = {
  json: { type: 'null' },
  read: (value, path, faults) => (value === undefined ? undefined : fault(faults, path, 'unknown', undefined)),
};

function fault<Value>(faults: Fault[], path: string, kind: Fault['kind'], instead: Value): Value {
  faults.push({ path, kind });
  return instead;
}
