import { type Edit, type Format, UneditableError } from './edit.ts';
import { edited, sameValue } from './value.ts';

/**
 * Makes edits in a valid text, and proves them: the result is parsed again and has to hold exactly what the edits say and
 * nothing else. Throws UneditableError when it does not, for instance where YAML aliases tie two places together.
 */
export function editText(format: Format, text: string, edits: readonly Edit[]): string {
  const before = format.read(text);
  if (before.kind === 'broken') throw new UneditableError('broken');
  const after = edits.reduce((done, edit) => format.edit(done, edit), text);
  const wanted = edits.reduce<unknown>(edited, before.value);
  const reading = format.read(after);
  if (reading.kind === 'broken' || !sameValue(reading.value, wanted)) throw new UneditableError('not as meant');
  return after;
}
