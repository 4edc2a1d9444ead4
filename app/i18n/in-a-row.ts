/** A mark that is as wide as a letter of Chinese, and brings its own space. */
const WIDE_END = /[。？！：；，）」]$/;

/** Sentences one behind the other: with a space between them, but for Chinese, whose full stop has it. Empty ones are left out. */
export function inARow(...sentences: readonly string[]): string {
  return sentences
    .filter((sentence) => sentence !== '')
    .reduce((before, next) => `${before}${before === '' || WIDE_END.test(before) ? '' : ' '}${next}`, '');
}
