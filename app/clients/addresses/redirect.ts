import type { Target } from '../../proxy/index.ts';
import type { Program } from '../entry/index.ts';
import type { NamedAddress, Place } from './address.ts';

interface Replacement extends Place {
  readonly text: string;
}

/** The arguments and the environment with an address replaced by another one, wherever host and port are written. */
export function redirected(
  { args, env }: Pick<Program, 'args' | 'env'>,
  { hostPlace, portPlace, portRoom, port }: NamedAddress,
  { host, port: newPort }: Target,
): Pick<Program, 'args' | 'env'> {
  const digits = String(newPort);
  const room = portPlace === null && newPort !== port ? portRoom : null;
  const places: Replacement[] = [
    { ...hostPlace, text: room?.kind === 'behind-host' ? `${host}:${digits}` : host },
    ...(portPlace === null ? [] : [{ ...portPlace, text: digits }]),
  ];
  // From the right, so that a replacement does not move the ones before it.
  const ordered = places.sort((left, right) => right.start - left.start);
  const inEnv = Object.entries(env).map(([name, value]) => [
    name,
    ordered.filter(({ spot }) => spot.in === 'env' && spot.name === name).reduce(replaced, value),
  ]);
  const inArgs = args.map((arg, index) =>
    ordered.filter(({ spot }) => spot.in === 'args' && spot.index === index).reduce(replaced, arg),
  );
  return {
    env: { ...Object.fromEntries(inEnv), ...(room?.kind === 'variable' ? { [room.name]: digits } : {}) },
    args: room?.kind === 'option' ? inArgs.toSpliced(room.index, 0, room.option, digits) : inArgs,
  };
}

function replaced(text: string, { start, end, text: by }: Replacement): string {
  return text.slice(0, start) + by + text.slice(end);
}
