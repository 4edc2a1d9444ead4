export type { Action, Pane } from './action.ts';
export { type Diagnosis, diagnose } from './diagnose.ts';
export { type Sign, signsIn, tellingAddress } from './signs.ts';
export { type Confidence, type Row, type Severity, TABLE } from './table.ts';
