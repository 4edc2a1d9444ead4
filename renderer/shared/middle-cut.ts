/** Letters at the end that are always shown: of `home-assistant.lan:8123`, enough to know the machine and the port. */
const END = 10;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

export interface MiddleCut {
  /** What gives way. */
  readonly start: string;
  readonly end: string;
  /** Letters of the end, as people count them. */
  readonly count: number;
}

/** Words in two parts, cut between letters: never between one and its accents, nor inside of an emoji. */
export function middleCut(words: string): MiddleCut {
  const letters = /^[ -~]*$/.test(words)
    ? words.split('')
    : Array.from(graphemes.segment(words), ({ segment }) => segment);
  const at = Math.max(0, letters.length - END);
  return { start: letters.slice(0, at).join(''), end: letters.slice(at).join(''), count: letters.length - at };
}
