export { json, type StrictMistake, strictMistake } from './json.ts';
export { type TextEdit, withEdits } from './text.ts';
export { toml } from './toml.ts';
export {
  type Edit,
  edited,
  editSeveral,
  editText,
  type Format,
  isTable,
  nested,
  type Parsed,
  type ParsedDocument,
  type Path,
  readText,
  type Span,
  type SyntaxFault,
  sameValue,
  type Table,
  UneditableError,
  valueAt,
} from './value.ts';
export { yaml } from './yaml.ts';
