export { list, nullable, object, partial, record, type Shape, union } from './compounds.ts';
export {
  absent,
  boolean,
  enumeration,
  type Fault,
  integer,
  isObject,
  type JsonSchema,
  type ParseResult,
  type Pattern,
  read,
  readLeniently,
  type Schema,
  type TextLimits,
  text,
  whenTested,
} from './schema.ts';
