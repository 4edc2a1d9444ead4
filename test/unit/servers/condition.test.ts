import { describe, expect, it } from 'vitest';
import { type ConditionFacts, conditionOf, SETTLED } from '../../../app/servers/condition.ts';

const FACTS: ConditionFacts = { stopped: false, children: [], failure: null, reason: () => '', wait: 0, now: 100_000 };
const WAITING = { answered: false, awaited: true, lastLine: '' };

describe('A server that has been asked and has not answered', () => {
  it('is starting since its process was started, if it was asked while it started', () => {
    const child = { ...WAITING, startedAt: 90_000, age: 10_000, askedAt: 200 };
    expect(conditionOf({ ...FACTS, children: [child] })).toMatchObject({ kind: 'starting', since: 90_000 });
  });

  it('is starting since it was asked, if its process had settled as a spare before', () => {
    const child = { ...WAITING, startedAt: 10_000, age: 90_000, askedAt: 88_000.4 };
    expect(conditionOf({ ...FACTS, children: [child] })).toMatchObject({ kind: 'starting', since: 98_000 });
  });

  it('counts as running before it is asked, once its process has settled', () => {
    const child = { ...WAITING, awaited: false, startedAt: 10_000, age: SETTLED, askedAt: null };
    expect(conditionOf({ ...FACTS, children: [child] }).kind).toBe('running');
  });
});
