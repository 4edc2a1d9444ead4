export { type Clock, systemClock } from '../../base/clock.ts';
export {
  claimsModern,
  discoverResult,
  errorText,
  faceFromDiscover,
  isModernRevision,
  MODERN_REVISIONS,
  methodNotFound,
  readEnvelope,
  resultFrame,
  resultIn,
  type ServerFace,
  unsupportedRevision,
} from '../../mcp/index.ts';
export { CODE, isAboutName } from '../../mcp/jsonrpc/index.ts';
export {
  type Discovery,
  discover,
  findEra,
  findEraAlone,
  isProvisional,
  isTelling,
  NegotiatedRevision,
  patienceFor,
  type Questions,
  remainingFor,
  type Verdict,
} from './detect-revision.ts';
export { LegacyToModern } from './legacy-to-modern/index.ts';
export {
  InteractivityCache,
  type Introduction,
  ModernToLegacy,
  Subscriptions,
  SuspendedCalls,
  type Waiting,
} from './modern-to-legacy/index.ts';
export { ModernToModern } from './modern-to-modern.ts';
export type { ModernRequest, ProtocolTranslator, Reply, ReplyWatcher } from './request.ts';
export { BackPressureGate, refuse } from './request.ts';
export { askable, isInteractive } from './server-requests.ts';
