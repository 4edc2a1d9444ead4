import { type In, inLanguage, type Language } from './language.ts';
import { PARTS } from './parts.ts';

export type { AnswerFault, RequestFault } from './faults.ts';
export { type Language, languageOf } from './language.ts';

/** The sentences of the engine and the command line in one language. */
export type Text = In<typeof PARTS>;

/** What the engine and the command line say. */
export function textIn(language: Language): Text {
  return inLanguage(PARTS, language);
}
