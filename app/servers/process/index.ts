export { Child, type ChildOptions, type Traffic } from './child.ts';
export type { ChildEnd } from './failure.ts';
export { cleanFault, endError, endReason, endSentence } from './failure.ts';
export { GroupRecord, recordsFolder } from './group-record.ts';
export type { Peer, PeerListener } from './peer.ts';
export { GRACES, type Graces } from './shutdown.ts';
export { type ChildPlan, planFault } from './start.ts';
export { warnUnexpected } from './unexpected.ts';
