import fc from 'fast-check';
import type { Sample } from './written.ts';

const WORDS = ['a', 'env', 'x-y', 'with space', '名', 'quote"', "it's", 'dot.ted', '#', ''];

/** Keys as people have them, and some that should not exist. */
export const keys = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.string({ unit: 'grapheme', maxLength: 6 }).filter((key) => key.isWellFormed() && key !== '__proto__'),
);

const scalars: fc.Arbitrary<Sample> = fc.oneof(
  fc.constantFrom(...WORDS, '-y', 'https://x.example/?a=1#b', 'C:\\x', 'yes', 'null', '1', 'two\nlines'),
  fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => text.isWellFormed()),
  fc.integer({ min: -1000, max: 1000 }),
  fc.boolean(),
);

/** Maps of maps, lists and scalars, three levels deep. */
export const sampleMaps: fc.Arbitrary<{ readonly [key: string]: Sample }> = fc.letrec<{
  map: { readonly [key: string]: Sample };
  value: Sample;
}>((tie) => ({
  map: fc.dictionary(keys, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  value: fc.oneof(
    { maxDepth: 3 },
    scalars,
    fc.array(scalars, { maxLength: 3 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).map;

/** Where a writer's choices come from. */
export const tapes = fc.array(fc.nat(1000), { minLength: 1, maxLength: 60 });
