import type { Fault, Schema } from './schema.ts';

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
  readonly pattern?: RegExp;
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
