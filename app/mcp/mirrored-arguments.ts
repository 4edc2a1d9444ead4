import { isObject } from '../base/schema/index.ts';
import { type JsonObject, stringIn } from './jsonrpc/index.ts';

/** An argument of a tool that the client mirrors into a header of its own. */
export interface MirroredArgument {
  /** Keys that lead to it, from the arguments down. */
  readonly path: readonly string[];
  /** The whole header name, in lower case as Node reports it. */
  readonly header: string;
  readonly type: 'string' | 'integer' | 'boolean';
}

/** RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** The key of the annotation. */
export const MIRROR_KEY = 'x-mcp-header';

/**
 * The `x-mcp-header` annotations of an input schema, found along chains of `properties` only (2026-07-28,
 * basic/transports/streamable-http, Schema Extension). An annotation that breaks the rules is not enforced: the client
 * has to leave such a tool out altogether.
 */
export function mirroredArguments(schema: unknown, path: readonly string[] = []): MirroredArgument[] {
  const properties = isObject(schema) ? schema['properties'] : undefined;
  if (!isObject(properties)) return [];
  const found: MirroredArgument[] = [];
  for (const [key, property] of Object.entries(properties)) {
    if (!isObject(property)) continue;
    const here = [...path, key];
    const name = stringIn(property, MIRROR_KEY);
    const type = property['type'];
    if (name !== undefined && TOKEN.test(name) && (type === 'string' || type === 'integer' || type === 'boolean')) {
      found.push({ path: here, header: `mcp-param-${name.toLowerCase()}`, type });
    }
    found.push(...mirroredArguments(property, here));
  }
  return found;
}

/**
 * Whether every annotation of an input schema keeps the rules: a token as its name, unlike every other, on a string, an integer or a
 * boolean that a chain of `properties` leads to. A client has to leave a tool out whose schema breaks one of them.
 */
export function isWellAnnotated(schema: unknown): boolean {
  const found = mirroredArguments(schema);
  return new Set(found.map(({ header }) => header)).size === found.length && annotationsIn(schema) === found.length;
}

/** How many values bear the annotation, wherever they stand: one that no chain of `properties` leads to counts, and breaks the rules. */
function annotationsIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + annotationsIn(each), 0);
  if (!isObject(value)) return 0;
  let count = 0;
  for (const [key, each] of Object.entries(value)) {
    if (key === MIRROR_KEY) count++;
    // What an example or a default holds is data.
    else if (!DATA.has(key)) count += key === 'properties' ? inProperties(each) : annotationsIn(each);
  }
  return count;
}

/** The keys of `properties` are names of arguments, whatever they look like. */
function inProperties(properties: unknown): number {
  if (!isObject(properties)) return 0;
  return Object.values(properties).reduce<number>((sum, each) => sum + annotationsIn(each), 0);
}

const DATA: ReadonlySet<string> = new Set(['default', 'const', 'enum', 'examples']);

/** The argument that a path leads to; undefined where there is none. */
export function argumentAt(args: JsonObject, path: readonly string[]): unknown {
  let value: unknown = args;
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}
