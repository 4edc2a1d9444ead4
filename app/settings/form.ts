import { isObject, type JsonSchema } from '../base/schema/index.ts';
import { settingsSchema } from './schema.ts';

/** What a setting takes, in so far as a sentence can say it. */
export type SettingForm =
  | { readonly kind: 'whole'; readonly min: number; readonly max: number }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'boolean' | 'text' | 'list' | 'table' };

/**
 * What stands at a path of the settings, such as `limits.sessions`. Null where nothing does, and where several forms are possible:
 * an optional value has the form that it has where it is set.
 */
export function settingForm(path: string): SettingForm | null {
  let schema: JsonSchema | null = settingsSchema.json;
  for (const part of path.split('.')) schema = schema === null ? null : below(schema, part);
  return schema === null ? null : formOf(schema);
}

function below(schema: JsonSchema, part: string): JsonSchema | null {
  const { properties, items, additionalProperties } = whenSet(schema);
  const isKnown = isObject(properties) && Object.hasOwn(properties, part);
  const child = isKnown ? properties[part] : (items ?? additionalProperties);
  return isObject(child) ? child : null;
}

/** The schema of the value where there is one: without the null of a value that may be missing. */
function whenSet(schema: JsonSchema): JsonSchema {
  const { anyOf } = schema;
  const [only, ...others] = Array.isArray(anyOf) ? anyOf.filter((one) => !isObject(one) || one['type'] !== 'null') : [];
  return others.length === 0 && isObject(only) ? only : schema;
}

function formOf(schema: JsonSchema): SettingForm | null {
  const { type, minimum, maximum, enum: words } = whenSet(schema);
  if (Array.isArray(words)) return { kind: 'words', words: words.map(String) };
  switch (type) {
    case 'integer':
      return { kind: 'whole', min: Number(minimum), max: Number(maximum) };
    case 'boolean':
      return { kind: 'boolean' };
    case 'string':
      return { kind: 'text' };
    case 'array':
      return { kind: 'list' };
    case 'object':
      return { kind: 'table' };
    default:
      return null;
  }
}
