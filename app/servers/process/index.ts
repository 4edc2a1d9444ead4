export { Child, type ChildOptions, type Traffic } from './child.ts';
export type { ChildEnd } from './failure.ts';
export { childEndSentence, cleanFault, lastWords } from './failure.ts';
export { GroupRecord, recordsFolder } from './group-record.ts';
export { GRACES, type Graces } from './shutdown.ts';
export { type ChildPlan, planFault } from './start.ts';
