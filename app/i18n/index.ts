import { parts as en } from './en/index.ts';
import { type Catalogue, catalogue, type Language } from './language.ts';
import { parts as zhHant } from './zh-Hant/index.ts';

export type { AnswerFault, RequestFault } from './en/faults.ts';
export { type Language, languageOf } from './language.ts';

/** The sentences of the engine and the command line in one language. */
export type Text = Catalogue<typeof en>;

const TEXTS: Readonly<Record<Language, Text>> = { en: catalogue('en', en), 'zh-Hant': catalogue('zh-Hant', zhHant) };

/** What the engine and the command line say. */
export function textIn(language: Language): Text {
  return TEXTS[language];
}
