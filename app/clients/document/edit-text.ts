import { type Edit, type Format, UneditableError } from './edit.ts';
import { edited, sameValue } from './value.ts';

/**
 * Makes edits in a valid text, and proves them: the result is parsed again and has to hold exactly what the edits say and
 * nothing else. Throws UneditableError when it does not, for instance where YAML aliases tie two places together.
 */
export function editText(format: Format, text: string, edits: readonly Edit[]): string {
  const before = valueIn(format, text);
  const after = edits.reduce((done, edit) => format.edit(done, edit), text);
  const wanted = edits.reduce<unknown>(edited, before);
  if (!sameValue(valueIn(format, after), wanted)) throw new UneditableError('not as meant');
  return after;
}

/** The value of a text that is to be edited. Throws UneditableError when the text is broken. */
export function valueIn(format: Format, text: string): unknown {
  const reading = format.read(text);
  if (reading.kind === 'broken') throw new UneditableError('broken');
  return reading.value;
}
