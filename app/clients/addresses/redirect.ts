import type { Target } from '../../proxy/index.ts';
import type { Program } from '../entry/index.ts';
import type { NamedAddress, Place, Spot } from './address.ts';

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
