import type { Program } from '../entry/index.ts';
import type { Place, Spot } from './address.ts';

/** A value together with what it is the value of. */
export interface Written {
  readonly spot: Spot;
  /** The variable's name, or the option's with its dashes; empty for an argument that stands alone. */
  readonly name: string;
  readonly text: string;
  /** Where the text begins in its spot: behind the `=` of `--host=…`. */
  readonly offset: number;
}

export function variablesOf({ env }: Pick<Program, 'env'>): Written[] {
  return Object.entries(env).map(([name, text]) => ({ spot: { in: 'env', name }, name, text, offset: 0 }));
}

export function argumentsOf({ args }: Pick<Program, 'args'>): Written[] {
  return args.map((arg, index) => {
    const spot: Spot = { in: 'args', index };
    const assigned = /^(--?[\w.-]+)=/.exec(arg);
    if (assigned !== null) {
      const [all, name = ''] = assigned;
      return { spot, name, text: arg.slice(all.length), offset: all.length };
    }
    const before = args[index - 1] ?? '';
    const isValue = /^--?[A-Za-z][\w.-]*$/.test(before) && !arg.startsWith('-');
    return { spot, name: isValue ? before : '', text: arg, offset: 0 };
  });
}

/** The stretch from `start` to `end` of a text, as a place in its spot. */
export function placeIn({ spot, name, offset }: Written, [start, end]: readonly [number, number]): Place {
  return { spot, name, start: offset + start, end: offset + end };
}

export function wholeOf(written: Written): Place {
  return placeIn(written, [0, written.text.length]);
}
