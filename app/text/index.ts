import { failures } from './failures.ts';
import type { Language } from './language.ts';
import { servers } from './servers.ts';

export { type Language, languageOf } from './language.ts';

/** Every sentence a person can see, by the part of the product that says it. */
export interface Text {
  readonly language: Language;
  readonly failures: (typeof failures)['en'];
  readonly servers: (typeof servers)['en'];
}

/** The whole catalogue in one language. */
export function textIn(language: Language): Text {
  return { language, failures: failures[language], servers: servers[language] };
}
