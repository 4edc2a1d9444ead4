import { type Edit, edited, type Format, type Path, type Step, sameValue, UneditableError } from './value.ts';

/** A text together with its value. */
export interface Parsed {
  readonly text: string;
  readonly value: unknown;
}

/**
 * Makes edits in a valid text, and proves them: the result is parsed again and has to hold exactly what the edits say and
 * nothing else. Throws UneditableError when it does not, for instance where YAML aliases tie two places together.
 */
export function editText(format: Format, { text, value }: Parsed, edits: readonly Edit[]): Parsed {
  const done = stepsOf(edits).reduce((before, step) => format.edit(before, step), text);
  const wanted = edits.reduce(edited, value);
  const after = readText(format, done);
  if (!sameValue(after.value, wanted)) throw new UneditableError('not as meant');
  return after;
}

/** Throws UneditableError when the text is broken. */
export function readText(format: Format, text: string): Parsed {
  const reading = format.read(text);
  if (reading.kind === 'broken') throw new UneditableError('broken');
  return { text, value: reading.value };
}

/** Large files are parsed once for every step: what is set in one map is set at once. */
function stepsOf(edits: readonly Edit[]): Step[] {
  const steps: Step[] = [];
  for (const edit of edits) {
    const key = edit.path.at(-1);
    if (edit.kind !== 'set') steps.push(edit);
    else if (typeof key !== 'string') throw new UneditableError(edit.path.join(' > '));
    else addTo(steps, edit.path.slice(0, -1), key, edit.value);
  }
  return steps;
}

function addTo(steps: Step[], path: Path, key: string, value: unknown): void {
  const last = steps.at(-1);
  const isSameMap = last?.kind === 'merge' && last.path.join('\0') === path.join('\0');
  if (isSameMap) steps[steps.length - 1] = { ...last, entries: { ...last.entries, [key]: value } };
  else steps.push({ kind: 'merge', path, entries: { [key]: value } });
}
