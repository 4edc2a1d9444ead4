import { parts as en } from './en/index.ts';
import { parts as zhHant } from './zh-Hant/index.ts';

/** The languages every sentence of the product exists in, as BCP 47 tags. */
export type Language = (typeof LANGUAGES)[number];

const LANGUAGES = ['en', 'zh-Hant'] as const;

/** The parts of a catalogue, each a function that makes its sentences. English sets the shape, every other language must match it. */
type Parts = Readonly<Record<string, () => unknown>>;

/** The same in each language: what stays in view while another one is chosen, or goes to readers of several. Plain data. */
export type InEach<Value> = Readonly<Record<Language, Value>>;

/** A sentence that can be said in each language. */
export type Said = InEach<string>;

export function inEach<Value>(make: (language: Language) => Value): InEach<Value> {
  return { en: make('en'), 'zh-Hant': make('zh-Hant') };
}

/** Plain data with its sentences in one language. */
export type Spoken<Value> = Value extends Said
  ? string
  : Value extends string | number | boolean | null | undefined
    ? Value
    : { readonly [Key in keyof Value]: Spoken<Value[Key]> };

/** For a reader of one language, such as the command line. Data that is no sentence stays as it is. */
export function spoken<Value>(value: Value, language: Language): Spoken<Value> {
  return spokenIn(value, language) as Spoken<Value>;
}

function spokenIn(value: unknown, language: Language): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => spokenIn(one, language));
  if (typeof value !== 'object' || value === null) return value;
  if (isSaid(value)) return value[language];
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, spokenIn(one, language)]));
}

function isSaid(value: object): value is Said {
  const sentences = value as Readonly<Record<string, unknown>>;
  return (
    Object.keys(value).length === LANGUAGES.length &&
    LANGUAGES.every((language) => typeof sentences[language] === 'string')
  );
}

/** A catalogue in one language, part by part. */
export type Catalogue<P extends Parts> = { readonly language: Language } & {
  readonly [Name in keyof P]: ReturnType<P[Name]>;
};

/** Makes each part when it is first read: a program without windows keeps none of their sentences in memory. */
export function catalogue<P extends Parts>(language: Language, parts: P): Catalogue<P> {
  const text = { language };
  for (const [name, make] of Object.entries(parts)) {
    let made: unknown;
    Object.defineProperty(text, name, { get: () => (made ??= make()), enumerable: true });
  }
  return text as Catalogue<P>;
}

/**
 * The language for a POSIX locale or BCP 47 tag such as `zh_TW.UTF-8` or `en-GB`.
 * Every Chinese locale gets Traditional Chinese, the only Chinese there is here; everything else gets English.
 */
export function languageOf(locale: string | undefined): Language {
  return /^zh\b|^zh[_-]/i.test(locale ?? '') ? 'zh-Hant' : 'en';
}

export type { AnswerFault, RequestFault } from './en/faults.ts';
/** The sentences of the engine and the command line in one language. */
export type Text = Catalogue<typeof en>;

const TEXTS: Readonly<Record<Language, () => Text>> = {
  en: once(() => catalogue('en', en)),
  'zh-Hant': once(() => catalogue('zh-Hant', zhHant)),
};

/** What the engine and the command line say. */
export function textIn(language: Language): Text {
  return TEXTS[language]();
}

/** Makes a value when it is first asked for: the sentences of a language that is not chosen are not loaded. */
function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}
