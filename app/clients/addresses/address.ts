import type { Target } from '../../proxy/index.ts';

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
