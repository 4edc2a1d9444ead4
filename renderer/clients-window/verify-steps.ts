import type { VerifyStep } from '../../app/ipc/index.ts';

/** The steps with the news of one, which may have been told of before. */
export function withStep(steps: readonly VerifyStep[], step: VerifyStep): readonly VerifyStep[] {
  const at = steps.findIndex((one) => stepKey(one) === stepKey(step));
  return at === -1 ? [...steps, step] : steps.with(at, step);
}

/** Several addresses may be probed. */
export function stepKey(step: VerifyStep): string {
  return step.step === 'probe' && step.target !== null ? `probe ${step.target.host} ${step.target.port}` : step.step;
}
