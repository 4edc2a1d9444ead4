/** The languages every sentence of the product exists in, as BCP 47 tags. */
export type Language = 'en' | 'zh-Hant';

/**
 * One part of the catalogue: the same sentences in each language, side by side, so that nobody can add one and
 * forget the other. English sets the shape; the other languages must match it, argument by argument.
 */
export interface Bilingual<Sentences> {
  readonly en: Sentences;
  readonly 'zh-Hant': Sentences;
}

/** Sentences are made when the first of their part and language is wanted: a program without windows keeps none of theirs in memory. */
export function bilingual<Sentences>(en: () => Sentences, zhHant: () => NoInfer<Sentences>): Bilingual<Sentences> {
  return new Part(en, zhHant);
}

class Part<Sentences> implements Bilingual<Sentences> {
  readonly #make: Readonly<Record<Language, () => Sentences>>;
  readonly #made: Partial<Record<Language, Sentences>> = {};

  constructor(en: () => Sentences, zhHant: () => Sentences) {
    this.#make = { en, 'zh-Hant': zhHant };
  }

  get en(): Sentences {
    return this.#in('en');
  }

  get 'zh-Hant'(): Sentences {
    return this.#in('zh-Hant');
  }

  #in(language: Language): Sentences {
    this.#made[language] ??= this.#make[language]();
    return this.#made[language];
  }
}

type Parts = Readonly<Record<string, Bilingual<unknown>>>;

/** Parts of the catalogue in one language. */
export type In<P extends Parts> = { readonly language: Language } & { readonly [Name in keyof P]: P[Name]['en'] };

/** Each part is made when it is first read. */
export function inLanguage<P extends Parts>(parts: P, language: Language): In<P> {
  const text = { language };
  for (const [name, part] of Object.entries(parts)) {
    Object.defineProperty(text, name, { get: () => part[language], enumerable: true });
  }
  return text as In<P>;
}

/**
 * The language for a POSIX locale or BCP 47 tag such as `zh_TW.UTF-8` or `en-GB`.
 * Every Chinese locale gets Traditional Chinese, the only Chinese there is here; everything else gets English.
 */
export function languageOf(locale: string | undefined): Language {
  return /^zh\b|^zh[_-]/i.test(locale ?? '') ? 'zh-Hant' : 'en';
}
