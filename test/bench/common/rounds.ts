import { BEFORE } from './gangway.ts';
import type { Cell, Row, Target } from './results.ts';
import { median } from './statistics.ts';

/** What one measure brought from one subject, a value a round; `failure` says why it stopped early. */
export interface Series<T> {
  readonly values: readonly T[];
  readonly failure: string | null;
}

export type Samples<T> = ReadonlyMap<string, Series<T>>;

/**
 * Asks every subject once a round, in an order that rotates from round to round, so that a noisy minute of the machine
 * hits them alike. A subject that fails is not asked again; its failure becomes its answer. `warmUps` rounds are asked
 * first and not recorded: a compiler that compiles as it goes shall have gone.
 */
export async function inRounds<S extends { readonly name: string }, T>(
  subjects: readonly S[],
  rounds: number,
  measure: (subject: S) => Promise<T>,
  warmUps = 0,
): Promise<Samples<T>> {
  const samples = new Map(subjects.map(({ name }) => [name, { values: [] as T[], failure: null as string | null }]));
  for (let round = 0; round < warmUps + rounds; round++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      const subject = subjects[(round + turn) % subjects.length];
      const series = subject && samples.get(subject.name);
      if (!series || series.failure !== null) continue;
      try {
        const value = await measure(subject);
        if (round >= warmUps) series.values.push(value);
      } catch (error) {
        series.failure = error instanceof Error ? error.message : String(error);
      }
    }
  }
  return samples;
}

/** Asks all subjects once and at the same time: for what takes only patience. */
export async function atOnce<S extends { readonly name: string }, T>(
  subjects: readonly S[],
  measure: (subject: S) => Promise<T>,
): Promise<Samples<T>> {
  const single = subjects.map(async (subject) => inRounds([subject], 1, measure));
  return new Map((await Promise.all(single)).flatMap((samples) => [...samples]));
}

/** The same samples, seen through a function: one number out of several that were taken together. */
export function project<T, U>(samples: Samples<T>, view: (value: T) => U): Samples<U> {
  return new Map([...samples].map(([name, series]) => [name, { ...series, values: series.values.map(view) }]));
}

/** Warm-up rounds of everything that measures steady speed: the compiler of a program in JavaScript needs a second of work. */
export const WARM_UPS = 3;

interface Comparison {
  readonly label: string;
  readonly samples: Samples<number>;
  /** The subject the others are held against; it shows its own median, the others their ratio to it. */
  readonly base: string;
  readonly format: (value: number) => string;
  readonly target?: Target;
}

/** Each subject's ratio to `base`, taken within each round, the median of the rounds. */
export function ratioRow({ label, samples, base, format, target }: Comparison): Row {
  const against = samples.get(base)?.values ?? [];
  const cells = cellsOf(samples, (values, name): Cell => {
    if (name === base) return { text: format(median(values)) };
    const value = rounded(median(values.map((own, round) => own / (against[round] ?? Number.NaN))));
    return { text: `${value} x`, value };
  });
  return { label, cells, ...(target && { target }) };
}

/**
 * The product's columns against the fastest of all other subjects, `bases` left out: rates whose ratio to a base says more
 * about how fast the base is than about who does the work best.
 */
export function bestPeerRow(
  label: string,
  rates: Samples<number>,
  bases: readonly string[],
  product: string,
  target: Target,
): Row {
  const isOurs = (name: string): boolean => name.startsWith(product);
  const isPeer = (name: string): boolean => !bases.includes(name) && !isOurs(name) && !name.startsWith(BEFORE);
  const peers = [...rates].filter(([name, { values }]) => isPeer(name) && values.length > 0);
  const best = Math.max(...peers.map(([, { values }]) => median(values)));
  const ours = new Map([...rates].filter(([name]) => isOurs(name)));
  return plainRow(label, ours, (values) => numberCell(median(values) / best, 'x'), target);
}

/** Each subject's own number, made of all its rounds. */
export function plainRow<T>(
  label: string,
  samples: Samples<T>,
  cell: (values: readonly T[]) => Cell,
  target?: Target,
): Row {
  return { label, cells: cellsOf(samples, cell), ...(target && { target }) };
}

/** A cell with a number and its unit, two significant digits after a leading zero, one place otherwise. */
export function numberCell(number: number, unit: string): Cell {
  const value = rounded(number);
  return { text: `${value} ${unit}`, value };
}

function cellsOf<T>(
  samples: Samples<T>,
  cell: (values: readonly T[], name: string) => Cell,
): ReadonlyMap<string, Cell> {
  return new Map(
    [...samples].map(([name, { values, failure }]): [string, Cell] => [
      name,
      failure === null ? cell(values, name) : { text: `no: ${failure}` },
    ]),
  );
}

function rounded(value: number): number {
  return Number(value.toFixed(Math.abs(value) < 10 ? 2 : 1));
}
