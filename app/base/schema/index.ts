export { either, list, nullable, object, partial, record, type Shape } from './compounds.ts';
export { nearest } from './nearest.ts';
export { choice, integer, nothing, type TextLimits, text, truth } from './scalars.ts';
export { type Fault, isObject, type JsonSchema, type Reading, read, type Schema } from './schema.ts';
