import { type Fault, isObject, type Schema } from './schema.ts';

export function nullable<Value>(schema: Schema<Value>): Schema<Value | null> {
  return {
    json: { anyOf: [schema.json, { type: 'null' }] },
    read: (value, path, faults) => (value === null ? null : schema.read(value, path, faults)),
  };
}

/** @param max the most items taken */
export function list<Item>(item: Schema<Item>, max = 1000): Schema<readonly Item[]> {
  return {
    json: { type: 'array', items: item.json, maxItems: max },
    read(value, path, faults) {
      if (!Array.isArray(value)) return wrong(faults, path, []);
      if (value.length > max) faults.push({ path, kind: 'length' });
      return value.slice(0, max).map((one: unknown, index) => item.read(one, join(path, String(index)), faults));
    },
  };
}

/** An object used as a dictionary. */
export function record<Value>(value: Schema<Value>): Schema<Readonly<Record<string, Value>>> {
  return {
    json: { type: 'object', additionalProperties: value.json },
    read(input, path, faults) {
      if (!isObject(input)) return wrong(faults, path, {});
      return Object.fromEntries(
        Object.entries(input).map(([name, one]) => [name, value.read(one, join(path, name), faults)]),
      );
    },
  };
}

/** A schema for every property: one that is forgotten, or of another type, does not compile. */
export type Shape<Value extends object> = { readonly [Name in keyof Value]-?: Schema<Value[Name]> };

/** An object with exactly these properties; those in `optional` may be missing, and are missing then in what is read. */
export function object<Value extends object>(
  shape: Shape<Value>,
  optional: readonly (keyof Value & string)[] = [],
): Schema<Value> {
  const names = namesOf(shape);
  return {
    json: {
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, shape[name].json])),
      required: names.filter((name) => !optional.includes(name)),
      additionalProperties: false,
    },
    read(input, path, faults) {
      const given = propertiesOf(input, path, faults);
      refuseUnknown(given, names, path, faults);
      const present = names.filter((name) => Object.hasOwn(given, name) || !optional.includes(name));
      return built(present, (name) => {
        const place = join(path, name);
        if (Object.hasOwn(given, name)) return shape[name].read(given[name], place, faults);
        faults.push({ path: place, kind: 'missing' });
        return shape[name].read(undefined, place, []);
      });
    },
  };
}

/** Some of these properties, and no other: a change to an object. */
export function partial<Value extends object>(shape: Shape<Value>): Schema<Partial<Value>> {
  const names = namesOf(shape);
  return {
    json: {
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, shape[name].json])),
      additionalProperties: false,
    },
    read(input, path, faults) {
      const given = propertiesOf(input, path, faults);
      refuseUnknown(given, names, path, faults);
      const present = names.filter((name) => Object.hasOwn(given, name));
      return built<Partial<Value>>(present, (name) => shape[name].read(given[name], join(path, name), faults));
    },
  };
}

/** The first of several schemas that fits. */
export function union<Value>(...schemas: readonly [Schema<Value>, ...Schema<Value>[]]): Schema<Value> {
  return {
    json: { anyOf: schemas.map(({ json }) => json) },
    read(value, path, faults) {
      for (const schema of schemas) {
        const own: Fault[] = [];
        const result = schema.read(value, path, own);
        if (own.length === 0) return result;
      }
      faults.push({ path, kind: 'choice' });
      return schemas[0].read(value, path, []);
    },
  };
}

function propertiesOf(input: unknown, path: string, faults: Fault[]): Readonly<Record<string, unknown>> {
  return isObject(input) ? input : wrong(faults, path, {});
}

function refuseUnknown(given: object, names: readonly PropertyKey[], path: string, faults: Fault[]): void {
  for (const name of Object.keys(given)) {
    if (!names.includes(name)) faults.push({ path: join(path, name), kind: 'unknown' });
  }
}

/** The keys of a literal are the keys of its type: a shape has no others. */
function namesOf<Value extends object>(shape: Shape<Value>): readonly (keyof Value & string)[] {
  return Object.keys(shape) as (keyof Value & string)[];
}

function built<Value extends object>(
  names: readonly (keyof Value & string)[],
  read: <Name extends keyof Value & string>(name: Name) => Value[Name],
): Value {
  // Every name gets the value its own schema has read, which the type of a loop cannot express.
  return Object.fromEntries(names.map((name) => [name, read(name)])) as Value;
}

function wrong<Value>(faults: Fault[], path: string, instead: Value): Value {
  faults.push({ path, kind: 'type' });
  return instead;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
