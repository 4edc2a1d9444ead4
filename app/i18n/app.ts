import { appParts as en } from './en/app/index.ts';
import { type Catalogue, catalogue, type InEach, inEach, type Language } from './index.ts';
import { appParts as zhHant } from './zh-Hant/app/index.ts';

export type { FindingFacts, FindingId } from './en/app/doctor.ts';

/** Every sentence of the product in one language. */
export type AppText = Catalogue<typeof en>;

const TEXTS: Readonly<Record<Language, AppText>> = { en: catalogue('en', en), 'zh-Hant': catalogue('zh-Hant', zhHant) };

/** The whole catalogue: what the engine says, and what windows, Doctor and the setting up of clients say. */
export function appTextIn(language: Language): AppText {
  return TEXTS[language];
}

/** Says it in each language; `say` may be asked for a sentence, or for whatever else is made of words. */
export function said<Value>(say: (text: AppText) => Value): InEach<Value> {
  return inEach((language) => say(appTextIn(language)));
}
