import type { Target } from '../../base/address.ts';
import type { Program } from '../entry/entry.ts';

interface Replacement extends ValueSpan {
  readonly text: string;
}

/** The arguments and the environment with addresses replaced by another one, wherever host and port are written. */
export function redirected(
  { args, env }: Pick<Program, 'args' | 'env'>,
  addresses: readonly NamedAddress[],
  local: Target,
): Pick<Program, 'args' | 'env'> {
  const spans = unique(addresses.flatMap((address) => replacements(address, local)));
  const insertions = addresses
    .filter(({ port, portSpan }) => portSpan === null && port !== local.port)
    .map(({ portInsertion }) => portInsertion);
  const inEnv = Object.entries(env).map(([name, value]) => [name, rewritten(value, { in: 'env', name }, spans)]);
  const added = insertions.flatMap((insertion) =>
    insertion.kind === 'variable' ? [[insertion.name, String(local.port)]] : [],
  );
  const inArgs = args.map((arg, index) => rewritten(arg, { in: 'args', index }, spans));
  const options = insertions.flatMap((insertion) => (insertion.kind === 'option' ? [insertion] : []));
  return {
    env: Object.fromEntries([...inEnv, ...added]),
    // From the right, so that an insertion does not move the places before it.
    args: options
      .sort((left, right) => right.index - left.index)
      .reduce((words, { index, option }) => words.toSpliced(index, 0, option, String(local.port)), inArgs),
  };
}

function replacements({ hostSpan, portSpan, portInsertion, port }: NamedAddress, local: Target): Replacement[] {
  const isBehind = portSpan === null && portInsertion.kind === 'behind-host' && port !== local.port;
  return [
    { ...hostSpan, text: isBehind ? `${local.host}:${local.port}` : local.host },
    ...(portSpan === null ? [] : [{ ...portSpan, text: String(local.port) }]),
  ];
}

/** Two hosts may share a port's variable. */
function unique(spans: readonly Replacement[]): Replacement[] {
  return spans.filter(
    ({ source, start }, index) =>
      index === spans.findIndex((other) => isSame(other.source, source) && other.start === start),
  );
}

function rewritten(text: string, source: ValueSource, spans: readonly Replacement[]): string {
  return spans
    .filter((span) => isSame(span.source, source))
    .sort((left, right) => right.start - left.start)
    .reduce((rest, { start, end, text: by }) => rest.slice(0, start) + by + rest.slice(end), text);
}

function isSame(left: ValueSource, right: ValueSource): boolean {
  if (left.in === 'env') return right.in === 'env' && left.name === right.name;
  return right.in === 'args' && left.index === right.index;
}

/** A value together with what it is the value of. */
export interface NamedValue {
  readonly source: ValueSource;
  /** The variable's name, or the option's with its dashes; empty for an argument that stands alone. */
  readonly name: string;
  readonly text: string;
  /** Offset of the text in its source: behind the `=` of `--host=…`. */
  readonly offset: number;
}

export function variablesOf({ env }: Pick<Program, 'env'>): NamedValue[] {
  return Object.entries(env).map(([name, text]) => ({ source: { in: 'env', name }, name, text, offset: 0 }));
}

export function argumentsOf({ args }: Pick<Program, 'args'>): NamedValue[] {
  return args.map((arg, index) => {
    const source: ValueSource = { in: 'args', index };
    const assigned = /^(--?[\w.-]+)=/.exec(arg);
    if (assigned !== null) {
      const [all, name = ''] = assigned;
      return { source, name, text: arg.slice(all.length), offset: all.length };
    }
    const before = args[index - 1] ?? '';
    const isValue = /^--?[A-Za-z][\w.-]*$/.test(before) && !arg.startsWith('-');
    return { source, name: isValue ? before : '', text: arg, offset: 0 };
  });
}

/** The part of a value from `start` to `end`, as a span of its source. */
export function spanIn({ source, name, offset }: NamedValue, [start, end]: readonly [number, number]): ValueSpan {
  return { source, name, start: offset + start, end: offset + end };
}

export function wholeOf(written: NamedValue): ValueSpan {
  return spanIn(written, [0, written.text.length]);
}

/** A variable's value or an argument. */
export type ValueSource =
  | { readonly in: 'env'; readonly name: string }
  | { readonly in: 'args'; readonly index: number };

/** A part of a value or an argument, in UTF-16 units; `end` is exclusive. */
export interface ValueSpan {
  readonly source: ValueSource;
  /** The variable's or the option's; empty for an argument that stands alone. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Where a port can be written that is only implied so far. */
export type PortInsertion =
  /** Behind the host, after a colon. */
  | { readonly kind: 'behind-host' }
  | { readonly kind: 'variable'; readonly name: string }
  /** As an option of its own, put in before the argument at `index`. */
  | { readonly kind: 'option'; readonly index: number; readonly option: string };

/** A host and port in the settings of a server, and the spans they stand in. */
export interface NamedAddress extends Target {
  /** `postgres`, `ssh`, `http`; null when it is unknown. */
  readonly protocol: string | null;
  readonly hostSpan: ValueSpan;
  /** Null when the port is the protocol's own and written nowhere. */
  readonly portSpan: ValueSpan | null;
  readonly portInsertion: PortInsertion;
}

/** The names under which an address is written, for a person: `PGHOST, PGPORT`, `--host`. Empty for a bare argument. */
export function variableNames({ hostSpan, portSpan }: NamedAddress): string {
  const names = [hostSpan.name, portSpan?.name ?? ''].filter((name) => name !== '');
  return [...new Set(names)].join(', ');
}
