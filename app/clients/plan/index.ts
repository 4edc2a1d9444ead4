export { bytesOf, contentOf, digestOf } from './content.ts';
export { unifiedDiff } from './diff.ts';
export { entryAt, keyOf } from './entry-at.ts';
export {
  type ForwardCandidate,
  type ForwardWarning,
  forwardCandidates,
  forwardWarningSentence,
} from './forward.ts';
export { isHeld } from './held.ts';
export { entryWithoutUs, formatOf, type Plan, planEntry, planUndo, type ReadFile } from './plan.ts';
export { proxyLabel } from './proxy-label.ts';
export { type EntryKey, type FileRecord, isSameEntry, type ModeChange, type Patch } from './record.ts';
export { type Refusal, refusalSentence } from './refusal.ts';
export type { Surroundings, Wish } from './wish.ts';
