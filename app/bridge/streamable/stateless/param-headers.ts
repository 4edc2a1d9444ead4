import type { IncomingHttpHeaders } from 'node:http';
import { isObject } from '../../../schema/index.ts';
import { type JsonObject, stringIn } from '../../frame/index.ts';
import { decodeMirrored } from './sentinel.ts';

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

/** Plain decimal notation; anything looser would be a coercion, not a comparison. */
const DECIMAL = /^-?\d+(?:\.\d+)?$/;

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
    const name = stringIn(property, 'x-mcp-header');
    const type = property['type'];
    if (name !== undefined && TOKEN.test(name) && (type === 'string' || type === 'integer' || type === 'boolean')) {
      found.push({ path: here, header: `mcp-param-${name.toLowerCase()}`, type });
    }
    found.push(...mirroredArguments(property, here));
  }
  return found;
}

/** What is wrong with the mirrored headers of a call; null when they say what its arguments say. */
export function paramHeaderFault(
  headers: IncomingHttpHeaders,
  args: JsonObject,
  mirrored: readonly MirroredArgument[],
): string | null {
  for (const argument of mirrored) {
    const raw = headers[argument.header];
    const header = Array.isArray(raw) ? raw.join(', ') : raw;
    const value = valueAt(args, argument.path);
    if (value === undefined || value === null) {
      if (header !== undefined) return `${argument.header} is there, its argument is not`;
      continue;
    }
    if (!isMirrorable(value)) continue;
    if (header === undefined) return `${argument.header} is missing`;
    const decoded = decodeMirrored(header);
    if (decoded === undefined) return `${argument.header} is not encoded as it must be`;
    if (!agrees(decoded, value)) return `${argument.header} does not say what the argument says`;
  }
  return null;
}

/** Integers compare as numbers: 42.0 and 42 are one. */
function agrees(header: string, value: string | number | boolean): boolean {
  if (typeof value === 'number' && DECIMAL.test(header)) return Number(header) === value;
  return header === String(value);
}

/** Other values break the tool's own schema; saying so is the child's part. */
function isMirrorable(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function valueAt(args: JsonObject, path: readonly string[]): unknown {
  let value: unknown = args;
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}
