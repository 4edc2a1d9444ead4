import type { AppText } from '../../text/app/index.ts';
import type { Facts } from '../facts.ts';
import { type Diagnosis, diagnose } from '../verdict/index.ts';
import { findingFacts } from './finding-facts.ts';

/** A cause in words: what, why, and what to do about it. */
export interface Finding extends Diagnosis {
  readonly what: string;
  readonly why: string;
  readonly steps: readonly string[];
}

/** What the facts mean, told in one language; the worst and surest first. */
export function findingsIn(facts: Facts, text: AppText): readonly Finding[] {
  const about = findingFacts(facts, text);
  return diagnose(facts).map((diagnosis) => {
    const words = text.doctorFindings[diagnosis.id];
    return { ...diagnosis, what: words.what(about), why: words.why(about), steps: words.steps(about) };
  });
}
