export {
  type Answer,
  answerIn,
  errorMessage,
  type Introduced,
  introduce,
  type ServerIntroduction,
  type ToolFacts,
  type Wire,
} from '../mcp/index.ts';
export { isAppLink, type LinkFault, readAddLink, type UnnamedServer } from './add-link.ts';
export { type Condition, type ConditionKind, isUsable } from './condition.ts';
export { type ConfigServers, configServers } from './config-file.ts';
export { type ConfigProblem, isOfWholeFile, problemSentence } from './config-problem.ts';
export { type FoundRemote, findHomeAssistants } from './found-remotes.ts';
export {
  KnownLists,
  type KnownListsListener,
  type KnownServer,
  LIST_METHODS,
  type ListedTool,
  type ListMember,
  listedTools,
  type SeenList,
  type SeenPage,
} from './known-lists.ts';
export {
  endError,
  endReason,
  endSentence,
  type KnownRequest,
  type ModernTurn,
  type Peer,
  type PeerEnd,
  type PeerListener,
} from './peer.ts';
export {
  type Denial,
  type Holds,
  isInScope,
  type JudgedTool,
  judgedTools,
  lets,
  type Policy,
  type PolicySettings,
  plainName,
  policyOf,
  type Scope,
  setsOf,
  THINGS,
  type Thing,
  UNLIMITED,
} from './policy.ts';
export { Quota, type Share } from './quota.ts';
export {
  type AnswerMemory,
  AnswersFile,
  type CallbackPage,
  type CertificateFacts,
  isSameRemote,
  memorySignIns,
  PinFile,
  type Pins,
  type RemoteCause,
  type RemoteFailure,
  RemoteServer,
  type RemoteServerContext,
  type RemoteStep,
  SignInDesk,
  SignInError,
  type SignInFacts,
  SignInFile,
  type SignInOptions,
  type SignInStep,
  type SignInStore,
  signInSentence,
  TrustError,
  trustSentence,
} from './remote/index.ts';
export { ProcessServer, type ServerContext } from './server.ts';
export { decodedText, readServerEntries, type ServerEntry } from './server-entries.ts';
export { freeName, LONGEST_NAME, type Named, serverNamed } from './server-name.ts';
export {
  type ChildFacts,
  type ChildUse,
  type Exits,
  type Opened,
  type Server,
  type ServerFacts,
  type ServerUnavailable,
  serverSecrets,
} from './source.ts';
export { Spares } from './spares.ts';
export { tellOfInstructions } from './told-instructions.ts';
export { type ApprovedTool, ToolApprovals, type ToolChange, type ToolChangeCount } from './tool-approvals.ts';
export type { DiffLine, PartDiff } from './tool-diff.ts';
export type { Severity, ToolPart, ToolSign } from './tool-shape.ts';
export {
  type RemoteTrial,
  type TryOptions,
  type TryProgress,
  type TryResult,
  type TryStage,
  tryRemote,
  tryServer,
} from './try-server.ts';
export { type WatchedConfig, type WatchOptions, watchConfig } from './watch-config.ts';
