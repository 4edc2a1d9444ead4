import { ownValue } from '../../base/own-value.ts';
import type { Program } from '../entry/entry.ts';
import { launched } from './launcher.ts';
import { baseName } from './wrappers.ts';

/** A `run` or `exec` of a container, whose variables can be set on its command line. */
export interface ContainerRun {
  /** The name that this machine has inside the container. */
  readonly host: string;
  /** Where among the entry's arguments the options of `run` begin. */
  readonly at: number;
}

/** The engines whose name for this machine is documented. */
const HOSTS: Readonly<Record<string, string>> = {
  docker: 'host.docker.internal',
  podman: 'host.containers.internal',
};

/** Options before the subcommand that take a value (docker(1), podman(1)). */
const WITH_VALUE = /^(?:-H|--host|-c|--context|--connection|-l|--log-level|--config|--url|--identity)$/;

/** Null when it is no such command, or when its words stand inside a shell's line. */
export function containerRun({ command, args }: Pick<Program, 'command' | 'args'>): ContainerRun | null {
  const { program, rest, runtime } = launched(command, args);
  const host = ownValue(HOSTS, baseName(program));
  const start = args.length - rest.length;
  const isDirect = start >= 0 && rest.every((word, index) => word === args[start + index]);
  if (runtime !== 'container' || host === undefined || !isDirect) return null;
  let at = 0;
  while (rest[at]?.startsWith('-') === true) at += WITH_VALUE.test(rest[at] ?? '') ? 2 : 1;
  if (rest[at] === 'container') at += 1;
  return rest[at] === 'run' || rest[at] === 'exec' ? { host, at: start + at + 1 } : null;
}

/** The variables that the command line gives to the container. */
export function containerVariables(program: Program): Readonly<Record<string, string>> {
  const run = containerRun(program);
  if (run === null) return {};
  return Object.fromEntries(
    settingsIn(program.args, run.at).flatMap(({ name, value }) => (value === null ? [] : [[name, value]])),
  );
}

/** The arguments with variables for the container: one that is set there already gets the new value, in its place. */
export function withContainerVariables(
  args: readonly string[],
  { at }: ContainerRun,
  variables: Readonly<Record<string, string>>,
): readonly string[] {
  const set = settingsIn(args, at);
  const changed = args.map((arg, index) => {
    const setting = set.find((each) => each.index === index);
    const value = setting === undefined ? undefined : variables[setting.name];
    return setting === undefined || value === undefined ? arg : `${setting.option}${setting.name}=${value}`;
  });
  const missing = Object.entries(variables).filter(([name]) => !set.some((each) => each.name === name));
  return changed.toSpliced(at, 0, ...missing.flatMap(([name, value]) => ['-e', `${name}=${value}`]));
}

/** The arguments without some of the variables for the container. */
export function withoutContainerVariables(
  args: readonly string[],
  { at }: ContainerRun,
  names: readonly string[],
): readonly string[] {
  const gone = new Set(
    settingsIn(args, at)
      .filter(({ name }) => names.includes(name))
      .flatMap(({ index, option }) => (option === '' ? [index - 1, index] : [index])),
  );
  return args.filter((_, index) => !gone.has(index));
}

interface Setting {
  readonly index: number;
  /** What stands before the name in the same argument: `--env=`. */
  readonly option: string;
  readonly name: string;
  /** Null when the value is that of the engine's own environment. */
  readonly value: string | null;
}

function settingsIn(args: readonly string[], at: number): Setting[] {
  return args.flatMap((arg, index): Setting[] => {
    if (index < at) return [];
    const before = args[index - 1] ?? '';
    const isValue = index > at && /^(?:-[a-zA-Z]*e|--env)$/.test(before);
    const option = isValue ? '' : (/^(?:--env=|-e(?=[A-Za-z_]\w*=))/.exec(arg)?.[0] ?? null);
    if (option === null) return [];
    const [, name = '', , value = null] = /^([^=]+)(=(.*))?$/s.exec(arg.slice(option.length)) ?? [];
    return name === '' ? [] : [{ index, option, name, value: value ?? null }];
  });
}
