import type { Target } from '../../base/address.ts';
import type { Program } from '../entry/entry.ts';

interface Replacement extends Place {
  readonly text: string;
}

/** The arguments and the environment with addresses replaced by another one, wherever host and port are written. */
export function redirected(
  { args, env }: Pick<Program, 'args' | 'env'>,
  addresses: readonly NamedAddress[],
  local: Target,
): Pick<Program, 'args' | 'env'> {
  const places = unique(addresses.flatMap((address) => replacements(address, local)));
  const rooms = addresses
    .filter(({ port, portPlace }) => portPlace === null && port !== local.port)
    .map(({ portRoom }) => portRoom);
  const inEnv = Object.entries(env).map(([name, value]) => [name, rewritten(value, { in: 'env', name }, places)]);
  const added = rooms.flatMap((room) => (room.kind === 'variable' ? [[room.name, String(local.port)]] : []));
  const inArgs = args.map((arg, index) => rewritten(arg, { in: 'args', index }, places));
  const options = rooms.flatMap((room) => (room.kind === 'option' ? [room] : []));
  return {
    env: Object.fromEntries([...inEnv, ...added]),
    // From the right, so that an insertion does not move the places before it.
    args: options
      .sort((left, right) => right.index - left.index)
      .reduce((words, { index, option }) => words.toSpliced(index, 0, option, String(local.port)), inArgs),
  };
}

function replacements({ hostPlace, portPlace, portRoom, port }: NamedAddress, local: Target): Replacement[] {
  const isBehind = portPlace === null && portRoom.kind === 'behind-host' && port !== local.port;
  return [
    { ...hostPlace, text: isBehind ? `${local.host}:${local.port}` : local.host },
    ...(portPlace === null ? [] : [{ ...portPlace, text: String(local.port) }]),
  ];
}

/** Two hosts may share a port's variable. */
function unique(places: readonly Replacement[]): Replacement[] {
  return places.filter(
    ({ spot, start }, index) =>
      index === places.findIndex((other) => isSame(other.spot, spot) && other.start === start),
  );
}

function rewritten(text: string, spot: Spot, places: readonly Replacement[]): string {
  return places
    .filter((place) => isSame(place.spot, spot))
    .sort((left, right) => right.start - left.start)
    .reduce((rest, { start, end, text: by }) => rest.slice(0, start) + by + rest.slice(end), text);
}

function isSame(left: Spot, right: Spot): boolean {
  if (left.in === 'env') return right.in === 'env' && left.name === right.name;
  return right.in === 'args' && left.index === right.index;
}

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
