export { editText, type Parsed, readText } from './edit-text.ts';
export { json } from './json.ts';
export { toml } from './toml-writer.ts';
export {
  type Edit,
  edited,
  type Format,
  isTable,
  type ParsedDocument,
  type Path,
  type Span,
  type SyntaxFault,
  sameValue,
  type Table,
  UneditableError,
  valueAt,
} from './value.ts';
export { yaml } from './yaml.ts';
