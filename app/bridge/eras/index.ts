export { errorText, methodNotFound, refuse, resultFrame, unsupportedRevision } from './answers.ts';
export { askable, isInteractive } from './asks.ts';
export { type Clock, systemClock } from './clock.ts';
export type { Conversation } from './conversation.ts';
export { claimsModern, readEnvelope } from './envelope.ts';
export { CODE, isAboutName } from './error-codes.ts';
export { findEra, findEraAlone, type Verdict } from './find-era.ts';
export { Flow } from './flow.ts';
export { KnownEra } from './known-era.ts';
export {
  Habits,
  type Introduction,
  LegacyConversation,
  Parking,
  Subscriptions,
  type Waiting,
} from './legacy-for-modern/index.ts';
export { LegacySessionTranslator } from './modern-for-legacy/index.ts';
export type { ModernRequest } from './modern-request.ts';
export { resultIn } from './own-requests.ts';
export type { Reply, ReplyWatcher } from './reply.ts';
export { isModernRevision, MODERN_REVISIONS } from './revisions.ts';
export { discoverResult, faceFromDiscover, type ServerFace } from './server-face.ts';
export { ModernConversation } from './shared-modern/conversation.ts';
