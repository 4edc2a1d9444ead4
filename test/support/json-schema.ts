import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';

/** Checks values against a JSON Schema (2020-12) of docs/; returns what is wrong, null when nothing is. */
export function validatorOf(name: string): (value: unknown) => string | null {
  const file = join(import.meta.dirname, '../../docs', name);
  const validate = new AjvJsonSchemaValidator().getValidator(JSON.parse(readFileSync(file, 'utf8')));
  return (value) => {
    const result = validate(value);
    return result.valid ? null : result.errorMessage;
  };
}
