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
