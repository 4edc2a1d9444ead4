export {
  type Discovery,
  discover,
  isProvisional,
  isTelling,
  NegotiatedRevision,
  negotiate,
  negotiateAlone,
  patienceFor,
  type RevisionProber,
  remainingFor,
  type Verdict,
  within,
} from './detect-revision.ts';
export { InteractivityCache, isInteractive, sharedCapabilities } from './interactivity.ts';
export { LegacyToModern } from './legacy-to-modern/translator.ts';
export type { Introduction } from './modern-to-legacy/messages.ts';
export { Subscriptions } from './modern-to-legacy/subscriptions.ts';
export { SuspendedCalls } from './modern-to-legacy/suspended-calls.ts';
export { ModernToLegacy } from './modern-to-legacy/translator.ts';
export { ModernToModern } from './modern-to-modern.ts';
export {
  type ModernRequest,
  type ProtocolTranslator,
  type Reply,
  type ReplyWatcher,
  refuse,
} from './request.ts';
export { taggedNotification } from './rewrite-ids.ts';
