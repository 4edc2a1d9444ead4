import type { Answer } from './client.ts';
import { type Asked, type Findings, NOTHING } from './exam.ts';
import { CLOSED, type RouteName } from './routes.ts';

/** What is examined, in the order in which the table names it. */
export const ASPECTS = [
  'hello',
  'tools',
  'prompts',
  'resources',
  'templates',
  'call',
  'cancel',
  'close',
  'two',
  'kill',
] as const;
export type Aspect = (typeof ASPECTS)[number];

export interface Difference {
  readonly aspect: Aspect;
  /** The first place where they differ, as in `result.tools[3].name`. */
  readonly where: string;
  /** The values there as JSON, cut to `SHOWN` characters. */
  readonly direct: string;
  readonly here: string;
}

/** What the server itself answers, and how constant that is. */
export interface Oracle {
  readonly findings: Findings;
  /** Answers that differ between two of its processes (times, random ids): only their form is compared. */
  readonly volatile: ReadonlySet<Aspect>;
  /** Its answers to requests of 2026-07-28; null where it does not know that revision. */
  readonly modern: Asked | null;
}

const SHOWN = 160;
const ASKED = ['hello', 'tools', 'prompts', 'resources', 'templates', 'call'] as const;

export function oracleOf(findings: Findings, again: Asked, modern: Asked | null): Oracle {
  const volatile = new Set<Aspect>(ASKED.filter((aspect) => firstDifference(findings[aspect], again[aspect])));
  if (volatile.has('call')) volatile.add('two');
  for (const aspect of ['cancel', 'kill'] as const) if (volatile.has('tools')) volatile.add(aspect);
  return { findings, volatile, modern };
}

/** In what the findings of a route differ from those of the server itself, at most one difference for each aspect. */
export function differences(oracle: Oracle, found: Findings, route: RouteName): readonly Difference[] {
  const translated = route === 'stateless' && oracle.modern === null;
  const expected = comparable(expectedOf(oracle, route), translated);
  const here = comparable(found, translated);
  return ASPECTS.flatMap((aspect) => {
    const form = oracle.volatile.has(aspect) ? formOf : (value: unknown) => value;
    const difference = firstDifference(form(expected[aspect]), form(here[aspect]));
    return difference === null ? [] : [{ aspect, ...difference }];
  });
}

/** What a route has to answer: what the server answers, and what the transport itself promises. */
function expectedOf({ findings, modern }: Oracle, route: RouteName): Findings {
  const close = { how: CLOSED[route], gone: true };
  if (route !== 'stateless') return { ...findings, close };
  // One process serves all: two clients share it, and after it is killed the next request finds another.
  const asked = modern ?? findings;
  return {
    ...findings,
    ...asked,
    cancel: { answered: findings.cancel.answered === null ? null : false, next: asked.tools },
    close,
    two: [asked.call, asked.call],
    kill: { told: 'an answer', other: asked.tools, next: asked.tools },
  };
}

function comparable(findings: Findings, translated: boolean): Record<Aspect, unknown> {
  const answer = translated ? asLegacy : same;
  const { cancel, two, kill } = findings;
  return {
    hello: translated ? introductionOf(answer(findings.hello)) : findings.hello,
    tools: answer(findings.tools),
    prompts: answer(findings.prompts),
    resources: answer(findings.resources),
    templates: answer(findings.templates),
    call: answer(findings.call),
    cancel: { answered: cancel.answered, next: answer(cancel.next) },
    close: findings.close,
    two: two.map(answer),
    kill: { told: kill.told !== NOTHING, other: answer(kill.other), next: answer(kill.next) },
  };
}

function same(answer: Answer): Answer {
  return answer;
}

/** The answer without what each result must have in 2026-07-28 only. */
function asLegacy(answer: Answer): Answer {
  if (answer.result === undefined) return answer;
  const { resultType: _type, ttlMs: _ttl, cacheScope: _scope, _meta, ...result } = Object(answer.result);
  const { 'io.modelcontextprotocol/serverInfo': serverInfo, ...meta } = _meta ?? {};
  const rest = Object.keys(meta).length > 0 ? { _meta: meta } : {};
  const isGreeting = Array.isArray(result.supportedVersions);
  return { result: { ...result, ...rest, ...(isGreeting && serverInfo !== undefined ? { serverInfo } : {}) } };
}

/** What `initialize` and `server/discover` have in common. */
function introductionOf(answer: Answer): unknown {
  if (answer.result === undefined) return answer;
  const { capabilities, serverInfo, instructions } = Object(answer.result);
  return { capabilities, serverInfo, instructions };
}

/** A value with its texts and numbers replaced by their type, and a list by the forms that its items have. */
function formOf(value: unknown): unknown {
  if (Array.isArray(value)) return [...new Set(value.map((item) => JSON.stringify(formOf(item))))].toSorted();
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, formOf(item)]));
}

/** Compares as JSON: members without a value are none, the order of members means nothing. */
function firstDifference(direct: unknown, here: unknown, where = ''): Omit<Difference, 'aspect'> | null {
  if (isObject(direct) && isObject(here) && Array.isArray(direct) === Array.isArray(here)) {
    const keys = new Set([...Object.keys(direct), ...Object.keys(here)]);
    for (const key of keys) {
      const inner = Array.isArray(direct) ? `${where}[${key}]` : where === '' ? key : `${where}.${key}`;
      const difference = firstDifference(direct[key], here[key], inner);
      if (difference !== null) return difference;
    }
    return null;
  }
  return Object.is(direct, here) ? null : { where, direct: shown(direct), here: shown(here) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
