export { list, nullable, object, partial, record, type Shape, union } from './compounds.ts';
export { absent, boolean, enumeration, integer, type TextLimits, text } from './scalars.ts';
export { type Fault, isObject, type JsonSchema, type ParseResult, read, type Schema } from './schema.ts';
