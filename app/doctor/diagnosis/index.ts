export { type Diagnosis, diagnose } from './diagnose.ts';
export type { Action, Confidence, Pane, Row, Severity } from './row.ts';
export { TABLE } from './rules.ts';
export { type Symptom, symptomsIn, tellingAddress } from './symptoms.ts';
