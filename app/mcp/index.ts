export {
  type Answer,
  answerIn,
  errorMessage,
  type Introduced,
  introduce,
  type ServerIntroduction,
  type ToolFacts,
  type Wire,
} from './client-handshake.ts';
export {
  errorText,
  messageText,
  methodNotFound,
  missingCapability,
  resultFrame,
  subscriptionEnd,
  unsupportedRevision,
} from './messages.ts';
export { OwnRequests, resultIn } from './pending-requests.ts';
export {
  claimsModern,
  type Envelope,
  isLogLevel,
  type McpLogLevel,
  META,
  reaches,
  readEnvelope,
} from './request-meta.ts';
export {
  hasBatches,
  hasPriming,
  isModernRevision,
  isSessionRevision,
  isStatelessRevision,
  LEGACY_REVISIONS,
  MODERN_REVISION,
  MODERN_REVISIONS,
  NEWEST_LEGACY_REVISION,
  NEWEST_SESSION_REVISION,
} from './revisions.ts';
export { discoverResult, faceFromDiscover, faceFromInitialize, type ServerFace } from './server-info.ts';
