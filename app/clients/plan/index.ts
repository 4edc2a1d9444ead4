export { unifiedDiff } from './diff.ts';
export { proxyLabel } from './draft.ts';
export {
  type ForwardCandidate,
  type ForwardWarning,
  forwardCandidates,
  forwardWarningSentence,
} from './forward.ts';
export { entryAt, keyOf } from './patch.ts';
export { entryWithoutUs, formatOf, isHeld, type Plan, planEntry, planUndo, type ReadFile } from './plan.ts';
export type { DesiredMode, PlanEnvironment } from './record.ts';
export {
  bytesOf,
  contentOf,
  digestOf,
  type EntryKey,
  type FileRecord,
  isSameEntry,
  type ModeChange,
  type Patch,
} from './record.ts';
export { type Refusal, refusalSentence } from './refusal.ts';
