import { describe, expect, it } from 'vitest';
import { inEach } from '../../../app/i18n/index.ts';
import type { VerifyStep } from '../../../app/ipc/index.ts';
import { stepKey, withStep } from '../../../renderer/clients-window/model.ts';

const nas = { host: 'nas.lan', port: 80 };
const probe = (port: number, sentence: string): VerifyStep => ({
  step: 'probe',
  target: { ...nas, port },
  state: 'passed',
  elapsedMs: 1,
  sentence: inEach(() => sentence),
});

describe('The steps of a check', () => {
  it('are listed once each, in the order in which they began', () => {
    const told: readonly VerifyStep[] = [
      { step: 'probe', target: nas, state: 'running' },
      { step: 'start', state: 'running' },
      probe(80, 'there'),
      { step: 'start', state: 'passed', elapsedMs: 2, sentence: inEach(() => 'It runs.') },
    ];
    const steps = told.reduce<readonly VerifyStep[]>(withStep, []);
    expect(steps.map(({ step, state }) => [step, state])).toEqual([
      ['probe', 'passed'],
      ['start', 'passed'],
    ]);
  });

  it('tell one address from another', () => {
    const steps = [probe(80, 'one'), probe(443, 'other')].reduce<readonly VerifyStep[]>(withStep, []);
    expect(steps).toHaveLength(2);
    expect(new Set(steps.map(stepKey)).size).toBe(2);
  });
});
