export { labelsOf } from './seen-requests.ts';
export type { StepState, VerifyStep } from './stages.ts';
export type { VerifySubject } from './subject.ts';
export { type VerifyContext, type VerifyOptions, verify } from './verify.ts';
