export {
  type Edit,
  type Format,
  type Path,
  type Reading,
  type Span,
  type SyntaxFault,
  UneditableError,
} from './edit.ts';
export { editText, type Parsed, readText } from './edit-text.ts';
export { json } from './json.ts';
export { toml } from './toml.ts';
export { edited, isTable, sameValue, type Table, valueAt } from './value.ts';
export { yaml } from './yaml.ts';
