import type { Target } from '../../proxy/index.ts';
import type { Program } from '../entry/index.ts';

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

/** A variable's value or an argument. */
export type Spot = { readonly in: 'env'; readonly name: string } | { readonly in: 'args'; readonly index: number };

/** A stretch of a value or an argument, in UTF-16 units; `end` is exclusive. */
export interface Place {
  readonly spot: Spot;
  /** The variable's or the option's; empty for an argument that stands alone. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Where a port can be written that is only implied so far. */
export type PortRoom =
  /** Behind the host, after a colon. */
  | { readonly kind: 'behind-host' }
  | { readonly kind: 'variable'; readonly name: string }
  /** As an option of its own, put in before the argument at `index`. */
  | { readonly kind: 'option'; readonly index: number; readonly option: string };

/** A host and port that a server is told to connect to, and where it is told so. */
export interface NamedAddress extends Target {
  /** `postgres`, `ssh`, `http`; null when nothing tells. */
  readonly protocol: string | null;
  readonly hostPlace: Place;
  /** Null when the port is the protocol's own and written nowhere. */
  readonly portPlace: Place | null;
  readonly portRoom: PortRoom;
}

/** The names under which an address is written, for a person: `PGHOST, PGPORT`, `--host`. Empty for a bare argument. */
export function placeNames({ hostPlace, portPlace }: NamedAddress): string {
  const names = [hostPlace.name, portPlace?.name ?? ''].filter((name) => name !== '');
  return [...new Set(names)].join(', ');
}
