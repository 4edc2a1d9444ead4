export type { Action, Pane } from './action.ts';
export { type Diagnosis, diagnose } from './diagnose.ts';
export type { Confidence, Row, Severity } from './row.ts';
export { type Sign, signsIn, tellingAddress } from './signs.ts';
export { TABLE } from './table.ts';
